import { z } from 'zod';
import { OutcomeUnknown, type ReadingNote, RequestNotSent } from '../ports/index.js';

/**
 * Reads an answer; one that cannot be read says nothing about what was done.
 *
 * @param schema - What it should be.
 * @param answer - Parsed JSON.
 * @param what - For the message.
 * @param isWrite - Whether the request could change anything.
 * @throws {OutcomeUnknown} If a request that writes has an unreadable answer; else `RequestNotSent`.
 */
export function readAnswer<T>(
  schema: z.ZodType<T>,
  answer: unknown,
  what: string,
  isWrite: boolean,
): T {
  const parsed = schema.safeParse(answer);
  if (parsed.success) return parsed.data;
  const message = `${what}: unreadable answer: ${problemText(parsed.error)}`;
  throw isWrite ? new OutcomeUnknown(message) : new RequestNotSent(message);
}

/** How a list is read. */
export interface RowsOptions {
  /** For messages. */
  readonly what: string;
  /** Names a row, for example its symbol. */
  readonly nameOf: (row: Readonly<Record<string, unknown>>) => unknown;
  /** Whether a row of this name is needed: one that cannot be read fails the whole answer. */
  readonly isNeeded: (name: unknown) => boolean;
  /** Gets word of rows that are left out. */
  readonly onNote?: ((note: ReadingNote) => void) | undefined;
}

/**
 * Reads a list in which rows may be odd: those that nobody here needs are left out and reported.
 *
 * @param schema - What a row should be.
 * @param answer - Parsed JSON.
 * @param options - Which rows are needed.
 * @throws {RequestNotSent} If it is no list, or a row that is needed cannot be read.
 */
export function readRows<T>(schema: z.ZodType<T>, answer: unknown, options: RowsOptions): T[] {
  const { what, nameOf, isNeeded, onNote } = options;
  const rows = readAnswer(z.array(z.unknown()), answer, what, false);
  const read: T[] = [];
  let first: string | undefined;
  let count = 0;
  for (const row of rows) {
    const parsed = schema.safeParse(row);
    if (parsed.success) {
      read.push(parsed.data);
      continue;
    }
    const name = nameOf((row ?? {}) as Record<string, unknown>);
    const problem = `${typeof name === 'string' ? name : 'a row'}: ${problemText(parsed.error)}`;
    if (isNeeded(name)) throw new RequestNotSent(`${what}: unreadable answer: ${problem}`);
    first ??= problem;
    count++;
  }
  if (first !== undefined) {
    const rest = count === 1 ? 'a row of another symbol' : `${count} rows of other symbols`;
    onNote?.({ kind: `rows ${what}`, text: `${what}: ${rest} left out, unreadable: ${first}` });
  }
  return read;
}

/** Where the first problem is, and what. */
export function problemText(error: z.ZodError): string {
  const [issue] = error.issues;
  if (issue === undefined) return '';
  const place = issue.path.join('.');
  return place === '' ? issue.message : `${place}: ${issue.message}`;
}
