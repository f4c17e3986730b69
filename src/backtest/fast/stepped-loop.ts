import {
  AFFORDABLE_TOLERANCE,
  type EngineRules,
  EXIT_ATR_PERIOD,
  isAcrossGap,
  LEAVE_LONG,
  LEAVE_SHORT,
  longPermitted,
  type ManageView,
  noStop,
  noTakeProfit,
  shortPermitted,
  usesAtr,
} from '../../semantics/index.js';
import { LONG_ALLOWED, SHORT_ALLOWED } from '../engine.js';
import type { LoopResult } from './exact-loop.js';
import type { PreparedCandles } from './prepared-candles.js';
import { ruleFactors } from './rule-factors.js';
import type { StrategyColumns } from './stepped-rules.js';
import {
  allocateTradeBuffer,
  growTradeBuffer,
  HIT_END_OF_DATA,
  REASON_BREAK_EVEN,
  REASON_END_OF_DATA,
  REASON_LIQUIDATION,
  REASON_SIGNAL,
  REASON_STOP_LOSS,
  REASON_TAKE_PROFIT,
  REASON_TIME,
  REASON_TRAILING_STOP,
} from './trade-buffer.js';

/** What of trades that scale out does not fit into a trade buffer. Shape `[trades]`. */
export interface PartColumns {
  readonly scaleOuts: readonly number[];
  /** Extreme fill prices of the exits (§5). */
  readonly highestFill: readonly number[];
  readonly lowestFill: readonly number[];
}

/** Where `computeLevels()` puts the levels of a candle. */
const STOP = 0;
const OWN_STOP = 1;
const TARGET = 2;

/**
 * Runs one set of rules candle by candle, without objects: the runs whose rules tables do not hold.
 *
 * The rules of `semantics/` are written out here, in the same order of arithmetic as the reference engine, its slow twin. One long
 * loop, as a call with several numbers costs more than the work of a candle.
 *
 * @param prepared - Candles of the period.
 * @param signals - Of the period. Shape `[n]`.
 * @param entryMask - Of the period. Shape `[n]`.
 * @param rules - One run.
 * @param given - By the strategy, over the whole series.
 * @param atrOf - ATR of the whole series by its period.
 */
export function runSteppedLoop(
  prepared: PreparedCandles,
  signals: Int8Array,
  entryMask: Uint8Array,
  rules: EngineRules,
  given: StrategyColumns,
  atrOf: (period: number) => Float64Array,
): LoopResult & { readonly parts: PartColumns } {
  const { open, high, low, close, openTime, length, timeframeMs, period } = prepared;
  const { from } = period;
  const factors = ruleFactors(rules);
  const { units, equityFraction, riskFraction, leverage, commissionRate, allowOverdraft } = factors;
  const { maxCumulativeLoss, ruinBalance } = factors;
  const { exitOnNeutral, profitTargets, scaleOut, exitMinProfit } = rules;
  const { breakEven, trailingActivation } = rules;
  const { cooldownCandles = 0, maxCandlesHeld = Number.POSITIVE_INFINITY } = rules;
  const partCount = scaleOut?.length ?? 0;
  const trails = rules.trailingStop !== undefined || rules.trailingStopAtr !== undefined;
  const followsPeak = trails || breakEven !== undefined;
  const followsFirstClose = breakEven !== undefined || trailingActivation !== undefined;
  const blocks = rules.reEntry === 'new-signal';
  const directions =
    (longPermitted(rules) ? LONG_ALLOWED : 0) | (shortPermitted(rules) ? SHORT_ALLOWED : 0);
  const ranges = usesAtr(rules) ? atrOf(rules.exitAtrPeriod ?? EXIT_ATR_PERIOD) : undefined;
  const { exits, columns, manage } = given;
  const stopDistances = columns?.stopDistance;
  const targetDistances = columns?.targetDistance;
  const sizes = columns?.size;
  const trades = allocateTradeBuffer(256);
  const scaleOuts: number[] = [];
  const highestFills: number[] = [];
  const lowestFills: number[] = [];
  const equity = new Float64Array(length);
  const levels = new Float64Array(3);

  let balance = rules.initialBalance;
  let cumulativeNetPnl = 0;
  let skippedEntries = 0;
  let candlesInMarket = 0;
  let lossLimitTrippedAt = -1;
  let ruinedAt = -1;
  let blocked = 0;
  let lastExit = Number.NEGATIVE_INFINITY;
  /** -1 none, or the reason of the exit that fills at the next open. */
  let exitDecided = -1;
  let entryDecided = 0;
  /** +1 long, -1 short, 0 flat. */
  let side = 0;
  let entryIndex = 0;
  let entryPrice = 0;
  let quantity = 0;
  let left = 0;
  let entryCommission = 0;
  let balanceBefore = 0;
  let balanceAfterEntry = 0;
  let fixedStop = 0;
  let fixedTarget = 0;
  let trailingDistance = 0;
  let ruin = 0;
  let peak = 0;
  let managedStop = Number.NaN;
  let managedTarget = Number.NaN;
  let stopReason = REASON_STOP_LOSS;
  let targetBefore = 0;
  let part = 0;
  let partLevel = 0;
  let grossSum = 0;
  let commissionSum = 0;
  let exitValue = 0;
  let highestFill = 0;
  let lowestFill = 0;
  let exitFactor = 0;
  let stopExitFactor = 0;

  for (let i = 0; i < length; i++) {
    let exitPrice = Number.NaN;
    let reason = REASON_SIGNAL;
    let inside = false;
    let ambiguous = false;
    let hasScaled = false;
    // A reversal closes and enters on one candle, so each candle has up to two exits: round 0 at the open, round 1 inside.
    for (let round = 0; round < 2; round++) {
      let isExit = false;
      if (round === 0) {
        if (exitDecided >= 0 && side !== 0) {
          isExit = true;
          exitPrice = open[i]! * exitFactor;
          reason = exitDecided;
          inside = false;
          ambiguous = false;
        }
      } else {
        if (
          entryDecided !== 0 &&
          !isAcrossGap(openTime[i - 1]!, openTime[i]!, timeframeMs) &&
          (allowOverdraft || !(balance <= ruinBalance)) &&
          lossLimitTrippedAt < 0 &&
          i >= lastExit + cooldownCandles
        ) {
          const s = entryDecided > 0 ? 0 : 1;
          const decision = from + i - 1;
          const stopDistance =
            stopDistances === undefined ? Number.POSITIVE_INFINITY : stopDistances[decision]!;
          const targetDistance =
            targetDistances === undefined ? Number.POSITIVE_INFINITY : targetDistances[decision]!;
          const share = sizes === undefined ? 1 : sizes[decision]!;
          const range = ranges === undefined ? Number.POSITIVE_INFINITY : ranges[decision]!;
          if (stopDistance > 0 && targetDistance > 0 && share > 0 && share <= 1 && range > 0) {
            const price = open[i]! * factors.entry[s]!;
            const stopAtr =
              rules.stopLossAtr === undefined
                ? Number.POSITIVE_INFINITY
                : rules.stopLossAtr * range;
            const targetAtr =
              rules.takeProfitAtr === undefined
                ? Number.POSITIVE_INFINITY
                : rules.takeProfitAtr * range;
            const trailingAtr =
              rules.trailingStopAtr === undefined
                ? Number.POSITIVE_INFINITY
                : rules.trailingStopAtr * range;
            const byFraction =
              rules.stopLoss === undefined ? noStop(entryDecided) : price * factors.stopLoss[s]!;
            const target =
              rules.takeProfit === undefined
                ? noTakeProfit(entryDecided)
                : price * factors.takeProfit[s]!;
            let stop: number;
            let nearest: number;
            if (s === 0) {
              stop = Math.max(byFraction, Math.max(price - stopAtr, price - stopDistance));
              nearest = Math.min(target, Math.min(price + targetAtr, price + targetDistance));
            } else {
              stop = Math.min(byFraction, Math.min(price + stopAtr, price + stopDistance));
              nearest = Math.max(target, Math.max(price - targetAtr, price - targetDistance));
            }
            let size = units;
            let isSized = true;
            if (equityFraction !== 0) {
              size =
                (balance * equityFraction * leverage) / (price * (1 + leverage * commissionRate));
            } else if (riskFraction !== 0) {
              let standing = stop;
              if (trails && trailingActivation === undefined) {
                const byPeak =
                  rules.trailingStop === undefined
                    ? noStop(entryDecided)
                    : price * factors.trailingStop[s]!;
                standing =
                  s === 0
                    ? Math.max(standing, Math.max(byPeak, price - trailingAtr))
                    : Math.min(standing, Math.min(byPeak, price + trailingAtr));
              }
              const distance = entryDecided * (price - standing);
              isSized = distance > 0 && distance < Number.POSITIVE_INFINITY;
              size = Math.min(
                (balance * riskFraction) / distance,
                (balance * leverage) / (price * (1 + leverage * commissionRate)),
              );
            }
            size *= share;
            const commission = price * size * commissionRate;
            if (isSized) {
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
                left = size;
                entryCommission = commission;
                balanceBefore = balance;
                balance -= commission;
                balanceAfterEntry = balance;
                fixedStop = stop;
                fixedTarget = nearest;
                trailingDistance = trailingAtr;
                exitFactor = factors.exit[s]!;
                stopExitFactor = factors.stopExit[s]!;
                ruin = allowOverdraft
                  ? -side * Number.POSITIVE_INFINITY
                  : price - (side * balance) / size;
                peak = price;
                managedStop = Number.NaN;
                managedTarget = Number.NaN;
                part = 0;
                if (partCount > 0) partLevel = price * (1 + side * scaleOut![0]!.fraction);
                grossSum = 0;
                commissionSum = commission;
                exitValue = 0;
                highestFill = Number.NEGATIVE_INFINITY;
                lowestFill = Number.POSITIVE_INFINITY;
                stopReason = computeLevels(
                  levels,
                  rules,
                  side,
                  price,
                  peak,
                  0,
                  stop,
                  nearest,
                  trailingAtr,
                  ruin,
                  managedStop,
                  managedTarget,
                );
                targetBefore = levels[TARGET]!;
              }
            }
          }
        }
        if (side !== 0) {
          const o = open[i]!;
          const h = high[i]!;
          const l = low[i]!;
          const stop = levels[STOP]!;
          const target = levels[TARGET]!;
          const gapStop = side > 0 ? o <= stop : o >= stop;
          const gapTarget = side > 0 ? o >= target : o <= target;
          const hitStop = side > 0 ? l <= stop : h >= stop;
          const hitTarget = side > 0 ? h >= target : l <= target;
          if (part < partCount && !gapStop) {
            // Parts fill at the open that is beyond them, then, where no stop is met, at their levels inside the candle.
            const best = hitStop || gapTarget ? o : side > 0 ? h : l;
            while (part < partCount && side * partLevel <= side * best) {
              if (side * partLevel >= side * target) break;
              const price = side * partLevel <= side * o ? o : partLevel;
              const size = scaleOut![part]!.share * quantity;
              const commission = price * size * commissionRate;
              const gross = side * (price - entryPrice) * size;
              grossSum += gross;
              commissionSum += commission;
              exitValue += price * size;
              left -= size;
              balance += gross - commission;
              highestFill = Math.max(highestFill, price);
              lowestFill = Math.min(lowestFill, price);
              hasScaled = true;
              part++;
              if (part < partCount) partLevel = entryPrice * (1 + side * scaleOut![part]!.fraction);
            }
            if (hasScaled) {
              ruin = allowOverdraft
                ? -side * Number.POSITIVE_INFINITY
                : entryPrice - (side * balance) / left;
            }
          }
          if (gapStop || gapTarget || hitStop || hitTarget) {
            isExit = true;
            inside = !gapStop && !gapTarget;
            ambiguous =
              inside &&
              l <= stop &&
              stop <= h &&
              ((l <= target && target <= h) ||
                (part < partCount && l <= partLevel && partLevel <= h));
            if (gapStop || (!gapTarget && hitStop)) {
              exitPrice = (gapStop ? o : stop) * stopExitFactor;
              reason = stopReason;
            } else {
              reason = REASON_TAKE_PROFIT;
              if (!gapTarget) exitPrice = target;
              else {
                const rested = side > 0 ? o >= targetBefore : o <= targetBefore;
                exitPrice = rested ? o : o * exitFactor;
              }
            }
          } else if (i === length - 1) {
            isExit = true;
            exitPrice = close[i]! * exitFactor;
            reason = REASON_END_OF_DATA;
            inside = false;
            ambiguous = false;
          }
        }
      }
      if (!isExit) continue;

      if (blocks && reason !== REASON_SIGNAL && reason !== REASON_END_OF_DATA) blocked = side;
      const exitCommission = exitPrice * left * commissionRate;
      const gross = side * (exitPrice - entryPrice) * left;
      grossSum += gross;
      commissionSum += exitCommission;
      exitValue += exitPrice * left;
      balance += gross - exitCommission;
      const net = grossSum - commissionSum;
      if (trades.count === trades.code.length) growTradeBuffer(trades);
      const k = trades.count++;
      trades.code[k] = 2 * entryIndex + (side > 0 ? 0 : 1);
      trades.exit[k] = i;
      trades.hits[k] = reason === REASON_END_OF_DATA ? HIT_END_OF_DATA : 0;
      trades.entryPrice[k] = entryPrice;
      trades.exitPrice[k] = part === 0 ? exitPrice : exitValue / quantity;
      trades.quantity[k] = quantity;
      trades.entryCommission[k] = entryCommission;
      trades.commission[k] = commissionSum;
      trades.grossPnl[k] = grossSum;
      trades.netPnl[k] = net;
      trades.balanceBefore[k] = balanceBefore;
      trades.balanceAfterEntry[k] = balanceAfterEntry;
      trades.balance[k] = balance;
      trades.reason[k] = reason;
      trades.inside[k] = inside ? 1 : 0;
      trades.ambiguous[k] = ambiguous ? 1 : 0;
      scaleOuts.push(part);
      highestFills.push(Math.max(highestFill, exitPrice));
      lowestFills.push(Math.min(lowestFill, exitPrice));
      side = 0;
      lastExit = i;
      cumulativeNetPnl += net;
      if (lossLimitTrippedAt < 0 && cumulativeNetPnl <= -maxCumulativeLoss) lossLimitTrippedAt = i;
      if (ruinedAt < 0 && balance <= ruinBalance && !allowOverdraft) ruinedAt = i;
    }

    exitDecided = -1;
    entryDecided = 0;
    const leave = exits === undefined ? 0 : exits[from + i]!;
    let signal = signals[i]!;
    if (signal !== 0 && (leave & (signal > 0 ? LEAVE_LONG : LEAVE_SHORT)) !== 0) signal = 0;
    if (signal !== blocked) blocked = 0;
    if (side === 0) {
      equity[i] = balance;
      if (signal === 0 || signal === blocked) continue;
      const bit = signal > 0 ? LONG_ALLOWED : SHORT_ALLOWED;
      if ((entryMask[i]! & directions & bit) !== 0) entryDecided = signal;
      continue;
    }
    const before = peak;
    peak = side > 0 ? Math.max(peak, high[i]!) : Math.min(peak, low[i]!);
    const closesHeld = i - entryIndex + 1;
    equity[i] = balance + side * (close[i]! - entryPrice) * left;
    candlesInMarket++;
    const leaves =
      signal === -side ||
      (leave & (side > 0 ? LEAVE_LONG : LEAVE_SHORT)) !== 0 ||
      (signal === 0 && exitOnNeutral);
    if (
      leaves &&
      (exitMinProfit === undefined ||
        !(side * (close[i]! - entryPrice) < exitMinProfit * entryPrice))
    ) {
      exitDecided = REASON_SIGNAL;
      if (signal !== -side || signal === blocked) continue;
      const bit = signal > 0 ? LONG_ALLOWED : SHORT_ALLOWED;
      if ((entryMask[i]! & directions & bit) !== 0) entryDecided = signal;
      continue;
    }
    if (closesHeld >= maxCandlesHeld) {
      exitDecided = REASON_TIME;
      continue;
    }
    const target = levels[TARGET]!;
    if (
      (followsPeak && peak !== before) ||
      (followsFirstClose && closesHeld === 1) ||
      profitTargets !== undefined ||
      manage !== undefined ||
      hasScaled
    ) {
      stopReason = computeLevels(
        levels,
        rules,
        side,
        entryPrice,
        peak,
        closesHeld,
        fixedStop,
        fixedTarget,
        trailingDistance,
        ruin,
        managedStop,
        managedTarget,
      );
    }
    targetBefore = target;
    if (manage === undefined || i === length - 1) continue;
    const view: ManageView = {
      i: from + i,
      side: side > 0 ? 1 : -1,
      entryPrice,
      entryIndex: from + entryIndex,
      closesHeld,
      profit: (side * (close[i]! - entryPrice)) / entryPrice,
      peakProfit: (side * (peak - entryPrice)) / entryPrice,
      stop: Number.isFinite(levels[OWN_STOP]!) ? levels[OWN_STOP]! : Number.NaN,
      target: Number.isFinite(levels[TARGET]!) ? levels[TARGET]! : Number.NaN,
    };
    const result = manage(view);
    if (result === undefined) continue;
    if (result.exit === true) {
      exitDecided = REASON_SIGNAL;
      continue;
    }
    const { stop = Number.NaN, target: wanted = Number.NaN } = result;
    if (!Number.isNaN(stop)) {
      if (Number.isNaN(managedStop)) managedStop = stop;
      else managedStop = side > 0 ? Math.max(managedStop, stop) : Math.min(managedStop, stop);
    }
    if (!Number.isNaN(wanted)) managedTarget = wanted;
    stopReason = computeLevels(
      levels,
      rules,
      side,
      entryPrice,
      peak,
      closesHeld,
      fixedStop,
      fixedTarget,
      trailingDistance,
      ruin,
      managedStop,
      managedTarget,
    );
  }
  return {
    trades,
    equity,
    finalBalance: balance,
    skippedEntries,
    candlesInMarket,
    lossLimitTrippedAt,
    ruinedAt,
    parts: { scaleOuts, highestFill: highestFills, lowestFill: lowestFills },
  };
}

/** Writes the levels of the next candle; returns the reason of an exit at its stop (S-44, S-71 to S-74, S-85). */
function computeLevels(
  levels: Float64Array,
  rules: EngineRules,
  side: number,
  entryPrice: number,
  peak: number,
  closesHeld: number,
  fixedStop: number,
  fixedTarget: number,
  trailingDistance: number,
  ruin: number,
  managedStop: number,
  managedTarget: number,
): number {
  const { breakEven, breakEvenOffset = 0, trailingStop, trailingActivation, profitTargets } = rules;
  // On negated prices a short reads like a long; multiplying by -1 is exact.
  let own = side * fixedStop;
  if (!Number.isNaN(managedStop)) own = Math.max(own, side * managedStop);
  let reason = REASON_STOP_LOSS;
  let stop = own;
  if (side * ruin > stop) {
    stop = side * ruin;
    reason = REASON_LIQUIDATION;
  }
  const best = side * peak;
  if (
    breakEven !== undefined &&
    closesHeld > 0 &&
    best >= side * (entryPrice * (1 + side * breakEven))
  ) {
    const level = side * (entryPrice * (1 + side * breakEvenOffset));
    own = Math.max(own, level);
    if (level > stop) {
      stop = level;
      reason = REASON_BREAK_EVEN;
    }
  }
  if (
    trailingActivation === undefined ||
    (closesHeld > 0 && best >= side * (entryPrice * (1 + side * trailingActivation)))
  ) {
    let level = best - trailingDistance;
    if (trailingStop !== undefined) {
      level = Math.max(level, side * (peak * (1 - side * trailingStop)));
    }
    own = Math.max(own, level);
    if (level > stop) {
      stop = level;
      reason = REASON_TRAILING_STOP;
    }
  }
  let target = side * fixedTarget;
  if (!Number.isNaN(managedTarget)) {
    target = managedTarget === Number.POSITIVE_INFINITY ? managedTarget : side * managedTarget;
  } else if (profitTargets !== undefined) {
    let k = profitTargets.length - 1;
    while (profitTargets[k]!.fromCandle > closesHeld) k--;
    target = Math.min(target, side * (entryPrice * (1 + side * profitTargets[k]!.fraction)));
  }
  levels[STOP] = side * stop;
  levels[OWN_STOP] = side * own;
  levels[TARGET] = side * target;
  return reason;
}
