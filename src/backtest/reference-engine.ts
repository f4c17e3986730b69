import { type ExitReason, type Trade, timeframeMs } from '../domain/index.js';
import {
  balanceAfterEntry,
  balanceAfterExit,
  commissionOf,
  excursionPercent,
  isAcrossGap,
  isAffordable,
  isAmbiguous,
  isLossLimitReached,
  isRuined,
  longPermitted,
  marketFillPrice,
  netProfit,
  noStop,
  noTakeProfit,
  opensBeyondStop,
  opensBeyondTakeProfit,
  profitBetween,
  quantityOfBalance,
  raisePeak,
  returnPercent,
  ruinLevel,
  type SideSign,
  shortPermitted,
  stillBlocked,
  stopFillPrice,
  stopLossLevel,
  stopReason,
  type TradeRules,
  takeProfitLevel,
  tighterStop,
  touchesStop,
  touchesTakeProfit,
  trailingStopLevel,
} from '../semantics/index.js';
import { type EngineInput, type EngineResult, LONG_ALLOWED, SHORT_ALLOWED } from './engine.js';

/** An open position; the levels are fixed at entry, only the peak moves. */
interface Position {
  readonly side: SideSign;
  readonly entryIndex: number;
  readonly entryPrice: number;
  readonly quantity: number;
  readonly entryCommission: number;
  readonly stopLoss: number;
  readonly takeProfit: number;
  readonly ruin: number;
  /** Best price of completed candles since entry (S-40). */
  peak: number;
  /** Extremes of the candles held so far, for MAE and MFE (§5). */
  highest: number;
  lowest: number;
}

interface Exit {
  readonly index: number;
  readonly price: number;
  readonly reason: ExitReason;
  readonly insideCandle: boolean;
  readonly ambiguous: boolean;
}

interface RunState {
  readonly input: EngineInput;
  readonly timeframeMs: number;
  readonly trades: Trade[];
  balance: number;
  position: Position | undefined;
  /** What was decided at the last close and fills at the next open (S-20); direction to enter, 0 for none. */
  exitDecided: boolean;
  entryDecided: SideSign | 0;
  /** Sum of `net_pnl` in the order of the exits (S-30). */
  cumulativeNetPnl: number;
  /** Direction that waits for a new signal (S-26), 0 for none. */
  blocked: number;
  skippedEntries: number;
  lossLimitTrippedAt: number | undefined;
  ruinedAt: number | undefined;
}

/**
 * Runs the rules of SEMANTICS over a signal column: the engine that is written to be read, one candle at a time.
 *
 * Every candle goes through: fills of the decision before (at the open), stop and take-profit checks (inside the candle),
 * the end of data, peak and extremes, equity at the close, the next decision. The arithmetic is that of the functions of
 * `semantics/`, in this order:
 * - entry: price `marketFillPrice(open)`, quantity (`units` or `quantityOfBalance`), commission `commissionOf`, then
 *   `isAffordable` with the balance before, balance `balanceAfterEntry`, and from that balance the ruin level;
 * - exit: price, commission, `profitBetween`, `netProfit`, `balanceAfterExit`;
 * - `cumulativeNetPnl += netPnl` trade by trade; equity `balance + profitBetween(close)`.
 *
 * A zero may come out as `-0` (a short that exits at its entry price); engines are compared with `===`.
 *
 * @param input - Columns, period, signals, entry mask and rules.
 * @returns Trades, equity per candle of the period, and what was refused.
 */
export function runReference(input: EngineInput): EngineResult {
  const { candles, period, rules } = input;
  const state: RunState = {
    input,
    timeframeMs: timeframeMs(candles.timeframe),
    trades: [],
    balance: rules.initialBalance,
    position: undefined,
    exitDecided: false,
    entryDecided: 0,
    cumulativeNetPnl: 0,
    blocked: 0,
    skippedEntries: 0,
    lossLimitTrippedAt: undefined,
    ruinedAt: undefined,
  };
  const equity = new Float64Array(Math.max(0, period.to - period.from));
  let candlesInMarket = 0;
  for (let i = period.from; i < period.to; i++) {
    fillDecision(state, i);
    checkStops(state, i);
    if (i === period.to - 1) closeAtEndOfData(state, i);
    completeCandle(state, i);
    equity[i - period.from] = equityAtClose(state, i);
    if (state.position !== undefined) candlesInMarket++;
    decide(state, i);
  }
  return {
    trades: state.trades,
    equity,
    finalBalance: state.balance,
    skippedEntries: state.skippedEntries,
    candlesInMarket,
    maxCumulativeLossTrippedAt: state.lossLimitTrippedAt,
    ruinedAt: state.ruinedAt,
  };
}

/** Fills what the close before decided, exit leg first (S-20, S-24). */
function fillDecision(state: RunState, i: number): void {
  const { candles, rules } = state.input;
  const open = candles.open[i]!;
  const { position } = state;
  if (state.exitDecided && position !== undefined) {
    const price = marketFillPrice(open, -position.side, rules.slippageRate);
    closePosition(state, position, {
      index: i,
      price,
      reason: 'signal',
      insideCandle: false,
      ambiguous: false,
    });
  }
  if (state.entryDecided === 0) return;
  if (isAcrossGap(candles.openTime[i - 1]!, candles.openTime[i]!, state.timeframeMs)) return;
  if (isRuined(state.balance, rules.allowOverdraft)) return;
  if (state.lossLimitTrippedAt !== undefined) return;
  openPosition(state, state.entryDecided, i);
}

/** Enters at the open of candle `i`, or refuses and counts (S-21, S-22, S-28, S-29). */
function openPosition(state: RunState, side: SideSign, i: number): void {
  const { candles, rules } = state.input;
  const price = marketFillPrice(candles.open[i]!, side, rules.slippageRate);
  const quantity = entryQuantity(rules, state.balance, price);
  const commission = commissionOf(price, quantity, rules.commissionRate);
  if (
    !rules.allowOverdraft &&
    !isAffordable(price, quantity, commission, state.balance, rules.leverage)
  ) {
    state.skippedEntries++;
    return;
  }
  state.balance = balanceAfterEntry(state.balance, commission);
  state.position = {
    side,
    entryIndex: i,
    entryPrice: price,
    quantity,
    entryCommission: commission,
    stopLoss:
      rules.stopLoss === undefined ? noStop(side) : stopLossLevel(price, side, rules.stopLoss),
    takeProfit:
      rules.takeProfit === undefined
        ? noTakeProfit(side)
        : takeProfitLevel(price, side, rules.takeProfit),
    ruin: rules.allowOverdraft ? noStop(side) : ruinLevel(price, side, state.balance, quantity),
    peak: price,
    highest: Number.NEGATIVE_INFINITY,
    lowest: Number.POSITIVE_INFINITY,
  };
}

function entryQuantity(rules: TradeRules, balance: number, price: number): number {
  if ('units' in rules.size) return rules.size.units;
  const { equityFraction } = rules.size;
  return quantityOfBalance(balance, equityFraction, rules.leverage, price, rules.commissionRate);
}

/** Checks stops and take-profit of the position on candle `i`, the entry candle included (S-40 to S-46). */
function checkStops(state: RunState, i: number): void {
  const { position } = state;
  if (position === undefined) return;
  const exit = exitOnCandle(state.input, position, i);
  if (exit === undefined) return;
  if (state.input.rules.reEntry === 'new-signal') state.blocked = position.side;
  closePosition(state, position, exit);
}

function exitOnCandle(input: EngineInput, position: Position, i: number): Exit | undefined {
  const { candles, rules } = input;
  const { side, stopLoss, takeProfit, ruin } = position;
  const open = candles.open[i]!;
  const high = candles.high[i]!;
  const low = candles.low[i]!;
  const trailing =
    rules.trailingStop === undefined
      ? noStop(side)
      : trailingStopLevel(position.peak, side, rules.trailingStop);
  const stop = tighterStop(side, tighterStop(side, stopLoss, trailing), ruin);
  // S-41 looks at the open alone; only otherwise does the range count, the stop first (S-42 to S-44).
  const beyondStop = opensBeyondStop(side, open, stop);
  const atOpen = beyondStop || opensBeyondTakeProfit(side, open, takeProfit);
  const stopped = atOpen ? beyondStop : touchesStop(side, high, low, stop);
  if (!stopped && !atOpen && !touchesTakeProfit(side, high, low, takeProfit)) return undefined;
  const level = stopped ? stop : takeProfit;
  const price = atOpen ? open : level;
  return {
    index: i,
    price: stopped
      ? stopFillPrice(price, -side, rules.slippageRate, rules.stopSlippageRate)
      : price,
    reason: stopped ? stopReason(side, stopLoss, trailing, ruin) : 'take-profit',
    insideCandle: !atOpen,
    ambiguous: !atOpen && isAmbiguous(high, low, stop, takeProfit),
  };
}

/** A position that outlives the last candle is closed at its close (S-27). */
function closeAtEndOfData(state: RunState, i: number): void {
  const { position } = state;
  if (position === undefined) return;
  const { candles, rules } = state.input;
  const price = marketFillPrice(candles.close[i]!, -position.side, rules.slippageRate);
  closePosition(state, position, {
    index: i,
    price,
    reason: 'end-of-data',
    insideCandle: false,
    ambiguous: false,
  });
}

/** A position that is still open has lived through the candle: its high and low now count (S-40, §5). */
function completeCandle(state: RunState, i: number): void {
  const { position } = state;
  if (position === undefined) return;
  const high = state.input.candles.high[i]!;
  const low = state.input.candles.low[i]!;
  position.peak = raisePeak(position.peak, position.side, high, low);
  position.highest = Math.max(position.highest, high);
  position.lowest = Math.min(position.lowest, low);
}

/** Books the trade: balance, trade log row, loss limit and ruin (S-22, S-28, S-30, S-31, §5). */
function closePosition(state: RunState, position: Position, exit: Exit): void {
  const { candles, rules } = state.input;
  const { side, entryIndex, entryPrice, quantity, entryCommission } = position;
  const exitCommission = commissionOf(exit.price, quantity, rules.commissionRate);
  const grossPnl = profitBetween(side, entryPrice, exit.price, quantity);
  const netPnl = netProfit(grossPnl, entryCommission, exitCommission);
  state.balance = balanceAfterExit(state.balance, grossPnl, exitCommission);
  state.position = undefined;

  const highest = Math.max(position.highest, exit.price);
  const lowest = Math.min(position.lowest, exit.price);
  const best = side > 0 ? highest : lowest;
  const worst = side > 0 ? lowest : highest;
  const exitTime = candles.openTime[exit.index]!;
  state.trades.push({
    side: side > 0 ? 'long' : 'short',
    entryIndex,
    exitIndex: exit.index,
    entryTime: candles.openTime[entryIndex]!,
    exitTime,
    entryPrice,
    exitPrice: exit.price,
    units: quantity,
    grossPnl,
    commission: entryCommission + exitCommission,
    netPnl,
    returnPct: returnPercent(netPnl, entryPrice, quantity),
    exitReason: exit.reason,
    candlesHeld: exit.index - entryIndex,
    maePct: Math.min(0, excursionPercent(side, entryPrice, worst)),
    mfePct: Math.max(0, excursionPercent(side, entryPrice, best)),
    ambiguous: exit.ambiguous,
    exitInsideCandle: exit.insideCandle,
    balance: state.balance,
  });

  state.cumulativeNetPnl += netPnl;
  if (
    rules.maxCumulativeLoss !== undefined &&
    isLossLimitReached(state.cumulativeNetPnl, rules.maxCumulativeLoss)
  ) {
    state.lossLimitTrippedAt ??= exitTime;
  }
  if (exit.reason === 'liquidation' || isRuined(state.balance, rules.allowOverdraft)) {
    state.ruinedAt ??= exitTime;
  }
}

/** Balance plus the unrealised profit of the open position at the close (S-28). */
function equityAtClose(state: RunState, i: number): number {
  const { position, balance } = state;
  if (position === undefined) return balance;
  const close = state.input.candles.close[i]!;
  return balance + profitBetween(position.side, position.entryPrice, close, position.quantity);
}

/** Decides at the close of candle `i` (S-03, S-10, S-23 to S-26). */
function decide(state: RunState, i: number): void {
  const { signals, rules } = state.input;
  const { position } = state;
  const signal = signals[i]!;
  state.blocked = stillBlocked(state.blocked, signal);
  state.exitDecided = false;
  state.entryDecided = 0;
  if (position === undefined) {
    state.entryDecided = permittedEntry(state, signal, i);
  } else if (signal === 0) {
    state.exitDecided = rules.exitOnNeutral;
  } else if (signal !== position.side) {
    state.exitDecided = true;
    state.entryDecided = permittedEntry(state, signal, i);
  }
}

/** The direction of the signal where filters, direction, market and re-entry permit it, otherwise 0. */
function permittedEntry(state: RunState, signal: number, i: number): SideSign | 0 {
  const { entryMask, rules } = state.input;
  const mask = entryMask[i]!;
  if (signal === 0 || signal === state.blocked) return 0;
  if (signal > 0) return (mask & LONG_ALLOWED) !== 0 && longPermitted(rules) ? 1 : 0;
  return (mask & SHORT_ALLOWED) !== 0 && shortPermitted(rules) ? -1 : 0;
}
