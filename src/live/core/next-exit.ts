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
import { stopsOf } from './stop-plan.js';
import { levelsOf, type Turn } from './turn.js';

/** The next order of an exit that was decided, or why none may leave now. */
export type NextExit =
  | { readonly approved: RiskApproved }
  | { readonly refusal: RiskRefused['refusal'] | 'market-closed'; readonly order: QuantityOrder };

/**
 * Returns the order with which a position leaves the market next: as much of it as one order takes. At its take-profit it
 * leaves at that price or better, at once or not at all; otherwise at market.
 *
 * @param turn - The step in the making.
 * @param position - With an exit that was decided.
 * @param rules - Rules of the instrument, as they were seen last.
 */
export function nextExit(turn: Turn, position: Position, rules: InstrumentRules): NextExit {
  const quantity = exitQuantity(turn, position, rules);
  const { takeProfit } = levelsOf(turn, position, rules.tickSize);
  if (position.exit?.reason === 'take-profit' && takeProfit !== undefined) {
    const terms = { type: 'limit', price: takeProfit } as const;
    const part = partOf(turn, rules, quantity, terms);
    const base = baseOrder(turn, 'take-profit');
    const order = { ...base, ...terms, timeInForce: 'ioc', quantity: part } as const;
    const result = assess(turn, 'take-profit', order);
    if (!('refusal' in result)) return { approved: result };
  }
  const base = baseOrder(turn, 'exit');
  const price = referencePrice(turn, base.side);
  const part = partOf(turn, rules, quantity, { type: 'market', price });
  const order = { ...base, type: 'market', quantity: part } as const;
  if (turn.observed.closedSince !== undefined) return { refusal: 'market-closed', order };
  // Where the bounds are not known an order without a quantity would pass.
  if (part <= 0n) return { refusal: 'quantity-range', order };
  const result = assess(turn, 'exit', order);
  return 'refusal' in result ? { refusal: result.refusal, order } : { approved: result };
}

function partOf(
  turn: Turn,
  rules: InstrumentRules,
  quantity: Decimal,
  terms: { readonly type: 'market' | 'limit'; readonly price: Decimal },
): Decimal {
  const reduceOnly = turn.memory.settings.run.market === 'usdm';
  return firstPart(rules, quantity, { ...terms, reduceOnly });
}

/** A remainder up to this part of what was entered is dust whatever the rest was worth. */
const SMALL_PART = 10n;

/**
 * Whether nothing is left that could be sold: a remainder after fills of its exit that no order takes is dust. A position
 * that is worth too little for a moment is none: it is kept for as long as nobody wants out, and then as long as it takes.
 * Nor is a large remainder dust while the rules, or the price, would not let the whole position leave either.
 */
export function isOver(turn: Turn, position: Position, rules: InstrumentRules): boolean {
  const held = heldQuantity(position);
  if (held <= 0n) return true;
  const isRemainder = position.exit !== null && position.exited + position.missing > 0n;
  const onGrid = (quantity: Decimal): Decimal => floorQuantity(rules, quantity, true);
  if (!isRemainder || !isUnsellable(turn, rules, onGrid(held))) return false;
  const { entered } = position;
  return held * SMALL_PART <= entered || !isUnsellable(turn, rules, onGrid(entered));
}

/** Whether no order takes the quantity at the price of now. */
export function isUnsellable(turn: Turn, rules: InstrumentRules, quantity: Decimal): boolean {
  const { side } = baseOrder(turn, 'exit');
  const terms = { type: 'market', price: referencePrice(turn, side), reduceOnly: true } as const;
  return isTooSmall(rules, quantity, terms);
}

/** Whether the rules forbid the exit that was decided: what protects the position then stays. */
export function isExitBlocked(turn: Turn): boolean {
  const { position } = turn.memory;
  const { rules } = turn.observed;
  if (position === null || position.exit === null || rules === undefined) return false;
  return !isOver(turn, position, rules) && 'refusal' in nextExit(turn, position, rules);
}

/** Says that an exit cannot leave, once for each reason, and again after a while. */
export function reportBlockedExit(turn: Turn, next: Extract<NextExit, { refusal: unknown }>): void {
  const { refusal, order } = next;
  const { rules } = turn.observed;
  const { position } = turn.memory;
  if (rules === undefined || position === null) return;
  const why = refusalText(rules, order, refusal, referencePrice(turn, order.side));
  const reason = position.exit?.reason ?? 'manual';
  const base = `${trimDecimal(order.quantity)} ${rules.baseAsset}`;
  const rests = stopsOf(turn).some(isWorkingStop)
    ? 'its stop stays on the exchange'
    : 'no stop is on the exchange';
  const isClosed = refusal === 'status' || refusal === 'market-closed';
  alertOnce(
    turn,
    {
      level: 'alarm',
      code: isClosed ? 'market-closed' : 'exit-stuck',
      topic: `${BLOCKED_EXIT} ${refusal}`,
    },
    `the exit (${reason}) of ${base} cannot be sent: ${why}; ${rests}, and the exit is sent as soon as the rules allow it`,
  );
}
