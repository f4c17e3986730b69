import { type EngineRules, longPermitted, shortPermitted } from '../../semantics/index.js';
import { type ExitTableKey, sideKeys } from './exit-table-keys.js';
import type { ExitTables, TableColumns } from './exit-tables.js';

/** The tables that a chain with later rules reads on one side. */
export interface SideTables {
  /** The first of them that is met is the stop, or the target. */
  readonly stops: readonly Int32Array[];
  readonly targets: readonly Int32Array[];
  readonly trailing: readonly Required<TableColumns>[];
  /** By entry: when the gain is reached that activates `fromPeak`, which is by peak (S-72). */
  readonly activation: Int32Array | undefined;
  readonly fromPeak: Required<TableColumns> | undefined;
  readonly breakEven: Int32Array | undefined;
  readonly parts: readonly Int32Array[];
}

/** By side: index 0 long, 1 short. */
export type LaterTables = readonly [SideTables, SideTables];

const NO_TABLES: SideTables = {
  stops: [],
  targets: [],
  trailing: [],
  activation: undefined,
  fromPeak: undefined,
  breakEven: undefined,
  parts: [],
};

/**
 * Returns the tables of a set of rules with later ones; all of them have a place (`hasAll()`).
 *
 * @param rules - One run.
 * @param tables - That are there.
 */
export function laterTables(rules: EngineRules, tables: ExitTables): LaterTables {
  return [
    longPermitted(rules) ? sideTables(rules, 1, tables) : NO_TABLES,
    shortPermitted(rules) ? sideTables(rules, -1, tables) : NO_TABLES,
  ];
}

function sideTables(rules: EngineRules, side: 1 | -1, tables: ExitTables): SideTables {
  const { stops, targets, trailing, activation, fromPeak, breakEven, parts } = sideKeys(
    rules,
    side,
  );
  const exitsOf = (key: ExitTableKey): Int32Array => tables.columnsOf(key).exits;
  const bothOf = (key: ExitTableKey): Required<TableColumns> =>
    tables.columnsOf(key) as Required<TableColumns>;
  return {
    stops: stops.map(exitsOf),
    targets: targets.map(exitsOf),
    trailing: trailing.map(bothOf),
    activation: activation && exitsOf(activation),
    fromPeak: fromPeak && bothOf(fromPeak),
    breakEven: breakEven && exitsOf(breakEven),
    parts: parts.map(exitsOf),
  };
}
