import type { Command } from 'commander';
import { createCommand } from '../create-command.js';
import { addForwardFlags, forwardFlagGroups } from '../forward-test-flags.js';
import { forwardTestJob, runForwardTestJob } from '../forward-test-job.js';
import { forwardTestJson } from '../forward-test-json.js';
import { forwardTestSummary } from '../forward-test-summary.js';
import { createLogger, parseLogLevel } from '../logger.js';
import { createPalette } from '../palette.js';
import type { Terminal } from '../terminal.js';

const GROUPS = forwardFlagGroups();

/** `wus forward-test`: optimized parameters, frozen, on candles that they have not seen. */
export function forwardTestCommand(terminal: Terminal): Command {
  const command = createCommand(terminal, {
    name: 'forward-test',
    summary: 'Test optimized parameters on candles they have not seen',
    description:
      'Parameters and stops come from config/best_params.yaml and stay as they are; earlier candles warm the indicators up. The optimization period is repeated beside it.',
    examples: [
      [
        'wus forward-test --strategy MACross --symbol BTCUSDT --start 2023-01-01',
        'market and interval as optimized, candles from data/',
      ],
      [
        'wus forward-test --strategy RSIReversion --file BTCUSDT_1h.csv.gz --start 2023-01-01 --end 2023-07-01 --apply-atr-filter --json',
        'own candles, half a year, the optimized ATR filter on, the result as JSON',
      ],
    ],
  });
  command
    .optionsGroup('Strategy and candles:')
    .requiredOption(
      '--strategy <name|file>',
      'MACross, RSIReversion, BBReversion, LongShort, or a file such as ./my-strategy.ts',
    )
    .option('--file <file...>', 'Candle file; may be repeated, files are joined')
    .option('--data-dir <folder>', 'Where candles are found without --file', 'data');
  return addForwardFlags(command, GROUPS, (own) =>
    own
      .option('--trace-file <file>', 'Write candles, signals, levels and what trace() gave as CSV')
      .option('--force', 'Let --trace-file replace a file of another kind'),
  ).action(async (options: Record<string, unknown>) => {
    const job = forwardTestJob(options, GROUPS);
    const log = createLogger(parseLogLevel(options.log as string), terminal.note);
    const finished = await runForwardTestJob(job, terminal, log);
    terminal.print(
      options.json === true
        ? JSON.stringify(forwardTestJson(finished), null, 2)
        : forwardTestSummary(finished, createPalette(terminal.hasColors)),
    );
  });
}
