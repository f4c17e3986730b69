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
import { type StopPlan, stopsOf } from './stop-plan.js';
import { alert, levelsOf, patchObserved, type Turn } from './turn.js';

/** A balance may be this much older than the newest fill. */
export const BALANCE_LAG_MS = 2_000;
/** What can leave the market now, on the grid of the instrument: never more than the account has. */
export function exitQuantity(turn: Turn, position: Position, rules: InstrumentRules): Decimal {
  const { accountTime = 0, changeTime, baseTotal } = turn.observed;
  const held = heldQuantity(position);
  const isRecent = accountTime > changeTime + BALANCE_LAG_MS;
  return floorQuantity(rules, isRecent && baseTotal < held ? baseTotal : held, true);
}

/** Price of the take-profit that should rest and does not. */
export function missingProfit(
  turn: Turn,
  position: Position,
  rules: InstrumentRules,
): Decimal | undefined {
  const isWanted = turn.observed.profitRests && position.exit === null;
  if (!isWanted || restingProfit(turn.memory) !== undefined) return undefined;
  return levelsOf(turn, position, rules.tickSize).takeProfit;
}

/** The stops that are missing, checked; all of them, or the reason why one may not be sent. */
export function approvedStops(
  turn: Turn,
  position: Position,
  rules: InstrumentRules,
  { price, missing }: Pick<StopPlan, 'price' | 'missing'>,
): readonly RiskApproved[] | RiskRefused {
  const approved: RiskApproved[] = [];
  for (const [i, quantity] of missing.entries()) {
    const terms = { ...baseOrder(turn, 'stop', i + 1), triggerPrice: price, quantity };
    const request = stopRequest(rules, position.side, terms);
    if (request === undefined) return { refusal: 'order-type' };
    const result = assess(turn, 'stop', request);
    if ('refusal' in result) return result;
    approved.push(result);
  }
  return approved;
}

/** The take-profit that rests by itself, checked. */
export function assessProfit(
  turn: Turn,
  price: Decimal,
  quantity: Decimal,
): RiskApproved | RiskRefused {
  const order = { ...baseOrder(turn, 'take-profit'), type: 'limit', price, quantity };
  return assess(turn, 'take-profit', order as QuantityOrder);
}

export interface PairTerms {
  readonly stopPrice: Decimal;
  readonly profitPrice: Decimal;
  readonly quantity: Decimal;
}

/** The two legs of a pair, checked; `undefined` where the instrument does not accept OCO orders now. */
export function approvedPair(
  turn: Turn,
  position: Position,
  rules: InstrumentRules,
  { stopPrice, profitPrice, quantity }: PairTerms,
): { readonly stop: RiskApproved; readonly profit: RiskApproved } | undefined {
  const terms = { ...baseOrder(turn, 'stop'), triggerPrice: stopPrice, quantity };
  const request = stopRequest(rules, position.side, terms);
  if (!rules.ocoAllowed || request === undefined) return undefined;
  const maker = { ...baseOrder(turn, 'take-profit', 2), type: 'limit-maker', price: profitPrice };
  const stop = assess(turn, 'stop', request);
  const profit = assess(turn, 'take-profit', { ...maker, quantity } as QuantityOrder);
  return 'refusal' in stop || 'refusal' in profit ? undefined : { stop, profit };
}

/** Says, once for each reason, that the bot itself watches for the take-profit of this position. */
export function watchProfit(turn: Turn, why: string): void {
  const text = `the take-profit cannot be placed on the exchange (${why}): the bot monitors it`;
  const isKnown = text === turn.observed.profitWatchText;
  patchObserved(turn, { profitRests: false, profitWatchText: text });
  if (!isKnown) alert(turn, 'warning', 'take-profit-not-resting', text);
}

/** Says, once for each reason, that the rules forbid the stop of this position now. */
export function watchStop(
  turn: Turn,
  position: Position,
  rules: InstrumentRules,
  refusal: RiskRefused['refusal'],
): void {
  patchObserved(turn, { stopRests: false });
  const { stop } = levelsOf(turn, position, rules.tickSize);
  const quantity = exitQuantity(turn, position, rules);
  const request = stopRequest(rules, position.side, {
    ...baseOrder(turn, 'stop'),
    triggerPrice: stop?.price ?? 0n,
    quantity,
  });
  const why =
    request === undefined
      ? 'it does not accept stop orders'
      : refusalText(rules, request, refusal, 0n);
  const isKept = stopsOf(turn).some(isWorkingStop);
  const text = isKept
    ? `the stop cannot be moved (${why}): the previous stop stays, and the bot monitors the new level`
    : `no stop can be placed on the exchange (${why}): the bot monitors the level, and retries after every account update`;
  alertOnce(
    turn,
    { level: 'warning', code: 'stop-not-resting', topic: `${BLOCKED_STOP} ${refusal}` },
    text,
  );
}

/** What the orders of a spot account bind: the two legs of a pair bind the same coins. */
export function boundQuantity(turn: Turn): Decimal {
  const orders = ordersOf(turn.memory);
  const isSecondLeg = ({ list }: LiveOrder, i: number): boolean =>
    list !== null && orders.findIndex((other) => other.list === list) < i;
  return sumOf(
    orders.filter((order, i) => !isSecondLeg(order, i)).map(({ request }) => request.quantity),
  );
}

export function sumOf(quantities: readonly Decimal[]): Decimal {
  return quantities.reduce((sum, quantity) => sum + quantity, 0n);
}
