import { type Decimal, decimal, multiplyDecimals, roundToStep } from '../../domain/index.js';
import type { InstrumentRules, OrderSide } from '../../exchange/ports/index.js';
import type { SideSign } from '../../semantics/index.js';
import { durationText, holdingText } from './amount-text.js';
import { ordersOf } from './in-flight.js';
import { isWorkingStop } from './order.js';
import type { Position } from './position.js';
import type { QuantityOrder } from './risk.js';
import { alert, levelsOf, patchObserved, persist, type Turn } from './turn.js';

/** How far beyond its trigger a stop may fill where the instrument takes no stop without a limit: 1 %. */
const LIMIT_BELOW = decimal('0.99');
const LIMIT_ABOVE = decimal('1.01');

/** What a stop is, apart from its kind. */
interface StopTerms {
  readonly symbol: string;
  readonly side: OrderSide;
  readonly clientOrderId: string;
  readonly quantity: Decimal;
  readonly triggerPrice: Decimal;
  readonly reduceOnly?: boolean;
}

/**
 * Returns the stop in the form that the instrument takes: a market stop, else one with a limit.
 *
 * @param rules - Rules of the instrument.
 * @param side - Of the position.
 * @param terms - Trigger price and quantity.
 * @returns `undefined` if it takes neither.
 */
export function stopRequest(
  rules: InstrumentRules,
  side: SideSign,
  terms: StopTerms,
): QuantityOrder | undefined {
  if (rules.orderTypes.includes('stop-loss')) return { ...terms, type: 'stop-loss' };
  if (!rules.orderTypes.includes('stop-loss-limit')) return undefined;
  const worst = multiplyDecimals(terms.triggerPrice, side > 0 ? LIMIT_BELOW : LIMIT_ABOVE);
  const price = roundToStep(worst, rules.tickSize, side > 0 ? 'down' : 'up');
  return { ...terms, type: 'stop-loss-limit', price };
}

/** Measures how long a position has no resting stop, and says once when that is too long. */
export function watchProtection(turn: Turn): void {
  const { position } = turn.memory;
  if (position === null) return;
  const since = position.unprotectedSince;
  if (!wantsStop(turn, position)) {
    if (since !== null) persist(turn, { position: { ...position, unprotectedSince: null } });
    return;
  }
  if (ordersOf(turn.memory).some(isWorkingStop)) {
    endUnprotected(turn, position);
    return;
  }
  if (since === null) {
    persist(turn, { position: { ...position, unprotectedSince: turn.time } });
    return;
  }
  if (turn.observed.unprotectedAlarm || turn.time - since < turn.context.limits.unprotectedMsMax)
    return;
  patchObserved(turn, { unprotectedAlarm: true });
  const text = `no stop has been on the exchange for ${durationText(turn.time - since)}: only the bot monitors ${holdingText(position)}`;
  alert(turn, 'alarm', 'unprotected', text);
}

/** When the alarm is due, ms UTC. */
export function protectionDueTime({
  memory,
  observed,
  context,
}: Pick<Turn, 'memory' | 'observed' | 'context'>): number {
  const since = memory.position?.unprotectedSince;
  return since == null || observed.unprotectedAlarm
    ? Number.POSITIVE_INFINITY
    : since + context.limits.unprotectedMsMax;
}

/** Ends a stretch without a resting stop and adds it up, for the position and for the bot. */
export function countUnprotected(turn: Turn, position: Position): Position {
  const since = position.unprotectedSince;
  if (since === null) return position;
  const lastMs = Math.max(0, turn.time - since);
  const counted = {
    ...position,
    unprotectedSince: null,
    unprotectedMs: position.unprotectedMs + lastMs,
  };
  const { count, longestMs, totalMs } = turn.memory.unprotected;
  persist(turn, {
    position: counted,
    unprotected: {
      count: count + 1,
      lastMs,
      longestMs: Math.max(longestMs, lastMs),
      totalMs: totalMs + lastMs,
    },
  });
  return counted;
}

function endUnprotected(turn: Turn, position: Position): void {
  countUnprotected(turn, position);
  if (!turn.observed.unprotectedAlarm) return;
  patchObserved(turn, { unprotectedAlarm: false });
  alert(turn, 'info', 'protected', 'a stop is on the exchange again');
}

function wantsStop(turn: Turn, position: Position): boolean {
  const { rules } = turn.observed;
  if (position.entered === 0n) return true;
  return levelsOf(turn, position, rules?.tickSize ?? 1n).stop !== undefined;
}
