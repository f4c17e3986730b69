import type { OpenPosition } from './open-position.js';
import { noStop, noTakeProfit, tighterStop } from './stop-levels.js';
import {
  type LevelSources,
  STOP_NAMES,
  STOP_RULES,
  type StopName,
  type StopRule,
} from './stop-rules.js';
import { managedTargetLevel, nearerTarget, TARGET_RULES, type TargetRule } from './target-rules.js';
import type { EngineRules } from './trade-rules.js';

/** The rules of a run that give levels. */
export interface LevelRules {
  readonly rules: EngineRules;
  readonly stops: readonly StopRule[];
  readonly targets: readonly TargetRule[];
}

/** The levels of one candle. */
export interface PositionLevels {
  /** Effective stop, `noStop(side)` when there is none, and the kind that names it (S-44, S-71). */
  readonly stop: number;
  readonly stopName: StopName;
  /** The same without ruin, as `manage` sees it (S-85). */
  readonly ownStop: number;
  /** `noTakeProfit(side)` when there is none. */
  readonly target: number;
  /** What the candle before had; on the entry candle the same (S-74). */
  readonly targetBefore: number;
}

/**
 * Chooses the rules of levels that a run has.
 *
 * @param rules - One run.
 * @param sources - What its strategy gives.
 */
export function levelRulesOf(rules: EngineRules, sources: LevelSources): LevelRules {
  return {
    rules,
    stops: STOP_RULES.filter((rule) => rule.isSet(rules, sources)),
    targets: TARGET_RULES.filter((rule) => rule.isSet(rules, sources)),
  };
}

/**
 * Returns the levels that a position has in its next candle: the tightest stop and the nearest target (S-71).
 *
 * @param position - At its entry, or after the close of a candle.
 * @param levelRules - Of the run.
 * @param before - Levels of the candle before; none at the entry.
 */
export function levelsOf(
  position: OpenPosition,
  { rules, stops, targets }: LevelRules,
  before?: PositionLevels,
): PositionLevels {
  const { side } = position;
  let stop = noStop(side);
  let ownStop = stop;
  let stopName: StopName = 'stop-loss';
  for (const rule of stops) {
    const level = rule.level(position, rules);
    if (rule.name !== 'liquidation' && side * level > side * ownStop) ownStop = level;
    // Only a strictly tighter one takes the name: the rules stand in the order of S-44.
    if (side * level <= side * stop) continue;
    stop = level;
    stopName = rule.name;
  }
  const target = targetOf(position, rules, targets);
  return { stop, stopName, ownStop, target, targetBefore: before?.target ?? target };
}

/**
 * Returns the tightest stop of each kind in the next candle of a position; `noStop(side)` where there is none.
 *
 * @param position - At its entry, or after the close of a candle.
 * @param levelRules - Of the run.
 */
export function stopsByName(
  position: OpenPosition,
  { rules, stops }: LevelRules,
): Readonly<Record<StopName, number>> {
  const { side } = position;
  const tightest = (name: StopName): number =>
    stops
      .filter((rule) => rule.name === name)
      .map((rule) => rule.level(position, rules))
      .reduce((a, b) => tighterStop(side, a, b), noStop(side));
  return Object.fromEntries(STOP_NAMES.map((name) => [name, tightest(name)])) as Readonly<
    Record<StopName, number>
  >;
}

/**
 * Tells whether the levels of the next candle can differ from those of this one: only then they need computing anew.
 *
 * @param position - After the close of the candle.
 * @param peak - Before the close.
 * @param levels - Of the candle.
 * @param levelRules - Of the run.
 */
export function levelsMayMove(
  position: OpenPosition,
  peak: number,
  levels: PositionLevels,
  { rules }: LevelRules,
): boolean {
  // Trailing stops, their activation and break-even hang on the peak, and on its first close.
  return (
    position.peak !== peak ||
    position.closesHeld === 1 ||
    rules.profitTargets !== undefined ||
    levels.target !== levels.targetBefore
  );
}

function targetOf(
  position: OpenPosition,
  rules: EngineRules,
  targets: readonly TargetRule[],
): number {
  const { side, managedTarget } = position;
  if (!Number.isNaN(managedTarget)) return managedTargetLevel(side, managedTarget);
  let target = noTakeProfit(side);
  for (const rule of targets) target = nearerTarget(side, target, rule.level(position, rules));
  return target;
}
