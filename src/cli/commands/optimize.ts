import type { Command } from 'commander';
import { UsageError, UserError } from '../../domain/index.js';
import { countText } from '../../util/index.js';
import { answerTo } from '../ask.js';
import { createCommand } from '../create-command.js';
import { createLogger, parseLogLevel } from '../logger.js';
import { afterOptimize, nextSubject, printNext } from '../next-lines.js';
import { estimateRows, longDuration, type SearchEstimate } from '../optimize-estimate.js';
import { addOptimizeFlags, optimizeFlagGroups } from '../optimize-flags.js';
import {
  estimateOptimizeJob,
  type FinishedOptimization,
  type OptimizeJob,
  optimizeJob,
  runOptimizeJob,
} from '../optimize-job.js';
import { createOptimizeDisplay } from '../optimize-progress.js';
import {
  failuresText,
  isRefused,
  optimizeJson,
  optimizeSummary,
  planText,
  refusalText,
  winnerNotes,
} from '../optimize-summary.js';
import { countOption } from '../option-values.js';
import { createPalette } from '../palette.js';
import { candleNotes } from '../provenance.js';
import { stopOnInterrupt, stoppedText } from '../stop-on-interrupt.js';
import { paceNotes, readingNotes } from '../strategy-notes.js';
import type { Terminal } from '../terminal.js';
import { textTable } from '../text-table.js';
import { noteWorkerCount } from '../worker-count.js';

const GROUPS = optimizeFlagGroups({
  formerly: { start: '--opt-start', end: '--opt-end' },
});

/** `wus optimize`: every combination of a grid, one strategy on one instrument. */
export function optimizeCommand(terminal: Terminal): Command {
  const command = createCommand(terminal, {
    name: 'optimize',
    summary: 'Search a parameter grid exhaustively for the best settings',
    description:
      'Backtests every combination by the rules of wus backtest and writes the best to config/best_params.yaml.',
    examples: [
      [
        'wus optimize --strategy MACross --symbol BTCUSDT --interval 1h',
        'grid from config/optimize_params.yaml, candles from data/spot/1h/, all cores',
      ],
      [
        'wus optimize --strategy RSIReversion --file BTCUSDT_1h.csv.gz --end 2023-01-01 --metric calmar_ratio --apply-atr-filter --save-details -p 4',
        'your own candles, another metric, a filter, every combination saved to a CSV file',
      ],
      [
        'wus optimize --strategy MACross --symbol BTCUSDT --interval 1h --resume',
        'continues after a crash or Ctrl-C and produces the identical file',
      ],
    ],
  });
  command
    .optionsGroup('Strategy and candles:')
    .requiredOption(
      '--strategy <name|file>',
      'MACross, RSIReversion, BBReversion, LongShort, or a file such as ./my-strategy.ts',
    )
    .option('--file <file...>', 'Candle file; repeatable, files are joined')
    .option('--data-dir <folder>', 'Data folder, searched when --file is not given', 'data');
  addOptimizeFlags(command, GROUPS);
  return command
    .optionsGroup('Grid and result:')
    .option(
      '--dry-run',
      'Print the number of combinations, the estimated time and memory, and write nothing',
    )
    .option('--top <count>', 'Number of best combinations to show', countOption('--top', 1), 10)
    .option(
      '-p, --processes <count>',
      'Worker threads (default: all cores)',
      countOption('--processes', 1),
    )
    .option('--details-file <file>', 'Path of the details file (implies --save-details)')
    .optionsGroup('Help:')
    .action((options: Record<string, unknown>) => run(options, terminal));
}

function printOptimizeNext(finished: FinishedOptimization, terminal: Terminal): void {
  const { job, result } = finished;
  const commandWords = terminal.commandWords ?? ['wus', 'optimize'];
  const { bestFile } = job;
  printNext(
    afterOptimize(nextSubject(job, finished), {
      commandWords,
      bestFile,
      periodEnd: result.periodEnd,
    }),
    terminal,
  );
}

async function run(options: Record<string, unknown>, terminal: Terminal): Promise<void> {
  const job = optimizeJob(options, GROUPS);
  const isJson = options.json === true;
  noteWorkerCount('--processes', options.processes, terminal);
  const log = createLogger(parseLogLevel(options.log as string), terminal.note);
  const stop = stopOnInterrupt(terminal);
  if (options.dryRun === true) {
    try {
      await dryRun(job, isJson, terminal, stop.signal);
    } finally {
      stop.done();
    }
    return;
  }
  const display = createOptimizeDisplay(terminal, job.ranking);
  try {
    const finished = await runOptimizeJob(job, terminal, {
      signal: stop.signal,
      onCheck: () => terminal.note('Checking the strategy for look-ahead …'),
      onPlan: (summary, details, loaded) => {
        display.begin();
        log.info({ candles: loaded.candles.length, hash: loaded.dataHash }, 'candles loaded');
        if (!isJson) terminal.note(planText(summary, details));
      },
      onLong: (estimate, processes) => {
        display.end();
        return confirmLong(estimate, processes, terminal);
      },
      onProgress: (progress) => display.update(progress),
      onStage: (text) => display.stage(text),
      onLog: (line) => {
        display.end();
        log.warn(line);
      },
    });
    display.end();
    const { result, loaded } = finished;
    const notes = [
      ...candleNotes(loaded, result.periodStart, result.periodEnd),
      ...readingNotes(finished.loadedStrategy, terminal.workingFolder),
      ...paceNotes(finished.loadedStrategy, loaded.candles, result.best[0]?.parameters),
      ...winnerNotes(finished),
    ];
    if (isJson) {
      terminal.print(JSON.stringify(optimizeJson(finished, terminal.commandLine, notes), null, 2));
    } else {
      const palette = createPalette(terminal.hasColors);
      terminal.print(optimizeSummary(finished, palette, notes, terminal));
      if (finished.isWritten) printOptimizeNext(finished, terminal);
    }
    // Last, where it is seen: a summary is longer than some screens.
    if (!result.isComplete) terminal.note(stoppedText(finished, terminal.commandLine));
    stop.conclude(() => {
      if (finished.failures.length > 0) throw new UserError(failuresText(finished));
      if (isRefused(finished)) throw new UserError(refusalText(finished));
    });
  } finally {
    display.end();
    stop.done();
  }
}

/** `--dry-run`: what the search would be. */
async function dryRun(
  job: OptimizeJob,
  isJson: boolean,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  const { estimate, search } = await estimateOptimizeJob(job, terminal, signal);
  if (signal.aborted) return;
  const { candles } = search.loaded;
  const { summary, runMs, rate, memoryBytes } = estimate;
  if (isJson) {
    const record = {
      command: terminal.commandLine,
      combinations: summary.count,
      candles: candles.length,
      processes: job.processes,
      seconds: runMs === undefined ? null : runMs / 1_000,
      combinations_per_second: rate ?? null,
      memory_bytes: Math.round(memoryBytes),
    };
    terminal.print(JSON.stringify(record, null, 2));
    return;
  }
  const { strategy } = search.loadedStrategy;
  terminal.print(
    [
      `${strategy.name} on ${candles.symbol} ${candles.timeframe} (${candles.market}), dry run: nothing is written`,
      planText(summary, undefined),
      ...textTable(estimateRows(estimate, job.processes), 'll'),
    ].join('\n'),
  );
}

/** More than a day needs a yes. */
async function confirmLong(
  { summary, runMs }: SearchEstimate,
  processes: number,
  terminal: Terminal,
): Promise<void> {
  const time =
    runMs === undefined
      ? 'an unknown time (no combination finished in 30 s)'
      : `about ${longDuration(runMs)}`;
  const what = `${countText(summary.count, 'combination')} take ${time} on ${countText(processes, 'worker')}`;
  const answer = await answerTo(`${what}. Start? Type yes: `, terminal);
  if (answer?.trim().toLowerCase() === 'yes') return;
  throw new UsageError(
    answer === undefined
      ? `${what}\nTo start anyway add --yes; a smaller grid, or fewer or longer candles, take less time`
      : `"${answer}" is not yes: nothing was started`,
  );
}
