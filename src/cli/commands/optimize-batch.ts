import type { Command } from 'commander';
import {
  batchEstimateFailures,
  batchEstimateJson,
  batchEstimateTable,
  estimateBatch,
} from '../batch-estimate.js';
import { createCommand } from '../create-command.js';
import { createLogger, parseLogLevel } from '../logger.js';
import { batchFailures, batchJson, batchTable, planBatch, runBatch } from '../optimize-batch.js';
import { addOptimizeFlags, optimizeFlagGroups } from '../optimize-flags.js';
import { type OptimizeJob, optimizeJob } from '../optimize-job.js';
import { countOption } from '../option-values.js';
import { stopOnInterrupt } from '../stop-on-interrupt.js';
import type { Terminal } from '../terminal.js';
import { noteWorkerCount, workerCount } from '../worker-count.js';

const GROUPS = optimizeFlagGroups({
  without: ['symbol'],
  formerly: { start: '--start-date', end: '--end-date' },
});

/** `wus optimize-batch`: several strategies on several symbols. */
export function optimizeBatchCommand(terminal: Terminal): Command {
  const command = createCommand(terminal, {
    name: 'optimize-batch',
    summary: 'Optimize several strategies on several symbols',
    description:
      'If one pair fails, the others continue. Without --strategies or --symbols, every matching pair of the grid file runs.',
    examples: [
      [
        'wus optimize-batch --strategies MACross,RSIReversion --symbols BTCUSDT,ETHUSDT --interval 1h',
        'four optimizations, one after another, each on all cores',
      ],
      [
        'wus optimize-batch --interval 1h --start 2022-01-01 --end 2023-01-01 --processes 2 --resume',
        'every pair of the grid file, two at a time, continuing an interrupted batch',
      ],
    ],
  });
  command
    .optionsGroup('Strategies and candles:')
    .option(
      '--strategies <names...>',
      'Names or files, separated by spaces or commas (default: all)',
    )
    .option('--symbols <symbols...>', 'Instruments, separated by spaces or commas (default: all)')
    .option('--data-dir <folder>', 'Data folder', 'data');
  addOptimizeFlags(command, GROUPS);
  return command
    .optionsGroup('Grid and result:')
    .option(
      '--dry-run',
      'Print the number of combinations, the estimated time and memory of each pair and in total, and write nothing',
    )
    .option(
      '-p, --processes <count>',
      'Parallel optimizations; they share the cores',
      countOption('--processes', 1),
      1,
    )
    .option(
      '--workers <count>',
      'Worker threads in total (default: all cores)',
      countOption('--workers', 1),
    )
    .optionsGroup('Help:')
    .action((options: Record<string, unknown>) => run(options, terminal));
}

async function run(options: Record<string, unknown>, terminal: Terminal): Promise<void> {
  const { processes, workers, ...rest } = options;
  const base = optimizeJob({ ...rest, strategy: '', processes: workers, top: 1 }, GROUPS);
  noteWorkerCount('--workers', workers, terminal);
  noteWorkerCount('--processes', processes, terminal);
  const log = createLogger(parseLogLevel(options.log as string), terminal.note);
  const pairs = await planBatch(base, options, terminal);
  const stop = stopOnInterrupt(terminal);
  if (options.dryRun === true) {
    try {
      await dryRun(pairs, workerCount(processes), options.json === true, terminal, stop.signal);
    } finally {
      stop.done();
    }
    return;
  }
  try {
    const outcomes = await runBatch(pairs, {
      atOnce: workerCount(processes),
      workers: base.processes,
      terminal,
      signal: stop.signal,
      onLog: (line) => log.warn(line),
    });
    if (options.json === true) {
      terminal.print(JSON.stringify(batchJson(outcomes, terminal.commandLine), null, 2));
    } else {
      terminal.print(batchTable(outcomes, terminal));
    }
    stop.conclude(() => batchFailures(outcomes, terminal.commandLine));
  } finally {
    stop.done();
  }
}

/** `--dry-run`: what the searches would be. */
async function dryRun(
  jobs: readonly OptimizeJob[],
  atOnce: number,
  isJson: boolean,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  const estimate = await estimateBatch(jobs, { atOnce, terminal, signal });
  if (signal.aborted) return;
  terminal.print(
    isJson
      ? JSON.stringify(batchEstimateJson(estimate, terminal.commandLine), null, 2)
      : batchEstimateTable(estimate),
  );
  batchEstimateFailures(estimate);
}
