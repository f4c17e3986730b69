import {
  type EngineInput,
  engineMetrics,
  engineRulesBy,
  entryFilters,
  type ReturnsSink,
  runReference,
} from '../backtest/index.js';
import type { CandleSeries } from '../candles/index.js';
import type { BacktestRunConfig, FilterSettings } from '../config/index.js';
import { combineMasks, type EntryFilter } from '../filters/index.js';
import { expandRuns, rememberIndicators, type SignalRuns } from '../indicators/index.js';
import { METRICS, type Metrics } from '../metrics/index.js';
import type { EngineRules } from '../semantics/index.js';
import { EXIT_AXES, FILTER_RULES, RUN_SETTINGS, valuesOf } from '../settings/index.js';
import { decisionsOf, type Parameters, STRATEGIES, type Strategy } from '../strategies/index.js';
import type { TrialPlan } from './plan.js';

/** Indicator columns that a worker remembers, bytes. */
const INDICATOR_BYTES_MAX = 128 * 2 ** 20;
/** With so many trials per signal, computing its columns anew costs about a hundredth of the work, and no memory. */
const TRIALS_PER_SIGNAL_MANY = 1_000;

/** What the trials of a run have in common. */
export interface EvaluationInput {
  readonly candles: CandleSeries;
  readonly period: EngineInput['period'];
  readonly strategy: Strategy;
  readonly plan: TrialPlan;
  /** Money and execution; stops and filters come from the trials. */
  readonly config: BacktestRunConfig;
}

/** Evaluates trials one after the other; the result of one never depends on its neighbours. */
export interface TrialEvaluator {
  /**
   * Evaluates consecutive trials.
   *
   * @param first - Id of the first one.
   * @param count - How many.
   * @param out - Their metrics in the order of `METRICS`. Shape `[count × metrics]`.
   */
  evaluate(first: number, count: number, out: Float64Array): void;
}

/** What a group of trials shares. */
export interface GroupInput
  extends Pick<EngineInput, 'candles' | 'period' | 'exits' | 'columns' | 'manage'> {
  /** The column or its runs. */
  readonly signals: Int8Array | SignalRuns;
  /** `undefined` without filters. */
  readonly entryMask: Uint8Array | undefined;
}

/** An engine that runs groups of trials, each of which shares signals and entry mask and differs in its rules. */
export interface GroupRunner {
  /**
   * Runs a group, now or together with later ones.
   *
   * @param input - Signals and entry mask of all of its trials.
   * @param rules - One per trial.
   * @param out - Complete after `finish()`. Shape `[rules × metrics]`.
   */
  run(input: GroupInput, rules: readonly EngineRules[], out: Float64Array): void;
  /** Runs all groups that wait. */
  finish(): void;
}

/**
 * Returns a runner that runs each trial through the reference engine.
 *
 * @param onReturns - Takes the returns of each trial and its place in the range.
 */
export function referenceRunner(onReturns?: ReturnsSink): GroupRunner {
  return {
    run: (input, rules, out) => runGroupByReference(input, rules, out, onReturns),
    finish() {
      // No group waits.
    },
  };
}

function runGroupByReference(
  input: GroupInput,
  rules: readonly EngineRules[],
  out: Float64Array,
  onReturns: ReturnsSink | undefined,
): void {
  const signals = input.signals instanceof Int8Array ? input.signals : expandRuns(input.signals);
  const entryMask = input.entryMask ?? combineMasks(input.candles.length, []);
  rules.forEach((own, k) => {
    const complete = { ...input, signals, entryMask, rules: own };
    const place = placeOf(out) + k;
    const metrics = engineMetrics(
      complete,
      runReference(complete),
      onReturns && ((returns) => onReturns(returns, place)),
    );
    writeMetrics(metrics, out, k * METRICS.length);
  });
}

/**
 * Returns the place of a group in its range: results of a range are one piece of memory.
 *
 * @param out - Of the group.
 */
export function placeOf(out: Float64Array): number {
  return out.byteOffset / (out.BYTES_PER_ELEMENT * METRICS.length);
}

/**
 * Writes metrics as numbers in the order of `METRICS`.
 *
 * @param metrics - Of one run.
 * @param out - Receives them.
 * @param offset - Where the first one goes.
 */
export function writeMetrics(metrics: Metrics, out: Float64Array, offset: number): void {
  METRICS.forEach(({ key }, k) => {
    out[offset + k] = metrics[key];
  });
}

/**
 * Returns the evaluator of a run. Signals and masks are computed once for trials in a row that share them.
 *
 * @param input - What the trials have in common.
 * @param runner - Engine.
 */
export function openEvaluator(input: EvaluationInput, runner: GroupRunner): TrialEvaluator {
  const { candles, period, strategy, plan, config } = input;
  // A user's strategy may write into the columns it is given; it gets copies.
  const indicators = rememberIndicators({
    bytesMax: plan.filterCount * plan.stopCount < TRIALS_PER_SIGNAL_MANY ? INDICATOR_BYTES_MAX : 0,
    copies: !STRATEGIES.includes(strategy),
  });
  const masksOf = (filters: readonly EntryFilter[]): Uint8Array[] =>
    filters.map((filter) => filter.mask(candles, indicators));
  const rulesOf = trialRules({ ...config, interval: candles.timeframe });
  const signalColumns = lastOf((signal: number) => {
    const parameters = plan.signalSettings(signal);
    const trend = masksOf(entryFilters(WITHOUT_FILTERS, parameters));
    return { decisions: decisionsOf(strategy, candles, parameters, indicators), trend };
  });
  const filterMasks = recent(MASKS_KEPT, (filter: number) =>
    masksOf(entryFilters(filterConfig(plan.filterSettings(filter)), {})),
  );
  return {
    evaluate(first, count, out) {
      const end = first + count;
      try {
        for (let id = first; id < end; ) {
          const trial = plan.trial(id);
          const size = Math.min(end - id, plan.stopCount - trial.stop);
          const { decisions, trend } = signalColumns(trial.signal);
          const masks = [...trend, ...filterMasks(trial.filter)];
          const entryMask = masks.length < 2 ? masks[0] : combineMasks(candles.length, masks);
          const rules = Array.from({ length: size }, (_, k) =>
            rulesOf(plan.stopSettings(trial.stop + k)),
          );
          const from = (id - first) * METRICS.length;
          const rows = out.subarray(from, from + size * METRICS.length);
          runner.run({ candles, period, ...decisions, entryMask }, rules, rows);
          id += size;
        }
      } finally {
        // Nothing waits longer than its range, also when a strategy throws.
        runner.finish();
      }
    },
  };
}

/**
 * Returns the filter keys of a backtest for the settings of a trial.
 *
 * @param settings - `filterSettings` of a plan; `null` where a filter is off.
 */
export function filterConfig(settings: Parameters): FilterSettings {
  const own = FILTER_RULES.flatMap(({ apply, settings: below }) =>
    settings[apply.key] === true ? [apply.key, ...below.map(({ key }) => key)] : [],
  );
  return { ...WITHOUT_FILTERS, ...Object.fromEntries(own.map((key) => [key, settings[key]])) };
}

/** Masks of filter settings that are kept: they are revisited for every new signal. */
const MASKS_KEPT = 32;

const WITHOUT_FILTERS = valuesOf(
  RUN_SETTINGS.filter(({ section }) => section === 'filters'),
  {},
) as unknown as FilterSettings;

/**
 * Returns what makes the rules of a trial.
 *
 * @param config - Money and execution.
 * @returns Takes `stopSettings` of a plan.
 */
export function trialRules(config: BacktestRunConfig): (stops: Parameters) => EngineRules {
  return engineRulesBy(config, EXIT_KEYS) as (stops: Parameters) => EngineRules;
}

const EXIT_KEYS = EXIT_AXES.map(({ key }) => key);

function lastOf<T>(compute: (index: number) => T): (index: number) => T {
  return recent(1, compute);
}

/** Keeps the last few answers. */
function recent<T>(size: number, compute: (index: number) => T): (index: number) => T {
  const known = new Map<number, T>();
  return (index) => {
    const found = known.get(index);
    if (found !== undefined) return found;
    if (known.size >= size) known.delete(known.keys().next().value!);
    const value = compute(index);
    known.set(index, value);
    return value;
  };
}
