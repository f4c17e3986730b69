/**
 * Returns the on-balance volume: volume added on rising closes and subtracted on falling ones, from 0 at the first candle.
 *
 * Only its changes mean something: its level depends on where the data starts.
 *
 * @param candles - Columns of shape `[n]`.
 * @returns Shape `[n]`, base.
 * @see Joseph Granville, New Key to Stock Market Profits, 1963. TA-Lib starts with the volume of the first candle.
 */
export function onBalanceVolume(candles: {
  readonly close: Float64Array;
  readonly volume: Float64Array;
}): Float64Array {
  const { close, volume } = candles;
  const balances = new Float64Array(close.length);
  let balance = 0;
  for (let i = 1; i < close.length; i++) {
    if (close[i]! > close[i - 1]!) balance += volume[i]!;
    else if (close[i]! < close[i - 1]!) balance -= volume[i]!;
    balances[i] = balance;
  }
  return balances;
}
