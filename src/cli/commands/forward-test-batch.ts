import type { Command } from 'commander';
import { createCommand } from '../create-command.js';
import {
  forwardBatchFailures,
  forwardBatchJson,
  forwardBatchTable,
  planForwardBatch,
  runForwardBatch,
} from '../forward-test-batch.js';
import { addForwardFlags, forwardFlagGroups } from '../forward-test-flags.js';
import { forwardTestJob } from '../forward-test-job.js';
import { createLogger, parseLogLevel } from '../logger.js';
import { openReport } from '../open-report.js';
import type { Terminal } from '../terminal.js';

const GROUPS = forwardFlagGroups(['symbol', 'interval', 'market']);

/** `wus forward-test-batch`: every optimized pair. */
export function forwardTestBatchCommand(terminal: Terminal): Command {
  const command = createCommand(terminal, {
    name: 'forward-test-batch',
    summary: 'Forward-test every optimized pair of strategy and symbol',
    description:
      'Each pair runs on the market and interval of its optimization. If one pair fails, the others continue.',
    examples: [
      ['wus forward-test-batch --start 2023-01-01', 'every pair of config/best_params.yaml'],
      [
        'wus forward-test-batch --strategies MACross,RSIReversion --symbols BTCUSDT --start 2023-01-01 --end 2024-01-01',
        'selected pairs, one year',
      ],
    ],
  });
  command
    .optionsGroup('Pairs and candles:')
    .option(
      '--strategies <names...>',
      'Names or files, separated by spaces or commas (default: all)',
    )
    .option('--symbols <symbols...>', 'Instruments, separated by spaces or commas (default: all)')
    .option('--data-dir <folder>', 'Data folder', 'data');
  return addForwardFlags(command, GROUPS, (own) =>
    own.option('--open', 'Open the first report in the browser (in a terminal only)'),
  ).action(async (options: Record<string, unknown>) => {
    const base = forwardTestJob({ ...options, strategy: '' }, GROUPS);
    const log = createLogger(parseLogLevel(options.log as string), terminal.note);
    const pairs = await planForwardBatch(base, options, terminal);
    const outcomes = await runForwardBatch(pairs, terminal, log);
    terminal.print(
      options.json === true
        ? JSON.stringify(forwardBatchJson(outcomes, terminal.commandLine), null, 2)
        : forwardBatchTable(outcomes),
    );
    const first = outcomes.find(({ finished }) => finished !== undefined)?.finished?.reportFile;
    if (options.open === true && first !== undefined) await openReport(first, terminal);
    forwardBatchFailures(outcomes);
  });
}
