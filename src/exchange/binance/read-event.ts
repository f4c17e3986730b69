import type { z } from 'zod';
import type { Decimal } from '../../domain/index.js';
import type { Fill, OrderStatus, ReadingNote } from '../ports/index.js';
import { problemText } from './read-answer.js';

type OnNote = (note: ReadingNote) => void;

/**
 * Reads an event of an account.
 *
 * @param schema - What it should be.
 * @param event - As sent.
 * @param onNote - Gets word of what is wrong with it.
 * @returns `undefined` if it cannot be read.
 */
export function readEvent<T>(schema: z.ZodType<T>, event: unknown, onNote: OnNote): T | undefined {
  const parsed = schema.safeParse(event);
  if (parsed.success) return parsed.data;
  const name = String((event as { e?: unknown } | null)?.e);
  onNote({
    kind: `event ${name}`,
    text: `an event of the account cannot be read (${name}: ${problemText(parsed.error)}): the account is queried instead`,
  });
  return undefined;
}

/** Reads the parts of an event; one that cannot be read is left out and reported. */
export function readParts<T>(
  schema: z.ZodType<T>,
  parts: readonly unknown[],
  what: string,
  onNote: OnNote,
): T[] {
  const read: T[] = [];
  for (const part of parts) {
    const parsed = schema.safeParse(part);
    if (parsed.success) read.push(parsed.data);
    else {
      onNote({
        kind: `part of ${what}`,
        text: `a part of an event of the account cannot be read (${what}: ${problemText(parsed.error)}): the account is queried instead`,
      });
    }
  }
  return read;
}

/** Reports an event that nobody here knows. */
export function unknownEvent(name: unknown, onNote: OnNote): void {
  const shown = typeof name === 'string' ? name.slice(0, 60) : 'without a name';
  onNote({
    kind: `unknown event ${shown}`,
    text: `the exchange sent an unknown event (${shown}): the account is queried instead`,
  });
}

/**
 * Says whether an event reports an execution: whatever carries a quantity and is not known to be something else.
 *
 * @param word - Kind of the report.
 * @param others - Words that stand for no execution.
 * @param quantity - Last quantity; `undefined` if it cannot be read.
 */
export function isExecution(
  word: string | undefined,
  others: readonly string[],
  quantity: Decimal | undefined,
): boolean {
  return !others.includes(word ?? '') && quantity !== 0n;
}

/** A part of an execution as an event reports it. */
export interface ReportedFill
  extends Omit<Fill, 'price' | 'quantity' | 'commission' | 'commissionAsset' | 'time'> {
  readonly isExecution: boolean;
  /** Name of the event. */
  readonly what: string;
  readonly price: Decimal | undefined;
  readonly quantity: Decimal | undefined;
  readonly commission: Decimal | undefined;
  readonly commissionAsset: string | undefined;
  readonly time: number | undefined;
}

/**
 * Returns the fill of an event whose money is all there. An execution that lacks a part of it is reported and given
 * without its fill: whoever follows the order sees that more is executed than was booked, and fetches the fills.
 *
 * @param reported - What the event says.
 * @param onNote - Gets word of what is missing.
 */
export function fillOf(reported: ReportedFill, onNote: OnNote): Fill | undefined {
  const { isExecution, what, price, quantity, commission, commissionAsset, time, ...rest } =
    reported;
  if (!isExecution) return undefined;
  const missing = [
    ...(price === undefined || price <= 0n ? ['price'] : []),
    ...(quantity === undefined || quantity <= 0n ? ['quantity'] : []),
    ...(commission === undefined || (commission !== 0n && !commissionAsset) ? ['commission'] : []),
    ...(time === undefined ? ['time'] : []),
    ...(rest.tradeId === '' ? ['number'] : []),
  ];
  if (
    missing.length > 0 ||
    price === undefined ||
    quantity === undefined ||
    commission === undefined ||
    time === undefined
  ) {
    const parts = missing.join(', ');
    onNote({
      kind: `fill of ${what} without ${parts}`,
      text: `the ${parts} of an execution cannot be read (${what}): its fills are fetched`,
    });
    return undefined;
  }
  return { ...rest, price, quantity, commission, commissionAsset: commissionAsset ?? '', time };
}

/**
 * Returns the status that a word of the exchange stands for; one that nobody knows is reported, and goes by what is
 * executed.
 *
 * @param known - Words that are known.
 * @param word - As sent.
 * @param isWhole - Whether all of the order is executed.
 * @param onNote - Gets word of an unknown one.
 */
export function statusOf(
  known: Readonly<Record<string, OrderStatus>>,
  word: string,
  isWhole: boolean,
  onNote?: OnNote,
): OrderStatus {
  const status = Object.hasOwn(known, word) ? known[word] : undefined;
  if (status !== undefined) return status;
  onNote?.({
    kind: `order status ${word.slice(0, 60)}`,
    text: `the exchange reported an order with the unknown status ${word.slice(0, 60)}: it is queried again`,
  });
  return isWhole ? 'filled' : 'new';
}
