/** What is left of returns after holding the market at their own average exposure. */
export interface HoldResidual {
  /** Average exposure: slope of the returns on the market's. */
  readonly beta: number;
  /** Returns minus β times the market's. Shape `[returns]`. */
  readonly residual: Float64Array;
}

/**
 * Returns the exposure of returns to the market, and what is left of them.
 *
 * @param returns - Shape `[returns]`.
 * @param market - Of holding the instrument over the same days. Shape `[returns]`.
 * @returns Exposure 0 where the market does not move.
 */
export function holdResidual(returns: ArrayLike<number>, market: ArrayLike<number>): HoldResidual {
  const { centred, squares } = centredMarket(market);
  let product = 0;
  for (let t = 0; t < market.length; t++) product += returns[t]! * centred[t]!;
  const beta = squares > 0 ? product / squares : 0;
  return {
    beta,
    residual: Float64Array.from(
      { length: market.length },
      (_, t) => returns[t]! - beta * market[t]!,
    ),
  };
}

/**
 * Returns a market's returns around their mean, and the sum of their squares.
 *
 * @param market - Shape `[returns]`.
 * @returns Sum 0 where all are equal, but for rounding.
 */
export function centredMarket(market: ArrayLike<number>): {
  readonly centred: Float64Array;
  readonly squares: number;
} {
  let sum = 0;
  let largest = 0;
  for (let t = 0; t < market.length; t++) {
    sum += market[t]!;
    largest = Math.max(largest, Math.abs(market[t]!));
  }
  const mean = market.length === 0 ? 0 : sum / market.length;
  const centred = Float64Array.from({ length: market.length }, (_, t) => market[t]! - mean);
  let squares = 0;
  for (let t = 0; t < market.length; t++) squares += centred[t]! * centred[t]!;
  const rounding = largest * 1e-12;
  return { centred, squares: squares <= market.length * rounding * rounding ? 0 : squares };
}
