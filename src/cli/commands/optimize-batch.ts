import type { Command } from 'commander';
import { createCommand } from '../create-command.js';
import { createLogger, parseLogLevel } from '../logger.js';
import { batchFailures, batchJson, batchTable, planBatch, runBatch } from '../optimize-batch.js';
import { addOptimizeFlags, optimizeFlagGroups } from '../optimize-flags.js';
import { optimizeJob } from '../optimize-job.js';
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
      'One pair that fails does not stop the others. Without --strategies or without --symbols all that the grid file has for the rest runs.',
    examples: [
      [
        'wus optimize-batch --strategies MACross,RSIReversion --symbols BTCUSDT,ETHUSDT --interval 1h',
        'four optimizations, one after another, each on all cores',
      ],
      [
        'wus optimize-batch --interval 1h --start 2022-01-01 --end 2023-01-01 --processes 2 --resume',
        'every pair of the grid file, two at a time, going on where an earlier batch stopped',
      ],
    ],
  });
  command
    .optionsGroup('Strategies and candles:')
    .option(
      '--strategies <names...>',
      'Names or files, separated by blanks or commas (default: all)',
    )
    .option('--symbols <symbols...>', 'Instruments, separated by blanks or commas (default: all)')
    .option('--data-dir <folder>', 'Where candles are found', 'data');
  addOptimizeFlags(command, GROUPS);
  return command
    .optionsGroup('Grid and result:')
    .option(
      '-p, --processes <count>',
      'Optimizations at a time; they share the cores',
      countOption('--processes', 1),
      1,
    )
    .option(
      '--workers <count>',
      'Worker threads of all together (default: all cores)',
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
