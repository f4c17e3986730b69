import { candleOpenTime, type Decimal, timeframeMs, trimDecimal } from '../../domain/index.js';
import type { Fill, InstrumentRules, OrderReport } from '../../exchange/ports/index.js';
import type { ClosedCandle } from './candle-window.js';
import { isTraderOrderId, readClientOrderId } from './client-order-id.js';
import { commissionRateDecimal, feeShareOf } from './fees.js';
import { lostOrder } from './lost-orders.js';
import type { BotMemory } from './memory.js';
import type { LiveOrder } from './order.js';
import { FIRST_STATE } from './order-lifecycle.js';
import {
  bookFill,
  heldQuantity,
  livedThrough,
  openPosition,
  type Position,
  withOrder,
} from './position.js';

/** What the exchange shows of a symbol. */
export interface AdoptFacts {
  readonly rules: InstrumentRules;
  /** Of the symbol, oldest first. */
  readonly fills: readonly Fill[];
  /** Client ids of the orders behind the fills, by the id of the exchange. */
  readonly names: ReadonlyMap<string, string>;
  readonly openOrders: readonly OrderReport[];
  /** Position on USD-M, signed; coins of the account on spot; base. */
  readonly shown: Decimal;
  /** Now, ms UTC. */
  readonly time: number;
}

/** A position that was rebuilt, with what rests for it; or why there is none to be had. */
export type Adoption =
  | {
      readonly position: Position;
      /** Exits that become the bot's. */
      readonly orders: readonly LiveOrder[];
      /** Other orders that a trader made: a person cancels them. */
      readonly left: readonly OrderReport[];
    }
  | { readonly refusal: string };

/**
 * Rebuilds what is open from the fills: entry price, commissions, and the orders that rest for it. Nothing is guessed: without
 * fills that explain it there is no position.
 *
 * @param memory - Of the bot that is to have it.
 * @param facts - What the exchange shows.
 */
export function rebuildPosition(memory: BotMemory, facts: AdoptFacts): Adoption {
  const { run } = memory.settings;
  const fills = facts.rules.market === 'usdm' ? fillsOfPosition(facts) : fillsOfCoins(facts);
  if ('refusal' in fills) return fills;
  const [first] = fills.own;
  if (first === undefined) return { refusal: 'no fill belongs to an open position' };
  const side = first.side === 'buy' ? 1 : -1;
  const name = facts.names.get(first.orderId) ?? '';
  let position = openPosition(signalTimeOf(name) ?? candleBefore(first.time, run.interval), first);
  for (const fill of fills.own) {
    const share = feeShareOf(fill, side, {
      rules: facts.rules,
      stock: 0n,
      prices: {},
      commissionRate: commissionRateDecimal(run.commission_bps / 10_000),
    });
    position = bookFill(position, fill, share);
    const client = facts.names.get(fill.orderId);
    if (client !== undefined) position = withOrder(position, client);
  }
  const held = heldQuantity(position);
  if (held < facts.rules.quantityMin) return { refusal: 'no fill belongs to an open position' };
  if (facts.rules.market === 'spot' && held > facts.shown) {
    const refusal = `the fills add up to ${trimDecimal(held)} ${facts.rules.baseAsset}, but the account holds ${trimDecimal(facts.shown)}`;
    return { refusal };
  }
  const found = ordersFor(position, facts);
  const isProtected = found.orders.some(({ leg }) => leg === 'stop');
  const unprotectedSince = isProtected ? null : facts.time;
  return { position: { ...position, unprotectedSince }, ...found };
}

/**
 * Lets a rebuilt position live through the candles since its entry: the best price and what trails it follow.
 *
 * @param position - As rebuilt.
 * @param candles - Closed, from the candle of the entry on.
 */
export function livedThroughAll(position: Position, candles: readonly ClosedCandle[]): Position {
  return candles.reduce(livedThrough, position);
}

/**
 * Returns the memory of a bot that has a rebuilt position: what did not agree with the exchange is settled with it.
 *
 * @param memory - Before.
 * @param adoption - Position, with the candles that it lived through, and orders.
 * @param facts - `lastOpenTime`: newest of those candles; `shown` as for the rebuilding.
 */
export function adoptedMemory(
  memory: BotMemory,
  { position, orders }: { readonly position: Position; readonly orders: readonly LiveOrder[] },
  facts: Pick<AdoptFacts, 'rules' | 'shown'> & { readonly lastOpenTime: number | undefined },
): BotMemory {
  const stop = orders.find(({ leg }) => leg === 'stop');
  const ids = orders.map(({ request }) => request.clientOrderId);
  const tags = [...ids, ...position.orders].flatMap((id) => tagOf(id) ?? []);
  const isOpen = (id: string): boolean => ids.includes(id);
  const made = [...ids, ...position.orders].flatMap((id) => readAnyOrderId(id) ?? []);
  return {
    ...memory,
    // Its orders are those of this bot from now on, and count as made by it.
    epoch: Math.max(memory.epoch, ...made.map(({ epoch }) => epoch)),
    orderCounter: Math.max(memory.orderCounter, ...made.map(({ counter }) => counter)),
    position,
    order: stop ?? null,
    others: orders.filter((order) => order !== stop),
    mismatch: null,
    formerTags: [...new Set([...memory.formerTags, ...tags])].filter((tag) => tag !== memory.tag),
    enteredSignalTime: position.signalTime,
    lastOpenTime: facts.lastOpenTime ?? memory.lastOpenTime,
    dust: 0n,
    foreignBase: facts.rules.market === 'spot' ? facts.shown - heldQuantity(position) : null,
    absentOrders: memory.absentOrders.filter((id) => !isOpen(id)),
    failures: 0,
    retryTime: 0,
  };
}

type OwnFills = { readonly own: readonly Fill[] } | { readonly refusal: string };

/** USD-M has one position: from it the fills are taken back until there was none. */
function fillsOfPosition({ fills, shown }: AdoptFacts): OwnFills {
  if (shown === 0n) return { refusal: 'the exchange shows no open position' };
  let rest = shown;
  for (let i = fills.length - 1; i >= 0; i--) {
    const { side, quantity } = fills[i]!;
    rest -= side === 'buy' ? quantity : -quantity;
    if (rest === 0n) return { own: fills.slice(i) };
    if (rest > 0n !== shown > 0n) break;
  }
  const refusal = `the fills listed by the exchange do not explain the position of ${trimDecimal(shown)}`;
  return { refusal };
}

/** On spot what traders bought is theirs, and not what a person bought: from the last time on that they had none. */
function fillsOfCoins({ fills, names, rules }: AdoptFacts): OwnFills {
  const own: Fill[] = [];
  let held = 0n;
  for (const fill of fills) {
    if (!isTraderOrderId(names.get(fill.orderId) ?? '')) continue;
    if (own.length === 0 && fill.side === 'sell') continue;
    own.push(fill);
    held += fill.side === 'buy' ? fill.quantity : -fill.quantity;
    if (fill.commissionAsset === rules.baseAsset) held -= fill.commission;
    if (held >= rules.quantityMin) continue;
    own.splice(0);
    held = 0n;
  }
  return { own };
}

/** A stop and a take-profit at most: those that were changed last. */
function ordersFor(
  position: Position,
  { openOrders, fills, time }: AdoptFacts,
): { readonly orders: readonly LiveOrder[]; readonly left: readonly OrderReport[] } {
  const made = openOrders.filter(({ clientOrderId }) => isTraderOrderId(clientOrderId));
  const exits = made
    .filter(({ side }) => (side === 'sell') === position.side > 0)
    .sort((a, b) => b.updateTime - a.updateTime);
  const stop = exits.find(({ triggerPrice }) => triggerPrice > 0n);
  const profit = exits.find(({ triggerPrice, price }) => triggerPrice === 0n && price > 0n);
  const orders = [
    ...(stop === undefined ? [] : [adoptedOrder('stop', stop, { fills, time })]),
    ...(profit === undefined ? [] : [adoptedOrder('take-profit', profit, { fills, time })]),
  ];
  return { orders, left: made.filter((order) => order !== stop && order !== profit) };
}

/** What it executed so far is part of the position already. */
function adoptedOrder(
  leg: 'stop' | 'take-profit',
  report: OrderReport,
  { fills, time }: Pick<AdoptFacts, 'fills' | 'time'>,
): LiveOrder {
  const order = lostOrder(leg, report, time);
  const booked = fills.filter(({ orderId }) => orderId === order.orderId);
  const executed = booked.reduce((sum, { quantity }) => sum + quantity, 0n);
  const tradeIds = booked.map(({ tradeId }) => tradeId);
  return { ...order, phase: FIRST_STATE.adopted, executed, booked: executed, tradeIds };
}

/** The signal that an order was made for, as its id says. */
function signalTimeOf(clientOrderId: string): number | undefined {
  return readAnyOrderId(clientOrderId)?.signalTime;
}

/** Reads an id of whatever bot. */
function readAnyOrderId(clientOrderId: string): ReturnType<typeof readClientOrderId> {
  const tag = tagOf(clientOrderId);
  return tag === undefined ? undefined : readClientOrderId(tag, clientOrderId);
}

function tagOf(clientOrderId: string): string | undefined {
  return /^wus-([a-z0-9]+)-/.exec(clientOrderId)?.[1];
}

function candleBefore(time: number, timeframe: Parameters<typeof candleOpenTime>[1]): number {
  return candleOpenTime(time, timeframe) - timeframeMs(timeframe);
}
