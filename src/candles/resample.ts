import { candleOpenTime, type Timeframe, timeframeMs, UsageError } from '../domain/index.js';
import type { ExtraColumns, ExtraField } from './candle-fields.js';
import { allocateCandleColumns, type CandleColumns } from './candle-series.js';

/** Longer candles built from shorter ones. */
export interface ResampledCandles {
  readonly columns: CandleColumns;
  readonly extras: ExtraColumns;
  /** The first or the last candle was left out because the data do not reach its start or end. */
  readonly droppedFirst: boolean;
  readonly droppedLast: boolean;
  /** Short candles that are absent inside the candles built. */
  readonly missing: number;
  /** Candles built from fewer short ones than they should have. */
  readonly incomplete: number;
}

/** Binance gives prices and quantities with at most eight decimals. */
const DECIMALS = 8;
const PARTS_OF_ONE = 10 ** DECIMALS;
/** From here on neighbouring doubles are so far apart that the eighth decimal is only in the shortest text. */
const COARSE_FROM = 2 ** 25;
/** Rounding a sum to eight decimals must not change it by more than the error of adding doubles. */
const ROUNDING_MAX = 1e-12;

/**
 * Builds longer candles from the shorter ones that are present. Nothing is filled: a long candle without
 * any short one stays absent, one with some is built from those. Weeks open on Monday.
 *
 * @param columns - Validated candles. Shape `[n]`.
 * @param from - Their timeframe.
 * @param to - A longer timeframe, a multiple of `from`.
 * @param extras - Extra columns to carry along: quantities and counts are summed, `close_time` is the last one's.
 * @throws {UsageError} If `to` is not a multiple of `from` or not longer.
 */
export function resample(
  columns: CandleColumns,
  from: Timeframe,
  to: Timeframe,
  extras: ExtraColumns = {},
): ResampledCandles {
  const [short, long] = [timeframeMs(from), timeframeMs(to)];
  if (long <= short || long % short !== 0) {
    throw new UsageError(
      `Cannot build ${to} candles from ${from} candles: choose an interval that is a multiple of ${from}`,
    );
  }
  const buckets = bucketsOf(columns.openTime, long, (time) => candleOpenTime(time, to));
  const count = buckets.length;
  const first = buckets[0];
  const last = buckets[count - 1];
  const droppedFirst = first !== undefined && columns.openTime[first.start] !== first.openTime;
  const droppedLast =
    last !== undefined && columns.openTime[last.end - 1]! + short < last.openTime + long;
  const kept = buckets.slice(droppedFirst ? 1 : 0, droppedLast ? count - 1 : count);
  const present = kept.reduce((sum, bucket) => sum + bucket.end - bucket.start, 0);
  return {
    columns: buildColumns(columns, kept),
    extras: buildExtras(extras, kept),
    droppedFirst,
    droppedLast,
    missing: kept.length * (long / short) - present,
    incomplete: kept.filter((bucket) => bucket.end - bucket.start < long / short).length,
  };
}

/** Rows `start` to `end` (exclusive) belong to the long candle that opens at `openTime`. */
export interface Bucket {
  readonly openTime: number;
  readonly start: number;
  readonly end: number;
}

/**
 * Sorts candles into longer ones; those without any candle do not exist.
 *
 * @param openTime - Ascending, ms UTC. Shape `[n]`.
 * @param length - Of a long candle, ms.
 * @param startOf - Open time of the long candle that contains an instant.
 */
export function bucketsOf(
  openTime: Float64Array,
  length: number,
  startOf: (time: number) => number,
): Bucket[] {
  const buckets: Bucket[] = [];
  let start = 0;
  while (start < openTime.length) {
    const open = startOf(openTime[start]!);
    let end = start + 1;
    while (end < openTime.length && openTime[end]! < open + length) end++;
    buckets.push({ openTime: open, start, end });
    start = end;
  }
  return buckets;
}

/**
 * Builds long candles from the short ones in them: first open, extremes, last close, exact sum of the volume.
 *
 * @param source - Short candles. Shape `[n]`.
 * @param buckets - Long candles.
 */
export function buildColumns(source: CandleColumns, buckets: readonly Bucket[]): CandleColumns {
  const target = allocateCandleColumns(buckets.length);
  buckets.forEach(({ openTime, start, end }, i) => {
    target.openTime[i] = openTime;
    target.open[i] = source.open[start]!;
    target.close[i] = source.close[end - 1]!;
    let [high, low] = [source.high[start]!, source.low[start]!];
    for (let j = start + 1; j < end; j++) {
      if (source.high[j]! > high) high = source.high[j]!;
      if (source.low[j]! < low) low = source.low[j]!;
    }
    target.high[i] = high;
    target.low[i] = low;
    target.volume[i] = decimalSum(source.volume, start, end);
  });
  return target;
}

function buildExtras(extras: ExtraColumns, buckets: readonly Bucket[]): ExtraColumns {
  const built: Partial<Record<ExtraField, Float64Array>> = {};
  for (const [name, values] of Object.entries(extras) as [ExtraField, Float64Array][]) {
    built[name] = Float64Array.from(buckets, ({ start, end }) =>
      name === 'close_time' ? values[end - 1]! : decimalSum(values, start, end),
    );
  }
  return built;
}

/**
 * Adds decimals that were read into doubles so that the sum is the double nearest to the sum of the
 * decimals: whole parts and hundred-millionths are added apart, both exactly. Values with more decimals
 * than eight, which the check against the compensated sum finds out, get the compensated sum.
 *
 * @see A. Neumaier, Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen, 1974.
 */
function decimalSum(values: Float64Array, start: number, end: number): number {
  let [whole, parts] = [0, 0];
  let [sum, lost] = [0, 0];
  for (let i = start; i < end; i++) {
    const value = values[i]!;
    const floor = Math.floor(value);
    whole += floor;
    parts += partsOf(value, floor);
    const next = sum + value;
    lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    sum = next;
  }
  sum += lost;
  whole += Math.floor(parts / PARTS_OF_ONE);
  const decimals = String(parts % PARTS_OF_ONE).padStart(DECIMALS, '0');
  const exact = Number(`${whole}.${decimals}`);
  return Math.abs(exact - sum) <= ROUNDING_MAX * Math.abs(sum) ? exact : sum;
}

/** The decimals of a value in hundred-millionths. */
function partsOf(value: number, floor: number): number {
  if (value < COARSE_FROM) return Math.round((value - floor) * PARTS_OF_ONE);
  const [, decimals = ''] = String(value).split('.');
  return Number(decimals.slice(0, DECIMALS).padEnd(DECIMALS, '0'));
}
