import {
  type Decimal,
  decimalFromNumber,
  decimalToNumber,
  type ExitReason,
} from '../../domain/index.js';
import { floorQuantity, type InstrumentRules, instrumentViolations } from '../../exchange/index.js';
import { marketFillPrice, quantityOfBalance } from '../../semantics/index.js';
import { clientOrderId } from './client-order-id.js';
import { entryBlocks } from './entry-blocks.js';
import { candleDueTime, requestBackfill } from './hear-candles.js';
import { closePosition, noteAsked } from './hear-orders.js';
import { exitLevels } from './levels.js';
import { cancelingOrder, type LiveOrder, sendingOrder } from './order.js';
import { heldQuantity, type Position } from './position.js';
import { assessRisk, type Leg, type QuantityOrder } from './risk.js';
import { alert, notice, programOf, remember, type Turn, timeframeOf } from './turn.js';

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
  if (turn.memory.order === null && isReady(turn)) act(turn);
  if (turn.senses.entryWanted !== undefined) notice(turn, { entryWanted: undefined });
  if (turn.memory.order !== null && turn.time >= turn.memory.quietUntil) {
    tend(turn, turn.memory.order);
  }
  watchProtection(turn);
  if (turn.time < turn.memory.quietUntil) return;
  lookAtAccount(turn);
  if (turn.time >= candleDueTime(turn, timeframeOf(turn).lengthMs)) requestBackfill(turn);
}

/** Whether orders may be sent: the account was looked at since the start, and nobody asked for silence. */
function isReady(turn: Turn): boolean {
  const { memory, senses, time } = turn;
  return senses.accountTime !== undefined && time >= Math.max(memory.quietUntil, memory.retryTime);
}

/** A price at or beyond a level decides an exit; a stop that rests on the exchange does so itself. */
function watchLevels(turn: Turn): void {
  const { position, order } = turn.memory;
  const { bidPrice, rules, priceTime } = turn.senses;
  if (position === null || position.exit !== null || position.bought === 0n) return;
  if (bidPrice === undefined || rules === undefined || priceTime !== turn.time) return;
  const { stop, takeProfit } = exitLevels(position, programOf(turn).rules, rules.tickSize);
  const isResting = order?.leg === 'stop' && order.phase === 'open' && !order.cancelSent;
  if (stop !== undefined && bidPrice <= stop.price) {
    if (!isResting) decideExit(turn, position, stop.reason);
    else if (order.askTime > turn.time + TRIGGER_NEWS_MS) {
      remember(turn, { order: { ...order, askTime: turn.time + TRIGGER_NEWS_MS } });
    }
  } else if (takeProfit !== undefined && bidPrice >= takeProfit) {
    decideExit(turn, position, 'take-profit');
  }
}

function decideExit(turn: Turn, position: Position, reason: ExitReason): void {
  remember(turn, { position: { ...position, exit: { reason, decidedTime: turn.time } } });
}

/** Without an order in flight: enter, protect, leave, or end the position. */
function act(turn: Turn): void {
  const { position, pendingSettings } = turn.memory;
  const { rules } = turn.senses;
  if (rules === undefined) return;
  if (position !== null) {
    actInPosition(turn, position, rules);
    return;
  }
  if (pendingSettings !== null) {
    remember(turn, { settings: pendingSettings, pendingSettings: null });
    alert(turn, 'info', 'settings-applied', 'the new settings are in force');
    return;
  }
  enter(turn, rules);
}

function actInPosition(turn: Turn, position: Position, rules: InstrumentRules): void {
  const quantity = floorQuantity(rules, minimum(heldQuantity(position), turn.senses), true);
  if (isUnsellable(turn, rules, quantity)) {
    closePosition(turn);
    return;
  }
  if (position.exit?.reason === 'take-profit') {
    const { takeProfit } = exitLevels(position, programOf(turn).rules, rules.tickSize);
    if (takeProfit !== undefined) {
      // At the level or better, at once or not at all: a missed price leaves the position protected again.
      const terms = { type: 'limit', price: takeProfit, timeInForce: 'ioc' } as const;
      if (send(turn, 'take-profit', { ...baseOrder(turn, 'take-profit'), ...terms, quantity }))
        return;
    }
  }
  if (position.exit !== null) {
    send(turn, 'exit', { ...baseOrder(turn, 'exit'), type: 'market', quantity });
    return;
  }
  protect(turn, position, rules, quantity);
}

/** Places the stop; one that the instrument does not take is watched by the bot, which is said. */
function protect(turn: Turn, position: Position, rules: InstrumentRules, quantity: Decimal): void {
  const { stop } = exitLevels(position, programOf(turn).rules, rules.tickSize);
  if (stop === undefined || !turn.senses.stopRests) return;
  if (turn.senses.bidPrice !== undefined && turn.senses.bidPrice <= stop.price) {
    decideExit(turn, position, stop.reason);
    send(turn, 'exit', { ...baseOrder(turn, 'exit'), type: 'market', quantity });
    return;
  }
  const order = {
    ...baseOrder(turn, 'stop'),
    type: 'stop-loss',
    triggerPrice: stop.price,
    quantity,
  } as const;
  if (send(turn, 'stop', order)) return;
  notice(turn, { stopRests: false });
}

/** Coins to sell: never more than the account has. */
function minimum(held: Decimal, senses: Turn['senses']): Decimal {
  const isRecent = (senses.accountTime ?? 0) > senses.changeTime + TRIGGER_NEWS_MS;
  return isRecent && senses.baseTotal < held ? senses.baseTotal : held;
}

/** Whether the rest is dust: too little for any order. A closed market is no reason. */
function isUnsellable(turn: Turn, rules: InstrumentRules, quantity: Decimal): boolean {
  const price = turn.senses.bidPrice;
  if (quantity <= 0n) return true;
  if (price === undefined) return false;
  const order = { ...baseOrder(turn, 'exit'), type: 'market', quantity } as const;
  return instrumentViolations(rules, order, price).some(
    (violation) =>
      violation === 'notional' || (violation === 'quantity-range' && quantity < rules.quantityMin),
  );
}

/** Sends the entry that this step decided, if it is still permitted. */
function enter(turn: Turn, rules: InstrumentRules): void {
  const wanted = turn.senses.entryWanted;
  const price = turn.senses.askPrice;
  if (wanted === undefined || price === undefined) return;
  if (entryBlocks(turn, wanted.signalTime).length > 0) return;
  const quantity = entryQuantity(turn, rules, price);
  remember(turn, { enteredSignalTime: wanted.signalTime });
  const isSent = send(
    turn,
    'entry',
    { ...baseOrder(turn, 'entry'), type: 'market', quantity },
    wanted.decisionPrice,
  );
  if (!isSent) return;
  const { entryTimes } = turn.memory;
  remember(turn, {
    entryTimes: [...entryTimes.filter((time) => time > turn.time - HOUR_MS), turn.time],
  });
}

/** Size by the rules of the backtest (S-28), put on the grid of the instrument. */
function entryQuantity(turn: Turn, rules: InstrumentRules, price: Decimal): Decimal {
  const { size, commissionRate, slippageRate } = programOf(turn).rules;
  const expected = marketFillPrice(decimalToNumber(price), 1, slippageRate);
  const balance = decimalToNumber(turn.memory.balance);
  const wanted =
    'units' in size
      ? size.units
      : quantityOfBalance(balance, size.equityFraction, 1, expected, commissionRate);
  return floorQuantity(rules, decimalFromNumber(wanted), true);
}

function baseOrder(turn: Turn, leg: Leg) {
  const { settings, epoch, orderCounter, position, enteredSignalTime } = turn.memory;
  const signalTime =
    position?.signalTime ?? turn.senses.entryWanted?.signalTime ?? enteredSignalTime ?? 0;
  return {
    symbol: settings.run.symbol,
    side: leg === 'entry' ? ('buy' as const) : ('sell' as const),
    clientOrderId: clientOrderId({
      bot: settings.bot,
      signalTime,
      leg,
      epoch,
      counter: orderCounter + 1,
    }),
  };
}

/** Lets an order through the risk checks into flight. Returns whether it was approved. */
function send(turn: Turn, leg: Leg, order: QuantityOrder, decisionPrice?: number): boolean {
  const { memory, senses, time } = turn;
  const { rules, bidPrice, askPrice } = senses;
  if (rules === undefined) return false;
  const program = programOf(turn).rules;
  const price = (leg === 'entry' ? askPrice : bidPrice) ?? 0n;
  const loss = Math.max(program.stopLoss ?? 0, program.trailingStop ?? 0);
  const result = assessRisk(
    { leg, order },
    {
      instrument: rules,
      limits: memory.settings.risk,
      price,
      decisionPrice,
      stopPrice: decimalFromNumber(decimalToNumber(price) * (1 - loss)),
      commissionRate: program.commissionRate,
      entriesInLastHour: memory.entryTimes.filter((entry) => entry > time - HOUR_MS).length,
      quoteFree: senses.quoteFree,
    },
  );
  if ('refusal' in result) {
    if (leg === 'exit' || leg === 'take-profit') remember(turn, { retryTime: time + REFUSED_MS });
    const level = leg === 'entry' ? 'warning' : 'alarm';
    alert(turn, level, 'order-refused', `${leg} order not sent: ${result.refusal}`);
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
  // Partly executed: it was released and will end by itself.
  if (order.executed > 0n) return false;
  if (position.exit !== null) return true;
  const { stop } = exitLevels(position, programOf(turn).rules, rules.tickSize);
  const { request } = order;
  if (stop === undefined || request.type !== 'stop-loss') return false;
  const quantity = floorQuantity(rules, minimum(heldQuantity(position), turn.senses), true);
  return request.triggerPrice !== stop.price || request.quantity !== quantity;
}

/** Says once when a position has had no resting stop for too long. */
function watchProtection(turn: Turn): void {
  const { position, order } = turn.memory;
  if (position === null) return;
  const wantsStop =
    programOf(turn).rules.stopLoss !== undefined ||
    programOf(turn).rules.trailingStop !== undefined;
  const isResting = order?.leg === 'stop' && order.phase === 'open';
  if (isResting || !wantsStop) {
    if (position.unprotectedSince !== null)
      remember(turn, { position: { ...position, unprotectedSince: null } });
    if (turn.senses.unprotectedAlarm) notice(turn, { unprotectedAlarm: false });
    return;
  }
  const since = position.unprotectedSince;
  if (since === null) {
    remember(turn, { position: { ...position, unprotectedSince: turn.time } });
    return;
  }
  if (turn.senses.unprotectedAlarm || turn.time - since < turn.context.limits.unprotectedMsMax)
    return;
  notice(turn, { unprotectedAlarm: true });
  alert(turn, 'alarm', 'unprotected', `no stop rests on the exchange for ${turn.time - since} ms`);
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
export function nextWakeTime(
  turn: Pick<Turn, 'memory' | 'senses' | 'candles' | 'context'>,
  lengthMs: number,
): number {
  const { memory, senses, context } = turn;
  const { order, position } = memory;
  const asked = senses.accountAskedTime;
  const account = accountDueTime({ context }, senses.accountTime);
  const times = [
    asked === undefined ? account : Math.max(account, asked + ACCOUNT_REPLY_MS_MAX),
    candleDueTime(turn, lengthMs),
    ...(order === null ? [] : [order.askTime]),
    ...(order === null && (position !== null || memory.pendingSettings !== null)
      ? [memory.retryTime]
      : []),
    ...(position?.unprotectedSince != null && !senses.unprotectedAlarm
      ? [position.unprotectedSince + context.limits.unprotectedMsMax]
      : []),
  ];
  const due = times
    .map((time) => Math.max(time, memory.quietUntil))
    .filter((time) => time > senses.time);
  return Math.min(...due);
}
