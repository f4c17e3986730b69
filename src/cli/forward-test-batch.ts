import type { Logger } from 'pino';
import { readAllBestParams } from '../config/index.js';
import { UserError } from '../domain/index.js';
import { STRATEGY_MAP } from '../strategies/index.js';
import { didYouMean } from '../util/index.js';
import type { FinishedForwardTest } from './finished-forward-test.js';
import { type ForwardTestJob, runForwardTestJob } from './forward-test-job.js';
import { forwardTestJson } from './forward-test-json.js';
import { metricCell } from './forward-test-summary.js';
import { loadCommandStrategy } from './load-strategy.js';
import { grouped } from './metric-display.js';
import { listedWords } from './option-values.js';
import { createProgress } from './progress.js';
import type { Terminal } from './terminal.js';
import { textTable } from './text-table.js';

/** One forward test of a batch. */
export interface ForwardPair {
  readonly job: ForwardTestJob;
  /** Class name of the strategy, as in the file of best parameters. */
  readonly strategy: string;
  readonly symbol: string;
  readonly interval: string;
}

/** What became of one pair. */
export interface ForwardOutcome extends ForwardPair {
  readonly finished?: FinishedForwardTest;
  readonly failure?: unknown;
}

/**
 * Returns the forward tests that a batch asks for: every pair of the file of best parameters, or those that are named.
 *
 * @param base - What all of them have in common.
 * @param options - `--strategies` and `--symbols`.
 * @param terminal - For its folder.
 * @throws {UserError} If nothing is there, or something is named that is not.
 */
export async function planForwardBatch(
  base: ForwardTestJob,
  options: Readonly<Record<string, unknown>>,
  terminal: Terminal,
): Promise<ForwardPair[]> {
  const all = await readAllBestParams(base.paramFile);
  if (all.length === 0) {
    throw new UserError(`${base.paramFile} has no entries: run wus optimize first`);
  }
  const symbols = listedWords(options.symbols).map((symbol) => symbol.toUpperCase());
  const sources = new Map<string, string>();
  for (const name of listedWords(options.strategies)) {
    const { strategy } = await loadCommandStrategy(name, terminal);
    sources.set(strategy.name, name);
  }
  requireKnown(
    symbols,
    all.map(({ symbol }) => symbol),
    base.paramFile,
  );
  requireKnown(
    [...sources.keys()],
    all.map(({ strategy }) => strategy),
    base.paramFile,
  );
  const pairs = all.filter(
    ({ symbol, strategy }) =>
      (symbols.length === 0 || symbols.includes(symbol)) &&
      (sources.size === 0 || sources.has(strategy)),
  );
  if (pairs.length === 0) {
    const there = all.map(({ symbol, strategy }) => `${symbol} ${strategy}`).join(', ');
    throw new UserError(`${base.paramFile} has none of these pairs; it has ${there}`);
  }
  return pairs.map(({ symbol, strategy, entry }) => ({
    job: {
      ...base,
      config: {
        ...base.config,
        strategy: sources.get(strategy) ?? entry.strategy_file ?? strategy,
        symbol,
        market: entry.market,
        interval: entry.interval,
      },
    },
    strategy,
    symbol,
    interval: entry.interval,
  }));
}

function requireKnown(asked: readonly string[], there: readonly string[], file: string): void {
  const known = [...new Set(there)];
  const unknown = asked.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new UserError(
    `${file} has no entry of ${unknown}${didYouMean(unknown, known)}; it has ${known.join(', ')}`,
  );
}

/**
 * Runs forward tests one after another; one that fails does not stop the others.
 *
 * @param pairs - From `planForwardBatch`.
 * @param terminal - Where progress is shown.
 * @param log - Says what is being done.
 * @returns One outcome per pair, in their order.
 */
export async function runForwardBatch(
  pairs: readonly ForwardPair[],
  terminal: Terminal,
  log: Logger,
): Promise<ForwardOutcome[]> {
  const outcomes: ForwardOutcome[] = [];
  const progress = createProgress(terminal, 'Forward tests');
  // The display of the batch is the only one that draws: loading candles stays quiet.
  const quiet: Terminal = { ...terminal, showsProgress: false, note: () => {} };
  try {
    for (const pair of pairs) {
      progress.update(outcomes.length, pairs.length, `${pair.strategy} ${pair.symbol}`);
      outcomes.push({ ...pair, ...(await tried(pair, quiet, log)) });
    }
    progress.update(pairs.length, pairs.length);
  } finally {
    progress.end();
  }
  return outcomes;
}

async function tried(
  { job }: ForwardPair,
  terminal: Terminal,
  log: Logger,
): Promise<Pick<ForwardOutcome, 'finished' | 'failure'>> {
  const { strategy } = job.config;
  try {
    if (/^\w+$/.test(strategy) && !Object.hasOwn(STRATEGY_MAP, strategy)) {
      throw new UserError(
        'it is not a built-in strategy; give its file with --strategies ./my-strategy.ts',
      );
    }
    return { finished: await runForwardTestJob(job, terminal, log) };
  } catch (failure) {
    return { failure };
  }
}

/**
 * Returns the result of a batch as a table.
 *
 * @param outcomes - From `runForwardBatch`.
 */
export function forwardBatchTable(outcomes: readonly ForwardOutcome[]): string {
  const header = [
    'strategy',
    'symbol',
    'interval',
    'outcome',
    'return',
    'buy and hold',
    'sharpe',
    'in-sample',
    'kept',
    'max drawdown',
    'trades',
  ];
  const rows = outcomes.map(({ strategy, symbol, interval, finished }) => [
    strategy.replace(/Strategy$/, ''),
    symbol,
    interval,
    ...(finished === undefined ? ['FAILED'] : resultCells(finished)),
  ]);
  const reports = outcomes.flatMap(({ finished }) =>
    finished === undefined ? [] : [['Report', finished.reportFile]],
  );
  return [
    ...textTable([header, ...rows], 'llllrrrrrrr'),
    '',
    'sharpe: per year, out-of-sample; in-sample: on the optimization period; kept: out-of-sample / in-sample',
    ...(reports.length === 0 ? [] : ['', ...textTable(reports, 'll')]),
  ].join('\n');
}

function resultCells({ test }: FinishedForwardTest): string[] {
  const { outOfSample, inSample, judgement, sharpeKept } = test;
  const { metrics, rules } = outOfSample;
  return [
    judgement.outcome.replaceAll('-', ' '),
    `${grouped((100 * metrics.cumulativeProfit) / rules.initialBalance, 2)} %`,
    metricCell(outOfSample, 'buy_and_hold_return'),
    metricCell(outOfSample, 'sharpe_ratio'),
    inSample === undefined ? 'unknown' : metricCell(inSample, 'sharpe_ratio'),
    sharpeKept === undefined ? '-' : `${grouped(100 * sharpeKept, 0)} %`,
    metricCell(outOfSample, 'max_drawdown'),
    metricCell(outOfSample, 'total_trades'),
  ];
}

/**
 * Returns what `--json` prints for a batch.
 *
 * @param outcomes - From `runForwardBatch`.
 * @param command - Command line of the batch.
 */
export function forwardBatchJson(
  outcomes: readonly ForwardOutcome[],
  command: string,
): Record<string, unknown> {
  return {
    command,
    pairs: outcomes.map(({ strategy, symbol, interval, finished, failure }) =>
      finished === undefined
        ? { strategy, symbol, interval, error: messageOf(failure) }
        : forwardTestJson(finished),
    ),
  };
}

/**
 * Ends a batch in which something failed.
 *
 * @param outcomes - From `runForwardBatch`.
 * @throws {UserError} Naming every pair that failed, with its reason.
 */
export function forwardBatchFailures(outcomes: readonly ForwardOutcome[]): void {
  const failed = outcomes.filter(({ finished }) => finished === undefined);
  if (failed.length === 0) return;
  const lines = failed.map(
    ({ strategy, symbol, failure }) => `${strategy} ${symbol}: ${messageOf(failure)}`,
  );
  throw new UserError(
    [`${failed.length} of ${outcomes.length} forward tests failed:`, ...lines].join('\n'),
  );
}

function messageOf(failure: unknown): string {
  return failure instanceof Error ? failure.message : String(failure);
}
