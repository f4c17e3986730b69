import { UsageError } from '../domain/index.js';
import type { ParameterValue } from '../strategies/index.js';

/** Values as written in a grid, and where. */
export interface GridEntry {
  /** Parameter → values. */
  readonly grid: Readonly<Record<string, readonly ParameterValue[]>>;
  /** Returns `file:line:column` of a parameter, or of one of its values. */
  readonly at: (name: string, index?: number) => string;
}

/**
 * Returns the values of a parameter of a grid, checked one by one.
 *
 * @param entry - Grid of one symbol and strategy.
 * @param name - Parameter.
 * @param fallback - Values when the grid does not name it.
 * @param problem - Says what is wrong with a value.
 * @throws {UsageError} With `file:line:column` of the first bad value.
 */
export function axisValues(
  entry: GridEntry,
  name: string,
  fallback: readonly ParameterValue[],
  problem: (value: ParameterValue) => string | undefined,
): readonly ParameterValue[] {
  const values = entry.grid[name];
  if (values === undefined) return fallback;
  for (const [index, value] of values.entries()) {
    const message = problem(value);
    if (message !== undefined) throw new UsageError(`${entry.at(name, index)}: ${message}`);
  }
  return values;
}

/**
 * Returns values without repetitions, in order of first appearance.
 *
 * @param values - Values of one parameter.
 */
export function distinct(values: readonly ParameterValue[]): readonly ParameterValue[] {
  const seen = new Map<string, ParameterValue>();
  for (const value of values) {
    const key = JSON.stringify(value);
    if (!seen.has(key)) seen.set(key, Object.is(value, -0) ? 0 : value);
  }
  return [...seen.values()];
}
