import { type EngineRules, longPermitted, shortPermitted } from '../../semantics/index.js';
import { type ExitTableKey, type SideKeys, sideKeys } from './exit-table-keys.js';
import type { ExitTables } from './exit-tables.js';

/** Where the tables that a chain with later rules reads start in the pool; 0, the table "never", where there is none. */
export interface LaterTables {
  readonly pool: Int32Array;
  readonly peaksDistance: number;
  /** The first of them that is met is the stop. */
  readonly stopLoss: SidePair;
  readonly stopLossAtr: SidePair;
  readonly target: SidePair;
  readonly targetAtr: SidePair;
  readonly breakEven: SidePair;
  readonly trailing: SidePair;
  readonly trailingAtr: SidePair;
  /** By entry: when the gain is reached that activates `fromPeak`, which is by peak (S-72). */
  readonly activation: SidePair;
  readonly fromPeak: SidePair;
  /** Levels of the parts, nearest first (S-76). */
  readonly parts: readonly SidePair[];
}

/** By side: index 0 long, 1 short. */
export type SidePair = readonly [number, number];

/**
 * Returns the tables of a set of rules with later ones; all of them have a place (`hasAll()`).
 *
 * @param rules - One run.
 * @param tables - That are there.
 */
export function laterTables(rules: EngineRules, tables: ExitTables): LaterTables {
  const long = longPermitted(rules) ? sideKeys(rules, 1) : undefined;
  const short = shortPermitted(rules) ? sideKeys(rules, -1) : undefined;
  const offsetOf = (key: ExitTableKey | undefined): number =>
    key === undefined ? 0 : tables.offsetOf(key);
  const pair = (keyOf: (keys: SideKeys) => ExitTableKey | undefined): SidePair => [
    offsetOf(long && keyOf(long)),
    offsetOf(short && keyOf(short)),
  ];
  return {
    pool: tables.pool,
    peaksDistance: tables.peaksDistance,
    stopLoss: pair(({ stopLoss }) => stopLoss),
    stopLossAtr: pair(({ stopLossAtr }) => stopLossAtr),
    target: pair(({ target }) => target),
    targetAtr: pair(({ targetAtr }) => targetAtr),
    breakEven: pair(({ breakEven }) => breakEven),
    trailing: pair(({ trailing }) => trailing),
    trailingAtr: pair(({ trailingAtr }) => trailingAtr),
    activation: pair(({ activation }) => activation),
    fromPeak: pair(({ fromPeak }) => fromPeak),
    parts: (rules.scaleOut ?? []).map((_, part) => pair(({ parts }) => parts[part])),
  };
}

/**
 * Returns where the tables start that a chain reads, those of peaks included.
 *
 * @param tables - Of a combination.
 */
export function laterOffsets(tables: LaterTables): number[] {
  const { stopLoss, stopLossAtr, target, targetAtr, breakEven, activation, parts } = tables;
  const { trailing, trailingAtr, fromPeak, peaksDistance } = tables;
  const withPeaks = [...trailing, ...trailingAtr, ...fromPeak].filter((at) => at !== 0);
  return [
    ...[...stopLoss, ...stopLossAtr, ...target, ...targetAtr, ...breakEven, ...activation],
    ...parts.flat(),
    ...withPeaks.flatMap((at) => [at, at + peaksDistance]),
  ];
}
