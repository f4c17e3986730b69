import type { Command } from 'commander';
import { analyzeTradeLogs } from '../analyze-trade-logs.js';
import { createCommand } from '../create-command.js';
import type { Terminal } from '../terminal.js';

/** `wus analyze-trades`: what trade logs, or the details of optimizations, tell. */
export function analyzeTradesCommand(terminal: Terminal): Command {
  return createCommand(terminal, {
    name: 'analyze-trades',
    summary: 'Analyze trade logs, or the details of optimizations',
    description:
      'Reads any CSV with the columns of a trade log, whoever wrote it; more columns may be there. Files that cannot be read are named and left out, and the exit code is then 1.',
    examples: [
      ['wus analyze-trades', 'every trade log under results/'],
      [
        'wus analyze-trades results/forward_test/trades my_trades.csv',
        'the logs of a folder and one more file',
      ],
    ],
  })
    .usage('[options] [file|folder...]')
    .argument('[file|folder...]', 'Trade logs; in folders those named trades.csv or *_trades.csv')
    .optionsGroup('Output:')
    .option('--output-dir <folder>', 'Where reports, plots and CSV are written', 'results/analysis')
    .optionsGroup('Help:')
    .action(async (names: string[], options: { outputDir: string }) => {
      await analyzeTradeLogs({ names, outputFolder: options.outputDir }, terminal);
    });
}
