import { z } from 'zod';
import { didYouMean } from '../util/index.js';

/** Bounds of a number and the words that ask for it. */
export interface NumberWish {
  /** For example `a number > 0`; follows "must be". */
  readonly wish: string;
  readonly accepts: (value: number) => boolean;
  /** More help for a refused value, for example a likely typing error. */
  readonly hint?: (value: number) => string;
}

/**
 * Returns a field for a number within bounds; its message says wish and value.
 *
 * @param options - Bounds and words.
 */
export function numberField(options: NumberWish): z.ZodNumber {
  const message = (input: unknown): string =>
    `must be ${options.wish}: current value is ${shown(input)}${typeof input === 'number' ? (options.hint?.(input) ?? '') : ''}`;
  return z
    .number({ error: (issue) => message(issue.input) })
    .refine(options.accepts, { error: (issue) => message(issue.input) });
}

/**
 * Returns a field for one of a few words.
 *
 * @param words - What is allowed.
 */
export function wordField<const Words extends readonly [string, ...string[]]>(
  words: Words,
): z.ZodEnum<{ [Word in Words[number]]: Word }> {
  return z.enum(words, {
    error: ({ input }) =>
      `must be ${words.join(' or ')}: current value is ${shown(input)}${typeof input === 'string' ? didYouMean(input, words) : ''}`,
  });
}

/** A field that is switched on or off. */
export function switchField(): z.ZodBoolean {
  return z.boolean({
    error: ({ input }) => `must be true or false: current value is ${shown(input)}`,
  });
}

/**
 * Returns a field for a text.
 *
 * @param wish - For example `a symbol such as BTCUSDT`.
 */
export function textField(wish: string): z.ZodString {
  const error = ({ input }: { readonly input?: unknown }): string =>
    input === undefined
      ? `is missing: give ${wish}`
      : `must be ${wish}: current value is ${shown(input)}`;
  return z.string({ error }).min(1, { error });
}

/**
 * Returns an object schema in which unknown keys are errors that name the key that was likely meant.
 *
 * @param shape - Fields by key.
 */
export function strictFields<Shape extends z.core.$ZodLooseShape>(
  shape: Shape,
): z.ZodObject<Shape, z.core.$strict> {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== 'unrecognized_keys')
        return `must be keys with values: current value is ${shown(issue.input)}`;
      return issue.keys.map((key) => `unknown key "${key}"${didYouMean(key, known)}`).join(', ');
    },
  });
}

/**
 * Returns a value as a message shows it.
 *
 * @param value - Anything a user may have given.
 */
export function shown(value: unknown): string {
  if (value === undefined) return 'missing';
  if (typeof value === 'number') return String(value);
  return JSON.stringify(value) ?? typeof value;
}
