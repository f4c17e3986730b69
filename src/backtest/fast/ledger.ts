import { type PreparedCandles, rangeMax, rangeMin } from './prepared-candles.js';
import type { TradeBuffer } from './trade-buffer.js';

/** What a combination's trades have added up to so far: one row of columns per combination. */
export interface Ledger {
  readonly balance: Float64Array;
  readonly netPnl: Float64Array;
  readonly wins: Float64Array;
  readonly winSum: Float64Array;
  readonly lossSum: Float64Array;
  readonly returnSum: Float64Array;
  readonly best: Float64Array;
  readonly worst: Float64Array;
  /** Net profit of the first trade; deviations are summed around it, so that nothing cancels. */
  readonly shift: Float64Array;
  readonly deviationSum: Float64Array;
  readonly squareSum: Float64Array;
  readonly candlesHeld: Float64Array;
  readonly commission: Float64Array;
  readonly absoluteSum: Float64Array;
  readonly ambiguousTrades: Float64Array;
  readonly ambiguousNetPnl: Float64Array;
  readonly ambiguousAbsolute: Float64Array;
  readonly trades: Float64Array;
  /** Next day end whose equity is not known yet. */
  readonly day: Int32Array;
  /** Equity at day ends. Shape `[combinations × days]`. */
  readonly dayEquity: Float64Array;
  readonly days: number;
}

/**
 * Allocates a ledger.
 *
 * @param combinations - Rows.
 * @param days - Day ends of the period.
 */
export function allocateLedger(combinations: number, days: number): Ledger {
  const floats = (): Float64Array => new Float64Array(combinations);
  return {
    balance: floats(),
    netPnl: floats(),
    wins: floats(),
    winSum: floats(),
    lossSum: floats(),
    returnSum: floats(),
    best: floats(),
    worst: floats(),
    shift: floats(),
    deviationSum: floats(),
    squareSum: floats(),
    candlesHeld: floats(),
    commission: floats(),
    absoluteSum: floats(),
    ambiguousTrades: floats(),
    ambiguousNetPnl: floats(),
    ambiguousAbsolute: floats(),
    trades: floats(),
    day: new Int32Array(combinations),
    dayEquity: new Float64Array(combinations * days),
    days,
  };
}

/**
 * Resets a row.
 *
 * @param ledger - Changed in place.
 * @param row - Combination.
 * @param initialBalance - Quote.
 */
export function openLedgerRow(ledger: Ledger, row: number, initialBalance: number): void {
  for (const column of Object.values(ledger)) {
    if (column instanceof Float64Array && column !== ledger.dayEquity) column[row] = 0;
  }
  ledger.balance[row] = initialBalance;
  ledger.best[row] = Number.NEGATIVE_INFINITY;
  ledger.worst[row] = Number.POSITIVE_INFINITY;
  ledger.day[row] = 0;
}

/**
 * Adds trades to a row, in their order: every sum is the same double as a sum over the whole trade list.
 *
 * @param ledger - Changed in place.
 * @param row - Combination.
 * @param prepared - Candles.
 * @param trades - Filled.
 */
export function bookTrades(
  ledger: Ledger,
  row: number,
  prepared: PreparedCandles,
  trades: TradeBuffer,
): void {
  const { count, code, exit, netPnl, commission, entryPrice, quantity, ambiguous } = trades;
  if (count === 0) return;
  const { balanceBefore, balanceAfterEntry } = trades;
  const { close, dayEnds } = prepared;
  const { days, dayEquity } = ledger;
  let sum = ledger.netPnl[row]!;
  let wins = ledger.wins[row]!;
  let winSum = ledger.winSum[row]!;
  let lossSum = ledger.lossSum[row]!;
  let returnSum = ledger.returnSum[row]!;
  let best = ledger.best[row]!;
  let worst = ledger.worst[row]!;
  const shift = ledger.trades[row] === 0 ? netPnl[0]! : ledger.shift[row]!;
  let deviationSum = ledger.deviationSum[row]!;
  let squareSum = ledger.squareSum[row]!;
  let held = ledger.candlesHeld[row]!;
  let paid = ledger.commission[row]!;
  let absoluteSum = ledger.absoluteSum[row]!;
  let day = ledger.day[row]!;
  const firstDay = row * days;
  let dayEnd = day < days ? dayEnds[day]! : 0x7fffffff;
  for (let k = 0; k < count; k++) {
    const net = netPnl[k]!;
    const price = entryPrice[k]!;
    const size = quantity[k]!;
    const entry = code[k]! >> 1;
    const x = exit[k]!;
    const win = Math.max(net, 0);
    const loss = Math.min(net, 0);
    sum += net;
    winSum += win;
    lossSum += loss;
    absoluteSum += Math.abs(net);
    if (net > 0) wins++;
    returnSum += (100 * net) / (price * size);
    best = Math.max(best, net);
    worst = Math.min(worst, net);
    const deviation = net - shift;
    deviationSum += deviation;
    squareSum += deviation * deviation;
    held += x - entry;
    paid += commission[k]!;
    if (ambiguous[k] !== 0) {
      ledger.ambiguousTrades[row] = ledger.ambiguousTrades[row]! + 1;
      ledger.ambiguousNetPnl[row] = ledger.ambiguousNetPnl[row]! + net;
      ledger.ambiguousAbsolute[row] = ledger.ambiguousAbsolute[row]! + Math.abs(net);
    }
    while (dayEnd < x) {
      const side = 1 - 2 * (code[k]! & 1);
      dayEquity[firstDay + day] =
        dayEnd < entry
          ? balanceBefore[k]!
          : balanceAfterEntry[k]! + side * (close[dayEnd]! - price) * size;
      day++;
      dayEnd = day < days ? dayEnds[day]! : 0x7fffffff;
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
  ledger.shift[row] = shift;
  ledger.deviationSum[row] = deviationSum;
  ledger.squareSum[row] = squareSum;
  ledger.candlesHeld[row] = held;
  ledger.commission[row] = paid;
  ledger.absoluteSum[row] = absoluteSum;
  ledger.trades[row] = ledger.trades[row]! + count;
  ledger.day[row] = day;
}

/**
 * Writes bounds of the equity that the trades of a tile, and the flat time after each, can have shown.
 *
 * The extremes of the close over the whole tile bound those of every trade: equity is monotone in the close, also after
 * rounding. Only a trade that leaves the tile is looked at on its own.
 *
 * @param prepared - Candles.
 * @param tile - Number of the tile.
 * @param trades - Filled.
 * @param lowest - Bound from below, written at `at`.
 * @param highest - Bound from above, written at `at`.
 */
export function boundEquity(
  prepared: PreparedCandles,
  tile: number,
  trades: TradeBuffer,
  lowest: Float64Array,
  highest: Float64Array,
  at: number,
): void {
  const { closes } = prepared;
  const { count, code, exit, entryPrice, quantity, balanceAfterEntry, balance } = trades;
  const tileEnd = (tile + 1) << prepared.tileShift;
  const tileLow = closes.tileMin[tile]!;
  const tileHigh = closes.tileMax[tile]!;
  let lower = Number.POSITIVE_INFINITY;
  let upper = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < count; k++) {
    const side = 1 - 2 * (code[k]! & 1);
    const price = entryPrice[k]!;
    const size = quantity[k]!;
    const after = balanceAfterEntry[k]!;
    let low = tileLow;
    let high = tileHigh;
    if (exit[k]! > tileEnd) {
      low = rangeMin(closes, code[k]! >> 1, exit[k]!);
      high = rangeMax(closes, code[k]! >> 1, exit[k]!);
    }
    const atLow = after + side * (low - price) * size;
    const atHigh = after + side * (high - price) * size;
    const flat = balance[k]!;
    lower = Math.min(lower, Math.min(flat, Math.min(atLow, atHigh)));
    upper = Math.max(upper, Math.max(flat, Math.max(atLow, atHigh)));
  }
  lowest[at] = lower;
  highest[at] = upper;
}
