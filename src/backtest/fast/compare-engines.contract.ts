import { timeframeMs } from '../../domain/index.js';
import { findSignalRuns } from '../../indicators/index.js';
import { computeMetrics, METRICS, type Metrics } from '../../metrics/index.js';
import type { EngineRules } from '../../semantics/index.js';
import type { EngineInput, EngineResult } from '../engine.js';
import { runReference } from '../reference-engine.js';
import { exitTableKeys } from './exit-table-keys.js';
import { ExitTables } from './exit-tables.js';
import { FastSweep, type SweepGroup } from './fast-sweep.js';
import { allocateMetricColumns, metricsAt } from './metric-columns.js';
import { prepareCandles } from './prepared-candles.js';
import { type RandomCase, type RandomCaseOptions, randomCase } from './random-case.contract.js';
import { type FastPath, runFast } from './run-fast.js';

const METRIC_TOLERANCE = 1e-9;

/** How many runs were compared, by the way the fast engine took. */
export type ComparedRuns = Record<FastPath | 'trades', number>;

/** Returns counts of no runs. */
export function noRuns(): ComparedRuns {
  return {
    runs: 0,
    tables: 0,
    search: 0,
    'later-tables': 0,
    'exact-loop': 0,
    'candle-loop': 0,
    trades: 0,
  };
}

/**
 * Compares the fast engine with the reference engine on a random case: trades to the bit, by search and by tables, and the
 * sweep's metrics.
 *
 * @param seed - Of the case.
 * @param rulesCount - Sets of rules.
 * @param lengthMax - Candles.
 * @param counts - Added to.
 * @param options - How the case is drawn.
 * @returns The first difference with its seed, or `undefined`.
 */
export function findDifference(
  seed: number,
  rulesCount: number,
  lengthMax: number,
  counts: ComparedRuns,
  options: RandomCaseOptions = {},
): string | undefined {
  const one = randomCase(seed, rulesCount, lengthMax, options);
  const shifts = [
    { blockShift: 1, tileShift: 3 },
    { blockShift: 2, tileShift: 5 },
    { blockShift: 6, tileShift: 12 },
  ];
  const prepared = prepareCandles(one.candles, one.period, shifts[Math.abs(seed) % 3]);
  const tables = ExitTables.allocate(prepared, 2 ** 20 + 2_000 * prepared.length);
  tables.build(tables.reserve(one.rules.flatMap(exitTableKeys)));
  const columns = allocateMetricColumns(one.rules.length);
  const withTables = seed % 2 === 0;
  const sweep = new FastSweep(prepared, withTables ? tables : undefined);
  sweep.run(one, columns);
  for (const [k, rules] of one.rules.entries()) {
    const input: EngineInput = { ...one, rules };
    const expected = runReference(input);
    counts.trades += expected.trades.length;
    const own = { prepared, onPath: (path: FastPath) => counts[path]++ };
    const where = `seed ${seed}, rules ${k}`;
    const difference =
      differentResult(expected, runFast(input, own)) ??
      differentResult(expected, runFast(input, { ...own, tables })) ??
      differentMetrics(metricsOf(one, expected, rules.initialBalance), metricsAt(columns, k));
    if (difference !== undefined) return `${where}: ${difference}\n${JSON.stringify(rules)}`;
  }
  return undefined;
}

/**
 * Compares groups that walk together with the same groups one by one: the metrics must be the same doubles.
 *
 * @param seed - Of the candles, signals and rules.
 * @param times - How often all groups are handed in.
 * @returns The first difference, or `undefined`.
 */
export function findDifferenceTogether(seed: number, times = 1): string | undefined {
  const one = randomCase(seed, 3, 300);
  const prepared = prepareCandles(one.candles, one.period, { blockShift: 2, tileShift: 5 });
  const rulesWithoutStops = one.rules.map(withoutStops);
  const { exits, columns, manage } = one;
  const mirrored = one.signals.map((signal) => -signal);
  const distinct: SweepGroup[] = [
    { ...one, rules: rulesWithoutStops },
    one,
    { signals: mirrored, entryMask: undefined, rules: rulesWithoutStops, exits },
    {
      signals: findSignalRuns(mirrored),
      entryMask: one.entryMask.toReversed(),
      rules: one.rules,
      exits,
      columns,
      manage,
    },
    { signals: one.signals.toReversed(), entryMask: one.entryMask, rules: rulesWithoutStops },
  ];
  const groups = Array.from({ length: times }, () => distinct).flat();
  const count = one.rules.length;
  const together = allocateMetricColumns(groups.length * count);
  const tables = ExitTables.allocate(prepared, 2 ** 20 + 2_000 * prepared.length);
  if (seed % 2 === 0) tables.build(tables.reserve(one.rules.flatMap(exitTableKeys)));
  const sweep = new FastSweep(prepared, tables);
  for (const [k, group] of groups.entries()) sweep.add(group, together, k * count);
  sweep.finish();
  for (const [k, group] of groups.entries()) {
    const alone = allocateMetricColumns(count);
    new FastSweep(prepared, tables).run(group, alone);
    for (const { key } of METRICS) {
      for (let row = 0; row < count; row++) {
        const [a, b] = [alone[key][row], together[key][k * count + row]];
        if (!Object.is(a, b))
          return `seed ${seed}, group ${k}, rules ${row}, ${key}: ${a} and ${b}`;
      }
    }
  }
  return undefined;
}

/** The rules of money and signals alone. */
function withoutStops(rules: EngineRules): EngineRules {
  const { market, direction, initialBalance, leverage, allowOverdraft } = rules;
  const { commissionRate, slippageRate, exitOnNeutral, reEntry, maxCumulativeLoss } = rules;
  return {
    market,
    direction,
    initialBalance,
    leverage,
    allowOverdraft,
    size: 'riskFraction' in rules.size ? { equityFraction: 1 } : rules.size,
    commissionRate,
    slippageRate,
    exitOnNeutral,
    reEntry,
    ...(maxCumulativeLoss !== undefined && { maxCumulativeLoss }),
  };
}

/**
 * Returns the metrics of an engine's result.
 *
 * @param one - Its input.
 * @param result - Its output.
 * @param initialBalance - Quote.
 */
export function metricsOf(
  one: Pick<RandomCase, 'candles' | 'period'>,
  result: EngineResult,
  initialBalance: number,
): Metrics {
  const { candles, period } = one;
  return computeMetrics({
    ...result,
    initialBalance,
    openTimes: candles.openTime.subarray(period.from, period.to),
    timeframeMs: timeframeMs(candles.timeframe),
    firstOpen: candles.open[period.from]!,
    lastClose: candles.close[period.to - 1]!,
  });
}

/**
 * Names the first thing in which two results are not the same doubles.
 *
 * @param expected - Of the reference engine.
 * @param actual - Of the fast engine.
 */
export function differentResult(expected: EngineResult, actual: EngineResult): string | undefined {
  const count = Math.max(expected.trades.length, actual.trades.length);
  for (let k = 0; k < count; k++) {
    const a = expected.trades[k];
    const b = actual.trades[k];
    if (a === undefined || b === undefined) {
      return `trade ${k} of ${expected.trades.length} and ${actual.trades.length}: ${JSON.stringify(a ?? b)}`;
    }
    for (const key of Object.keys(a) as (keyof typeof a)[]) {
      if (a[key] !== b[key] && !(Number.isNaN(a[key]) && Number.isNaN(b[key]))) {
        return `trade ${k} ${key}: ${a[key]} and ${b[key]} in ${JSON.stringify(a)}`;
      }
    }
  }
  for (let i = 0; i < expected.equity.length; i++) {
    const a = expected.equity[i];
    if (a !== actual.equity[i]) return `equity[${i}]: ${a} and ${actual.equity[i]}`;
  }
  for (const key of Object.keys(expected) as (keyof EngineResult)[]) {
    if (key === 'trades' || key === 'equity') continue;
    if (expected[key] !== actual[key]) return `${key}: ${expected[key]} and ${actual[key]}`;
  }
  return expected.equity.length === actual.equity.length ? undefined : 'equity length';
}

function differentMetrics(expected: Metrics, actual: Metrics): string | undefined {
  for (const { key } of METRICS) {
    const a = expected[key];
    const b = actual[key];
    if (a === b || (Number.isNaN(a) && Number.isNaN(b))) continue;
    if (!(Math.abs(a - b) <= METRIC_TOLERANCE * Math.abs(a))) return `${key}: ${a} and ${b}`;
  }
  return undefined;
}
