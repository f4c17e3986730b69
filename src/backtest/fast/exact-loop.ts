import {
  AFFORDABLE_TOLERANCE,
  type EngineRules,
  isAcrossGap,
  longPermitted,
  noStop,
  noTakeProfit,
  shortPermitted,
} from '../../semantics/index.js';
import { LONG_ALLOWED, SHORT_ALLOWED } from '../engine.js';
import type { PreparedCandles } from './prepared-candles.js';
import { ruleFactors } from './rule-factors.js';
import {
  allocateTradeBuffer,
  growTradeBuffer,
  HIT_END_OF_DATA,
  REASON_END_OF_DATA,
  REASON_LIQUIDATION,
  REASON_SIGNAL,
  REASON_STOP_LOSS,
  REASON_TAKE_PROFIT,
  REASON_TRAILING_STOP,
  type TradeBuffer,
} from './trade-buffer.js';

/** Trades, equity and counts of one run; candles by index within the period. */
export interface LoopResult {
  readonly trades: TradeBuffer;
  /** Shape `[n]`, quote. */
  readonly equity: Float64Array;
  readonly finalBalance: number;
  readonly skippedEntries: number;
  readonly candlesInMarket: number;
  /** Candles in which the loss limit tripped and the balance was gone (S-30, S-31); -1 when never. */
  readonly lossLimitTrippedAt: number;
  readonly ruinedAt: number;
}

/**
 * Runs one set of rules candle by candle, without objects: for the rare runs in which money changes what is traded
 * (refused entries, ruin, the loss limit) and for candles that are not regular.
 *
 * The rules of `semantics/` are written out here, in the same order of arithmetic as the reference engine, its slow twin.
 *
 * @param prepared - Candles of the period.
 * @param signals - Of the period. Shape `[n]`.
 * @param entryMask - Of the period. Shape `[n]`.
 * @param rules - One run.
 */
export function runExactLoop(
  prepared: PreparedCandles,
  signals: Int8Array,
  entryMask: Uint8Array,
  rules: EngineRules,
): LoopResult {
  const { open, high, low, close, openTime, length, timeframeMs } = prepared;
  const factors = ruleFactors(rules);
  const { units, equityFraction, leverage, commissionRate, allowOverdraft } = factors;
  const { maxCumulativeLoss, ruinBalance } = factors;
  const { exitOnNeutral, reEntry } = rules;
  const trails = rules.trailingStop !== undefined;
  const blocks = reEntry === 'new-signal';
  const directions =
    (longPermitted(rules) ? LONG_ALLOWED : 0) | (shortPermitted(rules) ? SHORT_ALLOWED : 0);
  const trades = allocateTradeBuffer(256);
  const equity = new Float64Array(length);

  let balance = rules.initialBalance;
  let cumulativeNetPnl = 0;
  let skippedEntries = 0;
  let candlesInMarket = 0;
  let lossLimitTrippedAt = -1;
  let ruinedAt = -1;
  let blocked = 0;
  let exitDecided = false;
  let entryDecided = 0;
  /** +1 long, -1 short, 0 flat. */
  let side = 0;
  let entryIndex = 0;
  let entryPrice = 0;
  let quantity = 0;
  let entryCommission = 0;
  let balanceBefore = 0;
  let balanceAfterEntry = 0;
  let stopLoss = 0;
  let takeProfit = 0;
  let ruin = 0;
  let peak = 0;
  let trailingFactor = 0;
  let exitFactor = 0;
  let stopExitFactor = 0;

  for (let i = 0; i < length; i++) {
    let exitPrice = Number.NaN;
    let reason = REASON_SIGNAL;
    let inside = false;
    let ambiguous = false;
    // A reversal closes and enters on one candle, so each candle has up to two exits: round 0 at the open, round 1 inside.
    for (let round = 0; round < 2; round++) {
      let exits = false;
      if (round === 0) {
        if (exitDecided && side !== 0) {
          exits = true;
          exitPrice = open[i]! * exitFactor;
          reason = REASON_SIGNAL;
          inside = false;
          ambiguous = false;
        }
      } else {
        if (
          entryDecided !== 0 &&
          !isAcrossGap(openTime[i - 1]!, openTime[i]!, timeframeMs) &&
          (allowOverdraft || !(balance <= ruinBalance)) &&
          lossLimitTrippedAt < 0
        ) {
          const s = entryDecided > 0 ? 0 : 1;
          const price = open[i]! * factors.entry[s]!;
          const size =
            units !== 0
              ? units
              : (balance * equityFraction * leverage) / (price * (1 + leverage * commissionRate));
          const commission = price * size * commissionRate;
          if (
            !allowOverdraft &&
            !((price * size) / leverage + commission <= balance * (1 + AFFORDABLE_TOLERANCE))
          ) {
            skippedEntries++;
          } else {
            side = entryDecided;
            entryIndex = i;
            entryPrice = price;
            quantity = size;
            entryCommission = commission;
            balanceBefore = balance;
            balance -= commission;
            balanceAfterEntry = balance;
            stopLoss = rules.stopLoss === undefined ? noStop(side) : price * factors.stopLoss[s]!;
            takeProfit =
              rules.takeProfit === undefined ? noTakeProfit(side) : price * factors.takeProfit[s]!;
            trailingFactor = factors.trailingStop[s]!;
            exitFactor = factors.exit[s]!;
            stopExitFactor = factors.stopExit[s]!;
            ruin = allowOverdraft
              ? -side * Number.POSITIVE_INFINITY
              : price - (side * balance) / size;
            peak = price;
          }
        }
        if (side !== 0) {
          const o = open[i]!;
          const h = high[i]!;
          const l = low[i]!;
          const trailing = trails ? peak * trailingFactor : noStop(side);
          const stop =
            side > 0
              ? Math.max(Math.max(stopLoss, trailing), ruin)
              : Math.min(Math.min(stopLoss, trailing), ruin);
          const gapStop = side > 0 ? o <= stop : o >= stop;
          const gapProfit = side > 0 ? o >= takeProfit : o <= takeProfit;
          const hitStop = side > 0 ? l <= stop : h >= stop;
          const hitProfit = side > 0 ? h >= takeProfit : l <= takeProfit;
          if (gapStop || gapProfit || hitStop || hitProfit) {
            exits = true;
            inside = !gapStop && !gapProfit;
            ambiguous = inside && l <= stop && stop <= h && l <= takeProfit && takeProfit <= h;
            if (gapStop || (!gapProfit && hitStop)) {
              exitPrice = (gapStop ? o : stop) * stopExitFactor;
              if (side * trailing > side * stopLoss && side * trailing > side * ruin) {
                reason = REASON_TRAILING_STOP;
              } else {
                reason = side * stopLoss >= side * ruin ? REASON_STOP_LOSS : REASON_LIQUIDATION;
              }
            } else {
              exitPrice = gapProfit ? o : takeProfit;
              reason = REASON_TAKE_PROFIT;
            }
            if (blocks) blocked = side;
          } else if (i === length - 1) {
            exits = true;
            exitPrice = close[i]! * exitFactor;
            reason = REASON_END_OF_DATA;
            inside = false;
            ambiguous = false;
          }
        }
      }
      if (!exits) continue;

      const exitCommission = exitPrice * quantity * commissionRate;
      const gross = side * (exitPrice - entryPrice) * quantity;
      const commission = entryCommission + exitCommission;
      const net = gross - commission;
      balance += gross - exitCommission;
      if (trades.count === trades.code.length) growTradeBuffer(trades);
      const k = trades.count++;
      trades.code[k] = 2 * entryIndex + (side > 0 ? 0 : 1);
      trades.exit[k] = i;
      trades.hits[k] = reason === REASON_END_OF_DATA ? HIT_END_OF_DATA : 0;
      trades.entryPrice[k] = entryPrice;
      trades.exitPrice[k] = exitPrice;
      trades.quantity[k] = quantity;
      trades.entryCommission[k] = entryCommission;
      trades.commission[k] = commission;
      trades.grossPnl[k] = gross;
      trades.netPnl[k] = net;
      trades.balanceBefore[k] = balanceBefore;
      trades.balanceAfterEntry[k] = balanceAfterEntry;
      trades.balance[k] = balance;
      trades.reason[k] = reason;
      trades.inside[k] = inside ? 1 : 0;
      trades.ambiguous[k] = ambiguous ? 1 : 0;
      side = 0;
      cumulativeNetPnl += net;
      if (lossLimitTrippedAt < 0 && cumulativeNetPnl <= -maxCumulativeLoss) lossLimitTrippedAt = i;
      if (ruinedAt < 0 && balance <= ruinBalance && !allowOverdraft) ruinedAt = i;
    }

    exitDecided = false;
    entryDecided = 0;
    const signal = signals[i]!;
    if (signal !== blocked) blocked = 0;
    if (side === 0) {
      equity[i] = balance;
    } else {
      peak = side > 0 ? Math.max(peak, high[i]!) : Math.min(peak, low[i]!);
      equity[i] = balance + side * (close[i]! - entryPrice) * quantity;
      candlesInMarket++;
      if (signal === side || (signal === 0 && !exitOnNeutral)) continue;
      exitDecided = true;
    }
    if (signal === 0 || signal === blocked) continue;
    const bit = signal > 0 ? LONG_ALLOWED : SHORT_ALLOWED;
    if ((entryMask[i]! & directions & bit) !== 0) entryDecided = signal;
  }
  return {
    trades,
    equity,
    finalBalance: balance,
    skippedEntries,
    candlesInMarket,
    lossLimitTrippedAt,
    ruinedAt,
  };
}
