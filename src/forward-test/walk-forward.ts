import { randomUUID } from 'node:crypto';
import { monteCarloOfEquity, type RunMonteCarlo } from '../analysis/index.js';
import { type BacktestResult, runBacktest, selectPeriod } from '../backtest/index.js';
import { type CandleSeries, candleRange } from '../candles/index.js';
import type { BacktestRunConfig } from '../config/index.js';
import { parseUtcTime, type Trade, timeframeMs } from '../domain/index.js';
import {
  computeMetrics,
  METRICS,
  type Metrics,
  metricText,
  parseMetricText,
} from '../metrics/index.js';
import {
  crossValidate,
  lendWorkers,
  type OptimizeProgress,
  type OptimizeRequest,
  optimize,
  type SelectionEvidence,
  type TrialFigures,
  type TrialSettings,
  trialConfig,
  type WorkerRequest,
} from '../optimize/index.js';
import { countText } from '../util/index.js';
import { type CountedWalk, countWalk, type WalkCount } from './walk-count.js';
import {
  judgeWalkForward,
  type WalkForwardJudgement,
  weeksOfTests,
} from './walk-forward-judgement.js';
import { type WalkForwardSpan, walkForwardSpans } from './walk-forward-plan.js';
import {
  type ChosenSettings,
  openWalkForwardState,
  type WalkForwardState,
} from './walk-forward-state.js';

/** What a walk-forward is: an optimization that is repeated, and where its state is kept. */
export interface WalkForwardRequest
  extends WorkerRequest,
    CountedWalk,
    Pick<OptimizeRequest, 'engine' | 'signal'> {
  /** `start` and `end` bound the whole walk. */
  readonly config: BacktestRunConfig;
  /** Whether the grid overfits is tested on a sample of so many combinations, 0 for no test. Default: 0. */
  readonly robustSample?: number | undefined;
  /** Where finished windows are kept. Default: nowhere. */
  readonly state?: { readonly folder: string; readonly fresh: boolean } | undefined;
  readonly onPlan?: ((windows: number, known: number) => void) | undefined;
  readonly onProgress?: ((window: number, progress: OptimizeProgress) => void) | undefined;
  /** Told what is done after the last window. */
  readonly onStage?: ((text: string) => void) | undefined;
}

/** One window with what was chosen on it and what came of it. */
export interface WalkForwardWindowResult extends WalkForwardSpan {
  readonly combinations: number;
  readonly settings: TrialSettings;
  /** Of the winner, on the training candles. */
  readonly inSample: Metrics;
  /** On the candles after them; the balance is what the windows before have left. */
  readonly outOfSample: BacktestResult;
}

/** Everything out-of-sample in one line. */
export interface StitchedEquity {
  /** Open times of the candles of all tests, ms UTC. */
  readonly openTimes: Float64Array;
  /** Equity at their closes. Same shape, quote. */
  readonly equity: Float64Array;
  /** The same money put into the instrument at the first open. Same shape, quote. */
  readonly holding: Float64Array;
  readonly trades: readonly Trade[];
  readonly metrics: Metrics;
}

/** What came out of a walk-forward. */
export interface WalkForwardResult {
  readonly windows: readonly WalkForwardWindowResult[];
  /** All windows of the plan, those included that were not reached. */
  readonly planned: number;
  /** Windows that an earlier run had finished. */
  readonly known: number;
  readonly isComplete: boolean;
  readonly statePath: string | undefined;
  /** `undefined` when no window was finished. */
  readonly stitched: StitchedEquity | undefined;
  readonly judgement: WalkForwardJudgement | undefined;
  /** Of the tests; `undefined` where there is nothing to resample, or with money that did not exist. */
  readonly monteCarlo: RunMonteCarlo | undefined;
  /** How often something was tried, and what a sample of the grid tells about choosing; `undefined` before the last window. */
  readonly selection: WalkForwardSelection | undefined;
  /** What a reader must know, one sentence each. */
  readonly notes: readonly string[];
}

/** What stands behind the verdict of a walk-forward. */
export interface WalkForwardSelection extends WalkCount {
  /** `undefined` when it was not asked for. */
  readonly evidence: SelectionEvidence | undefined;
}

/** Changes when states of older versions no longer mean the same. */
const STATE_FORMAT = 1;

/**
 * Optimizes on one window after the other and tests each winner on the candles right after it. The same threads work on all
 * windows.
 *
 * No position is carried from one test into the next: what is open at the end of a test is closed there. The balance is
 * carried. Indicators of a test are warmed up by the candles before it.
 *
 * @param request - Strategy, candles, grid and lengths.
 * @throws {UsageError} If the grid or the lengths are wrong.
 * @throws {UserError} If the candles do not suffice, a window cannot be optimized, or the state cannot be kept.
 */
export async function walkForward(request: WalkForwardRequest): Promise<WalkForwardResult> {
  return lendWorkers(request, (pool) => walk({ ...request, pool }));
}

async function walk(request: WalkForwardRequest): Promise<WalkForwardResult> {
  const { candles, config } = request;
  const spans = walkForwardSpans(wholePeriod(candles, config), request.lengths);
  const state = openState(request, spans);
  const windows: WalkForwardWindowResult[] = [];
  let known = 0;
  let isRuined = false;
  try {
    request.onPlan?.(spans.length, state?.finished.size ?? 0);
    let balance = config.initial_balance;
    for (const span of spans) {
      const found = state?.finished.get(span.number);
      const chosen = found ?? (await chooseSettings(request, span));
      if (chosen === undefined) break;
      if (found === undefined) state?.add(chosen);
      else known++;
      const window = testWindow(request, { span, chosen, balance });
      windows.push(window);
      balance = window.outOfSample.run.finalBalance;
      isRuined = balance <= 0;
      if (isRuined) break;
    }
  } finally {
    state?.close();
  }
  const stitched = windows.length === 0 ? undefined : stitch(windows, config.initial_balance);
  const figures =
    stitched && weeksOfTests(stitched, config.initial_balance, timeframeMs(candles.timeframe));
  const selection =
    isRuined || windows.length === spans.length
      ? await selectionOf(request, { spans, windows, figures })
      : undefined;
  return {
    windows,
    planned: spans.length,
    known,
    isComplete: selection !== undefined,
    statePath: state?.path,
    stitched,
    judgement:
      stitched === undefined || figures === undefined
        ? undefined
        : judgeWalkForward({
            windows,
            stitched,
            figures,
            initialBalance: config.initial_balance,
            costs: config.commission_bps + config.slippage_bps,
            walks: selection?.walks ?? 1,
            record: selection?.record,
            identity: selection?.identity,
          }),
    monteCarlo:
      stitched === undefined || config.allow_overdraft
        ? undefined
        : monteCarloOfEquity({
            initialBalance: config.initial_balance,
            trades: stitched.trades,
            equity: stitched.equity,
            openTimes: stitched.openTimes,
            timeframeMs: timeframeMs(candles.timeframe),
          }),
    selection,
    notes: walkNotes(request, { spans, windows, isRuined }),
  };
}

/** `undefined` when the run was stopped. */
async function selectionOf(
  request: WalkForwardRequest,
  {
    spans,
    windows,
    figures,
  }: {
    readonly spans: readonly WalkForwardSpan[];
    readonly windows: readonly WalkForwardWindowResult[];
    readonly figures: TrialFigures | undefined;
  },
): Promise<WalkForwardSelection | undefined> {
  const period = { periodStart: spans[0]!.trainStart, periodEnd: spans.at(-1)!.testEnd };
  const count = await countWalk(request, period, figures);
  const sampleSize = request.robustSample ?? 0;
  if (sampleSize === 0 || windows[0]!.combinations === 1) return { ...count, evidence: undefined };
  const evidence = await crossValidate(
    {
      ...optimizeRequest(request),
      config: { ...request.config, start: iso(period.periodStart), end: iso(period.periodEnd) },
      candles: request.candles,
    },
    windows.map(({ settings }) => settings),
    { sampleSize, onStage: request.onStage },
  );
  return evidence === undefined ? undefined : { ...count, evidence };
}

function wholePeriod(
  candles: CandleSeries,
  config: BacktestRunConfig,
): { start: number; end: number } {
  const { from, to } = selectPeriod(candles, {
    start: config.start === null ? undefined : parseUtcTime(config.start),
    end: config.end === null ? undefined : parseUtcTime(config.end),
  });
  const end = candles.openTime[to - 1]! + timeframeMs(candles.timeframe);
  return { start: candles.openTime[from]!, end };
}

/** The identity holds what decides the result, and nothing else: not the folder, not the number of workers. */
function openState(
  request: WalkForwardRequest,
  spans: readonly WalkForwardSpan[],
): WalkForwardState | undefined {
  if (request.state === undefined) return undefined;
  const { candles, strategy, strategySource, ranking, grid, lengths } = request;
  const { start, end, files, stop_slippage_bps, ...config } = request.config;
  const name = `${strategy.name}_${candles.symbol}_${candles.timeframe}`;
  const identity = {
    format: STATE_FORMAT,
    strategy: strategy.name,
    strategyHash: strategySource?.sha256 ?? null,
    // What a strategy reads by itself may have changed since: nothing of an earlier run is taken.
    ...((strategySource?.reads?.length ?? 0) > 0 && { run: randomUUID() }),
    symbol: candles.symbol,
    market: candles.market,
    timeframe: candles.timeframe,
    dataHash: request.dataHash,
    // States of older versions know no slippage of stops.
    config: { ...config, ...(stop_slippage_bps > 0 && { stop_slippage_bps }) },
    ranking,
    grid: grid.grid,
    engine: request.engine ?? 'fast',
    lengths,
    spans,
  };
  return openWalkForwardState(request.state.folder, name, identity, {
    fresh: request.state.fresh,
  });
}

/** `undefined` when the run was stopped. */
async function chooseSettings(
  request: WalkForwardRequest,
  span: WalkForwardSpan,
): Promise<ChosenSettings | undefined> {
  if (request.signal?.aborted === true) return undefined;
  const { config, candles } = request;
  const result = await optimize({
    ...optimizeRequest(request),
    config: { ...config, start: iso(span.trainStart), end: iso(span.trainEnd) },
    // The optimizer cannot see what it is not given.
    candles: candlesBefore(candles, span.trainEnd),
    onProgress: (progress) => request.onProgress?.(span.number, progress),
  });
  if (result.ledgerFailure !== undefined) throw result.ledgerFailure;
  const winner = result.best[0];
  if (!result.isComplete || winner === undefined) return undefined;
  const { plan } = result.search;
  const trial = plan.trial(winner.id);
  return {
    number: span.number,
    combinations: plan.count,
    settings: {
      parameters: plan.signalSettings(trial.signal),
      filters: plan.filterSettings(trial.filter),
      stops: plan.stopSettings(trial.stop),
    },
    metrics: [...winner.metrics].map(metricText),
  };
}

/** What all searches of a walk-forward have in common. */
function optimizeRequest(
  request: WalkForwardRequest,
): Omit<OptimizeRequest, 'config' | 'candles' | 'onProgress' | 'onPlan'> {
  return {
    strategy: request.strategy,
    strategySource: request.strategySource,
    dataHash: request.dataHash,
    grid: request.grid,
    ranking: request.ranking,
    top: 1,
    engine: request.engine,
    processes: request.processes,
    pool: request.pool,
    ledger: request.ledger,
    signal: request.signal,
  };
}

function testWindow(
  { config, candles, strategy }: WalkForwardRequest,
  {
    span,
    chosen,
    balance,
  }: {
    readonly span: WalkForwardSpan;
    readonly chosen: ChosenSettings;
    readonly balance: number;
  },
): WalkForwardWindowResult {
  const outOfSample = runBacktest(
    {
      ...trialConfig(config, chosen.settings),
      initial_balance: balance,
      start: iso(span.testStart),
      end: iso(span.testEnd),
    },
    candles,
    { strategy },
  );
  const values = chosen.metrics.map(parseMetricText);
  const inSample = Object.fromEntries(
    METRICS.map(({ key }, k) => [key, values[k]!]),
  ) as unknown as Metrics;
  const { combinations, settings } = chosen;
  return { ...span, combinations, settings, inSample, outOfSample };
}

function stitch(
  windows: readonly WalkForwardWindowResult[],
  initialBalance: number,
): StitchedEquity {
  const { candles } = windows[0]!.outOfSample;
  const pieces = windows.map(({ outOfSample: { period } }) => period);
  const length = pieces.reduce((sum, { from, to }) => sum + to - from, 0);
  const openTimes = new Float64Array(length);
  const equity = new Float64Array(length);
  const holding = new Float64Array(length);
  const factor = initialBalance / candles.open[pieces[0]!.from]!;
  let at = 0;
  windows.forEach(({ outOfSample }, k) => {
    const { from, to } = pieces[k]!;
    openTimes.set(candles.openTime.subarray(from, to), at);
    equity.set(outOfSample.run.equity, at);
    for (let i = from; i < to; i++) holding[at + i - from] = candles.close[i]! * factor;
    at += to - from;
  });
  const runs = windows.map(({ outOfSample }) => outOfSample.run);
  const trades = runs.flatMap((run) => run.trades);
  const metrics = computeMetrics({
    initialBalance,
    finalBalance: runs.at(-1)!.finalBalance,
    trades,
    equity,
    openTimes,
    timeframeMs: timeframeMs(candles.timeframe),
    firstOpen: candles.open[pieces[0]!.from]!,
    lastClose: candles.close[pieces.at(-1)!.to - 1]!,
    candlesInMarket: runs.reduce((sum, run) => sum + run.candlesInMarket, 0),
    skippedEntries: runs.reduce((sum, run) => sum + run.skippedEntries, 0),
  });
  return { openTimes, equity, holding, trades, metrics };
}

function walkNotes(
  { config, lengths, candles, ranking }: WalkForwardRequest,
  {
    spans,
    windows,
    isRuined,
  }: {
    readonly spans: readonly WalkForwardSpan[];
    readonly windows: readonly WalkForwardWindowResult[];
    readonly isRuined: boolean;
  },
): string[] {
  const { end } = wholePeriod(candles, config);
  const left = Math.round((end - spans.at(-1)!.testEnd) / 86_400_000);
  const weak = windows.filter(({ inSample }) => inSample.totalTrades < ranking.minTrades).length;
  return [
    'Positions are not carried from one window to the next: an open position is closed at the last close of the test. The balance is carried over, and the candles before each test warm up the indicators.',
    ...(lengths.stepDays > lengths.testDays
      ? [
          `Between two tests ${countText(lengths.stepDays - lengths.testDays, 'day is', 'days are')} not traded; the balance does not change there.`,
        ]
      : []),
    ...(left > 0
      ? [
          left === 1
            ? 'The last day is too short for a window and was not tested.'
            : `The last ${countText(left, 'day')} are too short for a window and were not tested.`,
        ]
      : []),
    ...(weak > 0
      ? [
          `In ${weak} of ${countText(windows.length, 'window')} no combination reached ${countText(ranking.minTrades, 'trade')}; the choice there proves nothing.`,
        ]
      : []),
    ...(config.max_cumulative_loss === null
      ? []
      : ['The limit of the cumulative loss restarts in every window.']),
    ...(isRuined
      ? [
          `The balance was lost in window ${windows.length} of ${spans.length}; later windows were not tested.`,
        ]
      : []),
  ];
}

/** The candles that open before a time; views, not copies. */
function candlesBefore(candles: CandleSeries, time: number): CandleSeries {
  const { to } = selectPeriod(candles, { end: time });
  return candleRange(candles, 0, to);
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
