import { type ExitReason, type Trade, timeframeMs } from '../domain/index.js';
import { atr } from '../indicators/index.js';
import {
  balanceAfterEntry,
  balanceAfterExit,
  bookExitFill,
  candleFills,
  closedPosition,
  commissionOf,
  completeCandle,
  coolsDown,
  EXIT_ATR_PERIOD,
  entryBeside,
  entryQuantity,
  entryTerms,
  gainsTooLittle,
  isAcrossGap,
  isAffordable,
  isLossLimitReached,
  isRuined,
  isTimeUp,
  type LastFill,
  type LevelRules,
  leavesBySignal,
  levelRulesOf,
  levelsMayMove,
  levelsOf,
  longPermitted,
  manageView,
  marketFillPrice,
  noStop,
  type OpenPosition,
  openPosition,
  type PositionLevels,
  partQuantity,
  profitBetween,
  renewRuin,
  ruinLevel,
  type SideSign,
  setManagedLevels,
  shortPermitted,
  stillBlocked,
  usesAtr,
  waitsAfter,
} from '../semantics/index.js';
import { checkEngineInput } from './check-engine-input.js';
import { type EngineInput, type EngineResult, LONG_ALLOWED, SHORT_ALLOWED } from './engine.js';

/** A position and the levels of the candle that it is in. */
interface HeldPosition {
  readonly position: OpenPosition;
  levels: PositionLevels;
  /** Whether levels must be computed anew at the close. */
  hasMoved: boolean;
}

interface RunState {
  readonly input: EngineInput;
  readonly levelRules: LevelRules;
  /** Where distances are multiples of it (S-70). Shape `[n]`. */
  readonly exitAtr: Float64Array | undefined;
  readonly timeframeMs: number;
  readonly trades: Trade[];
  balance: number;
  held: HeldPosition | undefined;
  /** What was decided at the last close and fills at the next open (S-20); direction to enter, 0 for none. */
  exitDecided: 'signal' | 'time' | undefined;
  entryDecided: SideSign | 0;
  /** Sum of `net_pnl` in the order of the exits (S-30). */
  cumulativeNetPnl: number;
  /** Direction that waits for a new signal (S-26), 0 for none. */
  blocked: number;
  lastExitIndex: number | undefined;
  skippedEntries: number;
  lossLimitTrippedAt: number | undefined;
  ruinedAt: number | undefined;
}

/**
 * Runs the rules of SEMANTICS over the columns of a strategy: the engine that is written to be read, one candle at a time.
 *
 * Every candle goes through: fills of the decision before (at the open), checks of stops and targets (inside the candle),
 * the end of data, peak and extremes, equity at the close, the next decision, the levels of the next candle. The arithmetic is
 * that of the functions of `semantics/`, in this order:
 * - entry: price `marketFillPrice(open)`, quantity `entryQuantity`, commission `commissionOf`, then `isAffordable` with the
 *   balance before, balance `balanceAfterEntry`, and from that balance the ruin level;
 * - every fill of an exit: price, commission, profit `bookExitFill`, `balanceAfterExit`; the last one: `closedPosition`;
 * - `cumulativeNetPnl += netPnl` trade by trade; equity `balance + profitBetween(close)` of the quantity that is left.
 *
 * A zero may come out as `-0` (a short that exits at its entry price); engines are compared with `===`.
 *
 * @param input - Columns, period, signals, entry mask and rules.
 * @returns Trades, equity per candle of the period, and what was refused.
 * @throws {UsageError} If rules contradict each other or the columns of the strategy.
 * @throws {RangeError} If a column has another length than the candles.
 */
export function runReference(input: EngineInput): EngineResult {
  checkEngineInput(input);
  const { period } = input;
  const state = startOf(input);
  const equity = new Float64Array(Math.max(0, period.to - period.from));
  let candlesInMarket = 0;
  for (let i = period.from; i < period.to; i++) {
    fillDecision(state, i);
    checkLevels(state, i);
    if (i === period.to - 1) closeAtEndOfData(state, i);
    const { held } = state;
    if (held !== undefined) {
      complete(state, held, i);
      candlesInMarket++;
    }
    equity[i - period.from] = equityAtClose(state, i);
    decide(state, i);
    if (held !== undefined) moveLevels(state, held, i);
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

function startOf(input: EngineInput): RunState {
  const { candles, rules, columns } = input;
  return {
    input,
    levelRules: levelRulesOf(rules, {
      stopDistance: columns?.stopDistance !== undefined,
      targetDistance: columns?.targetDistance !== undefined,
      manage: input.manage !== undefined,
    }),
    exitAtr: usesAtr(rules) ? atr(candles, rules.exitAtrPeriod ?? EXIT_ATR_PERIOD) : undefined,
    timeframeMs: timeframeMs(candles.timeframe),
    trades: [],
    balance: rules.initialBalance,
    held: undefined,
    exitDecided: undefined,
    entryDecided: 0,
    cumulativeNetPnl: 0,
    blocked: 0,
    lastExitIndex: undefined,
    skippedEntries: 0,
    lossLimitTrippedAt: undefined,
    ruinedAt: undefined,
  };
}

/** Fills what the close before decided, exit leg first (S-20, S-24). */
function fillDecision(state: RunState, i: number): void {
  const { candles, rules } = state.input;
  const { held, exitDecided, entryDecided } = state;
  if (exitDecided !== undefined && held !== undefined) {
    closeAtMarket(state, held.position, i, candles.open[i]!, exitDecided);
  }
  if (entryDecided === 0) return;
  // What keeps an entry from being made without being counted comes before money (S-29).
  if (isAcrossGap(candles.openTime[i - 1]!, candles.openTime[i]!, state.timeframeMs)) return;
  if (isRuined(state.balance, rules.allowOverdraft, rules.initialBalance)) return;
  if (state.lossLimitTrippedAt !== undefined) return;
  if (coolsDown(i, state.lastExitIndex, rules.cooldownCandles ?? 0)) return;
  enter(state, entryDecided, i);
}

/** Enters at the open of candle `i`, or refuses and counts (S-21, S-22, S-28, S-29). */
function enter(state: RunState, side: SideSign, i: number): void {
  const { input, levelRules, exitAtr, balance } = state;
  const { candles, rules, columns } = input;
  const terms = entryTerms(rules, columns, exitAtr, i - 1);
  if (terms === undefined) return;
  const price = marketFillPrice(candles.open[i]!, side, rules.slippageRate);
  const quantity = entryQuantity(levelRules, terms, side, price, balance);
  if (quantity === undefined) return;
  const commission = commissionOf(price, quantity, rules.commissionRate);
  if (
    !rules.allowOverdraft &&
    !isAffordable(price, quantity, commission, balance, rules.leverage)
  ) {
    state.skippedEntries++;
    return;
  }
  state.balance = balanceAfterEntry(balance, commission);
  const position = openPosition(
    {
      side,
      entryIndex: i,
      entryPrice: price,
      units: quantity,
      entryCommission: commission,
      distances: terms.distances,
    },
    rules.allowOverdraft ? noStop(side) : ruinLevel(price, side, state.balance, quantity),
  );
  state.held = { position, levels: levelsOf(position, levelRules), hasMoved: false };
}

/** Checks the levels of the position on candle `i`, the entry candle included (S-40 to S-46, S-76). */
function checkLevels(state: RunState, i: number): void {
  const { held, input } = state;
  if (held === undefined) return;
  const { candles, rules } = input;
  const { position, levels } = held;
  const { parts, exit } = candleFills(
    position,
    levels,
    rules,
    candles.open[i]!,
    candles.high[i]!,
    candles.low[i]!,
  );
  if (parts.length > 0) {
    for (const price of parts) {
      bookFill(state, position, price, partQuantity(rules, position.scaleOuts, position.units));
      position.scaleOuts++;
    }
    renewRuin(position, state.balance, rules.allowOverdraft);
    held.hasMoved = true;
  }
  if (exit !== undefined) closePosition(state, position, i, exit);
}

/** A position that outlives the last candle is closed at its close (S-27). */
function closeAtEndOfData(state: RunState, i: number): void {
  const { held, input } = state;
  if (held === undefined) return;
  closeAtMarket(state, held.position, i, input.candles.close[i]!, 'end-of-data');
}

/** Closes what is left by a market order (S-21). */
function closeAtMarket(
  state: RunState,
  position: OpenPosition,
  i: number,
  unslipped: number,
  reason: ExitReason,
): void {
  const price = marketFillPrice(unslipped, -position.side, state.input.rules.slippageRate);
  closePosition(state, position, i, { price, reason, insideCandle: false, ambiguous: false });
}

/** Books the fill of a quantity: commission, profit, balance (S-22, S-28). */
function bookFill(state: RunState, position: OpenPosition, price: number, quantity: number): void {
  const commission = commissionOf(price, quantity, state.input.rules.commissionRate);
  const grossPnl = bookExitFill(position, price, quantity, commission);
  state.balance = balanceAfterExit(state.balance, grossPnl, commission);
}

/** Books the last fill of a trade: its row, loss limit and ruin (S-26, S-30, S-31, §5). */
function closePosition(
  state: RunState,
  position: OpenPosition,
  i: number,
  { price, reason, insideCandle, ambiguous }: LastFill,
): void {
  const { candles, rules } = state.input;
  const { side, entryIndex, entryPrice, units, scaleOuts } = position;
  bookFill(state, position, price, position.quantity);
  state.held = undefined;
  state.lastExitIndex = i;
  if (rules.reEntry === 'new-signal' && waitsAfter(reason)) state.blocked = side;
  const closed = closedPosition(position, price);
  const exitTime = candles.openTime[i]!;
  state.trades.push({
    side: side > 0 ? 'long' : 'short',
    entryIndex,
    exitIndex: i,
    entryTime: candles.openTime[entryIndex]!,
    exitTime,
    entryPrice,
    exitPrice: closed.exitPrice,
    units,
    grossPnl: position.grossPnl,
    commission: position.commission,
    netPnl: closed.netPnl,
    returnPct: closed.returnPct,
    exitReason: reason,
    candlesHeld: i - entryIndex,
    maePct: closed.maePct,
    mfePct: closed.mfePct,
    ambiguous,
    exitInsideCandle: insideCandle,
    balance: state.balance,
    scaleOuts,
  });
  recordLosses(state, closed.netPnl, exitTime);
}

function recordLosses(state: RunState, netPnl: number, exitTime: number): void {
  const { maxCumulativeLoss, allowOverdraft, initialBalance } = state.input.rules;
  state.cumulativeNetPnl += netPnl;
  if (
    maxCumulativeLoss !== undefined &&
    isLossLimitReached(state.cumulativeNetPnl, maxCumulativeLoss)
  ) {
    state.lossLimitTrippedAt ??= exitTime;
  }
  // After a scale-out a liquidation may leave money.
  if (isRuined(state.balance, allowOverdraft, initialBalance)) state.ruinedAt ??= exitTime;
}

/** A position that is still open has lived through the candle: its high and low now count (S-40, §5). */
function complete(state: RunState, held: HeldPosition, i: number): void {
  const { position, levels } = held;
  const { candles, manage } = state.input;
  const { peak } = position;
  completeCandle(position, candles.high[i]!, candles.low[i]!);
  held.hasMoved ||= manage !== undefined || levelsMayMove(position, peak, levels, state.levelRules);
}

/** Balance plus the unrealised profit of the open quantity at the close (S-28). */
function equityAtClose({ held, balance, input }: RunState, i: number): number {
  if (held === undefined) return balance;
  const { side, entryPrice, quantity } = held.position;
  return balance + profitBetween(side, entryPrice, input.candles.close[i]!, quantity);
}

/** Decides at the close of candle `i` (S-03, S-06, S-10, S-23 to S-26, S-75, S-84). */
function decide(state: RunState, i: number): void {
  const { candles, signals, exits, rules } = state.input;
  const leave = exits === undefined ? 0 : exits[i]!;
  const signal = entryBeside(signals[i]!, leave);
  state.blocked = stillBlocked(state.blocked, signal);
  state.exitDecided = undefined;
  state.entryDecided = 0;
  if (state.held === undefined) {
    state.entryDecided = permittedEntry(state, signal, i);
    return;
  }
  const { side, entryPrice, closesHeld } = state.held.position;
  const leaves = leavesBySignal(side, signal, leave, rules.exitOnNeutral);
  if (leaves && !gainsTooLittle(side, entryPrice, candles.close[i]!, rules.exitMinProfit)) {
    state.exitDecided = 'signal';
    if (signal === -side) state.entryDecided = permittedEntry(state, signal, i);
  } else if (isTimeUp(closesHeld, rules.maxCandlesHeld)) {
    state.exitDecided = 'time';
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

/** Gives a position that stays open the levels of its next candle, and lets the strategy manage them (S-71, S-85). */
function moveLevels(state: RunState, held: HeldPosition, i: number): void {
  if (!held.hasMoved || state.exitDecided !== undefined) return;
  held.hasMoved = false;
  const { levelRules, input } = state;
  const { manage, candles, period } = input;
  const { position, levels: before } = held;
  held.levels = levelsOf(position, levelRules, before);
  if (manage === undefined || i === period.to - 1) return;
  const result = manage(manageView(position, held.levels, i, candles.close[i]!));
  if (result === undefined) return;
  if (result.exit === true) state.exitDecided = 'signal';
  else if (setManagedLevels(position, result)) held.levels = levelsOf(position, levelRules, before);
}
