import { entryFilters } from '../../backtest/entry-filters.js';
import { tradeRules } from '../../backtest/trade-rules.js';
import type { Strategy } from '../../strategies/index.js';
import { resolveParameters } from '../../strategies/resolve-parameters.js';
import type { BotSettings, Program } from './settings.js';

/**
 * Resolves settings to the strategy, filters and rules of the backtest.
 *
 * @param settings - Checked.
 * @param strategyOf - Finds a strategy by its name.
 * @throws {UsageError} If strategy, parameters or filters are wrong.
 */
export function resolveProgram(
  settings: BotSettings,
  strategyOf: (name: string) => Strategy,
): Program {
  const { run } = settings;
  const strategy = strategyOf(run.strategy);
  const parameters = resolveParameters(strategy, run.params);
  const filters = entryFilters(run, parameters);
  return {
    rules: tradeRules(run),
    strategy,
    parameters,
    filters,
    warmUp: Math.max(strategy.warmUp(parameters), ...filters.map((filter) => filter.warmUp)),
  };
}
