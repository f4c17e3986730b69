import type { CandlePeriod } from '../../backtest/index.js';
import type { CandleSeries } from '../../candles/index.js';
import { DAY_MS, timeframeMs } from '../../domain/index.js';
import { periodReturns, returnsPerYear } from '../../metrics/index.js';
import { centredMarket, weekBlock } from '../../statistics/index.js';

/** The weeks of a period, and what holding the instrument earned in them. */
export interface PeriodWeeks {
  /** Numbers of the weeks that hold candles, ascending. Shape `[weeks]`. */
  readonly blocks: Int32Array;
  /** First return of each week, then the number of returns. Shape `[weeks + 1]`. */
  readonly starts: Int32Array;
  /** Returns of holding the instrument, around their mean. Shape `[returns]`. */
  readonly marketCentred: Float64Array;
  /** Sum of the squares of those; 0 where the market does not move. */
  readonly marketSquares: number;
  /** Sum of the returns of holding in each week. Shape `[weeks]`. */
  readonly marketSums: Float64Array;
  /** Number of returns over returns per year. */
  readonly years: number;
  /** Returns in a year (S-50). */
  readonly perYear: number;
}

/**
 * Returns the weeks of a period of candles.
 *
 * @param candles - All candles.
 * @param period - Those that are traded.
 */
export function periodWeeks(candles: CandleSeries, { from, to }: CandlePeriod): PeriodWeeks {
  return weeksOfMarket({
    openTimes: candles.openTime.subarray(from, to),
    firstOpen: candles.open[from] ?? 0,
    closes: candles.close.subarray(from, to),
    candleMs: timeframeMs(candles.timeframe),
  });
}

/**
 * Returns the weeks of candles, also of some that were put together from several periods.
 *
 * @param market - Open times (ms UTC, ascending), the first open, the closes, and the length of a candle (ms).
 */
export function weeksOfMarket(market: {
  readonly openTimes: Float64Array;
  readonly firstOpen: number;
  readonly closes: Float64Array;
  readonly candleMs: number;
}): PeriodWeeks {
  const { openTimes, firstOpen, closes, candleMs } = market;
  const returns = periodReturns(firstOpen, closes, openTimes, candleMs);
  const { blocks, starts } = weeksOfReturns(openTimes, candleMs, returns.length);
  const { centred, squares } = centredMarket(returns);
  const marketSums = Float64Array.from(blocks, (_, j) => {
    let sum = 0;
    for (let t = starts[j]!; t < starts[j + 1]!; t++) sum += returns[t]!;
    return sum;
  });
  const perYear = returnsPerYear(candleMs);
  return {
    blocks,
    starts,
    marketCentred: centred,
    marketSquares: squares,
    marketSums,
    years: returns.length / perYear,
    perYear,
  };
}

/** Days without candles return 0 and belong to the week before: a gap of years is no evidence. */
function weeksOfReturns(
  openTimes: Float64Array,
  candleMs: number,
  count: number,
): Pick<PeriodWeeks, 'blocks' | 'starts'> {
  const blocks: number[] = [];
  const starts: number[] = [];
  const firstDay = Math.floor((openTimes[0] ?? 0) / DAY_MS);
  for (let i = 0; i < openTimes.length; i++) {
    const block = weekBlock(openTimes[i]!);
    if (block === blocks.at(-1)) continue;
    blocks.push(block);
    starts.push(candleMs >= DAY_MS ? i : Math.floor(openTimes[i]! / DAY_MS) - firstDay);
  }
  return { blocks: Int32Array.from(blocks), starts: Int32Array.from([...starts, count]) };
}
