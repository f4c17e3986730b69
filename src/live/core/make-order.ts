import { type Decimal, decimalFromNumber, decimalToNumber } from '../../domain/index.js';
import type { OrderSide } from '../../exchange/index.js';
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

/** Lets an entry through the risk checks into flight. Returns whether it was approved. */
export function sendEntry(turn: Turn, order: QuantityOrder, wanted: EntryWanted): boolean {
  const result = assess(turn, 'entry', order, wanted);
  if ('refusal' in result) {
    alert(turn, 'warning', 'order-refused', `entry order not sent: ${result.refusal}`);
    skipEntry(turn, wanted, result.refusal);
    return false;
  }
  launch(turn, result);
  return true;
}

/** Sends an order that was approved. What rests meanwhile goes on to be looked after. */
export function launch(turn: Turn, intent: RiskApproved): void {
  const { orderCounter, order, others } = turn.memory;
  remember(turn, {
    orderCounter: orderCounter + 1,
    order: sendingOrder(intent, turn.time),
    ...(order !== null && { others: [...others, order] }),
  });
  notice(turn, { changeTime: turn.time });
  turn.effects.push({ type: 'place', intent });
}

/** Asks the risk checks about an order. */
export function assess(
  turn: Turn,
  leg: Leg,
  order: QuantityOrder,
  wanted?: EntryWanted,
): RiskApproved | RiskRefused {
  const { memory, senses, time } = turn;
  const { rules } = senses;
  if (rules === undefined) return { refusal: 'status' };
  const program = programOf(turn).rules;
  const price = referencePrice(turn, order.side);
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

/** The price that a market order of this side meets, quote per base. */
export function referencePrice({ memory, senses }: Turn, side: OrderSide): Decimal {
  // After a start an exit may be due before the first price: it is judged by what the position cost.
  const known = side === 'buy' ? senses.askPrice : senses.bidPrice;
  return known ?? (memory.position === null ? 0n : costPrice(memory.position));
}

/** What the position cost, quote per base; 0 before its entry filled. */
export function costPrice(position: Position): Decimal {
  return position.entered === 0n ? 0n : decimalFromNumber(entryPriceOf(position));
}

function sideOf({ memory, senses }: Turn): number {
  return memory.position?.side ?? senses.entryWanted?.side ?? 1;
}
