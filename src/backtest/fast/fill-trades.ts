import { AFFORDABLE_TOLERANCE } from '../../semantics/index.js';
import { type PreparedCandles, rangeMax, rangeMin } from './prepared-candles.js';
import type { RuleFactors } from './rule-factors.js';
import {
  HIT_END_OF_DATA,
  HIT_STOP_LOSS,
  HIT_TAKE_PROFIT,
  HIT_TRAILING_STOP,
  REASON_END_OF_DATA,
  REASON_SIGNAL,
  REASON_STOP_LOSS,
  REASON_TAKE_PROFIT,
  REASON_TRAILING_STOP,
  type TradeBuffer,
} from './trade-buffer.js';

/** Relative room for rounding where a level is proven out of reach without computing it. */
export const ROUNDING_ROOM = 1e-9;

/** Lowest low and highest high that the trades of a tile can have met. */
export interface PriceWindow {
  /** First candle after the window; a trade that leaves it is looked at on its own. */
  to: number;
  lowest: number;
  highest: number;
}

/**
 * Fills the trades that a chain found: prices, quantity, commissions, profit and balances, in the arithmetic of
 * `semantics/` and of the reference engine.
 *
 * A chain supposes that money never changes what is traded. When it does (an entry that is not affordable, a balance that is
 * gone, a ruin level within reach, the loss limit), this is found here, and the run belongs to the exact loop.
 *
 * @param prepared - Candles.
 * @param factors - Of the rules.
 * @param window - Around the trades.
 * @param balanceBefore - Balance before the first of these trades, quote.
 * @param netPnlBefore - Sum of `net_pnl` before them.
 * @param trades - Completed in place.
 * @returns Whether all trades are as the chain found them; if not, nothing about them counts.
 */
export function fillTrades(
  prepared: PreparedCandles,
  factors: RuleFactors,
  window: PriceWindow,
  balanceBefore: number,
  netPnlBefore: number,
  trades: TradeBuffer,
): boolean {
  const { open, high, low, close } = prepared;
  const { units, equityFraction, leverage, commissionRate, allowOverdraft, ruinBalance } = factors;
  const entryFactors = factors.entry;
  const exitFactors = factors.exit;
  const stopExitFactors = factors.stopExit;
  const stopLossFactors = factors.stopLoss;
  const takeProfitFactors = factors.takeProfit;
  const trailingFactors = factors.trailingStop;
  const lossLimit = -factors.maxCumulativeLoss;
  const share = equityFraction;
  const onePlusCosts = 1 + leverage * commissionRate;
  const carried = 1 + AFFORDABLE_TOLERANCE;
  const { count, code, exit, hits, peak } = trades;
  const { entryPrice, exitPrice, quantity, entryCommission, commission } = trades;
  const { grossPnl, netPnl, balanceAfterEntry, balance, reason, inside, ambiguous } = trades;
  const before = trades.balanceBefore;
  const windowTo = window.to;
  const windowLowest = window.lowest;
  const windowHighest = window.highest;
  let money = balanceBefore;
  let cumulative = netPnlBefore;
  for (let k = 0; k < count; k++) {
    const s = code[k]! & 1;
    const side = 1 - 2 * s;
    const entry = code[k]! >> 1;
    const x = exit[k]!;
    const hit = hits[k]!;
    const price = open[entry]! * entryFactors[s]!;
    const size = units !== 0 ? units : (money * share * leverage) / (price * onePlusCosts);
    const commissionIn = price * size * commissionRate;
    const afterEntry = money - commissionIn;
    if (!allowOverdraft) {
      if (!(money > ruinBalance)) return false;
      if (!((price * size) / leverage + commissionIn <= money * carried)) return false;
      const worst = s === 0 ? windowLowest : windowHighest;
      const reach = side * (price - worst) + price * ROUNDING_ROOM;
      if (!(reach * size < afterEntry) || x >= windowTo) {
        // The price at which equity is zero must lie beyond every candle that the trade lives through (S-31).
        const ruin = price - (side * afterEntry) / size;
        if (!isBeyond(prepared, s, ruin, entry, x + 1)) return false;
      }
    }

    let outPrice: number;
    let why = REASON_SIGNAL;
    let isInside = 0;
    let isAmbiguous = 0;
    if (hit === 0) {
      outPrice = open[x]! * exitFactors[s]!;
    } else if (hit === HIT_END_OF_DATA) {
      outPrice = close[x]! * exitFactors[s]!;
      why = REASON_END_OF_DATA;
    } else {
      const opens = open[x]!;
      const takeProfit = price * takeProfitFactors[s]!;
      let stop = -side * Number.POSITIVE_INFINITY;
      if ((hit & HIT_STOP_LOSS) !== 0) {
        stop = price * stopLossFactors[s]!;
        why = REASON_STOP_LOSS;
      }
      if ((hit & HIT_TRAILING_STOP) !== 0) {
        const best = s === 0 ? high : low;
        const peakAt = peak[k]!;
        const peakPrice = peakAt < 0 ? price : best[peakAt]!;
        const trailing = peakPrice * trailingFactors[s]!;
        if (side * trailing > side * stop) {
          stop = trailing;
          why = REASON_TRAILING_STOP;
        }
      }
      if (side * opens <= side * stop) {
        outPrice = opens * stopExitFactors[s]!;
      } else if ((hit & HIT_TAKE_PROFIT) !== 0 && side * opens >= side * takeProfit) {
        outPrice = opens;
        why = REASON_TAKE_PROFIT;
      } else if ((hit & (HIT_STOP_LOSS | HIT_TRAILING_STOP)) !== 0) {
        outPrice = stop * stopExitFactors[s]!;
        isInside = 1;
        isAmbiguous = hit & HIT_TAKE_PROFIT ? 1 : 0;
      } else {
        outPrice = takeProfit;
        why = REASON_TAKE_PROFIT;
        isInside = 1;
      }
    }

    const commissionOut = outPrice * size * commissionRate;
    const gross = side * (outPrice - price) * size;
    const paid = commissionIn + commissionOut;
    const net = gross - paid;
    before[k] = money;
    money = afterEntry + (gross - commissionOut);
    cumulative += net;
    entryPrice[k] = price;
    exitPrice[k] = outPrice;
    quantity[k] = size;
    entryCommission[k] = commissionIn;
    commission[k] = paid;
    grossPnl[k] = gross;
    netPnl[k] = net;
    balanceAfterEntry[k] = afterEntry;
    balance[k] = money;
    reason[k] = why;
    inside[k] = isInside;
    ambiguous[k] = isAmbiguous;
    if (cumulative <= lossLimit) return false;
  }
  // A balance that is gone is recorded even when nothing follows.
  return allowOverdraft || money > ruinBalance;
}

/**
 * Returns whether a price lies beyond every candle that a position lives through.
 *
 * @param s - 0 long: below their lows; 1 short: above their highs.
 * @param from - First candle.
 * @param to - Candle after the last.
 */
export function isBeyond(
  { lows, highs }: PreparedCandles,
  s: number,
  price: number,
  from: number,
  to: number,
): boolean {
  return s === 0 ? price < rangeMin(lows, from, to) : price > rangeMax(highs, from, to);
}
