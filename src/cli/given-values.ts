import { parseBacktestRunConfig } from '../config/index.js';
import { RUN_SETTINGS } from '../settings/index.js';
import { withFlagNames } from './flag-names.js';
import { type RunFlagGroup, runFlagValues } from './run-flags.js';

/**
 * Returns the settings that flags give to runs of which many follow. What is wrong for all of them is said once, before the
 * first begins, also where a switch of the grid decides whether it counts.
 *
 * @param options - `command.opts()`.
 * @param groups - Groups that the command has.
 * @throws {UsageError} If a period, an interval, hours or symbols cannot be read.
 */
export function givenRunValues(
  options: Readonly<Record<string, unknown>>,
  groups: readonly RunFlagGroup[],
): Record<string, unknown> {
  const values = runFlagValues(options, groups);
  const { interval, start, end } = values;
  withFlagNames(() => {
    parseBacktestRunConfig({ strategy: 'any', interval, start, end });
    for (const { key, check } of RUN_SETTINGS) {
      const value = values[key];
      if (check.kind === 'text' && typeof value === 'string') check.verify?.(value);
    }
  }, groups);
  return values;
}
