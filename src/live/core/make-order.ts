import { type Decimal, decimalFromNumber, decimalToNumber } from '../../domain/index.js';
import { clientOrderId } from './client-order-id.js';
import { sendingOrder } from './order.js';
import { entryPriceOf, type Position } from './position.js';
import {
  assessRisk,
  type Leg,
  type QuantityOrder,
  type RiskApproved,
  type RiskRefused,
} from './risk.js';
import { skipEntry } from './skipped-entries.js';
import { alert, type EntryWanted, notice, programOf, remember, type Turn } from './turn.js';

export const HOUR_MS = 3_600_000;
/** An exit that the rules of the instrument forbid now is tried again after this. */
const REFUSED_MS = 5_000;

/** What all orders of a leg have in common; the id is the one after the newest. */
export function baseOrder(turn: Turn, leg: Leg, ahead = 1) {
  const { settings } = turn.memory;
  const isBuy = (leg === 'entry') === sideOf(turn) > 0;
  return {
    symbol: settings.run.symbol,
    side: isBuy ? ('buy' as const) : ('sell' as const),
    clientOrderId: nextId(turn, leg, ahead),
    ...(settings.run.market === 'usdm' && leg !== 'entry' && { reduceOnly: true }),
  };
}

/** The id of an order to come: `ahead` orders after the newest. */
export function nextId(turn: Turn, leg: Leg | 'pair', ahead: number): string {
  const { tag, epoch, orderCounter, position, enteredSignalTime } = turn.memory;
  const { entryWanted } = turn.senses;
  const signalTime = position?.signalTime ?? entryWanted?.signalTime ?? enteredSignalTime ?? 0;
  const counter = orderCounter + ahead;
  return clientOrderId({ bot: tag, signalTime, leg, epoch, counter });
}

/** Lets an order through the risk checks into flight. Returns whether it was approved. */
export function send(turn: Turn, leg: Leg, order: QuantityOrder, wanted?: EntryWanted): boolean {
  const result = assess(turn, leg, order, wanted);
  if ('refusal' in result) {
    if (leg === 'exit' || leg === 'take-profit')
      remember(turn, { retryTime: turn.time + REFUSED_MS });
    const level = leg === 'entry' ? 'warning' : 'alarm';
    alert(turn, level, 'order-refused', `${leg} order not sent: ${result.refusal}`);
    if (wanted !== undefined) skipEntry(turn, wanted, result.refusal);
    return false;
  }
  remember(turn, {
    orderCounter: turn.memory.orderCounter + 1,
    order: sendingOrder(result, turn.time),
  });
  notice(turn, { changeTime: turn.time });
  turn.effects.push({ type: 'place', intent: result });
  return true;
}

/** Asks the risk checks about an order. */
export function assess(
  turn: Turn,
  leg: Leg,
  order: QuantityOrder,
  wanted?: EntryWanted,
): RiskApproved | RiskRefused {
  const { memory, senses, time } = turn;
  const { rules, bidPrice, askPrice } = senses;
  if (rules === undefined) return { refusal: 'status' };
  const program = programOf(turn).rules;
  // After a start an exit may be due before the first price: it is judged by what the position cost.
  const known = order.side === 'buy' ? askPrice : bidPrice;
  const price = known ?? (memory.position === null ? 0n : costPrice(memory.position));
  const loss = Math.max(program.stopLoss ?? 0, program.trailingStop ?? 0);
  return assessRisk(
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
      ownLeverage: program.leverage,
      ownFunds: program.allowOverdraft ? Number.POSITIVE_INFINITY : decimalToNumber(memory.balance),
    },
  );
}

/** What the position cost, quote per base; 0 before its entry filled. */
export function costPrice(position: Position): Decimal {
  return position.entered === 0n ? 0n : decimalFromNumber(entryPriceOf(position));
}

function sideOf({ memory, senses }: Turn): number {
  return memory.position?.side ?? senses.entryWanted?.side ?? 1;
}
