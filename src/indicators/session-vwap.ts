import type { PricesWithVolume } from './mfi.js';
import { undefinedColumn } from './require-period.js';
import { requireSession, type Session, startsSession } from './session.js';
import { typicalPrice } from './typical-price.js';

/**
 * Returns the volume-weighted average price of the session so far: `Σ(typical price * volume) / Σ volume`, from 0 at every start.
 *
 * Candles before the first whole session are undefined, so that a value never depends on where the data begins.
 *
 * @param candles - Columns of shape `[n]`, with their open times.
 * @param session - UTC. Default `day`.
 * @returns Shape `[n]`, quote; `NaN` before the first start of a session and until volume was traded in it.
 * @throws {RangeError} If the session is not `day`, `week` or `month`.
 * @see TradingView's `ta.vwap` anchored to the session; pandas-ta is the same for days. TA-Lib
 *   and Skender know no sessions: they sum from the first candle.
 */
export function sessionVwap(
  candles: PricesWithVolume & { readonly openTime: Float64Array },
  session: Session = 'day',
): Float64Array {
  requireSession('session VWAP', session);
  const { openTime, volume } = candles;
  const price = typicalPrice(candles);
  const averages = undefinedColumn(price.length);
  let money = Number.NaN;
  let traded = Number.NaN;
  for (let i = 0; i < price.length; i++) {
    if (startsSession(session, openTime, i)) money = traded = 0;
    money += price[i]! * volume[i]!;
    traded += volume[i]!;
    if (traded > 0) averages[i] = money / traded;
  }
  return averages;
}
