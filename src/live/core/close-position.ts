import { candleOpenTime, DAY_MS } from '../../domain/index.js';
import { decimalText } from './amount-text.js';
import { reportTrade } from './funding.js';
import { sayLimitsReached } from './loss-limits.js';
import {
  cashChange,
  closedTrade,
  heldQuantity,
  isInsideReason,
  type Position,
  remainderWorth,
  signedQuantity,
} from './position.js';
import { countUnprotected } from './protection.js';
import { BLOCKED_EXIT, BLOCKED_STOP, endTroubles } from './reminders.js';
import { alert, patchObserved, persist, programOf, type Turn } from './turn.js';

/** Ends the position: whatever is left is dust, booked once. */
export function closePosition(turn: Turn): void {
  if (turn.memory.position === null) return;
  const position = countUnprotected(turn, turn.memory.position);
  const { settings } = turn.memory;
  const change = cashChange(position);
  const reason = position.exit?.reason ?? 'manual';
  const balance = turn.memory.balance + change;
  const day = Math.floor(turn.time / DAY_MS);
  // Nothing entered: its fills were all of somebody else's making.
  const trade =
    position.entered === 0n
      ? undefined
      : closedTrade(position, { reason, timeframe: settings.run.interval, balance });
  const worth = remainderWorth(position);
  const { memory } = turn;
  persist(turn, {
    position: null,
    dustWorth: memory.dustWorth + worth,
    dayDustWorth: (memory.day === day ? memory.dayDustWorth : 0n) + worth,
    balance,
    netPnl: turn.memory.netPnl + change,
    day,
    dayPnl: (turn.memory.day === day ? turn.memory.dayPnl : 0n) + change,
    dust: turn.memory.dust + signedQuantity(position),
    blockedSide: blockedAfter(turn, position),
  });
  patchObserved(turn, {
    unprotectedAlarm: false,
    beyondStopSince: undefined,
    stopRests: true,
    profitRests: true,
    pairRefusedUnder: undefined,
    closedSince: undefined,
    changeTime: turn.time,
  });
  for (const topic of [BLOCKED_EXIT, BLOCKED_STOP]) endTroubles(turn, topic);
  if (trade !== undefined) reportTrade(turn, trade, position.fundingTime);
  if (heldQuantity(position) > 0n && settings.run.market === 'usdm') {
    const rest = decimalText(heldQuantity(position));
    const text = `${rest} of the position is too small for an order: close it manually at the exchange`;
    alert(turn, 'alarm', 'mismatch', text);
  }
  sayLimitsReached(turn);
}

/** The side that waits for a new signal after an exit of §4 (S-26); the signal at the exit candle's close counts. */
function blockedAfter(turn: Turn, position: Position): number {
  const { blockedSide, settings } = turn.memory;
  const { lastSignal } = turn.observed;
  const isBlocking =
    programOf(turn).rules.reEntry === 'new-signal' &&
    isInsideReason(position.exit?.reason ?? 'manual');
  if (!isBlocking) return blockedSide;
  const exitCandle = candleOpenTime(position.lastFillTime, settings.run.interval);
  const isPast = lastSignal !== undefined && lastSignal.openTime >= exitCandle;
  return isPast && lastSignal.signal !== position.side ? 0 : position.side;
}
