import { type Decimal, trimDecimal } from '../../domain/index.js';
import type { InstrumentRules } from '../../exchange/ports/index.js';
import { floorQuantity } from '../../exchange/ports/instrument.js';
import { exitQuantity } from './approve-exits.js';
import { assess, baseOrder, referencePrice } from './make-order.js';
import { isWorkingStop } from './order.js';
import { heldQuantity, type Position } from './position.js';
import { refusalText } from './refusal-text.js';
import { alertOnce, BLOCKED_EXIT } from './reminders.js';
import type { QuantityOrder, RiskApproved, RiskRefused } from './risk.js';
import { firstPart, isTooSmall } from './split-quantity.js';
import { levelsOf, type StepContext } from './step-context.js';
import { stopsOf } from './stop-plan.js';

/** The next order of an exit that was decided, or why none may leave now. */
export type NextExit =
  | { readonly approved: RiskApproved }
  | { readonly refusal: RiskRefused['refusal'] | 'market-closed'; readonly order: QuantityOrder };

/**
 * Returns the order with which a position leaves the market next: as much of it as one order takes. At its take-profit it
 * leaves at that price or better, at once or not at all; otherwise at market.
 *
 * @param ctx - The step in the making.
 * @param position - With an exit that was decided.
 * @param rules - Rules of the instrument, as they were seen last.
 */
export function nextExit(ctx: StepContext, position: Position, rules: InstrumentRules): NextExit {
  const quantity = exitQuantity(ctx, position, rules);
  const { takeProfit } = levelsOf(ctx, position, rules.tickSize);
  if (position.exit?.reason === 'take-profit' && takeProfit !== undefined) {
    const terms = { type: 'limit', price: takeProfit } as const;
    const part = partOf(ctx, rules, quantity, terms);
    const base = baseOrder(ctx, 'take-profit');
    const order = { ...base, ...terms, timeInForce: 'ioc', quantity: part } as const;
    const result = assess(ctx, 'take-profit', order);
    if (!('refusal' in result)) return { approved: result };
  }
  const base = baseOrder(ctx, 'exit');
  const price = referencePrice(ctx, base.side);
  const part = partOf(ctx, rules, quantity, { type: 'market', price });
  const order = { ...base, type: 'market', quantity: part } as const;
  if (ctx.observed.closedSince !== undefined) return { refusal: 'market-closed', order };
  // Where the bounds are not known an order without a quantity would pass.
  if (part <= 0n) return { refusal: 'quantity-range', order };
  const result = assess(ctx, 'exit', order);
  return 'refusal' in result ? { refusal: result.refusal, order } : { approved: result };
}

function partOf(
  ctx: StepContext,
  rules: InstrumentRules,
  quantity: Decimal,
  terms: { readonly type: 'market' | 'limit'; readonly price: Decimal },
): Decimal {
  const reduceOnly = ctx.memory.settings.run.market === 'usdm';
  return firstPart(rules, quantity, { ...terms, reduceOnly });
}

/** A remainder up to this part of what was entered is dust whatever the rest was worth. */
const SMALL_PART = 10n;

/**
 * Whether nothing is left that could be sold: a remainder after fills of its exit that no order takes is dust. A position
 * that is worth too little for a moment is none: it is kept until an exit is decided, and then until that exit can be sent.
 * Nor is a large remainder dust while the rules, or the price, would not let the whole position leave either.
 */
export function isOver(ctx: StepContext, position: Position, rules: InstrumentRules): boolean {
  const held = heldQuantity(position);
  if (held <= 0n) return true;
  const isRemainder = position.exit !== null && position.exited + position.missing > 0n;
  const onGrid = (quantity: Decimal): Decimal => floorQuantity(rules, quantity, true);
  if (!isRemainder || !isUnsellable(ctx, rules, onGrid(held))) return false;
  const { entered } = position;
  return held * SMALL_PART <= entered || !isUnsellable(ctx, rules, onGrid(entered));
}

/** Whether no order takes the quantity at the price of now. */
export function isUnsellable(ctx: StepContext, rules: InstrumentRules, quantity: Decimal): boolean {
  const { side } = baseOrder(ctx, 'exit');
  const terms = { type: 'market', price: referencePrice(ctx, side), reduceOnly: true } as const;
  return isTooSmall(rules, quantity, terms);
}

/** Whether the rules forbid the exit that was decided: what protects the position then stays. */
export function isExitBlocked(ctx: StepContext): boolean {
  const { position } = ctx.memory;
  const { rules } = ctx.observed;
  if (position === null || position.exit === null || rules === undefined) return false;
  return !isOver(ctx, position, rules) && 'refusal' in nextExit(ctx, position, rules);
}

/** Says that an exit cannot leave, once for each reason, and again after a while. */
export function reportBlockedExit(
  ctx: StepContext,
  next: Extract<NextExit, { refusal: unknown }>,
): void {
  const { refusal, order } = next;
  const { rules } = ctx.observed;
  const { position } = ctx.memory;
  if (rules === undefined || position === null) return;
  const why = refusalText(rules, order, refusal, referencePrice(ctx, order.side));
  const reason = position.exit?.reason ?? 'manual';
  const base = `${trimDecimal(order.quantity)} ${rules.baseAsset}`;
  const rests = stopsOf(ctx).some(isWorkingStop)
    ? 'its stop stays on the exchange'
    : 'no stop is on the exchange';
  const isClosed = refusal === 'status' || refusal === 'market-closed';
  alertOnce(
    ctx,
    {
      level: 'alarm',
      code: isClosed ? 'market-closed' : 'exit-stuck',
      topic: `${BLOCKED_EXIT} ${refusal}`,
    },
    `the exit (${reason}) of ${base} cannot be sent: ${why}; ${rests}, and the exit is sent as soon as the rules allow it`,
  );
}
