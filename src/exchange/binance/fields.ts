import { z } from 'zod';
import { type Decimal, readDecimal } from '../../domain/index.js';

/** A number that money or orders go by: any notation, but it must be there. */
export const number = z.unknown().transform((value, context): Decimal => {
  const read = readDecimal(value);
  if (read !== undefined) return read;
  const shown = value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 40);
  context.addIssue({ code: 'custom', message: `${shown} is not a number` });
  return z.NEVER;
});

/** A number that only informs: absent where it cannot be read. */
export const informative = z
  .unknown()
  .optional()
  .transform((value): Decimal | undefined => readDecimal(value));

/** What an account may spend: never more than there is. */
export const spendable = z.unknown().transform((value, context): Decimal => {
  const read = readDecimal(value, 'down');
  if (read !== undefined) return read;
  context.addIssue({ code: 'custom', message: 'an amount is not a number' });
  return z.NEVER;
});

/** Ids may exceed 2^53 and then arrive as texts. */
export const id = z.union([z.number().int(), z.string().min(1)]).transform(String);

/** An id where Binance may send none: empty, 0 and -1 are none. */
export const optionalId = z
  .unknown()
  .optional()
  .transform((value): string => {
    const text = typeof value === 'number' || typeof value === 'string' ? String(value) : '';
    return text === '0' || text === '-1' ? '' : text;
  });

/** An instant, ms UTC. */
export const time = z.unknown().transform((value, context): number => {
  const read = timeOf(value);
  if (read !== undefined) return read;
  context.addIssue({ code: 'custom', message: 'a time cannot be read' });
  return z.NEVER;
});

/** An instant that only informs. */
export const informativeTime = z.unknown().optional().transform(timeOf);

/** A word that only informs. */
export const informativeWord = z
  .unknown()
  .optional()
  .transform((value): string | undefined => (typeof value === 'string' ? value : undefined));

/** A statement that only informs; texts of `true` and `false` count. */
export const informativeFlag = z
  .unknown()
  .optional()
  .transform((value): boolean | undefined => {
    if (typeof value === 'boolean') return value;
    return value === 'true' ? true : value === 'false' ? false : undefined;
  });

/** A fee: `null` where Binance left it out, because there is none; `undefined` where it cannot be read. */
export const fee = z
  .unknown()
  .optional()
  .transform((value): Decimal | null | undefined => (value == null ? null : readDecimal(value)));

export const side = z.enum(['BUY', 'SELL']);

function timeOf(value: unknown): number | undefined {
  const read = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  return typeof read === 'number' && Number.isSafeInteger(read) ? read : undefined;
}
