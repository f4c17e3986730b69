import type { OpenPosition } from './open-position.js';
import { noTakeProfit, takeProfitLevel } from './stop-levels.js';
import type { LevelSources } from './stop-rules.js';
import type { EngineRules, ProfitTarget } from './trade-rules.js';

/** A rule that gives a target; the nearest of all that are set counts (S-71). */
export interface TargetRule {
  /** Whether a run has it. */
  readonly isSet: (rules: EngineRules, sources: LevelSources) => boolean;
  /** Of the next candle; `noTakeProfit(side)` while there is none. */
  readonly level: (position: OpenPosition, rules: EngineRules) => number;
}

/** Every rule of targets but what `manage` sets, which replaces them (S-85). */
export const TARGET_RULES: readonly TargetRule[] = [
  {
    isSet: ({ takeProfit }) => takeProfit !== undefined,
    level: ({ entryPrice, side }, { takeProfit }) => takeProfitLevel(entryPrice, side, takeProfit!),
  },
  {
    isSet: ({ profitTargets }) => profitTargets !== undefined,
    level: ({ entryPrice, side, closesHeld }, { profitTargets }) =>
      takeProfitLevel(entryPrice, side, profitTargetAt(profitTargets!, closesHeld)),
  },
  {
    isSet: ({ takeProfitAtr }) => takeProfitAtr !== undefined,
    level: ({ entryPrice, side, distances }) =>
      targetAtDistance(entryPrice, side, distances.targetAtr),
  },
  {
    isSet: (_rules, { targetDistance }) => targetDistance,
    level: ({ entryPrice, side, distances }) =>
      targetAtDistance(entryPrice, side, distances.target),
  },
];

/**
 * Returns the fraction of the largest key that is not after a candle (S-74).
 *
 * @param targets - Candles ascend from 0.
 * @param candle - Candles after the entry candle.
 */
export function profitTargetAt(targets: readonly ProfitTarget[], candle: number): number {
  let k = targets.length - 1;
  while (targets[k]!.fromCandle > candle) k--;
  return targets[k]!.fraction;
}

/**
 * Returns the level of a target at a distance: `E + d` of a long, `E - d` of a short (S-70).
 *
 * @param entryPrice - E.
 * @param side - +1 long, -1 short.
 * @param distance - Quote per unit; `Infinity` is no target.
 */
export function targetAtDistance(entryPrice: number, side: number, distance: number): number {
  return entryPrice + side * distance;
}

/**
 * Returns the nearest of two targets (S-71).
 *
 * @param side - +1 long, -1 short.
 * @param a - A level, `noTakeProfit(side)` when there is none.
 * @param b - Another.
 */
export function nearerTarget(side: number, a: number, b: number): number {
  return side > 0 ? Math.min(a, b) : Math.max(a, b);
}

/**
 * Returns the target that `manage` set: `Infinity` is none, for a short as well (S-85).
 *
 * @param side - +1 long, -1 short.
 * @param target - As set.
 */
export function managedTargetLevel(side: number, target: number): number {
  return target === Number.POSITIVE_INFINITY ? noTakeProfit(side) : target;
}
