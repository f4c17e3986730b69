import { type Decimal, decimalFromNumber, decimalToNumber } from '../../domain/index.js';
import type { OrderSide } from '../../exchange/ports/index.js';
import { clientOrderId } from './client-order-id.js';
import { lowestStopPrice } from './entry-size.js';
import { sendingOrder } from './order.js';
import { entryPriceOf, type Position } from './position.js';
import {
  assessRisk,
  type Leg,
  type QuantityOrder,
  type RiskApproved,
  type RiskFacts,
  type RiskRefused,
} from './risk.js';
import { entryText, refusalWords } from './size-words.js';
import { skipEntry } from './skipped-entries.js';
import { type EntryRequest, patchObserved, persist, programOf, type Turn } from './turn.js';

export const HOUR_MS = 3_600_000;

/** What all orders of an exit have in common; the id is the one after the newest. */
export function baseOrder(turn: Turn, leg: Exclude<Leg, 'entry'>, ahead = 1) {
  const { settings, position } = turn.memory;
  return {
    symbol: settings.run.symbol,
    side: (position?.side ?? 1) > 0 ? ('sell' as const) : ('buy' as const),
    clientOrderId: nextId(turn, leg, ahead),
    ...(settings.run.market === 'usdm' && { reduceOnly: true }),
  };
}

/** The id of an order to come: `ahead` orders after the newest. */
export function nextId(turn: Turn, leg: Leg | 'pair', ahead: number): string {
  const { tag, epoch, orderCounter, position, enteredSignalTime } = turn.memory;
  const signalTime = position?.signalTime ?? enteredSignalTime ?? 0;
  const counter = orderCounter + ahead;
  return clientOrderId({ bot: tag, signalTime, leg, epoch, counter });
}

/** Sends the market order of an entry that passes the risk checks. Returns whether it did. */
export function sendEntry(turn: Turn, wanted: EntryRequest, quantity: Decimal): boolean {
  persist(turn, { enteredSignalTime: wanted.signalTime });
  const order = {
    symbol: turn.memory.settings.run.symbol,
    side: wanted.side > 0 ? 'buy' : 'sell',
    clientOrderId: nextId(turn, 'entry', 1),
    type: 'market',
    quantity,
  } as const;
  const result = assess(turn, 'entry', order, wanted);
  if ('refusal' in result) {
    skipEntry(turn, wanted, result.refusal, refusedEntryText(turn, order, result, wanted));
    return false;
  }
  launch(turn, result);
  return true;
}

/** Sends an order that was approved. What rests meanwhile goes on to be looked after. */
export function launch(turn: Turn, intent: RiskApproved): void {
  const { orderCounter, order, others } = turn.memory;
  persist(turn, {
    orderCounter: orderCounter + 1,
    order: sendingOrder(intent, turn.time),
    ...(order !== null && { others: [...others, order] }),
  });
  patchObserved(turn, { changeTime: turn.time });
  turn.effects.push({ type: 'place', intent });
}

/** Asks the risk checks about an order. */
export function assess(
  turn: Turn,
  leg: Leg,
  order: QuantityOrder,
  wanted?: EntryRequest,
): RiskApproved | RiskRefused {
  const facts = riskFacts(turn, order, wanted);
  return facts === undefined ? { refusal: 'status' } : assessRisk({ leg, order }, facts);
}

/** What an order is checked with; `undefined` before the rules of the instrument are known. */
function riskFacts(
  turn: Turn,
  order: QuantityOrder,
  wanted: EntryRequest | undefined,
): RiskFacts | undefined {
  const { memory, observed, time } = turn;
  const { rules } = observed;
  if (rules === undefined) return undefined;
  const program = programOf(turn).rules;
  const price = referencePrice(turn, order.side);
  return {
    instrument: rules,
    limits: memory.settings.risk,
    price,
    decisionPrice: wanted?.decisionPrice,
    stopPrice: lowestStopPrice(program, price),
    commissionRate: program.commissionRate,
    entriesInLastHour: memory.entryTimes.filter((entry) => entry > time - HOUR_MS).length,
    quoteFree: observed.quoteFree,
    leverage: observed.leverage,
    ownLeverage: program.leverage,
    ownFunds: program.allowOverdraft ? Number.POSITIVE_INFINITY : decimalToNumber(memory.balance),
  };
}

/** Why an entry was not sent: what it would have been, the reason with its numbers, and its short name. */
function refusedEntryText(
  turn: Turn,
  order: QuantityOrder,
  { refusal }: RiskRefused,
  wanted: EntryRequest,
): string {
  const facts = riskFacts(turn, order, wanted);
  if (facts === undefined) return `entry order not sent: ${refusal}`;
  const { quantity } = order;
  const what = entryText(quantity, facts.price, facts.instrument);
  return `entry order not sent: ${what}: ${refusalWords(refusal, quantity, facts)} (${refusal})`;
}

/** The price that a market order of this side meets, quote per base. */
export function referencePrice({ memory, observed }: Turn, side: OrderSide): Decimal {
  // After a start an exit may be due before the first price: it is judged by what the position cost.
  const known = side === 'buy' ? observed.askPrice : observed.bidPrice;
  return known ?? (memory.position === null ? 0n : costPrice(memory.position));
}

/** What the position cost, quote per base; 0 before its entry filled. */
export function costPrice(position: Position): Decimal {
  return position.entered === 0n ? 0n : decimalFromNumber(entryPriceOf(position));
}
