import type { CandleSeries } from '../../candles/index.js';
import { DAY_MS, timeframeMs } from '../../domain/index.js';
import { isAcrossGap } from '../../semantics/index.js';
import type { CandlePeriod } from '../engine.js';

/** Candles per block of extremes, as a power of two. */
const BLOCK_SHIFT = 6;
/** Candles per tile, as a power of two: 4,096 candles of a few dozen exit tables stay in a second-level cache. */
const TILE_SHIFT = 12;

/** How finely candles are cut; results do not depend on it. */
export interface PrepareOptions {
  /** Powers of two. Defaults: 6 and 12; small ones let small data cross many borders. */
  readonly blockShift?: number;
  readonly tileShift?: number;
}

/** Lowest and highest values of a column, per block and per tile. */
export interface Extremes {
  readonly column: Float64Array;
  readonly blockShift: number;
  readonly tileShift: number;
  readonly blockMin: Float64Array;
  readonly blockMax: Float64Array;
  readonly tileMin: Float64Array;
  readonly tileMax: Float64Array;
}

/**
 * Everything about a period of candles that does not depend on signals or rules. Indices count from the first candle of
 * the period; columns are views, not copies.
 */
export interface PreparedCandles {
  readonly candles: CandleSeries;
  readonly period: CandlePeriod;
  /** Candles of the period. */
  readonly length: number;
  readonly tiles: number;
  /** Candles per tile, the unit in which a sweep walks through the period, as a power of two. */
  readonly tileShift: number;
  /** Δ, ms. */
  readonly timeframeMs: number;
  readonly openTime: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  /** Candles after which time is missing: entries decided there are dropped (S-20). */
  readonly gaps: Int32Array;
  /** Last candle of each UTC day, repeated for days without candles; every candle from a timeframe of a day on (S-50). */
  readonly dayEnds: Int32Array;
  readonly closes: Extremes;
  readonly lows: Extremes;
  readonly highs: Extremes;
  /** Whether every candle has 0 < low <= open, close <= high < Infinity; the fast paths rely on it. */
  readonly isRegular: boolean;
  /** Memory of the derived arrays, bytes. */
  readonly bytes: number;
}

/**
 * Prepares a period of candles for many runs.
 *
 * @param candles - Whole series.
 * @param period - Candles that are traded (S-04).
 * @param options - How finely they are cut.
 */
export function prepareCandles(
  candles: CandleSeries,
  period: CandlePeriod,
  { blockShift = BLOCK_SHIFT, tileShift = TILE_SHIFT }: PrepareOptions = {},
): PreparedCandles {
  const { from } = period;
  const to = Math.max(from, period.to);
  const length = to - from;
  const view = (column: Float64Array): Float64Array => column.subarray(from, to);
  const open = view(candles.open);
  const high = view(candles.high);
  const low = view(candles.low);
  const close = view(candles.close);
  const openTime = view(candles.openTime);
  const duration = timeframeMs(candles.timeframe);
  const gaps = findGaps(openTime, duration);
  const dayEnds = findDayEnds(openTime, duration);
  const closes = findExtremes(close, blockShift, tileShift);
  const lows = findExtremes(low, blockShift, tileShift);
  const highs = findExtremes(high, blockShift, tileShift);
  const derived = [gaps, dayEnds, ...[closes, lows, highs].flatMap(derivedColumns)];
  return {
    candles,
    period,
    length,
    tiles: Math.ceil(length / 2 ** tileShift),
    tileShift,
    timeframeMs: duration,
    openTime,
    open,
    high,
    low,
    close,
    gaps,
    dayEnds,
    closes,
    lows,
    highs,
    isRegular: areRegular(open, high, low, close),
    bytes: derived.reduce((bytes, column) => bytes + column.byteLength, 0),
  };
}

/**
 * Returns the lowest value of `[from, to)`.
 *
 * @param extremes - Of the column.
 * @returns `Infinity` for an empty range.
 */
export function rangeMin(extremes: Extremes, from: number, to: number): number {
  const { column, blockShift, tileShift, blockMin, tileMin } = extremes;
  const blockSize = 1 << blockShift;
  const tileSize = 1 << tileShift;
  let lowest = Number.POSITIVE_INFINITY;
  let i = from;
  while (i < to) {
    if ((i & (tileSize - 1)) === 0 && i + tileSize <= to) {
      lowest = Math.min(lowest, tileMin[i >> tileShift]!);
      i += tileSize;
    } else if ((i & (blockSize - 1)) === 0 && i + blockSize <= to) {
      lowest = Math.min(lowest, blockMin[i >> blockShift]!);
      i += blockSize;
    } else {
      lowest = Math.min(lowest, column[i]!);
      i++;
    }
  }
  return lowest;
}

/**
 * Returns the highest value of `[from, to)`.
 *
 * @param extremes - Of the column.
 * @returns `-Infinity` for an empty range.
 */
export function rangeMax(extremes: Extremes, from: number, to: number): number {
  const { column, blockShift, tileShift, blockMax, tileMax } = extremes;
  const blockSize = 1 << blockShift;
  const tileSize = 1 << tileShift;
  let highest = Number.NEGATIVE_INFINITY;
  let i = from;
  while (i < to) {
    if ((i & (tileSize - 1)) === 0 && i + tileSize <= to) {
      highest = Math.max(highest, tileMax[i >> tileShift]!);
      i += tileSize;
    } else if ((i & (blockSize - 1)) === 0 && i + blockSize <= to) {
      highest = Math.max(highest, blockMax[i >> blockShift]!);
      i += blockSize;
    } else {
      highest = Math.max(highest, column[i]!);
      i++;
    }
  }
  return highest;
}

/**
 * Returns the lowest value of the blocks that `[from, to)` touches: a quick bound from below of `rangeMin`.
 *
 * @param extremes - Of the column.
 */
export function coverMin(extremes: Extremes, from: number, to: number): number {
  const { blockShift, tileShift, blockMin, tileMin } = extremes;
  const shift = tileShift - blockShift;
  const blocksPerTile = 1 << shift;
  const last = (to - 1) >> blockShift;
  let lowest = Number.POSITIVE_INFINITY;
  for (let block = from >> blockShift; block <= last; ) {
    if ((block & (blocksPerTile - 1)) === 0 && block + blocksPerTile <= last) {
      lowest = Math.min(lowest, tileMin[block >> shift]!);
      block += blocksPerTile;
    } else {
      lowest = Math.min(lowest, blockMin[block]!);
      block++;
    }
  }
  return lowest;
}

/**
 * Returns the highest value of the blocks that `[from, to)` touches: a quick bound from above of `rangeMax`.
 *
 * @param extremes - Of the column.
 */
export function coverMax(extremes: Extremes, from: number, to: number): number {
  const { blockShift, tileShift, blockMax, tileMax } = extremes;
  const shift = tileShift - blockShift;
  const blocksPerTile = 1 << shift;
  const last = (to - 1) >> blockShift;
  let highest = Number.NEGATIVE_INFINITY;
  for (let block = from >> blockShift; block <= last; ) {
    if ((block & (blocksPerTile - 1)) === 0 && block + blocksPerTile <= last) {
      highest = Math.max(highest, tileMax[block >> shift]!);
      block += blocksPerTile;
    } else {
      highest = Math.max(highest, blockMax[block]!);
      block++;
    }
  }
  return highest;
}

function findGaps(openTime: Float64Array, duration: number): Int32Array {
  const gaps: number[] = [];
  for (let i = 0; i + 1 < openTime.length; i++) {
    if (isAcrossGap(openTime[i]!, openTime[i + 1]!, duration)) gaps.push(i);
  }
  return Int32Array.from(gaps);
}

function findDayEnds(openTime: Float64Array, duration: number): Int32Array {
  if (duration >= DAY_MS) return Int32Array.from(openTime, (_, i) => i);
  const ends: number[] = [];
  if (openTime.length === 0) return new Int32Array(0);
  const firstDay = Math.floor(openTime[0]! / DAY_MS);
  for (let i = 0; i < openTime.length; i++) {
    const day = Math.floor(openTime[i]! / DAY_MS) - firstDay;
    while (ends.length < day) ends.push(ends.at(-1)!);
    ends[day] = i;
  }
  return Int32Array.from(ends);
}

function findExtremes(column: Float64Array, blockShift: number, tileShift: number): Extremes {
  const blocks = Math.ceil(column.length / 2 ** blockShift);
  const tiles = Math.ceil(column.length / 2 ** tileShift);
  const blockMin = new Float64Array(blocks);
  const blockMax = new Float64Array(blocks);
  const tileMin = new Float64Array(tiles).fill(Number.POSITIVE_INFINITY);
  const tileMax = new Float64Array(tiles).fill(Number.NEGATIVE_INFINITY);
  for (let block = 0; block < blocks; block++) {
    const end = Math.min(column.length, (block + 1) << blockShift);
    let lowest = Number.POSITIVE_INFINITY;
    let highest = Number.NEGATIVE_INFINITY;
    for (let i = block << blockShift; i < end; i++) {
      const value = column[i]!;
      lowest = Math.min(lowest, value);
      highest = Math.max(highest, value);
    }
    blockMin[block] = lowest;
    blockMax[block] = highest;
  }
  for (let block = 0; block < blocks; block++) {
    const tile = block >> (tileShift - blockShift);
    tileMin[tile] = Math.min(tileMin[tile]!, blockMin[block]!);
    tileMax[tile] = Math.max(tileMax[tile]!, blockMax[block]!);
  }
  return { column, blockShift, tileShift, blockMin, blockMax, tileMin, tileMax };
}

function derivedColumns(extremes: Extremes): Float64Array[] {
  return [extremes.blockMin, extremes.blockMax, extremes.tileMin, extremes.tileMax];
}

function areRegular(
  open: Float64Array,
  high: Float64Array,
  low: Float64Array,
  close: Float64Array,
): boolean {
  for (let i = 0; i < open.length; i++) {
    const o = open[i]!;
    const h = high[i]!;
    const l = low[i]!;
    const c = close[i]!;
    if (!(l > 0 && l <= o && o <= h && l <= c && c <= h && h < Number.POSITIVE_INFINITY)) {
      return false;
    }
  }
  return true;
}
