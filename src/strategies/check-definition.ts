import { EXTRA_COLUMN_NAMES } from '../candles/index.js';
import { UsageError } from '../domain/index.js';
import { SHARED_NAMES } from '../settings/index.js';
import { didYouMean } from '../util/index.js';
import { parameterProblem } from './parameter-problem.js';
import type { ParameterSpecs } from './parameter-specs.js';
import { checkSeriesSpecs } from './series-specs.js';
import { TREND_FILTER_SPECS } from './trend-filter-parameters.js';

/** Names become parts of paths and of columns. */
const STRATEGY_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/;
const PARAMETER_NAME = /^[a-z][a-z0-9_]{0,59}$/;

/** Optimizer files list these beside a strategy's parameters. */
const RESERVED_NAMES: ReadonlySet<string> = new Set([
  ...Object.keys(TREND_FILTER_SPECS),
  ...SHARED_NAMES,
]);

/**
 * Checks what the type system cannot see of a strategy definition.
 *
 * @param definition - As written by its author, in a file that may be plain JavaScript.
 * @throws {UsageError} If something is missing, a name is not allowed, or a default does not fit its own range.
 */
export function checkDefinition(definition: {
  readonly name: string;
  readonly shortName?: string;
  readonly parameters?: ParameterSpecs;
  readonly extraColumns?: unknown;
  readonly warmUp: unknown;
  readonly signals: unknown;
  readonly series?: unknown;
  readonly manage?: unknown;
}): void {
  checkStrategyName(definition.name);
  if (definition.shortName !== undefined) checkStrategyName(definition.shortName);
  const where = `Strategy "${definition.name}"`;
  if (typeof definition.signals !== 'function') {
    throw new UsageError(
      `${where}: signals must be a function ({ candles, parameters, indicators }) => …`,
    );
  }
  if (!['function', 'number'].includes(typeof definition.warmUp)) {
    throw new UsageError(
      `${where}: warmUp must be a number of candles, or a function of the parameters`,
    );
  }
  if (!['function', 'undefined'].includes(typeof definition.manage)) {
    throw new UsageError(`${where}: manage must be a function (view, columns) => ({ stop })`);
  }
  refuseMistypedKeys(where, definition);
  if (definition.series !== undefined) checkSeriesSpecs(where, definition.series);
  checkExtraColumns(where, definition.extraColumns ?? []);
  for (const [name, spec] of Object.entries(definition.parameters ?? {})) {
    if (!PARAMETER_NAME.test(name)) {
      throw new UsageError(
        `${where}: parameter name "${name}" must be snake_case: a-z, 0-9 and _, at most 60, a letter first`,
      );
    }
    if (RESERVED_NAMES.has(name)) {
      throw new UsageError(
        `${where}: the parameter name "${name}" is reserved for a filter or a stop; choose another`,
      );
    }
    const { dependsOn } = spec;
    if (dependsOn !== undefined && !Object.hasOwn(definition.parameters ?? {}, dependsOn)) {
      throw new UsageError(`${where}: ${name} depends on "${dependsOn}", which is not a parameter`);
    }
    const problem = parameterProblem(spec, spec.default);
    if (problem !== undefined) {
      throw new UsageError(`${where}: the default of ${name} ${problem}`);
    }
  }
}

const KEYS: readonly string[] = [
  ...['name', 'shortName', 'parameters', 'extraColumns', 'series', 'findConflict', 'warmUp'],
  ...['history', 'signals', 'manage', 'plots'],
];

/** A key that is nearly one would be believed in; what is far from all of them is the author's own affair. */
function refuseMistypedKeys(where: string, definition: object): void {
  for (const key of Object.keys(definition)) {
    const hint = KEYS.includes(key) ? '' : didYouMean(key, KEYS);
    if (hint !== '') throw new UsageError(`${where}: unknown key "${key}"${hint}`);
  }
}

function checkExtraColumns(where: string, names: unknown): void {
  const known: readonly unknown[] = EXTRA_COLUMN_NAMES;
  const isKnown =
    Array.isArray(names) &&
    names.every((name) => known.includes(name)) &&
    new Set(names).size === names.length;
  if (isKnown) return;
  throw new UsageError(
    `${where}: extraColumns must be a list of ${known.join(', ')}, each at most once: it is ${JSON.stringify(names)}`,
  );
}

/**
 * Checks that a strategy name may become part of a path.
 *
 * @param name - As given by the strategy's author.
 * @throws {UsageError} If it holds anything but letters, digits, `.`, `_`, `-`, or is longer than 80.
 */
export function checkStrategyName(name: unknown): asserts name is string {
  if (typeof name === 'string' && STRATEGY_NAME.test(name)) return;
  throw new UsageError(
    `Strategy name ${JSON.stringify(name) ?? 'undefined'}: use letters, digits, ".", "_" and "-" only, at most 80, a letter or digit first`,
  );
}
