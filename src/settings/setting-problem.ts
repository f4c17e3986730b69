import type { Setting, SettingValue, Timeframe } from '../domain/index.js';
import { didYouMean } from '../util/index.js';

/**
 * Says what is wrong with a value of a setting.
 *
 * @param setting - Which one.
 * @param value - As read from a file or a flag.
 * @param timeframe - Of the candles, where it is known.
 * @returns Reads on from the key; `undefined` where nothing is.
 */
export function settingProblem(
  { check }: Pick<Setting, 'check'>,
  value: unknown,
  timeframe?: Timeframe,
): string | undefined {
  const refusal = (expected: string, hint = ''): string =>
    `must be ${expected}: current value is ${shown(value)}${hint}`;
  switch (check.kind) {
    case 'number': {
      if (typeof value !== 'number') return refusal(check.expected);
      if (Number.isFinite(value) && check.accepts(value)) return undefined;
      return refusal(check.expected, check.hint?.(value));
    }
    case 'text': {
      const isText = typeof value === 'string' && (value !== '' || check.mayBeEmpty === true);
      if (!isText || check.accepts?.(value) === false) return refusal(check.expected);
      return check.problem?.(value, timeframe);
    }
    case 'word': {
      if (typeof value !== 'string') return refusal(check.words.join(' or '));
      if (check.words.includes(value)) return undefined;
      return refusal(check.words.join(' or '), didYouMean(value, check.words));
    }
    case 'switch':
      return typeof value === 'boolean' ? undefined : refusal('true or false');
  }
}

/**
 * Returns a value in the one way in which it is written, so that equal values are equal texts.
 *
 * @param setting - Which one.
 * @param value - Allowed (`settingProblem()`).
 * @param timeframe - Of the candles, where it is known.
 */
export function canonicalValue<Value extends SettingValue>(
  { check }: Pick<Setting, 'check'>,
  value: Value,
  timeframe?: Timeframe,
): Value {
  if (check.kind !== 'text' || check.canonical === undefined || typeof value !== 'string') {
    return value;
  }
  return check.canonical(value, timeframe) as Value;
}

function shown(value: unknown): string {
  if (value === undefined) return 'missing';
  if (typeof value === 'number') return String(value);
  return JSON.stringify(value) ?? typeof value;
}
