import type { Decimal } from '../../domain/index.js';
import type { InstrumentRules } from '../../exchange/ports/index.js';
import { floorQuantity } from '../../exchange/ports/instrument.js';
import { ordersOf, restingProfit } from './in-flight.js';
import { assess, baseOrder } from './make-order.js';
import { isWorkingStop, type LiveOrder } from './order.js';
import { heldQuantity, type Position } from './position.js';
import { stopRequest } from './protection.js';
import { refusalText } from './refusal-text.js';
import { alertOnce, BLOCKED_STOP } from './reminders.js';
import type { QuantityOrder, RiskApproved, RiskRefused } from './risk.js';
import { alert, levelsOf, patchObserved, type StepContext } from './step-context.js';
import { type StopPlan, stopsOf } from './stop-plan.js';

/** A balance may be this much older than the newest fill. */
export const BALANCE_LAG_MS = 2_000;
/** What can leave the market now, on the grid of the instrument: never more than the account has. */
export function exitQuantity(
  ctx: StepContext,
  position: Position,
  rules: InstrumentRules,
): Decimal {
  const { accountTime = 0, changeTime, baseTotal } = ctx.observed;
  const held = heldQuantity(position);
  const isRecent = accountTime > changeTime + BALANCE_LAG_MS;
  return floorQuantity(rules, isRecent && baseTotal < held ? baseTotal : held, true);
}

/** Price of the take-profit that should rest and does not. */
export function missingProfit(
  ctx: StepContext,
  position: Position,
  rules: InstrumentRules,
): Decimal | undefined {
  const isWanted = ctx.observed.profitRests && position.exit === null;
  if (!isWanted || restingProfit(ctx.memory) !== undefined) return undefined;
  return levelsOf(ctx, position, rules.tickSize).takeProfit;
}

/** The stops that are missing, checked; all of them, or the reason why one may not be sent. */
export function approvedStops(
  ctx: StepContext,
  position: Position,
  rules: InstrumentRules,
  { price, missing }: Pick<StopPlan, 'price' | 'missing'>,
): readonly RiskApproved[] | RiskRefused {
  const approved: RiskApproved[] = [];
  for (const [i, quantity] of missing.entries()) {
    const terms = { ...baseOrder(ctx, 'stop', i + 1), triggerPrice: price, quantity };
    const request = stopRequest(rules, position.side, terms);
    if (request === undefined) return { refusal: 'order-type' };
    const result = assess(ctx, 'stop', request);
    if ('refusal' in result) return result;
    approved.push(result);
  }
  return approved;
}

/** The take-profit that rests by itself, checked. */
export function assessProfit(
  ctx: StepContext,
  price: Decimal,
  quantity: Decimal,
): RiskApproved | RiskRefused {
  const order = { ...baseOrder(ctx, 'take-profit'), type: 'limit', price, quantity };
  return assess(ctx, 'take-profit', order as QuantityOrder);
}

export interface PairTerms {
  readonly stopPrice: Decimal;
  readonly profitPrice: Decimal;
  readonly quantity: Decimal;
}

/** The two legs of a pair, checked; `undefined` where the instrument does not accept OCO orders now. */
export function approvedPair(
  ctx: StepContext,
  position: Position,
  rules: InstrumentRules,
  { stopPrice, profitPrice, quantity }: PairTerms,
): { readonly stop: RiskApproved; readonly profit: RiskApproved } | undefined {
  const terms = { ...baseOrder(ctx, 'stop'), triggerPrice: stopPrice, quantity };
  const request = stopRequest(rules, position.side, terms);
  if (!rules.ocoAllowed || request === undefined) return undefined;
  const maker = { ...baseOrder(ctx, 'take-profit', 2), type: 'limit-maker', price: profitPrice };
  const stop = assess(ctx, 'stop', request);
  const profit = assess(ctx, 'take-profit', { ...maker, quantity } as QuantityOrder);
  return 'refusal' in stop || 'refusal' in profit ? undefined : { stop, profit };
}

/** Says, once for each reason, that the bot itself watches for the take-profit of this position. */
export function watchProfit(ctx: StepContext, why: string): void {
  const text = `the take-profit cannot be placed on the exchange (${why}): the bot monitors it`;
  const isKnown = text === ctx.observed.profitWatchText;
  patchObserved(ctx, { profitRests: false, profitWatchText: text });
  if (!isKnown) alert(ctx, 'warning', 'take-profit-not-resting', text);
}

/** Says, once for each reason, that the rules forbid the stop of this position now. */
export function watchStop(
  ctx: StepContext,
  position: Position,
  rules: InstrumentRules,
  refusal: RiskRefused['refusal'],
): void {
  patchObserved(ctx, { stopRests: false });
  const { stop } = levelsOf(ctx, position, rules.tickSize);
  const quantity = exitQuantity(ctx, position, rules);
  const request = stopRequest(rules, position.side, {
    ...baseOrder(ctx, 'stop'),
    triggerPrice: stop?.price ?? 0n,
    quantity,
  });
  const why =
    request === undefined
      ? 'it does not accept stop orders'
      : refusalText(rules, request, refusal, 0n);
  const isKept = stopsOf(ctx).some(isWorkingStop);
  const text = isKept
    ? `the stop cannot be moved (${why}): the previous stop stays, and the bot monitors the new level`
    : `no stop can be placed on the exchange (${why}): the bot monitors the level, and retries after every account update`;
  alertOnce(
    ctx,
    { level: 'warning', code: 'stop-not-resting', topic: `${BLOCKED_STOP} ${refusal}` },
    text,
  );
}

/** What the orders of a spot account bind: the two legs of a pair bind the same coins. */
export function boundQuantity(ctx: StepContext): Decimal {
  const orders = ordersOf(ctx.memory);
  const isSecondLeg = ({ list }: LiveOrder, i: number): boolean =>
    list !== null && orders.findIndex((other) => other.list === list) < i;
  return sumOf(
    orders.filter((order, i) => !isSecondLeg(order, i)).map(({ request }) => request.quantity),
  );
}

export function sumOf(quantities: readonly Decimal[]): Decimal {
  return quantities.reduce((sum, quantity) => sum + quantity, 0n);
}
