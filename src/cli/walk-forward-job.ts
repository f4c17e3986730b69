import path from 'node:path';
import { tradeLogCsv, UsageError } from '../domain/index.js';
import { writeFileAtomic } from '../files/index.js';
import { type WalkForwardLengths, walkForward } from '../forward-test/index.js';
import { type OptimizeEngine, type OptimizeProgress, parseObjective } from '../optimize/index.js';
import { renderWalkForwardReport } from '../report/index.js';
import type { FinishedWalkForward, WalkForwardJob } from './finished-walk-forward.js';
import { givenRunValues } from './given-values.js';
import { LEDGER_FOLDER } from './ledger-folder.js';
import { loadSearch } from './load-search.js';
import { robustSampleOf } from './optimize-job.js';
import { candleNotes, provenanceOf, SYNTHETIC_NOTE } from './provenance.js';
import type { RunFlagGroup } from './run-flags.js';
import { readingNotes } from './strategy-notes.js';
import type { Terminal } from './terminal.js';
import { walkForwardCsv } from './walk-forward-csv.js';
import { walkForwardJson } from './walk-forward-json.js';
import { workerCount } from './worker-count.js';
import { writeRunRecord } from './write-run-record.js';

const FOLDER = 'results/walk_forward';

/**
 * Turns parsed options into a job; files are not touched.
 *
 * @param options - `command.opts()`.
 * @param groups - Groups of run flags that the command has.
 * @throws {UsageError} If a length or the metric is wrong.
 */
export function walkForwardJob(
  options: Readonly<Record<string, unknown>>,
  groups: readonly RunFlagGroup[],
): WalkForwardJob {
  const files = options.file as readonly string[] | undefined;
  const testDays = parseDays('--test', options.test as string);
  const step = options.step as string | undefined;
  return {
    config: {
      strategy: options.strategy as string,
      ...givenRunValues(options, groups),
      ...(files === undefined ? {} : { files }),
    },
    dataFolder: options.dataDir as string,
    gridFile: options.config as string,
    groups,
    ranking: {
      metric: parseObjective(options.metric as string),
      minTrades: options.minTrades as number,
    },
    lengths: {
      trainDays: parseDays('--train', options.train as string),
      testDays,
      stepDays: step === undefined ? testDays : parseDays('--step', step),
      anchored: options.anchored === true,
    },
    processes: workerCount(options.processes),
    engine: options.engine as OptimizeEngine,
    isFresh: options.fresh === true,
    robustSample: robustSampleOf(options),
  };
}

/**
 * Parses a length of time in whole days.
 *
 * @param flag - For messages, `--train`.
 * @param text - `180`, `180d` or `26w`.
 * @throws {UsageError} If it is none.
 */
export function parseDays(flag: string, text: string): number {
  const match = /^(\d{1,6})\s*(d|w)?$/i.exec(text.trim());
  const days = match === null ? 0 : Number(match[1]) * (match[2]?.toLowerCase() === 'w' ? 7 : 1);
  if (days >= 1) return days;
  throw new UsageError(`${flag} ${text}: it must be whole days or weeks, such as 180d or 26w`);
}

/** Says how the windows lie, in words. */
export function layoutText({
  trainDays,
  testDays,
  stepDays,
  anchored,
}: WalkForwardLengths): string {
  const training = anchored
    ? `training from the first candle on, at least ${trainDays} days`
    : `${trainDays} days of training`;
  const step = stepDays === testDays ? '' : `, a test every ${stepDays} days`;
  return `${training}, ${testDays} days of test${step}`;
}

/**
 * Loads, walks and writes.
 *
 * @param job - What is asked for.
 * @param terminal - For paths and the progress of loading.
 * @param events - Told on the way.
 */
export async function runWalkForwardJob(
  job: WalkForwardJob,
  terminal: Terminal,
  events: {
    readonly signal: AbortSignal;
    readonly onPlan: (windows: number, known: number) => void;
    readonly onProgress: (window: number, progress: OptimizeProgress) => void;
    readonly onStage: (text: string) => void;
    readonly onLog: (line: string) => void;
  },
): Promise<FinishedWalkForward> {
  const startTime = Date.now();
  const inFolder = (file: string): string => path.resolve(terminal.workingFolder, file);
  const { loadedStrategy, loaded, search } = await loadSearch(job, terminal);
  const result = await walkForward({
    ...search,
    ranking: job.ranking,
    lengths: job.lengths,
    processes: job.processes,
    engine: job.engine,
    robustSample: job.robustSample,
    ledger: { folder: inFolder(LEDGER_FOLDER), startTime },
    state: { folder: inFolder(`${FOLDER}/state`), fresh: job.isFresh },
    ...events,
  });
  const finished: FinishedWalkForward = {
    job,
    loadedStrategy,
    loaded,
    config: search.config,
    result,
    notes: [
      ...candleNotes(loaded, result.windows[0]?.trainStart, result.windows.at(-1)?.testEnd),
      ...readingNotes(loadedStrategy, terminal.workingFolder),
    ],
    command: terminal.commandLine,
    written: [],
  };
  return writeResults(finished, terminal);
}

async function writeResults(
  found: FinishedWalkForward,
  terminal: Terminal,
): Promise<FinishedWalkForward> {
  const { job, loadedStrategy, loaded, config, result, notes, command } = found;
  const { windows, stitched } = result;
  if (stitched === undefined) return found;
  const { strategy } = loadedStrategy;
  const { candles } = loaded;
  const day = (time: number): string => new Date(time).toISOString().slice(0, 10);
  const base = `${strategy.name}_${candles.symbol}_${candles.timeframe}_${day(windows[0]!.testStart)}_${day(windows.at(-1)!.testEnd)}`;
  const files = {
    windows: path.join(FOLDER, `${base}_windows.csv`),
    trades: path.join(FOLDER, `${base}_trades.csv`),
    report: path.join(FOLDER, 'reports', `${base}.html`),
  };
  const finished: FinishedWalkForward = {
    ...found,
    written: [
      ['Windows', files.windows],
      ['Trades', files.trades],
      ['Report', files.report],
    ],
  };
  const page = await terminal.compute(() =>
    renderWalkForwardReport({
      result,
      strategy,
      candles,
      config,
      metric: job.ranking.metric,
      layout: layoutText(job.lengths),
      notes: notes.filter((note) => note !== SYNTHETIC_NOTE),
      provenance: provenanceOf(loaded, command),
    }),
  );
  const inFolder = (file: string): string => path.resolve(terminal.workingFolder, file);
  const subject = { symbol: candles.symbol, strategy: strategy.name };
  await writeFileAtomic(inFolder(files.windows), walkForwardCsv(windows));
  await writeFileAtomic(inFolder(files.trades), tradeLogCsv(stitched.trades, subject));
  await writeRunRecord(inFolder(files.trades), walkForwardJson(finished));
  await writeFileAtomic(inFolder(files.report), page);
  return finished;
}
