import { DAY_MS } from '../domain/index.js';
import { largestAbsolute, mean, sampleDeviation, sum } from './trade-metrics.js';

const DAYS_PER_YEAR = 365;
/** A deviation below this share of the largest return is rounding (S-50). */
const DEVIATION_SHARE_MIN = 1e-12;

/**
 * Returns the simple returns that Sharpe and Sortino are measured on (S-50).
 *
 * Below a day: equity at the last candle of each UTC day by open time; days without candles carry the value before, so
 * they return 0. From a day on: one return per candle. The first return is against the initial balance.
 *
 * @param initialBalance - Quote.
 * @param equity - Equity at each close. Shape `[candles of the period]`, quote.
 * @param openTimes - Open time of those candles, ms UTC. Same shape.
 * @param timeframeMs - Δ, ms.
 * @returns Fractions. Shape `[days]` or `[candles]`; a return on an equity <= 0 is 0.
 */
export function periodReturns(
  initialBalance: number,
  equity: Float64Array,
  openTimes: Float64Array,
  timeframeMs: number,
): number[] {
  const values = timeframeMs >= DAY_MS ? equity : equityAtDayEnds(equity, openTimes);
  const returns: number[] = [];
  let before = initialBalance;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    returns.push(before > 0 ? value / before - 1 : 0);
    before = value;
  }
  return returns;
}

/**
 * Returns how many of those returns a year has (S-50).
 *
 * @param timeframeMs - Δ, ms.
 */
export function returnsPerYear(timeframeMs: number): number {
  return timeframeMs >= DAY_MS ? (DAYS_PER_YEAR * DAY_MS) / timeframeMs : DAYS_PER_YEAR;
}

/**
 * Returns the Sharpe ratio per year, without a riskless rate.
 *
 * @param returns - Simple returns, fractions.
 * @param perYear - Returns in a year.
 * @returns Mean / sample deviation × √perYear; 0 with fewer than two returns, or when they differ by rounding only (S-50).
 * @see W. F. Sharpe, The Sharpe Ratio, 1994.
 */
export function sharpeRatio(returns: readonly number[], perYear: number): number {
  const deviation = sampleDeviation(returns);
  const isNone = deviation <= DEVIATION_SHARE_MIN * largestAbsolute(returns);
  return isNone ? 0 : (mean(returns) / deviation) * Math.sqrt(perYear);
}

/**
 * Returns the Sortino ratio per year: the mean over the downside deviation around zero, of all returns.
 *
 * @param returns - Simple returns, fractions.
 * @param perYear - Returns in a year.
 * @returns Mean / √(mean of min(r, 0)²) × √perYear; 0 when nothing fell.
 * @see F. A. Sortino and L. N. Price, 1994; the divisor counts every return, not only the negative ones.
 */
export function sortinoRatio(returns: readonly number[], perYear: number): number {
  const squares = sum(returns.map((value) => Math.min(value, 0) ** 2));
  if (squares === 0) return 0;
  return (mean(returns) / Math.sqrt(squares / returns.length)) * Math.sqrt(perYear);
}

/**
 * Returns the compound growth per year of 365 days.
 *
 * @param initialBalance - Quote, > 0.
 * @param finalBalance - Quote.
 * @param spanMs - Last close time minus first open time, ms.
 * @returns Fraction; -1 when the final balance is <= 0.
 */
export function compoundAnnualGrowthRate(
  initialBalance: number,
  finalBalance: number,
  spanMs: number,
): number {
  if (finalBalance <= 0) return -1;
  return (finalBalance / initialBalance) ** ((DAYS_PER_YEAR * DAY_MS) / spanMs) - 1;
}

/**
 * Returns growth per unit of drawdown.
 *
 * @param cagr - Fraction per year.
 * @param drawdown - Largest drawdown, positive fraction.
 * @returns 0 when the drawdown is 0.
 */
export function calmarRatio(cagr: number, drawdown: number): number {
  return drawdown === 0 ? 0 : cagr / drawdown;
}

function equityAtDayEnds(equity: Float64Array, openTimes: Float64Array): number[] {
  const values: number[] = [];
  if (equity.length === 0) return values;
  const firstDay = Math.floor(openTimes[0]! / DAY_MS);
  for (let i = 0; i < equity.length; i++) {
    const day = Math.floor(openTimes[i]! / DAY_MS) - firstDay;
    while (values.length < day) values.push(values.at(-1)!);
    values[day] = equity[i]!;
  }
  return values;
}
