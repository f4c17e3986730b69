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
import { alert, patchObserved, persist, programOf, type StepContext } from './step-context.js';

/** Ends the position: whatever is left is dust, booked once. */
export function closePosition(ctx: StepContext): void {
  if (ctx.memory.position === null) return;
  const position = countUnprotected(ctx, ctx.memory.position);
  const { settings } = ctx.memory;
  const change = cashChange(position);
  const reason = position.exit?.reason ?? 'manual';
  const balance = ctx.memory.balance + change;
  const day = Math.floor(ctx.time / DAY_MS);
  // Nothing entered: its fills were all of somebody else's making.
  const trade =
    position.entered === 0n
      ? undefined
      : closedTrade(position, { reason, timeframe: settings.run.interval, balance });
  const worth = remainderWorth(position);
  const { memory } = ctx;
  persist(ctx, {
    position: null,
    dustWorth: memory.dustWorth + worth,
    dayDustWorth: (memory.day === day ? memory.dayDustWorth : 0n) + worth,
    balance,
    netPnl: ctx.memory.netPnl + change,
    day,
    dayPnl: (ctx.memory.day === day ? ctx.memory.dayPnl : 0n) + change,
    dust: ctx.memory.dust + signedQuantity(position),
    blockedSide: blockedAfter(ctx, position),
  });
  patchObserved(ctx, {
    unprotectedAlarm: false,
    beyondStopSince: undefined,
    stopRests: true,
    profitRests: true,
    pairRefusedUnder: undefined,
    closedSince: undefined,
    changeTime: ctx.time,
  });
  for (const topic of [BLOCKED_EXIT, BLOCKED_STOP]) endTroubles(ctx, topic);
  if (trade !== undefined) reportTrade(ctx, trade, position.fundingTime);
  if (heldQuantity(position) > 0n && settings.run.market === 'usdm') {
    const rest = decimalText(heldQuantity(position));
    const text = `${rest} of the position is too small for an order: close it manually at the exchange`;
    alert(ctx, 'alarm', 'mismatch', text);
  }
  sayLimitsReached(ctx);
}

/** The side that waits for a new signal after an exit of §4 (S-26); the signal at the exit candle's close counts. */
function blockedAfter(ctx: StepContext, position: Position): number {
  const { blockedSide, settings } = ctx.memory;
  const { lastSignal } = ctx.observed;
  const isBlocking =
    programOf(ctx).rules.reEntry === 'new-signal' &&
    isInsideReason(position.exit?.reason ?? 'manual');
  if (!isBlocking) return blockedSide;
  const exitCandle = candleOpenTime(position.lastFillTime, settings.run.interval);
  const isPast = lastSignal !== undefined && lastSignal.openTime >= exitCandle;
  return isPast && lastSignal.signal !== position.side ? 0 : position.side;
}
