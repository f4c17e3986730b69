import type { CandleColumns } from './candle-series.js';

/** Consecutive candles of one kind. */
export interface CandleRun {
  /** Index and open time (ms UTC) of the first. */
  readonly row: number;
  readonly openTime: number;
  readonly candles: number;
}

/** How far a candle reached beyond its body and came back. */
export interface CandleWick {
  readonly row: number;
  readonly openTime: number;
  readonly side: 'up' | 'down';
  /** Share of the price that was given back, fraction: 0.99 down means the low was 1 % of the body's low end. */
  readonly share: number;
}

/** Things that are allowed and yet deserve a look before money is put on the data. */
export interface CandleOddities {
  readonly zeroVolume: { readonly candles: number; readonly runs: readonly CandleRun[] };
  /** Open, high, low and close all equal. */
  readonly flatCandles: number;
  /** Runs of flat candles at one and the same price. */
  readonly frozenPrices: readonly CandleRun[];
  /** Wicks of at least 99 % of the price. */
  readonly hugeWicks: readonly CandleWick[];
  /** The largest wick of all. */
  readonly largestWick: CandleWick | undefined;
}

const HUGE_WICK = 0.99;
/** Thin markets have two equal minutes now and then; five in a row is a stopped price. */
const FROZEN_CANDLES = 5;

/**
 * Looks for candles that are valid and yet suspicious.
 *
 * @param columns - Validated candles. Shape `[n]`.
 */
export function findOddities(columns: CandleColumns): CandleOddities {
  const { openTime, open, high, low, close, volume } = columns;
  const isZero = (i: number): boolean => volume[i] === 0;
  const isFlat = (i: number): boolean =>
    high[i] === low[i] && open[i] === close[i] && open[i] === high[i];
  const zeroRuns = runsOf(openTime, isZero, () => true);
  const flatRuns = runsOf(openTime, isFlat, (i) => close[i] === close[i - 1]);
  const candlesIn = (runs: readonly CandleRun[]): number =>
    runs.reduce((sum, run) => sum + run.candles, 0);
  const wicks = largestWicks(columns);
  return {
    zeroVolume: { candles: candlesIn(zeroRuns), runs: zeroRuns },
    flatCandles: candlesIn(flatRuns),
    frozenPrices: flatRuns.filter((run) => run.candles >= FROZEN_CANDLES),
    hugeWicks: wicks.huge,
    largestWick: wicks.largest,
  };
}

function runsOf(
  openTime: Float64Array,
  matches: (row: number) => boolean,
  continues: (row: number) => boolean,
): CandleRun[] {
  const runs: CandleRun[] = [];
  let start = -1;
  for (let i = 0; i <= openTime.length; i++) {
    const isIn = i < openTime.length && matches(i);
    if (start >= 0 && !(isIn && continues(i))) {
      runs.push({ row: start, openTime: openTime[start]!, candles: i - start });
      start = -1;
    }
    if (isIn && start < 0) start = i;
  }
  return runs;
}

function largestWicks({ openTime, open, high, low, close }: CandleColumns): {
  huge: CandleWick[];
  largest: CandleWick | undefined;
} {
  const huge: CandleWick[] = [];
  let largest: CandleWick | undefined;
  for (let i = 0; i < openTime.length; i++) {
    const down = 1 - low[i]! / Math.min(open[i]!, close[i]!);
    const up = 1 - Math.max(open[i]!, close[i]!) / high[i]!;
    const share = Math.max(down, up);
    if (share <= (largest?.share ?? 0) && share < HUGE_WICK) continue;
    const side = down >= up ? 'down' : 'up';
    const wick: CandleWick = { row: i, openTime: openTime[i]!, side, share };
    if (share > (largest?.share ?? 0)) largest = wick;
    if (share >= HUGE_WICK) huge.push(wick);
  }
  return { huge, largest };
}
