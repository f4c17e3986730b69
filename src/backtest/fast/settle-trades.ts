import { AFFORDABLE_TOLERANCE } from '../../semantics/index.js';
import { isBeyond, ROUNDING_ROOM } from './fill-trades.js';
import type { Ledger } from './ledger.js';
import { coverMax, coverMin, type PreparedCandles } from './prepared-candles.js';
import type { RuleFactors } from './rule-factors.js';
import {
  HIT_END_OF_DATA,
  HIT_STOP_LOSS,
  HIT_TAKE_PROFIT,
  HIT_TRAILING_STOP,
  type TradeBuffer,
} from './trade-buffer.js';

/** Bounds of the equity that each combination can have shown, tile by tile. */
export interface EquityBounds {
  readonly lowest: Float64Array;
  readonly highest: Float64Array;
}

/** Where the exit price of a trade lies in `EXIT_PRICES`, by its hits: at the market, at a stop, at the take-profit. */
const EXIT_KIND = Uint8Array.of(0, 1, 1, 1, 2, 1, 1, 1);
const EXIT_PRICES = new Float64Array(3);

/**
 * Does to a sweep's trades what `fillTrades`, its slow twin, does, adds them to a row of the ledger in their order, so that every
 * sum is the same double as one over the whole trade list, and writes bounds of the equity that the tile can have shown.
 *
 * All in one long loop and with few branches: which level a trade leaves at is as good as random, and a branch that is guessed
 * wrong costs as much as the rest of the trade. The extremes of the close over the whole tile bound the equity of every trade
 * in it, as equity is monotone in the close, also after rounding; only a trade that leaves the tile is looked at on its own.
 *
 * @param prepared - Candles.
 * @param factors - Of the rules.
 * @param tile - Number of the tile.
 * @param trades - That a chain found in the tile; at least one. Those after the balance was gone are cut off.
 * @param ledger - Changed in place.
 * @param row - Combination.
 * @param bounds - Written at `at`.
 * @returns Whether all trades are as the chain found them; if not, nothing about the row counts.
 */
export function settleTrades(
  prepared: PreparedCandles,
  factors: RuleFactors,
  tile: number,
  trades: TradeBuffer,
  ledger: Ledger,
  row: number,
  bounds: EquityBounds,
  at: number,
): boolean {
  const { open, high, low, close, closes, lows, highs, dayEnds, length, tileShift } = prepared;
  const { units, equityFraction, leverage, commissionRate, allowOverdraft, ruinBalance } = factors;
  const entryFactors = factors.entry;
  const exitFactors = factors.exit;
  const stopExitFactors = factors.stopExit;
  const takeProfitFactors = factors.takeProfit;
  const trailingFactors = factors.trailingStop;
  const stopFactors = factors.stopLossIfHit;
  const lossLimit = -factors.maxCumulativeLoss;
  const onePlusCosts = 1 + leverage * commissionRate;
  const carried = 1 + AFFORDABLE_TOLERANCE;
  const { count, code, exit, hits, peak } = trades;
  // Of the prices only sums are wanted here, so their columns are free for the opens that they come from.
  const openAtEntry = trades.entryPrice;
  const openAtExit = trades.exitPrice;
  // In a loop of its own, so that waiting for the memory of many trades overlaps.
  for (let k = 0; k < count; k++) {
    openAtEntry[k] = open[code[k]! >> 1]!;
    openAtExit[k] = open[exit[k]!]!;
  }
  const tileEnd = (tile + 1) << tileShift;
  const windowTo = Math.min(length, tileEnd);
  const windowLowest = lows.tileMin[tile]!;
  const windowHighest = highs.tileMax[tile]!;
  const tileLow = closes.tileMin[tile]!;
  const tileHigh = closes.tileMax[tile]!;
  const { days, dayEquity } = ledger;
  const firstDay = row * days;
  let money = ledger.balance[row]!;
  let sum = ledger.netPnl[row]!;
  let wins = ledger.wins[row]!;
  let winSum = ledger.winSum[row]!;
  let lossSum = ledger.lossSum[row]!;
  let returnSum = ledger.returnSum[row]!;
  let best = ledger.best[row]!;
  let worst = ledger.worst[row]!;
  let shift = ledger.shift[row]!;
  let isFirst = ledger.trades[row] === 0;
  let deviationSum = ledger.deviationSum[row]!;
  let squareSum = ledger.squareSum[row]!;
  let held = ledger.candlesHeld[row]!;
  let paidSum = ledger.commission[row]!;
  let day = ledger.day[row]!;
  let dayEnd = day < days ? dayEnds[day]! : 0x7fffffff;
  let lower = Number.POSITIVE_INFINITY;
  let upper = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < count; k++) {
    const s = code[k]! & 1;
    const side = 1 - 2 * s;
    const entry = code[k]! >> 1;
    const x = exit[k]!;
    const hit = hits[k]!;
    const price = openAtEntry[k]! * entryFactors[s]!;
    const size = units !== 0 ? units : (money * equityFraction * leverage) / (price * onePlusCosts);
    const commissionIn = price * size * commissionRate;
    const afterEntry = money - commissionIn;
    if (!allowOverdraft) {
      if (!(money > ruinBalance)) {
        if (!(money > 0)) return false;
        // Nothing is entered with a balance that is gone: the chain ends here (S-31).
        trades.count = k;
        break;
      }
      if (!((price * size) / leverage + commissionIn <= money * carried)) return false;
      let farthest = s === 0 ? windowLowest : windowHighest;
      if (x >= windowTo) {
        farthest = s === 0 ? coverMin(lows, entry, x + 1) : coverMax(highs, entry, x + 1);
      }
      const reach = side * (price - farthest) + price * ROUNDING_ROOM;
      if (!(reach * size < afterEntry)) {
        // The price at which equity is zero must lie beyond every candle that the trade lives through (S-31).
        const ruin = price - (side * afterEntry) / size;
        if (!isBeyond(prepared, s, ruin, entry, x + 1)) return false;
      }
    }

    const exitFactor = exitFactors[s]!;
    let isAmbiguous = false;
    let outPrice: number;
    if (hit === 0) {
      outPrice = openAtExit[k]! * exitFactor;
    } else if (hit === HIT_END_OF_DATA) {
      outPrice = close[x]! * exitFactor;
    } else {
      // On negated prices a short reads like a long; multiplying by -1 is exact.
      const opens = side * openAtExit[k]!;
      let stop = side * (price * stopFactors[2 * (hit & HIT_STOP_LOSS) + s]!);
      if ((hit & HIT_TRAILING_STOP) !== 0) {
        const peakAt = peak[k]!;
        const peakPrice = peakAt < 0 ? price : s === 0 ? high[peakAt]! : low[peakAt]!;
        stop = Math.max(stop, side * (peakPrice * trailingFactors[s]!));
      }
      const takeProfit = side * (price * takeProfitFactors[s]!);
      EXIT_PRICES[1] = side * Math.min(stop, opens) * stopExitFactors[s]!;
      EXIT_PRICES[2] = side * Math.max(takeProfit, opens);
      outPrice = EXIT_PRICES[EXIT_KIND[hit]!]!;
      if (hit > HIT_TAKE_PROFIT && opens > stop) {
        if (opens >= takeProfit) outPrice = EXIT_PRICES[2]!;
        else isAmbiguous = true;
      }
    }

    const commissionOut = outPrice * size * commissionRate;
    const gross = side * (outPrice - price) * size;
    const paid = commissionIn + commissionOut;
    const net = gross - paid;
    const before = money;
    money = afterEntry + (gross - commissionOut);
    sum += net;
    if (sum <= lossLimit) return false;

    winSum += Math.max(net, 0);
    lossSum += Math.min(net, 0);
    wins += +(net > 0);
    returnSum += (100 * net) / (price * size);
    best = Math.max(best, net);
    worst = Math.min(worst, net);
    if (isFirst) {
      isFirst = false;
      shift = net;
    }
    const deviation = net - shift;
    deviationSum += deviation;
    squareSum += deviation * deviation;
    held += x - entry;
    paidSum += paid;
    if (isAmbiguous) {
      ledger.ambiguousTrades[row] = ledger.ambiguousTrades[row]! + 1;
      ledger.ambiguousNetPnl[row] = ledger.ambiguousNetPnl[row]! + net;
      ledger.ambiguousAbsolute[row] = ledger.ambiguousAbsolute[row]! + Math.abs(net);
    }
    while (dayEnd < x) {
      dayEquity[firstDay + day] =
        dayEnd < entry ? before : afterEntry + side * (close[dayEnd]! - price) * size;
      day++;
      dayEnd = day < days ? dayEnds[day]! : 0x7fffffff;
    }

    let lowestClose = tileLow;
    let highestClose = tileHigh;
    if (x > tileEnd) {
      lowestClose = coverMin(closes, entry, x);
      highestClose = coverMax(closes, entry, x);
    }
    const atLow = afterEntry + side * (lowestClose - price) * size;
    const atHigh = afterEntry + side * (highestClose - price) * size;
    lower = Math.min(lower, Math.min(money, Math.min(atLow, atHigh)));
    upper = Math.max(upper, Math.max(money, Math.max(atLow, atHigh)));
  }
  // A balance that is gone is recorded even when nothing follows.
  if (!allowOverdraft && !(money > 0)) return false;
  bounds.lowest[at] = lower;
  bounds.highest[at] = upper;
  ledger.balance[row] = money;
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
  ledger.commission[row] = paidSum;
  ledger.trades[row] = ledger.trades[row]! + trades.count;
  ledger.day[row] = day;
  return true;
}
