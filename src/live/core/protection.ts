import { type Decimal, decimal, multiplyDecimals, roundToStep } from '../../domain/index.js';
import type { InstrumentRules, OrderSide } from '../../exchange/ports/index.js';
import type { SideSign } from '../../semantics/index.js';
import { durationText, holdingText } from './amount-text.js';
import { ordersOf } from './in-flight.js';
import { isWorkingStop } from './order.js';
import type { Position } from './position.js';
import type { QuantityOrder } from './risk.js';
import { alert, levelsOf, patchObserved, persist, type StepContext } from './step-context.js';

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
export function watchProtection(ctx: StepContext): void {
  const { position } = ctx.memory;
  if (position === null) return;
  const since = position.unprotectedSince;
  if (!wantsStop(ctx, position)) {
    if (since !== null) persist(ctx, { position: { ...position, unprotectedSince: null } });
    return;
  }
  if (ordersOf(ctx.memory).some(isWorkingStop)) {
    endUnprotected(ctx, position);
    return;
  }
  if (since === null) {
    persist(ctx, { position: { ...position, unprotectedSince: ctx.time } });
    return;
  }
  if (ctx.observed.unprotectedAlarm || ctx.time - since < ctx.env.limits.unprotectedMsMax) return;
  patchObserved(ctx, { unprotectedAlarm: true });
  const text = `no stop has been on the exchange for ${durationText(ctx.time - since)}: only the bot monitors ${holdingText(position)}`;
  alert(ctx, 'alarm', 'unprotected', text);
}

/** When the alarm is due, ms UTC. */
export function protectionDueTime({
  memory,
  observed,
  env,
}: Pick<StepContext, 'memory' | 'observed' | 'env'>): number {
  const since = memory.position?.unprotectedSince;
  return since == null || observed.unprotectedAlarm
    ? Number.POSITIVE_INFINITY
    : since + env.limits.unprotectedMsMax;
}

/** Ends a stretch without a resting stop and adds it up, for the position and for the bot. */
export function countUnprotected(ctx: StepContext, position: Position): Position {
  const since = position.unprotectedSince;
  if (since === null) return position;
  const lastMs = Math.max(0, ctx.time - since);
  const counted = {
    ...position,
    unprotectedSince: null,
    unprotectedMs: position.unprotectedMs + lastMs,
  };
  const { count, longestMs, totalMs } = ctx.memory.unprotected;
  persist(ctx, {
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

function endUnprotected(ctx: StepContext, position: Position): void {
  countUnprotected(ctx, position);
  if (!ctx.observed.unprotectedAlarm) return;
  patchObserved(ctx, { unprotectedAlarm: false });
  alert(ctx, 'info', 'protected', 'a stop is on the exchange again');
}

function wantsStop(ctx: StepContext, position: Position): boolean {
  const { rules } = ctx.observed;
  if (position.entered === 0n) return true;
  return levelsOf(ctx, position, rules?.tickSize ?? 1n).stop !== undefined;
}
