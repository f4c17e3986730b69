import { idleKeys } from '../settings/index.js';
import { type ParameterSpecs, STRATEGIES, TREND_FILTER_SPECS } from '../strategies/index.js';

/** A chain of parameters that depend on each other is not longer. */
const DEPTH_MAX = 8;

/**
 * Returns the names of the settings and parameters that have no effect, because what they belong to is switched off.
 *
 * @param settings - Settings and parameters of one run.
 * @param parameters - Those that the strategy declares: they say what depends on what.
 */
export function idleSettings(
  settings: Readonly<Record<string, unknown>>,
  parameters: ParameterSpecs,
): ReadonlySet<string> {
  const isIdle = (name: string, depth = 0): boolean => {
    const above = parameters[name]?.dependsOn;
    if (above === undefined || settings[above] === undefined || depth > DEPTH_MAX) return false;
    return isOff(settings[above]) || isIdle(above, depth + 1);
  };
  return new Set([
    ...idleKeys(settings),
    ...Object.keys(parameters).filter((name) => isIdle(name)),
  ]);
}

/**
 * Returns the parameters of a strategy by its class name, as far as it is known here: those of a user's file are not.
 *
 * @param strategy - Class name.
 */
export function knownParameters(strategy: string): ParameterSpecs {
  return STRATEGIES.find(({ name }) => name === strategy)?.parameters ?? TREND_FILTER_SPECS;
}

/**
 * Returns the short name of a strategy: `MACross`. One that is not known here keeps its name.
 *
 * @param strategy - Class name.
 */
export function shortStrategyName(strategy: string): string {
  return STRATEGIES.find(({ name }) => name === strategy)?.shortName ?? strategy;
}

function isOff(value: unknown): boolean {
  return value === undefined || value === null || value === false;
}
