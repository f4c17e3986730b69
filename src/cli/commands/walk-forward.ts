import { type Command, Option } from 'commander';
import {
  OBJECTIVE_NAMES,
  OPTIMIZE_ENGINES,
  SAMPLE_TRIALS_DEFAULT,
  SAMPLE_TRIALS_MAX,
} from '../../optimize/index.js';
import { countText } from '../../util/index.js';
import { createCommand } from '../create-command.js';
import type { FinishedWalkForward } from '../finished-walk-forward.js';
import { withOwnProgram } from '../invoked-as.js';
import { createLogger, LOG_LEVELS, parseLogLevel } from '../logger.js';
import { afterWalkForward, nextSubject, printNext } from '../next-lines.js';
import { addOpenFlag, openReport } from '../open-report.js';
import { optimizeFlagGroups } from '../optimize-flags.js';
import { countOption } from '../option-values.js';
import { createPalette } from '../palette.js';
import { addRunFlags } from '../run-flags.js';
import { stopOnInterrupt } from '../stop-on-interrupt.js';
import type { Terminal } from '../terminal.js';
import { runWalkForwardJob, walkForwardJob } from '../walk-forward-job.js';
import { walkForwardJson } from '../walk-forward-json.js';
import { walkForwardSummary } from '../walk-forward-summary.js';
import { noteWorkerCount } from '../worker-count.js';

const GROUPS = optimizeFlagGroups();
const REDRAW_MS = 100;

/** `wus walk-forward`: optimizes on one window after the other and tests each winner on the next candles. */
export function walkForwardCommand(terminal: Terminal): Command {
  const command = createCommand(terminal, {
    name: 'walk-forward',
    summary: 'Optimize on rolling windows and test each winner out-of-sample',
    description:
      'To continue an interrupted run, repeat the command: finished windows are loaded from results/walk_forward/state/.',
    examples: [
      [
        'wus walk-forward --strategy MACross --symbol BTCUSDT --interval 1h --train 365d --test 90d',
        'optimize on one year, test on the next quarter, repeat',
      ],
      [
        'wus walk-forward --strategy RSIReversion --file BTCUSDT_1h.csv.gz --train 52w --test 13w --anchored --metric calmar_ratio',
        'your own candles; every training window starts at the first candle',
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
    .option('--data-dir <folder>', 'Data folder, searched when --file is not given', 'data')
    .optionsGroup('Windows:')
    .option(
      '--train <length>',
      'Length of the training window, in days or weeks: 180d, 26w',
      '180d',
    )
    .option('--test <length>', 'Length of the test window that follows', '30d')
    .option('--step <length>', 'Distance between tests (default: the length of a test)')
    .option('--anchored', 'Start every training window at the first candle')
    .option('--fresh', 'Ignore the finished windows of earlier runs')
    .optionsGroup('Grid and result:')
    .option('--config <file>', 'Parameter grids', 'config/optimize_params.yaml')
    .option('--metric <name>', `Metric to optimize: ${OBJECTIVE_NAMES.join(', ')}`, 'sharpe_ratio')
    .option(
      '--min-trades <count>',
      'Combinations with fewer trades in a window rank last',
      countOption('--min-trades', 0),
      10,
    )
    .option(
      '-p, --processes <count>',
      'Worker threads (default: all cores)',
      countOption('--processes', 1),
    )
    .option(
      '--robust-sample <count>',
      `Random sample of combinations for the overfitting test of the grid, at most ${SAMPLE_TRIALS_MAX}; 0: no test`,
      countOption('--robust-sample', 0),
      SAMPLE_TRIALS_DEFAULT,
    )
    .addOption(
      new Option(
        '--engine <name>',
        `Engine; the results are identical: ${OPTIMIZE_ENGINES.join(', ')}`,
      )
        .choices(OPTIMIZE_ENGINES)
        .default('fast'),
    );
  for (const group of GROUPS) addRunFlags(command, group);
  return addOpenFlag(command.optionsGroup('Output:'))
    .option('--json', 'Print one JSON object instead of the summary')
    .option('--log <level>', `Log level on standard error: ${LOG_LEVELS.join(', ')}`, 'warn')
    .optionsGroup('Help:')
    .action((options: Record<string, unknown>) => run(options, terminal));
}

function printWalkNext(finished: FinishedWalkForward, terminal: Terminal): void {
  const { job, result, written } = finished;
  const tradesFile = written.find(([name]) => name === 'Trades')?.[1];
  const verdict = result.judgement?.verdict;
  const holdsUp = verdict === 'promising' || verdict === 'convincing';
  const { gridFile } = job;
  printNext(
    afterWalkForward(nextSubject(job, finished), { holdsUp, tradesFile, gridFile }),
    terminal,
  );
}

async function run(options: Record<string, unknown>, terminal: Terminal): Promise<void> {
  const job = walkForwardJob(options, GROUPS);
  const isJson = options.json === true;
  noteWorkerCount('--processes', options.processes, terminal);
  const log = createLogger(parseLogLevel(options.log as string), terminal.note);
  const stop = stopOnInterrupt(terminal);
  let planned = 0;
  let shown = 0;
  let lastDrawn = 0;
  const clear = (): void => {
    if (terminal.showsProgress) terminal.redraw('');
  };
  try {
    const finished = await runWalkForwardJob(job, terminal, {
      signal: stop.signal,
      onPlan: (windows, known) => {
        planned = windows;
        if (isJson) return;
        const earlier = known === 0 ? '' : `, ${known} of them already finished`;
        terminal.note(`${windows} windows${earlier}`);
      },
      onProgress: (window, { done, total }) => {
        const isNew = window !== shown;
        shown = window;
        if (!terminal.showsProgress) {
          if (isNew && !isJson) terminal.note(`window ${window} of ${planned}`);
          return;
        }
        if (!isNew && done < total && Date.now() - lastDrawn < REDRAW_MS) return;
        lastDrawn = Date.now();
        terminal.redraw(
          `window ${window} of ${planned}: ${Math.floor((100 * done) / total)} % of ${countText(total, 'combination')}`,
        );
      },
      onStage: (text) => {
        if (terminal.showsProgress) terminal.redraw(text);
      },
      onLog: (line) => {
        clear();
        log.warn(line);
      },
    });
    clear();
    if (isJson) {
      terminal.print(JSON.stringify(walkForwardJson(finished), null, 2));
    } else if (finished.result.stitched !== undefined) {
      terminal.print(walkForwardSummary(finished, createPalette(terminal.hasColors)));
      if (finished.result.isComplete) printWalkNext(finished, terminal);
    }
    const report = finished.written.find(([name]) => name === 'Report')?.[1];
    if (options.open === true && report !== undefined) await openReport(report, terminal);
    if (!finished.result.isComplete) {
      const { windows, planned: all } = finished.result;
      const again = terminal.commandLine.replace(/ --fresh(?= |$)/, '');
      terminal.note(
        `Stopped after ${windows.length} of ${all} windows; they are saved. Continue with: ${withOwnProgram(again)}`,
      );
    }
  } finally {
    clear();
    stop.done();
  }
}
