import type { Ledger } from './ledger.js';
import { coverMax, coverMin, type PreparedCandles } from './prepared-candles.js';
import type { EquityBounds } from './settle-trades.js';
import type { TradeBuffer } from './trade-buffer.js';

/**
 * Adds filled trades to a row of the ledger in their order, so that every sum is the same double as one over the whole trade list:
 * the sums of `settleTrades()`.
 *
 * @param ledger - Changed in place.
 * @param row - Combination.
 * @param trades - Filled; at least one.
 */
export function bookTrades(ledger: Ledger, row: number, trades: TradeBuffer): void {
  const { count, code, exit, entryPrice, quantity, commission, netPnl, ambiguous } = trades;
  let sum = ledger.netPnl[row]!;
  let wins = ledger.wins[row]!;
  let winSum = ledger.winSum[row]!;
  let lossSum = ledger.lossSum[row]!;
  let returnSum = ledger.returnSum[row]!;
  let best = ledger.best[row]!;
  let worst = ledger.worst[row]!;
  let deviationSum = ledger.deviationSum[row]!;
  let squareSum = ledger.squareSum[row]!;
  let held = ledger.candlesHeld[row]!;
  let paidSum = ledger.commission[row]!;
  if (ledger.trades[row] === 0) ledger.shift[row] = netPnl[0]!;
  const shift = ledger.shift[row]!;
  for (let k = 0; k < count; k++) {
    const net = netPnl[k]!;
    sum += net;
    winSum += Math.max(net, 0);
    lossSum += Math.min(net, 0);
    wins += +(net > 0);
    returnSum += (100 * net) / (entryPrice[k]! * quantity[k]!);
    best = Math.max(best, net);
    worst = Math.min(worst, net);
    const deviation = net - shift;
    deviationSum += deviation;
    squareSum += deviation * deviation;
    held += exit[k]! - (code[k]! >> 1);
    paidSum += commission[k]!;
    if (ambiguous[k] !== 0) {
      ledger.ambiguousTrades[row] = ledger.ambiguousTrades[row]! + 1;
      ledger.ambiguousNetPnl[row] = ledger.ambiguousNetPnl[row]! + net;
      ledger.ambiguousAbsolute[row] = ledger.ambiguousAbsolute[row]! + Math.abs(net);
    }
  }
  ledger.balance[row] = trades.balance[count - 1]!;
  ledger.netPnl[row] = sum;
  ledger.wins[row] = wins;
  ledger.winSum[row] = winSum;
  ledger.lossSum[row] = lossSum;
  ledger.returnSum[row] = returnSum;
  ledger.best[row] = best;
  ledger.worst[row] = worst;
  ledger.deviationSum[row] = deviationSum;
  ledger.squareSum[row] = squareSum;
  ledger.candlesHeld[row] = held;
  ledger.commission[row] = paidSum;
  ledger.trades[row] = ledger.trades[row]! + count;
}

/**
 * Adds the equity of trades to a row of the ledger: its values at day ends, and bounds of what the tile can have shown.
 *
 * @param prepared - Candles.
 * @param tile - In which the trades are entered.
 * @param stretches - Filled trades, or the stretches that they consist of; at least one.
 * @param ledger - Changed in place.
 * @param row - Combination.
 * @param bounds - Written at `at`.
 */
export function bookEquity(
  prepared: PreparedCandles,
  tile: number,
  stretches: TradeBuffer,
  ledger: Ledger,
  row: number,
  bounds: EquityBounds,
  at: number,
): void {
  const { close, closes, dayEnds, tileShift } = prepared;
  const { count, code, exit, entryPrice, quantity, balanceBefore, balanceAfterEntry } = stretches;
  const { balance } = stretches;
  const { days, dayEquity } = ledger;
  const tileEnd = (tile + 1) << tileShift;
  const tileLow = closes.tileMin[tile]!;
  const tileHigh = closes.tileMax[tile]!;
  const firstDay = row * days;
  let day = ledger.day[row]!;
  let dayEnd = day < days ? dayEnds[day]! : 0x7fffffff;
  let lower = Number.POSITIVE_INFINITY;
  let upper = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < count; k++) {
    const entry = code[k]! >> 1;
    const side = 1 - 2 * (code[k]! & 1);
    const x = exit[k]!;
    const price = entryPrice[k]!;
    const size = quantity[k]!;
    const after = balanceAfterEntry[k]!;
    while (dayEnd < x) {
      dayEquity[firstDay + day] =
        dayEnd < entry ? balanceBefore[k]! : after + side * (close[dayEnd]! - price) * size;
      day++;
      dayEnd = day < days ? dayEnds[day]! : 0x7fffffff;
    }
    lower = Math.min(lower, balance[k]!);
    upper = Math.max(upper, balance[k]!);
    if (x <= entry) continue;
    const isInTile = x <= tileEnd;
    const lowest = isInTile ? tileLow : coverMin(closes, entry, x);
    const highest = isInTile ? tileHigh : coverMax(closes, entry, x);
    const atLow = after + side * (lowest - price) * size;
    const atHigh = after + side * (highest - price) * size;
    lower = Math.min(lower, Math.min(atLow, atHigh));
    upper = Math.max(upper, Math.max(atLow, atHigh));
  }
  bounds.lowest[at] = lower;
  bounds.highest[at] = upper;
  ledger.day[row] = day;
}
