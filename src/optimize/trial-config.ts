import type { BacktestRunConfig } from '../config/index.js';
import type { Parameters } from '../strategies/index.js';
import { filterConfig } from './evaluate.js';

/** Complete settings of one combination. */
export interface TrialSettings {
  /** Every parameter of the strategy, those without effect included. */
  readonly parameters: Parameters;
  /** `null` where a filter is off. */
  readonly filters: Parameters;
  /** `null` where a stop is off. */
  readonly stops: Parameters;
}

/**
 * Returns the backtest that a combination stands for: the money and execution of the search with the combination's settings.
 *
 * @param config - Of the search.
 * @param settings - Of the combination.
 */
export function trialConfig(config: BacktestRunConfig, settings: TrialSettings): BacktestRunConfig {
  return {
    ...config,
    ...filterConfig(settings.filters),
    ...settings.stops,
    params: settings.parameters,
  };
}
