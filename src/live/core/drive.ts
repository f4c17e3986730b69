import {
  type Decimal,
  decimalFromNumber,
  decimalToNumber,
  type ExitReason,
} from '../../domain/index.js';
import { floorQuantity, type InstrumentRules, instrumentViolations } from '../../exchange/index.js';
import {
  AFFORDABLE_TOLERANCE,
  marketFillPrice,
  quantityOfBalance,
  type SideSign,
} from '../../semantics/index.js';
import { clientOrderId } from './client-order-id.js';
import { closePosition } from './close-position.js';
import { entryBlocks } from './entry-blocks.js';
import { fundingDueTime, lookAtFunding } from './funding.js';
import { candleDueTime, requestBackfill } from './hear-candles.js';
import { noteAsked } from './hear-orders.js';
import { isAtStop, isAtTakeProfit } from './levels.js';
import { watchLosses } from './loss-limits.js';
import { cancelingOrder, type LiveOrder, sendingOrder } from './order.js';
import { heldQuantity, type Position } from './position.js';
import { protectionDueTime, stopRequest, watchProtection } from './protection.js';
import { assessRisk, type Leg, type QuantityOrder } from './risk.js';
import { skipEntry } from './skipped-entries.js';
import {
  alert,
  type EntryWanted,
  exitPriceOf,
  levelsOf,
  notice,
  programOf,
  remember,
  type Turn,
  timeframeOf,
} from './turn.js';

const HOUR_MS = 3_600_000;
/** An account request without an answer is repeated after this. */
const ACCOUNT_REPLY_MS_MAX = 10_000;
/** A price beyond a resting stop without news of it: the exchange is asked after this. */
const TRIGGER_NEWS_MS = 2_000;

/** An exit that the rules of the instrument forbid now is tried again after this. */
const REFUSED_MS = 5_000;

/** Does the next thing that brings the account to where the bot wants it: one order at a time. */
export function drive(turn: Turn): void {
  watchLevels(turn);
  watchLosses(turn);
  if (turn.memory.order === null && isReady(turn)) act(turn);
  forgetEntry(turn);
  if (turn.memory.order !== null && turn.time >= turn.memory.quietUntil) {
    tend(turn, turn.memory.order);
  }
  watchProtection(turn);
  if (turn.time < turn.memory.quietUntil) return;
  lookAtAccount(turn);
  lookAtFunding(turn);
  if (turn.time >= candleDueTime(turn, timeframeOf(turn).lengthMs)) requestBackfill(turn);
}

/** Whether orders may be sent: the account was looked at since the start, and nobody asked for silence. */
function isReady(turn: Turn): boolean {
  const { memory, senses, time } = turn;
  return senses.accountTime !== undefined && time >= Math.max(memory.quietUntil, memory.retryTime);
}

/** An entry is sent in the step that decided it; only one of a reversal may wait for its exit. */
function forgetEntry(turn: Turn): void {
  const { entryWanted } = turn.senses;
  if (entryWanted === undefined) return;
  const isWaiting = turn.memory.position !== null && turn.time < entryWanted.untilTime;
  if (!isWaiting) notice(turn, { entryWanted: undefined });
}

/** A price at or beyond a level decides an exit; a stop that rests on the exchange does so itself. */
function watchLevels(turn: Turn): void {
  const { position, order } = turn.memory;
  const { rules, priceTime } = turn.senses;
  if (position === null || position.exit !== null || position.entered === 0n) return;
  const price = exitPriceOf(turn, position.side);
  if (price === undefined || rules === undefined || priceTime !== turn.time) return;
  const { stop, takeProfit } = levelsOf(turn, position, rules.tickSize);
  const isBeyond = stop !== undefined && isAtStop(position.side, price, stop.price);
  if (!isBeyond && turn.senses.beyondStopSince !== undefined)
    notice(turn, { beyondStopSince: undefined });
  if (isBeyond) {
    const isResting = order?.leg === 'stop' && order.phase === 'open' && !order.cancelSent;
    if (!isResting || isOvertaken(turn, order, price)) decideExit(turn, position, stop.reason);
    else if (order.askTime > turn.time + TRIGGER_NEWS_MS) {
      remember(turn, { order: { ...order, askTime: turn.time + TRIGGER_NEWS_MS } });
    }
  } else if (takeProfit !== undefined && isAtTakeProfit(position.side, price, takeProfit)) {
    decideExit(turn, position, 'take-profit');
  }
}

/** Whether the price left a resting stop behind: beyond its limit, or beyond its trigger for too long. */
function isOvertaken(turn: Turn, { request }: LiveOrder, price: Decimal): boolean {
  const isBeyondLimit =
    request.type === 'stop-loss-limit' &&
    (request.side === 'sell' ? price < request.price : price > request.price);
  if (isBeyondLimit) return true;
  const since = turn.senses.beyondStopSince;
  if (since === undefined) notice(turn, { beyondStopSince: turn.time });
  return since !== undefined && turn.time - since >= turn.context.limits.unprotectedMsMax;
}

function decideExit(turn: Turn, position: Position, reason: ExitReason): void {
  remember(turn, { position: { ...position, exit: { reason, decidedTime: turn.time } } });
}

/** Without an order in flight: enter, protect, leave, or end the position. */
function act(turn: Turn): void {
  const { rules } = turn.senses;
  if (rules === undefined) return;
  if (turn.memory.position !== null) actInPosition(turn, turn.memory.position, rules);
  if (turn.memory.position !== null || turn.memory.order !== null) return;
  const { pendingSettings } = turn.memory;
  if (pendingSettings !== null) {
    remember(turn, { settings: pendingSettings, pendingSettings: null });
    alert(turn, 'info', 'settings-applied', 'the new settings are in force');
    return;
  }
  enter(turn, rules);
}

function actInPosition(turn: Turn, position: Position, rules: InstrumentRules): void {
  const quantity = floorQuantity(rules, minimum(heldQuantity(position), turn.senses), true);
  if (isUnsellable(turn, rules, position, quantity)) {
    closePosition(turn);
    return;
  }
  if (position.exit?.reason === 'take-profit') {
    const { takeProfit } = levelsOf(turn, position, rules.tickSize);
    if (takeProfit !== undefined) {
      // At the level or better, at once or not at all: a missed price leaves the position protected again.
      const terms = { type: 'limit', price: takeProfit, timeInForce: 'ioc' } as const;
      if (send(turn, 'take-profit', { ...baseOrder(turn, 'take-profit'), ...terms, quantity }))
        return;
    }
  }
  if (position.exit !== null) sendExit(turn, quantity);
  else protect(turn, position, rules, quantity);
}

function sendExit(turn: Turn, quantity: Decimal): void {
  send(turn, 'exit', { ...baseOrder(turn, 'exit'), type: 'market', quantity });
}

/** Places the stop; one that the instrument does not take is watched by the bot, which is said. */
function protect(turn: Turn, position: Position, rules: InstrumentRules, quantity: Decimal): void {
  const { stop } = levelsOf(turn, position, rules.tickSize);
  if (stop === undefined || !turn.senses.stopRests) return;
  const price = exitPriceOf(turn, position.side);
  if (price !== undefined && isAtStop(position.side, price, stop.price)) {
    decideExit(turn, position, stop.reason);
    sendExit(turn, quantity);
    return;
  }
  const order = stopRequest(rules, position.side, {
    ...baseOrder(turn, 'stop'),
    triggerPrice: stop.price,
    quantity,
  });
  if (order !== undefined && send(turn, 'stop', order)) return;
  notice(turn, { stopRests: false });
  alert(turn, 'warning', 'stop-not-resting', 'no stop can rest on the exchange: the bot watches');
}

/** What is to be sold: never more than the account has. */
function minimum(held: Decimal, senses: Turn['senses']): Decimal {
  const isRecent = (senses.accountTime ?? 0) > senses.changeTime + TRIGGER_NEWS_MS;
  return isRecent && senses.baseTotal < held ? senses.baseTotal : held;
}

/** Whether the rest is dust: too little for any order. A closed market is no reason. */
function isUnsellable(
  turn: Turn,
  rules: InstrumentRules,
  position: Position,
  quantity: Decimal,
): boolean {
  const price = exitPriceOf(turn, position.side);
  if (quantity <= 0n) return true;
  if (price === undefined) return false;
  const order = { ...baseOrder(turn, 'exit'), type: 'market', quantity } as const;
  return instrumentViolations(rules, order, price).some(
    (violation) =>
      violation === 'notional' || (violation === 'quantity-range' && quantity < rules.quantityMin),
  );
}

/** Sends the entry that was decided, if it is still permitted. */
function enter(turn: Turn, rules: InstrumentRules): void {
  const wanted = turn.senses.entryWanted;
  if (wanted === undefined || turn.time > wanted.untilTime) return;
  const price = wanted.side > 0 ? turn.senses.askPrice : turn.senses.bidPrice;
  if (price === undefined) return;
  const blocks = entryBlocks(turn, wanted.signalTime);
  if (blocks.length > 0) {
    // Between a decision and its step nothing changes: this is a reversal that its exit left behind.
    if (wanted.untilTime > turn.time) skipEntry(turn, wanted, blocks.join(', '));
    return;
  }
  const quantity = entryQuantity(turn, rules, price, wanted.side);
  remember(turn, { enteredSignalTime: wanted.signalTime });
  const order = { ...baseOrder(turn, 'entry'), type: 'market', quantity } as const;
  if (!send(turn, 'entry', order, wanted)) return;
  const { entryTimes } = turn.memory;
  remember(turn, {
    entryTimes: [...entryTimes.filter((time) => time > turn.time - HOUR_MS), turn.time],
  });
}

/** Size by the rules of the backtest (S-28), put on the grid of the instrument. */
function entryQuantity(
  turn: Turn,
  rules: InstrumentRules,
  price: Decimal,
  side: SideSign,
): Decimal {
  const { size, commissionRate, slippageRate, leverage } = programOf(turn).rules;
  const expected = marketFillPrice(decimalToNumber(price), side, slippageRate);
  const balance = decimalToNumber(turn.memory.balance);
  const wanted =
    'units' in size
      ? size.units
      : quantityOfBalance(balance, size.equityFraction, leverage, expected, commissionRate);
  return floorQuantity(rules, decimalFromNumber(wanted), true);
}

function baseOrder(turn: Turn, leg: Leg) {
  const { settings, epoch, orderCounter, position, enteredSignalTime } = turn.memory;
  const { entryWanted } = turn.senses;
  const side = position?.side ?? entryWanted?.side ?? 1;
  const signalTime = position?.signalTime ?? entryWanted?.signalTime ?? enteredSignalTime ?? 0;
  const isBuy = (leg === 'entry') === side > 0;
  return {
    symbol: settings.run.symbol,
    side: isBuy ? ('buy' as const) : ('sell' as const),
    clientOrderId: clientOrderId({
      bot: settings.bot,
      signalTime,
      leg,
      epoch,
      counter: orderCounter + 1,
    }),
    ...(settings.run.market === 'usdm' && leg !== 'entry' && { reduceOnly: true }),
  };
}

/** Lets an order through the risk checks into flight. Returns whether it was approved. */
function send(turn: Turn, leg: Leg, order: QuantityOrder, wanted?: EntryWanted): boolean {
  const { memory, senses, time } = turn;
  const { rules, bidPrice, askPrice } = senses;
  if (rules === undefined) return false;
  const program = programOf(turn).rules;
  const price = (order.side === 'buy' ? askPrice : bidPrice) ?? 0n;
  const loss = Math.max(program.stopLoss ?? 0, program.trailingStop ?? 0);
  const result = assessRisk(
    { leg, order },
    {
      instrument: rules,
      limits: memory.settings.risk,
      price,
      decisionPrice: wanted?.decisionPrice,
      stopPrice: decimalFromNumber(decimalToNumber(price) * (1 - loss)),
      commissionRate: program.commissionRate,
      entriesInLastHour: memory.entryTimes.filter((entry) => entry > time - HOUR_MS).length,
      quoteFree: senses.quoteFree,
      leverage: senses.leverage,
      ownFunds: program.allowOverdraft
        ? Number.POSITIVE_INFINITY
        : decimalToNumber(memory.balance) * program.leverage * (1 + AFFORDABLE_TOLERANCE),
    },
  );
  if ('refusal' in result) {
    if (leg === 'exit' || leg === 'take-profit') remember(turn, { retryTime: time + REFUSED_MS });
    const level = leg === 'entry' ? 'warning' : 'alarm';
    alert(turn, level, 'order-refused', `${leg} order not sent: ${result.refusal}`);
    if (wanted !== undefined) skipEntry(turn, wanted, result.refusal);
    return false;
  }
  remember(turn, { orderCounter: memory.orderCounter + 1, order: sendingOrder(leg, order, time) });
  notice(turn, { changeTime: time });
  turn.effects.push({ type: 'place', intent: result });
  return true;
}

/** Looks after the order in flight: withdraws it when it is in the way, asks for it when there is no news. */
function tend(turn: Turn, order: LiveOrder): void {
  if (order.phase === 'open' && !order.cancelSent && isInTheWay(turn, order)) {
    remember(turn, { order: cancelingOrder(order, turn.time) });
    turn.effects.push({ type: 'cancel', clientOrderId: order.request.clientOrderId });
    return;
  }
  if (turn.time < order.askTime) return;
  if (order.phase === 'sending') {
    remember(turn, { order: { ...order, phase: 'unknown', asks: 0 } });
  } else if (order.phase === 'open' && order.cancelSent) {
    // The cancellation may have been lost: once more if the exchange still has the order.
    remember(turn, { order: { ...order, cancelSent: false } });
  }
  noteAsked(turn, turn.memory.order ?? order);
  const { clientOrderId } = order.request;
  if (order.orderId !== null && order.booked < order.executed) {
    turn.effects.push({ type: 'fetch-fills', clientOrderId, orderId: order.orderId });
  }
  if (order.phase !== 'ended') turn.effects.push({ type: 'query', clientOrderId });
}

/** A stop gives way to an exit and to another level or quantity; other orders are short-lived by themselves. */
function isInTheWay(turn: Turn, order: LiveOrder): boolean {
  const { position } = turn.memory;
  const { rules } = turn.senses;
  if (order.leg !== 'stop' || position === null || rules === undefined) return false;
  const { request } = order;
  // Partly executed: it was released and will end by itself, unless its limit holds it back.
  if (order.executed > 0n) return position.exit !== null && request.type === 'stop-loss-limit';
  if (position.exit !== null) return true;
  const { stop } = levelsOf(turn, position, rules.tickSize);
  if (stop === undefined || !('triggerPrice' in request)) return false;
  if (request.triggerPrice !== stop.price) return true;
  const quantity = floorQuantity(rules, minimum(heldQuantity(position), turn.senses), true);
  return request.quantity !== quantity;
}

function lookAtAccount(turn: Turn): void {
  const { accountTime, accountAskedTime } = turn.senses;
  const isWaiting =
    accountAskedTime !== undefined && turn.time < accountAskedTime + ACCOUNT_REPLY_MS_MAX;
  if (isWaiting || turn.time < accountDueTime(turn, accountTime)) return;
  notice(turn, { accountAskedTime: turn.time });
  turn.effects.push({ type: 'fetch-account' });
}

function accountDueTime(turn: Pick<Turn, 'context'>, accountTime: number | undefined): number {
  return accountTime === undefined ? 0 : accountTime + turn.context.limits.accountPollMs;
}

/** When the bot wants to be woken although nothing happens, ms UTC. */
export function nextWakeTime(turn: Turn, lengthMs: number): number {
  const { memory, senses } = turn;
  const { order, position, quietUntil } = memory;
  const asked = senses.accountAskedTime;
  const account = accountDueTime(turn, senses.accountTime);
  let wakeTime = Number.POSITIVE_INFINITY;
  const wake = (time: number): void => {
    const due = Math.max(time, quietUntil);
    if (due > senses.time && due < wakeTime) wakeTime = due;
  };
  wake(asked === undefined ? account : Math.max(account, asked + ACCOUNT_REPLY_MS_MAX));
  wake(candleDueTime(turn, lengthMs));
  if (order !== null) wake(order.askTime);
  if (order === null && (position !== null || memory.pendingSettings !== null))
    wake(memory.retryTime);
  wake(protectionDueTime(turn));
  wake(fundingDueTime(turn));
  for (const { untilTime } of memory.unreported) wake(untilTime);
  return wakeTime;
}
