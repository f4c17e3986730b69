import type { Command } from 'commander';
import { addSubcommand, createCommand } from '../create-command.js';
import { writeNewStrategy } from '../strategies/new-strategy.js';
import type { Terminal } from '../terminal.js';

/** `wus new`: files to begin with. */
export function newCommand(terminal: Terminal): Command {
  const examples = [
    [
      'wus new strategy DipInTrend',
      'strategies/dip-in-trend.ts, its test, and types for the editor',
    ],
    ['wus new strategy DipInTrend --folder research', 'the same in research/'],
  ] as const;
  const command = createCommand(terminal, {
    name: 'new',
    summary: 'Create a strategy file, its test and type definitions',
    examples,
  });
  addSubcommand(command, terminal, {
    name: 'strategy',
    summary: 'Create a strategy file, its test and type definitions',
    description:
      'The strategy is ready to run. The test needs Node only. Existing files are not changed.',
    examples,
  })
    .usage('<name> [options]')
    .argument('<name>', 'Letters, digits, ".", "_" and "-", for example DipInTrend')
    .option('--folder <folder>', 'Output folder', 'strategies')
    .option('--force', 'Overwrite the strategy file and its test')
    .action((name: string, options: { folder: string; force?: boolean }) =>
      writeNewStrategy(
        { name, folder: options.folder, isForced: options.force === true },
        terminal,
      ),
    );
  return command;
}
