import type { CandleSeries } from '../candles/index.js';
import { timeframeMs, UserError } from '../domain/index.js';
import { lowerBound } from '../util/index.js';
import type { CandlePeriod } from './engine.js';

/** Instants that bound a period, ms UTC; what is absent does not bound. */
export interface PeriodBounds {
  readonly start?: number | undefined;
  readonly end?: number | undefined;
}

/**
 * Selects the candles of a period `[start, end)` by their open time (S-04).
 *
 * @param candles - All candles; those before the period warm up.
 * @param bounds - Start and end.
 * @throws {UserError} If there are no candles, or none in the period.
 */
export function selectPeriod(candles: CandleSeries, bounds: PeriodBounds): CandlePeriod {
  const { openTime, length } = candles;
  const name = `${candles.symbol} ${candles.timeframe}`;
  if (length === 0) {
    throw new UserError(`${name}: no candles; give another file`);
  }
  const from = bounds.start === undefined ? 0 : lowerBound(openTime, bounds.start);
  const to = bounds.end === undefined ? length : lowerBound(openTime, bounds.end);
  if (from >= to) {
    throw new UserError(
      `${name}: no candle opens in the period from ${boundText(bounds.start, 'the start')} to ${boundText(bounds.end, 'the end')}; ` +
        `the candles run from ${isoTime(openTime[0]!)} to ${isoTime(openTime[length - 1]!)}, choose a period within`,
    );
  }
  return { from, to };
}

/**
 * Checks that the rules can decide at all before the period ends.
 *
 * @param candles - All candles.
 * @param period - Period that is traded.
 * @param warmUp - First index at which an entry may be decided.
 * @throws {UserError} If warm-up outlasts the candles: says how many are needed.
 */
export function requireWarmUp(candles: CandleSeries, period: CandlePeriod, warmUp: number): void {
  if (warmUp < period.to) return;
  const days = ((warmUp + 1 - period.to) * timeframeMs(candles.timeframe)) / 86_400_000;
  throw new UserError(
    `${candles.symbol} ${candles.timeframe}: ${warmUp + 1} candles are needed for the first decision, but only ${period.to} are available up to the end of the period; ` +
      `give at least ${warmUp + 1 - period.to} more (${Number(days.toPrecision(2))} days), or use shorter periods in strategy and filters`,
  );
}

/**
 * Returns an instant as users read it.
 *
 * @param time - ms UTC.
 */
export function isoTime(time: number): string {
  return new Date(time).toISOString();
}

function boundText(time: number | undefined, absent: string): string {
  return time === undefined ? absent : isoTime(time);
}
