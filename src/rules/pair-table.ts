import {
  type SettingOutline,
  type SettingValues,
  type Timeframe,
  textSetting,
  UsageError,
} from '../domain/index.js';
import { shortPermitted } from '../semantics/index.js';
import type { RunConflict } from './run-rule.js';

/**
 * Declares a setting that is a table of pairs such as `0:0.05,24:0.02`, `null` for none.
 *
 * @param outline - Its key and words, `read()`, which returns the table as it is always written.
 */
export function pairTableSetting<const Key extends string>({
  read,
  example,
  ...outline
}: Pick<SettingOutline<Key>, 'key' | 'flag' | 'description' | 'label'> & {
  readonly example: string;
  readonly read: (text: string, timeframe: Timeframe | undefined) => string;
}): SettingOutline<Key, string | null> {
  return textSetting({
    ...outline,
    unit: 'pairs',
    scope: 'research',
    default: null,
    expected: `pairs such as ${example}`,
    problem: (text, timeframe) => problemOf(outline.key, () => read(text, timeframe)),
    canonical: read,
  });
}

/**
 * Returns what a reader complains about, without the key that it begins with.
 *
 * @param key - Of the setting.
 * @param read - Throws a `UsageError` for what is wrong.
 */
export function problemOf(key: string, read: () => string): string | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return error.message.startsWith(`${key} `)
      ? error.message.slice(key.length + 1)
      : error.message;
  }
}

/**
 * Refuses levels that a short cannot reach.
 *
 * @param key - Of the table.
 * @param values - Of the run.
 * @param fractions - Of the table.
 */
export function tooFarForShorts(
  key: string,
  values: SettingValues,
  fractions: readonly number[],
): RunConflict | undefined {
  const farthest = Math.max(...fractions);
  const run = values as { readonly direction: 'both'; readonly market: 'spot' };
  if (farthest < 1 || !shortPermitted(run)) return undefined;
  return {
    key,
    message: `must have fractions below 1 where shorts are permitted: current value is ${String(values[key])}; use smaller ones, or direction long`,
  };
}
