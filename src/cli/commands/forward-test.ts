import type { Command } from 'commander';
import { UsageError } from '../../domain/index.js';
import { createCommand } from '../create-command.js';
import type { FinishedForwardTest } from '../finished-forward-test.js';
import { addForwardFlags, forwardFlagGroups } from '../forward-test-flags.js';
import { type ForwardTestJob, forwardTestJobFrom, runForwardTestJob } from '../forward-test-job.js';
import { forwardTestJson } from '../forward-test-json.js';
import { forwardTestSummary, isHeldUp } from '../forward-test-summary.js';
import { createLogger, parseLogLevel } from '../logger.js';
import { afterForwardTest, nextSubject, printNext } from '../next-lines.js';
import { addOpenFlag, openReport } from '../open-report.js';
import { createPalette } from '../palette.js';
import { withoutDefaults } from '../setting-keys.js';
import type { Terminal } from '../terminal.js';

const GROUPS = forwardFlagGroups();

/** `wus forward-test`: optimized parameters, frozen, on candles that they have not seen. */
export function forwardTestCommand(terminal: Terminal): Command {
  const command = createCommand(terminal, {
    name: 'forward-test',
    summary: 'Test optimized parameters on out-of-sample candles',
    description:
      'Parameters and stops come from config/best_params.yaml and are not changed; earlier candles only warm up the indicators. The optimization period is run again for comparison.',
    examples: [
      [
        'wus forward-test --strategy MACross --symbol BTCUSDT --start 2023-01-01',
        'market and interval of the optimization, candles from data/',
      ],
      [
        'wus forward-test --from config/best_params.yaml --symbol BTCUSDT',
        'strategy, settings and costs of that entry, on the candles after its optimization period',
      ],
      [
        'wus forward-test --strategy RSIReversion --file BTCUSDT_1h.csv.gz --start 2023-01-01 --end 2023-07-01 --apply-atr-filter --json',
        'your own candles, half a year, with the optimized ATR filter, result as JSON',
      ],
    ],
  });
  command
    .optionsGroup('Strategy and candles:')
    .option(
      '--strategy <name|file>',
      'MACross, RSIReversion, BBReversion, LongShort, or a file such as ./my-strategy.ts',
    )
    .option(
      '--from <file>',
      'Run to take strategy, settings and costs from: config/best_params.yaml or the --json output of a command; --start defaults to the end of its candles',
    )
    .option('--file <file...>', 'Candle file; repeatable, files are joined')
    .option('--data-dir <folder>', 'Data folder, searched when --file is not given', 'data');
  return addForwardFlags(command, GROUPS, (own) =>
    addOpenFlag(own)
      .option('--trace-file <file>', 'Write candles, signals, levels and trace() values as CSV')
      .option('--force', 'Let --trace-file overwrite a file of another kind'),
  ).action(async (options: Record<string, unknown>, self: Command) => {
    if (options.from !== undefined && self.getOptionValueSource('paramConfig') === 'cli') {
      throw new UsageError('--from and --param-config cannot be combined; omit one');
    }
    // A run that is named is stronger than defaults of wus.yaml, and weaker than what is typed.
    const given = options.from === undefined ? options : withoutDefaults(options, self);
    const job = await forwardTestJobFrom(given, GROUPS, terminal);
    const log = createLogger(parseLogLevel(options.log as string), terminal.note);
    const finished = await runForwardTestJob(job, terminal, log);
    if (options.json === true) {
      terminal.print(JSON.stringify(forwardTestJson(finished), null, 2));
    } else {
      terminal.print(forwardTestSummary(finished, createPalette(terminal.hasColors)));
      printForwardNext(job, finished, terminal);
    }
    if (options.open === true) await openReport(finished.reportFile, terminal);
  });
}

function printForwardNext(
  job: ForwardTestJob,
  finished: FinishedForwardTest,
  terminal: Terminal,
): void {
  const heldUp = isHeldUp(finished.test.judgement.outcome);
  printNext(
    afterForwardTest(nextSubject(job, finished), { heldUp, paramFile: job.paramFile }),
    terminal,
  );
}
