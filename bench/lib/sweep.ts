import {
  allocateMetricColumns,
  ExitTables,
  exitTableKeys,
  FastSweep,
  type MetricColumns,
  prepareCandles,
} from '../../src/backtest/index.js';
import { type CandleSeries, candleSeriesFromRows } from '../../src/candles/index.js';
import { combineMasks, type EntryFilter } from '../../src/filters/index.js';
import { rememberIndicators, type SignalRuns } from '../../src/indicators/index.js';
import type { EngineRules, TradeRules } from '../../src/semantics/index.js';
import { findStrategy, type Parameters, resolveParameters } from '../../src/strategies/index.js';
import { normalRandom, seededRandom } from '../../src/util/index.js';

const TABLES_BYTES_MAX = 2 ** 29;

/** A signal column: strategy with parameters, and filters; as the C program reads it, kind and values. */
export interface SignalSpec {
  readonly strategy: 'MACross' | 'RSIReversion';
  readonly parameters: Parameters;
  readonly filters: readonly EntryFilter[];
  readonly line: readonly number[];
}

export interface Workload {
  readonly name: string;
  readonly about: string;
  readonly atLeast: number;
  readonly signals: readonly SignalSpec[];
  readonly rules: readonly EngineRules[];
  /** Whether the C loop is the one with the later rules. Default: no. */
  readonly hasLaterRules?: boolean;
  /** Pairs of runs at least. Default 3. */
  readonly runsMin?: number;
}

/** Fixed units, no slippage. */
export const FIXED_RULES: TradeRules = {
  market: 'usdm',
  direction: 'both',
  initialBalance: 1_000_000,
  size: { units: 1 },
  leverage: 1,
  allowOverdraft: false,
  commissionRate: 7.5e-4,
  slippageRate: 0,
  exitOnNeutral: false,
  reEntry: 'immediate',
};

/**
 * Does what an optimizer does with one worker: everything from closes to metrics.
 *
 * @param candles - What is swept over.
 * @param workload - Signals and rules.
 * @returns One row per combination, the rules of the first signal first.
 */
export function sweep(
  candles: CandleSeries,
  { signals, rules }: Pick<Workload, 'signals' | 'rules'>,
): MetricColumns {
  const period = { from: 0, to: candles.length };
  // A new object each time, so that nothing remembered for another run helps.
  const series = { ...candles, close: candles.close.slice() };
  const prepared = prepareCandles(series, period);
  const tables = ExitTables.allocate(prepared, TABLES_BYTES_MAX);
  tables.build(tables.reserve(rules.flatMap(exitTableKeys)));
  const columns = allocateMetricColumns(signals.length * rules.length);
  const fast = new FastSweep(prepared, tables);
  const indicators = rememberIndicators();
  const masks = new Map<EntryFilter, Uint8Array>();
  const maskOf = (filter: EntryFilter): Uint8Array => {
    const known = masks.get(filter) ?? filter.mask(series, indicators);
    masks.set(filter, known);
    return known;
  };
  let parameters: Parameters | undefined;
  let column: Int8Array | SignalRuns = new Int8Array(0);
  signals.forEach((one, k) => {
    if (one.parameters !== parameters) {
      parameters = one.parameters;
      const strategy = findStrategy(one.strategy);
      column = (strategy.signalRuns ?? strategy.signals)(series, parameters, indicators);
    }
    const entryMask =
      one.filters.length === 0 ? undefined : combineMasks(series.length, one.filters.map(maskOf));
    fast.add({ signals: column, entryMask, rules }, columns, k * rules.length);
  });
  fast.finish();
  return columns;
}

/**
 * Returns a geometric random walk: 60 % annual volatility, one-minute candles, a tick of 0.01, 5 % of opens gapped.
 *
 * @param length - Candles.
 */
export function randomWalk(length: number): CandleSeries {
  const random = seededRandom(7);
  const normal = normalRandom(random);
  const deviation = 0.6 / Math.sqrt(365 * 1440);
  const tick = (price: number): number => Math.round(price * 100) / 100;
  let close = 100;
  const data = Array.from({ length }, (_, i) => {
    const open = random() < 0.05 ? tick(close * Math.exp(deviation * normal())) : close;
    let high = open;
    let low = open;
    let price = open;
    for (let step = 0; step < 4; step++) {
      price *= Math.exp((deviation / 2) * normal());
      high = Math.max(high, tick(price));
      low = Math.min(low, tick(price));
    }
    close = tick(price);
    return [Date.UTC(2024, 0, 1) + i * 60_000, open, high, low, close, 1];
  });
  return candleSeriesFromRows({ symbol: 'RANDOM', market: 'usdm', timeframe: '1m' }, data);
}

/**
 * Returns the signals of a crossing of two averages.
 *
 * @param type - Kind of average.
 * @param fast - Candles.
 * @param slow - Candles.
 */
export function cross(type: 'SMA' | 'EMA', fast: number, slow: number): SignalSpec {
  return {
    strategy: 'MACross',
    parameters: resolveParameters(findStrategy('MACross'), {
      fast_period: fast,
      slow_period: slow,
      ma_type: type,
    }),
    filters: [],
    line: [type === 'SMA' ? 0 : 1, fast, slow, 0, 0, 0, 0, -1],
  };
}

/**
 * Returns the signals of an RSI that leaves its middle.
 *
 * @param period - Candles.
 * @param level - Lower threshold; the upper one mirrors it.
 */
export function reversion(period: number, level: number): SignalSpec {
  return {
    strategy: 'RSIReversion',
    parameters: resolveParameters(findStrategy('RSIReversion'), {
      rsi_period: period,
      oversold_threshold: level,
      overbought_threshold: 100 - level,
    }),
    filters: [],
    line: [2, period, level, 100 - level, 0, 0, 0, -1],
  };
}

/**
 * Returns rules with every combination of stops.
 *
 * @param base - Everything else.
 */
export function risks(
  base: TradeRules,
  stopLosses: readonly (number | undefined)[],
  takeProfits: readonly (number | undefined)[],
  trailingStops: readonly (number | undefined)[],
): TradeRules[] {
  return stopLosses.flatMap((stopLoss) =>
    takeProfits.flatMap((takeProfit) =>
      trailingStops.map((trailingStop) => ({
        ...base,
        ...(stopLoss !== undefined && { stopLoss }),
        ...(takeProfit !== undefined && { takeProfit }),
        ...(trailingStop !== undefined && { trailingStop }),
      })),
    ),
  );
}

/**
 * Returns numbers at equal distances.
 *
 * @param from - First.
 * @param to - The first that is left out.
 */
export function range(from: number, to: number, step: number): number[] {
  return Array.from({ length: Math.ceil((to - from) / step) }, (_, k) => from + k * step);
}
