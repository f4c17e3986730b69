import type { StopsPayload } from './payload.js';

/** Stop lines of one trade over the candles it lived through; `NaN` where a line is off. Shape `[candles held + 1]`. */
export interface TradeLevels {
  readonly stop: Float64Array;
  readonly target: Float64Array;
  readonly trailing: Float64Array;
}

/**
 * Computes the levels at which a trade would have been taken out, candle by candle (SEMANTICS §4).
 *
 * @param trade - Side, entry fill price and candle indices into `high` and `low`.
 * @param stops - Fractions of the run.
 * @param high - Highs of the stored candles.
 * @param low - Lows of the stored candles.
 */
export function tradeLevels(
  trade: {
    readonly side: 1 | -1;
    readonly entryIndex: number;
    readonly exitIndex: number;
    readonly entryPrice: number;
  },
  stops: StopsPayload,
  high: Float64Array,
  low: Float64Array,
): TradeLevels {
  const { side, entryIndex, exitIndex, entryPrice } = trade;
  const length = exitIndex - entryIndex + 1;
  const level = (fraction: number | undefined): Float64Array =>
    new Float64Array(length).fill(
      fraction === undefined ? Number.NaN : entryPrice * (1 + side * fraction),
    );
  const trailing = new Float64Array(length).fill(Number.NaN);
  if (stops.trailingStop !== undefined) {
    // The peak holds completed candles only: the line moves once per candle close (S-40).
    let peak = entryPrice;
    for (let k = 0; k < length; k++) {
      trailing[k] = peak * (1 - side * stops.trailingStop);
      const i = entryIndex + k;
      peak = side > 0 ? Math.max(peak, high[i]!) : Math.min(peak, low[i]!);
    }
  }
  return {
    stop: level(stops.stopLoss === undefined ? undefined : -stops.stopLoss),
    target: level(stops.takeProfit),
    trailing,
  };
}
