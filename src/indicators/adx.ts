import { requirePeriod, undefinedColumn } from './require-period.js';
import { rma } from './rma.js';
import { type PriceRanges, trueRange } from './true-range.js';

/** Columns of shape `[n]`, 0 to 100. */
export interface DirectionalLines {
  /** Average directional index: how strong the trend is, either way. */
  readonly adx: Float64Array;
  /** +DI: share of upward movement in the true range, percent. */
  readonly plusDI: Float64Array;
  /** -DI: share of downward movement in the true range, percent. */
  readonly minusDI: Float64Array;
}

/**
 * Returns Wilder's directional movement: `±DI = 100 * rma(±DM) / rma(true range)` and `adx = rma(100 * |+DI - -DI| / (+DI + -DI))`.
 *
 * The first candle has no movement, so all three averages begin with the second. A market that stands still has DI and DX 0.
 *
 * @param candles - Columns of shape `[n]`.
 * @param period - Candles, integer >= 1, of every average.
 * @returns Columns of shape `[n]`; `NaN` before index `period`, of `adx` before index `2 * period - 1`.
 * @throws {RangeError} If the period is not an integer >= 1.
 * @see J. Welles Wilder, New Concepts in Technical Trading Systems, 1978; TradingView's `ta.dmi` is the same. TA-Lib's first sums lack one
 *   candle: its values meet these after some ten periods.
 */
export function adx(candles: PriceRanges, period: number): DirectionalLines {
  requirePeriod('ADX', period);
  const { up, down } = directionalMovement(candles);
  const range = trueRange(candles);
  // Wilder begins where there is a candle before.
  range[0] = Number.NaN;
  const averageRange = rma(range, period);
  const index = (movement: Float64Array): Float64Array =>
    rma(movement, period).map((value, i) =>
      averageRange[i] === 0 ? 0 : 100 * (value / averageRange[i]!),
    );
  const plusDI = index(up);
  const minusDI = index(down);
  const difference = plusDI.map((plus, i) => {
    const minus = minusDI[i]!;
    const sum = plus + minus;
    return sum === 0 ? 0 : 100 * (Math.abs(plus - minus) / sum);
  });
  return { adx: rma(difference, period), plusDI, minusDI };
}

/** The larger of both movements beyond the candle before counts, if it is above 0. */
function directionalMovement({ high, low, close }: PriceRanges): {
  readonly up: Float64Array;
  readonly down: Float64Array;
} {
  const up = undefinedColumn(close.length);
  const down = undefinedColumn(close.length);
  for (let i = 1; i < close.length; i++) {
    const rise = high[i]! - high[i - 1]!;
    const fall = low[i - 1]! - low[i]!;
    if (!Number.isFinite(rise) || !Number.isFinite(fall)) continue;
    up[i] = rise > fall && rise > 0 ? rise : 0;
    down[i] = fall > rise && fall > 0 ? fall : 0;
  }
  return { up, down };
}
