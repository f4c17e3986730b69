import { parseBacktestRunConfig } from '../config/index.js';
import { parseTradingHours } from '../filters/index.js';
import { withFlagNames } from './flag-names.js';
import { symbolOption } from './option-values.js';
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
  const { allowed_trading_hours_utc: hours, apply_seasonality_to_symbols: symbols } = values;
  withFlagNames(() => {
    parseBacktestRunConfig({ strategy: 'any', interval, start, end });
    if (typeof hours === 'string') parseTradingHours(hours);
    const words = typeof symbols === 'string' ? symbols.split(',').filter(Boolean) : [];
    for (const word of words) symbolOption('apply_seasonality_to_symbols', word);
  }, groups);
  return values;
}
