import type { z } from 'zod';
import { OutcomeUnknown, RequestNotSent } from '../ports/index.js';

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
  const message = `${what}: unreadable answer: ${parsed.error.issues[0]?.message ?? ''}`;
  throw isWrite ? new OutcomeUnknown(message) : new RequestNotSent(message);
}
