import type { CandleSeries } from '../candles/index.js';
import type { BacktestRunConfig } from '../config/index.js';
import { timeframeMs, UserError } from '../domain/index.js';
import type { Parameters, Strategy } from '../strategies/index.js';
import { openSignalCheck } from './check-signals.js';
import { countTrials, type LedgerWish, type TrialCount } from './count-trials.js';
import { detailsIdentity } from './details-identity.js';
import { writeDetailsLuck } from './details-luck.js';
import type { GridSummary } from './grid.js';
import type { GridEntry } from './grid-axes.js';
import { luckWords } from './judgement/run-luck.js';
import {
  type CrossValidationOptions,
  type SampledReturns,
  SampleKeeper,
} from './judgement/sample.js';
import type { TrialScope } from './ledger/trial-hash.js';
import { metricColumn, type Ranking, type TrialResult, topTrials } from './objective.js';
import { type DetailsRun, type DetailsWish, openDetails } from './open-details.js';
import { type OptimizeSearch, openSearch } from './open-search.js';
import type { TrialPlan } from './plan.js';
import { lendWorkers, type WorkerRequest } from './pool/lend-workers.js';
import type { OptimizeEngine, TrialsJob } from './pool/protocol.js';
import { reserveTables } from './pool/shared-tables.js';
import { runJob } from './run-job.js';
import { rowMetrics, runTrials } from './run-trials.js';
import { effectiveParameters, openTrialText, settingWords } from './trial-text.js';

/** What an optimization is. */
export interface OptimizeRequest extends WorkerRequest {
  /** Money, execution, period, filters that are asked for and their values where the grid has none. */
  readonly config: BacktestRunConfig;
  readonly strategy: Strategy;
  /** File of a user's strategy, from `loadStrategy()`. */
  readonly strategySource?:
    | {
        readonly path: string;
        readonly sha256: string;
        /** Of what has an effect. Default: `sha256`. */
        readonly codeSha256?: string;
        readonly reads?: readonly string[];
      }
    | undefined;
  /** A second instance of a user's strategy that was never run, for the look-ahead check. */
  readonly coldStrategy?: Strategy | undefined;
  /** All stored candles; those before the period warm up (S-04). */
  readonly candles: CandleSeries;
  /** From `loadCandles()`. */
  readonly dataHash: string;
  readonly grid: GridEntry;
  readonly ranking: Ranking;
  /** How many of the best are returned. */
  readonly top: number;
  /** Default: `fast`. */
  readonly engine?: OptimizeEngine | undefined;
  /** Default: no details file. */
  readonly details?: DetailsWish | undefined;
  /** Keeps the returns of a sample while it is searched, so that `judgeWinner()` need not run it again. Default: none are kept. */
  readonly crossValidation?: Pick<CrossValidationOptions, 'sampleSize' | 'seed'> | undefined;
  /** Default: trials are not counted beyond this run. */
  readonly ledger?: LedgerWish | undefined;
  /** Stops the run cleanly; what is finished is kept. */
  readonly signal?: AbortSignal | undefined;
  /** Told before a user's strategy is checked for look-ahead: with many candles that takes seconds. */
  readonly onCheck?: (() => void) | undefined;
  readonly onPlan?: ((summary: GridSummary, details: DetailsRun | undefined) => void) | undefined;
  readonly onProgress?: ((progress: OptimizeProgress) => void) | undefined;
}

/** How far an optimization is. */
export interface OptimizeProgress {
  readonly done: number;
  readonly total: number;
  /** Of `done`, those that this run did not have to compute. */
  readonly known: number;
  readonly best: TrialResult | undefined;
}

/** One of the best trials. */
export interface RankedTrial extends TrialResult {
  /** By snake_case name; `null` where a parameter, filter or stop is off. */
  readonly parameters: Parameters;
  readonly filters: Parameters;
  readonly stops: Parameters;
}

/** What came out of an optimization. */
export interface OptimizeResult {
  readonly summary: GridSummary;
  /** Trials whose results are in; all of them unless the run was stopped. */
  readonly done: number;
  readonly known: number;
  readonly isComplete: boolean;
  /** Best first. */
  readonly best: readonly RankedTrial[];
  readonly detailsPath: string | undefined;
  /** Open time of the first candle of the period and close time of its last one, ms UTC. */
  readonly periodStart: number;
  readonly periodEnd: number;
  readonly candleCount: number;
  readonly search: OptimizeSearch;
  /** Distinct trials ever evaluated, this run's included; `undefined` when nobody counts. */
  readonly ledger:
    | { readonly path: string; readonly count: number; readonly added: number }
    | undefined;
  /** Why the ledger could not be written. */
  readonly ledgerFailure: UserError | undefined;
  /** Returns of a sample of the trials, where they were asked for. */
  readonly sample: SampledReturns | undefined;
  /** What luck shows with the trials of this run, and where that of all runs is kept. */
  readonly luck: Pick<TrialCount, 'luck' | 'luckLedger' | 'trials' | 'trialsInLuck'>;
}

/**
 * Evaluates every combination of a grid and ranks them: exact, whatever the number of workers.
 *
 * @param request - Strategy, candles, grid, ranking and where details go.
 * @throws {UsageError} If the grid is wrong, with file:line:column.
 * @throws {UserError} If nothing can be run, a combination fails, or details cannot be written or resumed.
 */
export async function optimize(request: OptimizeRequest): Promise<OptimizeResult> {
  const { config, strategy, candles, ranking, signal } = request;
  const engine = request.engine ?? 'fast';
  const { search, summary } = openSearch(request);
  const { plan, blocks, period } = search;
  // The strategies that ship with the package are checked by its tests.
  const check =
    request.strategySource === undefined
      ? undefined
      : openSignalCheck(strategy, plan, candles, request.coldStrategy);
  if (check !== undefined) {
    request.onCheck?.();
    check.beforeRun();
  }
  const text = openTrialText(strategy, plan);
  const top = topTrials(ranking, request.top);
  const periodStart = candles.openTime[period.from]!;
  const periodEnd = candles.openTime[period.to - 1]! + timeframeMs(candles.timeframe);
  const trials = countTrials(request.ledger, {
    strategy,
    plan,
    scope: trialScope(request),
    subject: {
      strategy: strategy.name,
      symbol: candles.symbol,
      market: candles.market,
      interval: candles.timeframe,
    },
    note: {
      periodStart,
      periodEnd,
      dataHash: request.dataHash,
      strategyHash: request.strategySource?.sha256,
    },
  });
  const sample =
    request.crossValidation && new SampleKeeper(candles, search, request.crossValidation);
  const tradesColumn = metricColumn('total_trades');
  const take = (
    id: number,
    metrics: Float64Array,
    { isInLuck, isComputed }: { readonly isInLuck: boolean; readonly isComputed: boolean },
  ): void => {
    top.add(id, metrics);
    trials.add(id, isInLuck);
    sample?.take(id, metrics[tradesColumn]!, isComputed);
  };
  const details =
    request.details === undefined
      ? undefined
      : await openDetails(request.details, {
          strategy,
          plan,
          text,
          onKnown: (id, metrics, isInLuck) => take(id, metrics, { isInLuck, isComputed: false }),
          reads: request.strategySource?.reads ?? [],
          identity: detailsIdentity({
            strategyName: strategy.name,
            strategyHash: request.strategySource?.sha256,
            candles,
            dataHash: request.dataHash,
            periodStart,
            periodEnd,
            config,
            engine,
            blocks,
            combinations: plan.count,
          }),
        });
  if (details?.luck !== undefined) trials.addLuck(luckWords(details.luck.luck));
  // Of a file that lost its last rows more is known than it holds.
  const luckFrom = details?.reuse === undefined ? (details?.luck?.rows ?? 0) : 0;
  const isReusedInLuck = (details?.luck?.rows ?? 0) >= (details?.reuse?.rows ?? 1);
  let done = details?.from ?? 0;
  let known = done;
  let ledgerFailure: UserError | undefined;
  try {
    request.onPlan?.(summary, details);
    if (done < plan.count) {
      await lendWorkers(request, ({ start, memory }) => {
        const job: TrialsJob = {
          kind: 'trials',
          ...runJob(request, period),
          blocks,
          engine,
          tables:
            engine === 'fast'
              ? reserveTables(candles, period, {
                  blocks,
                  config,
                  trials: plan.count - done,
                  memory,
                })
              : undefined,
          writesRows: details !== undefined,
          luckFrom,
          sample: sample?.columns,
        };
        return runTrials({
          plan,
          run: start(job, (id) => describeTrial(strategy, plan, id)),
          from: done,
          reuse: details?.reuse,
          signal,
          onResults: (range, isReused) => {
            if (details !== undefined) details.file.append(range.rows!);
            const isInLuck = isReused ? isReusedInLuck : range.luck !== undefined;
            for (let k = 0; k < range.count; k++) {
              take(range.first + k, rowMetrics(range, k), { isInLuck, isComputed: !isReused });
            }
            if (range.luck !== undefined) trials.addLuck(range.luck);
            trials.flushIfDue();
            done += range.count;
            if (details !== undefined && trials.trialsInLuck === done) {
              writeDetailsLuck(details.file.path, {
                rows: Math.max(done, luckFrom),
                luck: trials.luck,
              });
            }
            if (isReused) known += range.count;
            request.onProgress?.({ done, total: plan.count, known, best: top.best[0] });
          },
        });
      });
    }
  } finally {
    details?.close();
    // Trials of a run that was stopped or failed were looked at as well.
    ledgerFailure = await closed(trials);
  }
  const winner = top.best[0];
  if (winner !== undefined) check?.trial(winner.id);
  return {
    summary,
    done,
    known,
    isComplete: done === plan.count,
    best: top.best.map((trial) => rankedTrial(strategy, plan, trial)),
    detailsPath: details?.file.path,
    periodStart,
    periodEnd,
    candleCount: period.to - period.from,
    search,
    ledger: trials.ledger,
    ledgerFailure,
    sample: sample?.sample(),
    luck: trials,
  };
}

/** What makes equal parameter sets of two runs different trials. */
function trialScope({ strategySource, config, candles }: OptimizeRequest): TrialScope {
  return {
    strategyHash: strategySource?.codeSha256 ?? strategySource?.sha256,
    config,
    market: candles.market,
    symbol: candles.symbol,
  };
}

/** A ledger that cannot be written takes nothing away from the results. */
async function closed(trials: TrialCount): Promise<UserError | undefined> {
  try {
    await trials.close();
    return undefined;
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}

function rankedTrial(strategy: Strategy, plan: TrialPlan, result: TrialResult): RankedTrial {
  const trial = plan.trial(result.id);
  return {
    ...result,
    parameters: effectiveParameters(strategy, plan.signalSettings(trial.signal)),
    filters: plan.filterSettings(trial.filter),
    stops: plan.stopSettings(trial.stop),
  };
}

/** Names a trial in an error by its number and what it sets. */
function describeTrial(strategy: Strategy, plan: TrialPlan, id: number): string {
  const trial = plan.trial(id);
  const settings = {
    ...effectiveParameters(strategy, plan.signalSettings(trial.signal)),
    ...plan.filterSettings(trial.filter),
    ...plan.stopSettings(trial.stop),
  };
  return `Combination ${id + 1} of ${plan.count} (${strategy.name} ${settingWords(settings).join(' ')})`;
}
