import { AFFORDABLE_TOLERANCE } from '../../semantics/index.js';
import { isBeyond, type PriceWindow, ROUNDING_ROOM } from './fill-trades.js';
import type { LaterFactors } from './later-factors.js';
import type { LaterTables } from './later-tables.js';
import type { PreparedCandles } from './prepared-candles.js';
import {
  allocateTradeBuffer,
  growTradeBuffer,
  HIT_BREAK_EVEN,
  HIT_END_OF_DATA,
  HIT_STOP_LOSS,
  HIT_TAKE_PROFIT,
  HIT_TIME,
  HIT_TRAILING_STOP,
  REASON_BREAK_EVEN,
  REASON_END_OF_DATA,
  REASON_SIGNAL,
  REASON_STOP_LOSS,
  REASON_TAKE_PROFIT,
  REASON_TIME,
  REASON_TRAILING_STOP,
  type TradeBuffer,
} from './trade-buffer.js';

/** What trades that scale out consist of (S-76). */
export interface TradeParts {
  /** Stretches of equal quantity as trades of their own, in order: what equity is made of. */
  readonly stretches: TradeBuffer;
  /** By trade: parts that left before the last exit, and the extreme prices of all fills. */
  readonly scaleOuts: Int32Array;
  readonly highestFill: Float64Array;
  readonly lowestFill: Float64Array;
}

/**
 * Allocates parts.
 *
 * @param capacity - Trades.
 */
export function allocateTradeParts(capacity: number): TradeParts {
  return {
    stretches: allocateTradeBuffer(capacity),
    scaleOuts: new Int32Array(capacity),
    highestFill: new Float64Array(capacity),
    lowestFill: new Float64Array(capacity),
  };
}

/** One run with later rules. */
export interface LaterRun {
  readonly later: LaterFactors;
  readonly tables: LaterTables;
}

/**
 * Does for a run with later rules what `fillTrades()` does: prices, quantity, commissions, profit and balances of the trades that
 * the chain found, in the arithmetic of `semantics/`. Trades after the balance was gone are cut off (S-31).
 *
 * One long loop: a call with several numbers costs more than the work of a trade. On negated prices a short reads like a long;
 * multiplying by -1 is exact.
 *
 * @param prepared - Candles.
 * @param run - Rules and tables.
 * @param window - Around the trades.
 * @param firstBalance - Balance before the first of these trades, quote.
 * @param firstNetPnl - Sum of `net_pnl` before them.
 * @param trades - Completed in place.
 * @param parts - Filled where the run scales out.
 * @returns Whether all trades are as the chain found them; if not, nothing about them counts.
 */
export function fillLaterTrades(
  prepared: PreparedCandles,
  { later, tables }: LaterRun,
  window: PriceWindow,
  firstBalance: number,
  firstNetPnl: number,
  trades: TradeBuffer,
  parts: TradeParts,
): boolean {
  const { open, high, low, close, period } = prepared;
  const { factors, ranges, stopLossAtr, takeProfitAtr, trailingStopAtr } = later;
  const { stepFrom, shares, trailsFromEntry } = later;
  const { units, equityFraction, riskFraction, leverage, commissionRate } = factors;
  const { allowOverdraft, ruinBalance } = factors;
  const lossLimit = -factors.maxCumulativeLoss;
  const onePlusCosts = 1 + leverage * commissionRate;
  const carried = 1 + AFFORDABLE_TOLERANCE;
  const scales = shares.length > 0;
  const { code, exit, hits, peak } = trades;
  const { entryPrice, exitPrice, quantity, entryCommission, commission } = trades;
  const { grossPnl, netPnl, balanceBefore, balanceAfterEntry, balance } = trades;
  const { reason, inside, ambiguous } = trades;
  const { takeProfit, stopLoss, trailingStop } = factors;
  const { stretches } = parts;
  stretches.count = 0;
  let money = firstBalance;
  let cumulative = firstNetPnl;
  for (let k = 0; k < trades.count; k++) {
    const s = code[k]! & 1;
    const side = 1 - 2 * s;
    const entry = code[k]! >> 1;
    const x = exit[k]!;
    const hit = hits[k]!;
    const decision = period.from + entry - 1;
    const price = open[entry]! * factors.entry[s]!;
    const signed = side * price;
    const range = ranges === undefined ? 0 : ranges[decision]!;

    let stopAtEntry = side * (price * stopLoss[s]!);
    if (stopLossAtr !== 0) stopAtEntry = Math.max(stopAtEntry, signed - stopLossAtr * range);

    let size = units;
    if (equityFraction !== 0) {
      size = (money * equityFraction * leverage) / (price * onePlusCosts);
    } else if (riskFraction !== 0) {
      let standing = stopAtEntry;
      if (trailsFromEntry) {
        standing = Math.max(standing, side * (price * trailingStop[s]!));
        if (trailingStopAtr !== 0) standing = Math.max(standing, signed - trailingStopAtr * range);
      }
      const distance = signed - standing;
      if (!(distance > 0 && distance < Number.POSITIVE_INFINITY)) return false;
      size = Math.min(
        (money * riskFraction) / distance,
        (money * leverage) / (price * onePlusCosts),
      );
    }
    const commissionIn = price * size * commissionRate;
    const afterEntry = money - commissionIn;
    let farthest = 0;
    if (!allowOverdraft) {
      if (!(money > ruinBalance)) {
        if (!(money > 0)) return false;
        trades.count = k;
        break;
      }
      if (!((price * size) / leverage + commissionIn <= money * carried)) return false;
      farthest = s === 0 ? window.lowest : window.highest;
      const reach = side * (price - farthest) + price * ROUNDING_ROOM;
      if (!(reach * size < afterEntry) || x >= window.to) {
        // The price at which equity is zero must lie beyond every candle that the trade lives through (S-31).
        const ruin = price - (side * afterEntry) / size;
        if (!isBeyond(prepared, s, ruin, entry, x + 1)) return false;
      }
    }

    // The levels of the exit candle, as far as they are met there.
    let stop = Number.NEGATIVE_INFINITY;
    let target = Number.POSITIVE_INFINITY;
    let why = REASON_SIGNAL;
    const byLevel = hit !== 0 && hit !== HIT_END_OF_DATA && hit !== HIT_TIME;
    let opens = 0;
    if (byLevel) {
      opens = side * open[x]!;
      if ((hit & HIT_STOP_LOSS) !== 0) {
        stop = stopAtEntry;
        why = REASON_STOP_LOSS;
      }
      if ((hit & HIT_BREAK_EVEN) !== 0) {
        const level = side * (price * later.breakEven[s]!);
        if (level > stop) {
          stop = level;
          why = REASON_BREAK_EVEN;
        }
      }
      if ((hit & HIT_TRAILING_STOP) !== 0) {
        const peakAt = peak[k]!;
        const best = peakAt < 0 ? price : s === 0 ? high[peakAt]! : low[peakAt]!;
        let level = side * (best * trailingStop[s]!);
        if (trailingStopAtr !== 0) level = Math.max(level, side * best - trailingStopAtr * range);
        if (level > stop) {
          stop = level;
          why = REASON_TRAILING_STOP;
        }
      }
      if ((hit & HIT_TAKE_PROFIT) !== 0) {
        target = side * (price * takeProfit[s]!);
        if (takeProfitAtr !== 0) target = Math.min(target, signed + takeProfitAtr * range);
      }
    }
    // Beside those of S-74 the target stands still.
    let targetBefore = target;
    if (stepFrom.length > 0 && (hit & HIT_TAKE_PROFIT) !== 0) {
      const before = stepAt(stepFrom, Math.max(0, x - 1 - entry));
      const steps = later.steps[s]!;
      targetBefore = Math.min(target, side * (price * steps[before]!));
      target = Math.min(target, side * (price * steps[stepAt(stepFrom, x - entry)]!));
    }
    const stopped = stop > Number.NEGATIVE_INFINITY;
    const gapStop = stopped && opens <= stop;
    const gapTarget = (hit & HIT_TAKE_PROFIT) !== 0 && byLevel && opens >= target;

    let left = size;
    let after = afterEntry;
    let gross = 0;
    let paid = commissionIn;
    let exitValue = 0;
    let part = 0;
    let waiting = Number.POSITIVE_INFINITY;
    if (scales) {
      // Parts fill at the open that is beyond them, or at their levels; a signal comes before the candle, a gap over the stop, too.
      let from = entry;
      let highestFill = Number.NEGATIVE_INFINITY;
      let lowestFill = Number.POSITIVE_INFINITY;
      const levels = later.parts[s]!;
      for (;;) {
        let at = x;
        let level = Number.POSITIVE_INFINITY;
        let fills = false;
        if (part < shares.length) {
          at = tables.pool[tables.parts[part]![s]! + entry]!;
          level = side * (price * levels[part]!);
          fills = at < x || (at === x && hit !== 0 && hit !== HIT_TIME && !gapStop);
          if (fills && at === x && byLevel) {
            fills = level < target && (!(stopped || gapTarget) || level <= opens);
          }
        }
        waiting = level;
        if (!fills) at = x;
        if (at > from || !fills) {
          if (stretches.count === stretches.code.length) growTradeBuffer(stretches);
          const last = stretches.count++;
          stretches.code[last] = 2 * from + s;
          stretches.exit[last] = at;
          stretches.entryPrice[last] = price;
          stretches.quantity[last] = left;
          stretches.balanceBefore[last] = from === entry ? money : after;
          stretches.balanceAfterEntry[last] = after;
          stretches.balance[last] = after;
          from = at;
        }
        if (!fills) break;
        const fill = side * Math.max(level, side * open[at]!);
        const amount = shares[part]! * size;
        const fee = fill * amount * commissionRate;
        const profit = side * (fill - price) * amount;
        gross += profit;
        paid += fee;
        exitValue += fill * amount;
        left -= amount;
        after += profit - fee;
        highestFill = Math.max(highestFill, fill);
        lowestFill = Math.min(lowestFill, fill);
        part++;
        if (!allowOverdraft) {
          const reach = side * (price - farthest) + price * ROUNDING_ROOM;
          if (!(reach * left < after) || x >= window.to) {
            const ruin = price - (side * after) / left;
            if (!isBeyond(prepared, s, ruin, at + 1, x + 1)) return false;
          }
        }
      }
      parts.scaleOuts[k] = part;
      parts.highestFill[k] = highestFill;
      parts.lowestFill[k] = lowestFill;
    }

    let outPrice: number;
    let isInside = 0;
    let isAmbiguous = 0;
    if (!byLevel) {
      outPrice = (hit === HIT_END_OF_DATA ? close[x]! : open[x]!) * factors.exit[s]!;
      why = hit === 0 ? REASON_SIGNAL : hit === HIT_TIME ? REASON_TIME : REASON_END_OF_DATA;
    } else if (gapStop) {
      outPrice = open[x]! * factors.stopExit[s]!;
    } else if (gapTarget) {
      // A target that was lowered below the market fills there as a market order (S-74).
      outPrice = opens >= targetBefore ? open[x]! : open[x]! * factors.exit[s]!;
      why = REASON_TAKE_PROFIT;
    } else if (stopped) {
      outPrice = side * stop * factors.stopExit[s]!;
      isInside = 1;
      const best = s === 0 ? high[x]! : -low[x]!;
      const worst = s === 0 ? low[x]! : -high[x]!;
      isAmbiguous =
        target < Number.POSITIVE_INFINITY || (waiting <= best && waiting >= worst) ? 1 : 0;
    } else {
      outPrice = side * target;
      isInside = 1;
      why = REASON_TAKE_PROFIT;
    }

    const commissionOut = outPrice * left * commissionRate;
    const lastGross = side * (outPrice - price) * left;
    gross += lastGross;
    paid += commissionOut;
    exitValue += outPrice * left;
    const net = gross - paid;
    balanceBefore[k] = money;
    money = after + (lastGross - commissionOut);
    cumulative += net;
    entryPrice[k] = price;
    exitPrice[k] = part === 0 ? outPrice : exitValue / size;
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
    if (scales) {
      parts.highestFill[k] = Math.max(parts.highestFill[k]!, outPrice);
      parts.lowestFill[k] = Math.min(parts.lowestFill[k]!, outPrice);
      stretches.balance[stretches.count - 1] = money;
    }
    if (cumulative <= lossLimit) return false;
  }
  // A balance that is gone is recorded even when nothing follows.
  return allowOverdraft || money > 0;
}

/** Number of the step of the target that counts so many candles after the entry candle (S-74). */
function stepAt(stepFrom: readonly number[], candle: number): number {
  let step = stepFrom.length - 1;
  while (stepFrom[step]! > candle) step--;
  return step;
}
