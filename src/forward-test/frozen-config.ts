import type { BacktestRunConfigInput, BestParamsEntry } from '../config/index.js';
import { UsageError } from '../domain/index.js';
import type { FilterRule } from '../filters/index.js';
import { FILTER_RULES } from '../settings/index.js';
import { type Parameters, parameterProblem, type Strategy } from '../strategies/index.js';

/** A run with the settings that an optimization found, and what a reader must know about them. */
export interface FrozenConfig {
  readonly config: BacktestRunConfigInput;
  readonly notes: readonly string[];
}

/** What an optimization leaves: an entry of best_params.yaml, or parameters, stops and filters of a trial. */
export interface OptimizedSettings {
  readonly strategy: Parameters;
  readonly risk: Parameters;
  readonly filters: Parameters;
  readonly searched_filters?: BestParamsEntry['searched_filters'];
}

/**
 * Puts the optimized parameters and stops into a run; filters only where the run asks for them, with their optimized values.
 *
 * @param entry - What the optimization left.
 * @param asked - The run: money, period, filters that are wanted, and values for filters that were not optimized.
 * @param strategy - Tells which parameters may be off.
 * @throws {UsageError} If a filter is asked for that was never optimized and has not all values of its own, or values are given
 *   for a filter that is not asked for.
 */
export function frozenConfig(
  entry: OptimizedSettings,
  asked: BacktestRunConfigInput,
  strategy: Strategy,
): FrozenConfig {
  const filters = FILTER_RULES.map((filter) => frozenFilter(filter, entry, asked));
  return {
    config: {
      ...asked,
      params: frozenParameters(entry.strategy, strategy),
      ...entry.risk,
      ...Object.fromEntries(filters.flatMap(({ values }) => Object.entries(values))),
    },
    notes: filters.flatMap(({ notes }) => notes),
  };
}

/** A parameter without effect is written as `null`; the strategy's default stands in, and has no effect either. */
function frozenParameters(
  values: Parameters,
  strategy: Strategy,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(values).filter(([name, value]) => {
      const spec = strategy.parameters[name];
      return value !== null || (spec !== undefined && parameterProblem(spec, null) === undefined);
    }),
  );
}

interface FrozenFilter {
  readonly values: Readonly<Record<string, unknown>>;
  readonly notes: readonly string[];
}

function frozenFilter(
  filter: FilterRule,
  entry: OptimizedSettings,
  run: BacktestRunConfigInput,
): FrozenFilter {
  const { name } = filter;
  const apply = filter.apply.key;
  const settings = filter.settings.map(({ key }) => key);
  const asked = run as Readonly<Record<string, unknown>>;
  const given = settings.filter((key) => asked[key] !== undefined && asked[key] !== null);
  const { filters: optimized } = entry;
  const wasOn = optimized[apply] === true;
  if (asked[apply] !== true) {
    if (given.length > 0) {
      throw new UsageError(
        `${given[0]} has no effect without ${apply}: add it, or omit ${given[0]}`,
      );
    }
    const note = `The optimizer chose these parameters together with the ${name}; it is off here, because ${apply} was not given.`;
    return { values: { [apply]: false }, notes: wasOn ? [note] : [] };
  }
  if (!wasOn && given.length === 0 && entry.searched_filters?.includes(apply) === true) {
    const note = `The optimizer tried the ${name} and chose these parameters without it, so it stays off.`;
    return { values: { [apply]: false }, notes: [note] };
  }
  const found = Object.fromEntries(
    settings.map((key) => [key, asked[key] ?? (wasOn ? optimized[key] : undefined)]),
  );
  // A setting without a default of its own may stay without a value.
  const needed = filter.settings.filter(({ default: own }) => own !== null && own !== '');
  const missing = needed
    .map(({ key }) => key)
    .filter((key) => found[key] === undefined || found[key] === null);
  if (missing.length > 0) {
    throw new UsageError(
      `${apply}: there are no optimized values of the ${name}; optimize again with ${apply}, or give ${listed(missing)}`,
    );
  }
  const changed = wasOn ? given.filter((key) => optimized[key] !== asked[key]) : given;
  const note = `The ${name} uses ${listed(changed)} of this command, not of the optimization.`;
  return { values: { [apply]: true, ...found }, notes: changed.length > 0 ? [note] : [] };
}

function listed(keys: readonly string[]): string {
  return keys.length < 2
    ? keys.join('')
    : `${keys.slice(0, -1).join(', ')} and ${keys[keys.length - 1]}`;
}
