import { Argument, type Command } from 'commander';
import { completionModel } from '../completion/completion-model.js';
import { completionScript, SHELLS, type Shell } from '../completion/completion-scripts.js';
import { createCommand } from '../create-command.js';
import type { Terminal } from '../terminal.js';

/** `wus completion`: what a shell needs to complete commands, flags and values. */
export function completionCommand(terminal: Terminal): Command {
  return createCommand(terminal, {
    name: 'completion',
    summary: 'Print a shell completion script for commands, flags and values',
    description:
      'The script contains all names, so completion starts no process; generate it again after an update.',
    examples: [
      [
        'wus completion bash > ~/.local/share/bash-completion/completions/wus',
        'for all bash sessions; for this one: source <(wus completion bash)',
      ],
      [
        'wus completion fish > ~/.config/fish/completions/wus.fish',
        'for all fish sessions; the first lines of each script name its location',
      ],
    ],
  })
    .usage('<shell> [options]')
    .addArgument(new Argument('<shell>', 'Shell').choices(SHELLS))
    .action(async (shell: Shell) => {
      const commands = (await terminal.loadCommands?.()) ?? [];
      const model = completionModel(commands);
      terminal.print(completionScript(shell, model).trimEnd());
    });
}
