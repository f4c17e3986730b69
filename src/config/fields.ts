import { z } from 'zod';
import type { Setting, SettingValue } from '../domain/index.js';
import { settingProblem } from '../settings/index.js';
import { didYouMean } from '../util/index.js';

/**
 * Returns the fields of settings by key; each may be absent or `null`.
 *
 * @param settings - What may be set.
 */
export function settingFields(
  settings: readonly Setting[],
): Record<string, z.ZodType<SettingValue | undefined>> {
  return Object.fromEntries(
    settings.map((setting) => [
      setting.key,
      z
        .custom<SettingValue>((value) => settingProblem(setting, value) === undefined, {
          error: ({ input }) => settingProblem(setting, input) ?? '',
        })
        .nullish(),
    ]),
  );
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
 * @param elsewhere - Says of a key that only other files have why it is none here.
 */
export function strictFields<Shape extends z.core.$ZodLooseShape>(
  shape: Shape,
  elsewhere: (key: string) => string | undefined = () => undefined,
): z.ZodObject<Shape, z.core.$strict> {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== 'unrecognized_keys')
        return `must be keys with values: current value is ${shown(issue.input)}`;
      return issue.keys
        .map((key) => elsewhere(key) ?? `unknown key "${key}"${didYouMean(key, known)}`)
        .join(', ');
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
