import {
  candleOpenTime,
  DAY_MS,
  TIMEFRAMES,
  type Timeframe,
  timeframeMs,
} from '../domain/index.js';
import type { CandleColumns } from './candle-series.js';
import { timeText } from './candle-time.js';

/** A candle that breaks a rule. */
export interface CandleProblem {
  /** Index of the candle. */
  readonly row: number;
  /** What is wrong, with the values; without the place. */
  readonly message: string;
}

/** Problems found: the first ones in full, all of them counted. */
export interface CandleProblems {
  readonly first: readonly CandleProblem[];
  readonly count: number;
}

/** Binance began in 2017; anything outside these years is a misread unit. */
const EARLIEST_TIME = 0;
const LATEST_TIME = Date.UTC(2100, 0, 1);
const PROBLEMS_KEPT = 20;

/**
 * Checks every candle: order, duplicates, alignment to the timeframe, prices above zero, a volume of at
 * least zero, and low <= open, close <= high.
 *
 * @param columns - Columns as read. Shape `[n]`.
 * @param timeframe - Candle length.
 * @param options - `hasVolume: false` allows `NaN` volumes; `limit` is how many problems are described (default 20).
 * @returns No problems, or the first ones and their count.
 */
export function findCandleProblems(
  columns: CandleColumns,
  timeframe: Timeframe,
  options: { readonly hasVolume?: boolean; readonly limit?: number } = {},
): CandleProblems {
  const { hasVolume = true, limit = PROBLEMS_KEPT } = options;
  const { openTime, open, high, low, close, volume } = columns;
  const length = timeframeMs(timeframe);
  const first: CandleProblem[] = [];
  let count = 0;
  let previous = Number.NaN;
  for (let i = 0; i < columns.length; i++) {
    const time = openTime[i]!;
    const h = high[i]!;
    const l = low[i]!;
    const isSound =
      (time - previous === length ||
        (time > previous && isAligned(time, timeframe, openTime[0]!))) &&
      time <= LATEST_TIME &&
      l > 0 &&
      l <= open[i]! &&
      l <= close[i]! &&
      h >= open[i]! &&
      h >= close[i]! &&
      h < Number.POSITIVE_INFINITY &&
      (!hasVolume || (volume[i]! >= 0 && volume[i]! < Number.POSITIVE_INFINITY));
    if (!isSound) {
      const message = describeProblem(columns, i, timeframe, hasVolume);
      if (message !== undefined) {
        count++;
        if (first.length < limit) first.push({ row: i, message });
      }
    }
    previous = time;
  }
  return { first, count };
}

/**
 * Returns the timeframe that most candles are apart, or `undefined` when that is none (or unknown).
 *
 * @param openTime - Open times as read. Shape `[n]`, ms UTC.
 */
export function inferTimeframe(openTime: Float64Array): Timeframe | undefined {
  const counts = new Map<number, number>();
  for (let i = 1; i < openTime.length; i++) {
    const step = openTime[i]! - openTime[i - 1]!;
    counts.set(step, (counts.get(step) ?? 0) + 1);
  }
  let best = Number.NaN;
  for (const [step, count] of counts) if (!(count <= (counts.get(best) ?? 0))) best = step;
  return TIMEFRAMES.find((timeframe) => timeframeMs(timeframe) === best);
}

/**
 * Returns the timeframe the candles really have when it is another than the expected one.
 *
 * @param openTime - Open times as read. Shape `[n]`, ms UTC.
 * @param timeframe - What they should have.
 */
export function findOtherTimeframe(
  openTime: Float64Array,
  timeframe: Timeframe,
): Timeframe | undefined {
  const length = timeframeMs(timeframe);
  let asExpected = 0;
  for (let i = 1; i < openTime.length; i++) {
    if (openTime[i]! - openTime[i - 1]! === length) asExpected++;
  }
  // Two candles with a gap between them say nothing about their length.
  if (openTime.length < 3 || asExpected * 2 >= openTime.length - 1) return undefined;
  const found = inferTimeframe(openTime);
  return found === timeframe ? undefined : found;
}

/** Binance's three-day candles count from the listing day: only their distance is fixed. */
function isAligned(time: number, timeframe: Timeframe, firstTime: number): boolean {
  if (timeframe !== '3d') return candleOpenTime(time, timeframe) === time;
  return time % DAY_MS === 0 && (time - firstTime) % timeframeMs(timeframe) === 0;
}

function describeProblem(
  columns: CandleColumns,
  i: number,
  timeframe: Timeframe,
  hasVolume: boolean,
): string | undefined {
  const time = columns.openTime[i]!;
  if (!(time >= EARLIEST_TIME && time <= LATEST_TIME)) {
    return `open_time ${time} is not between 1970 and 2100 (ms or µs UTC)`;
  }
  return (
    orderProblem(columns.openTime, i) ??
    alignmentProblem(time, timeframe, columns.openTime[0]!) ??
    priceProblem(columns, i) ??
    rangeProblem(columns, i) ??
    (hasVolume ? volumeProblem(columns.volume[i]!) : undefined)
  );
}

function orderProblem(openTime: Float64Array, i: number): string | undefined {
  if (i === 0 || openTime[i]! > openTime[i - 1]!) return undefined;
  const shown = `open_time ${openTime[i]!} (${timeText(openTime[i]!)})`;
  return openTime[i] === openTime[i - 1]
    ? `${shown} appears twice`
    : `${shown} comes after the later ${openTime[i - 1]!} (${timeText(openTime[i - 1]!)})`;
}

function alignmentProblem(
  time: number,
  timeframe: Timeframe,
  firstTime: number,
): string | undefined {
  if (isAligned(time, timeframe, firstTime)) return undefined;
  return `open_time ${time} (${timeText(time)}) is not the open time of a ${timeframe} candle`;
}

function priceProblem(columns: CandleColumns, i: number): string | undefined {
  for (const name of ['open', 'high', 'low', 'close'] as const) {
    const price = columns[name][i]!;
    if (!(price > 0 && price < Number.POSITIVE_INFINITY)) {
      return `${name} ${price} is not a price above zero`;
    }
  }
  return undefined;
}

function rangeProblem(columns: CandleColumns, i: number): string | undefined {
  const [open, high] = [columns.open[i]!, columns.high[i]!];
  const [low, close] = [columns.low[i]!, columns.close[i]!];
  if (high < low) return `high ${high} is below low ${low}`;
  if (high < open) return `high ${high} is below open ${open}`;
  if (high < close) return `high ${high} is below close ${close}`;
  if (low > open) return `low ${low} is above open ${open}`;
  if (low > close) return `low ${low} is above close ${close}`;
  return undefined;
}

function volumeProblem(volume: number): string | undefined {
  const isSound = volume >= 0 && volume < Number.POSITIVE_INFINITY;
  return isSound ? undefined : `volume ${volume} is not a quantity >= 0`;
}
