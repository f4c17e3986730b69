import { Argument, type Command } from 'commander';
import { completionModel } from '../completion/completion-model.js';
import { completionScript, SHELLS, type Shell } from '../completion/completion-scripts.js';
import { createCommand } from '../create-command.js';
import type { Terminal } from '../terminal.js';

/** `wus completion`: what a shell needs to complete commands, flags and values. */
export function completionCommand(terminal: Terminal): Command {
  return createCommand(terminal, {
    name: 'completion',
    summary: 'Print the completion script of a shell: commands, flags, values',
    description:
      'The script holds all names, so that no key press starts a program; make it anew after an update.',
    examples: [
      [
        'wus completion bash > ~/.local/share/bash-completion/completions/wus',
        'for every bash; in this one: source <(wus completion bash)',
      ],
      [
        'wus completion fish > ~/.config/fish/completions/wus.fish',
        'for every fish; the head of each script says where it belongs',
      ],
    ],
  })
    .usage('<shell> [options]')
    .addArgument(new Argument('<shell>', 'Which shell').choices(SHELLS))
    .action(async (shell: Shell) => {
      const commands = (await terminal.loadCommands?.()) ?? [];
      const model = completionModel(commands);
      terminal.print(completionScript(shell, model).trimEnd());
    });
}
