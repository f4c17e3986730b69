import { UsageError, UserError } from '../domain/index.js';
import {
  type ParameterSpec,
  type ParameterValue,
  parameterProblem,
  type Strategy,
} from '../strategies/index.js';
import { type AxisTree, axisTree, type Block } from './blocks.js';
import { axisValues, distinct, type GridEntry } from './grid-axes.js';

/** The blocks of a strategy's parameters, and how many combinations the grid spells out. */
export interface WrittenBlocks {
  readonly blocks: readonly Block[];
  /** Product of the lengths of the lists, repetitions and values without effect included. */
  readonly written: bigint;
}

/**
 * Builds the blocks of a strategy's own parameters, in the order in which the strategy declares them.
 *
 * @param strategy - Declares the parameters; one that the grid does not name keeps its default.
 * @param entry - Grid. `x: [[low, high], …]` is accepted for a pair `x_low`, `x_high`.
 * @throws {UsageError} With `file:line:column` of the first bad value.
 */
export function strategyBlocks(strategy: Strategy, entry: GridEntry): WrittenBlocks {
  const names = Object.keys(strategy.parameters);
  const pairs = names.flatMap((name) => pairOf(strategy, name) ?? []);
  let written = 1n;
  const values = new Map<string, readonly ParameterValue[]>();
  const blocks: Block[] = [];
  const paired = new Set<string>();
  for (const pair of pairs) {
    const rows = entry.grid[pair.name];
    if (rows === undefined) continue;
    blocks.push({ kind: 'rows', names: pair.parts, rows: pairRows(strategy, entry, pair) });
    written *= BigInt(rows.length);
    for (const part of pair.parts) paired.add(part);
  }
  for (const name of names) {
    if (paired.has(name)) continue;
    const spec = strategy.parameters[name]!;
    const list = axisValues(entry, name, [spec.default], (value) =>
      namedProblem(name, spec, value),
    );
    written *= BigInt(list.length);
    values.set(name, distinct(list));
  }
  return { blocks: [...trees(strategy, values), ...blocks], written };
}

/**
 * Returns the names that a grid may use for a strategy's own parameters.
 *
 * @param strategy - Declares the parameters.
 */
export function strategyGridNames(strategy: Strategy): string[] {
  const names = Object.keys(strategy.parameters);
  return [...names, ...names.flatMap((name) => pairOf(strategy, name)?.name ?? [])];
}

interface PairParameter {
  readonly name: string;
  readonly parts: readonly [string, string];
}

function pairOf(strategy: Strategy, name: string): PairParameter | undefined {
  if (!name.endsWith('_low')) return undefined;
  const stem = name.slice(0, -'_low'.length);
  const taken = Object.hasOwn(strategy.parameters, stem);
  if (taken || !Object.hasOwn(strategy.parameters, `${stem}_high`)) return undefined;
  return { name: stem, parts: [name, `${stem}_high`] };
}

function pairRows(
  strategy: Strategy,
  entry: GridEntry,
  pair: PairParameter,
): readonly (readonly ParameterValue[])[] {
  for (const part of pair.parts) {
    if (entry.grid[part] === undefined) continue;
    throw new UsageError(
      `${entry.at(part)}: ${part} is also set by ${pair.name} (${entry.at(pair.name)}); keep one of them`,
    );
  }
  const values = axisValues(entry, pair.name, [], (value) => {
    if (!Array.isArray(value) || value.length !== 2) {
      return `${pair.name} must be a pair [low, high]: current value is ${JSON.stringify(value)}`;
    }
    const problems = pair.parts.map((part, k) =>
      namedProblem(part, strategy.parameters[part]!, (value as readonly number[])[k]!),
    );
    return problems.find((problem) => problem !== undefined);
  });
  return distinct(values).map((value) => value as readonly number[]);
}

function namedProblem(
  name: string,
  spec: ParameterSpec,
  value: ParameterValue,
): string | undefined {
  const problem = parameterProblem(spec, value);
  return problem === undefined ? undefined : `${name} ${problem}`;
}

function trees(
  strategy: Strategy,
  values: ReadonlyMap<string, readonly ParameterValue[]>,
): AxisTree[] {
  let placed = 0;
  const parentOf = (name: string): string | undefined => {
    const parent = strategy.parameters[name]!.dependsOn;
    return parent !== undefined && values.has(parent) ? parent : undefined;
  };
  const build = (name: string): AxisTree => {
    placed++;
    const children = [...values.keys()].filter((child) => parentOf(child) === name).map(build);
    return axisTree(name, values.get(name)!, strategy.parameters[name]!.default, children);
  };
  const forest = [...values.keys()].filter((name) => parentOf(name) === undefined).map(build);
  if (placed !== values.size) {
    throw new UserError(
      `${strategy.name}: circular dependency between parameters; check dependsOn`,
    );
  }
  return forest;
}
