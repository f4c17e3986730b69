import { type EngineRules, EXIT_ATR_PERIOD, usesAtr } from '../../semantics/index.js';
import { type RuleFactors, ruleFactors } from './rule-factors.js';

/** Candles that no trade is held for, or waits: there is no such rule. */
const NO_LIMIT = 0x3fffffff;

/** The constants of a set of rules with later ones; arrays of pairs by side: index 0 long, 1 short. */
export interface LaterFactors {
  readonly factors: RuleFactors;
  /** ATR of the whole series, where a rule has a multiple of it (S-70). */
  readonly ranges: Float64Array | undefined;
  /** Multiples of it, 0 where there is none. */
  readonly stopLossAtr: number;
  readonly takeProfitAtr: number;
  readonly trailingStopAtr: number;
  /** Level of the break-even = entry price × this (S-73). */
  readonly breakEven: Float64Array;
  /** First candles of the steps of the target, and level = entry price × this by side (S-74); empty where there are none. */
  readonly stepFrom: readonly number[];
  readonly steps: readonly [Float64Array, Float64Array];
  /** Levels of the parts = entry price × this by side, and their shares (S-76). */
  readonly parts: readonly [Float64Array, Float64Array];
  readonly shares: Float64Array;
  /** Whether a trailing level stands at the entry, so that it is part of the risk (S-78). */
  readonly trailsFromEntry: boolean;
  readonly maxCandlesHeld: number;
  readonly cooldownCandles: number;
  /** What a signal exit must have gained, of the entry price (S-84); `undefined` lets all exits pass. */
  readonly minProfit: number | undefined;
}

/**
 * Computes the constants of a set of rules with later ones.
 *
 * @param rules - One run.
 * @param atrOf - ATR of the whole series by its period.
 */
export function laterFactors(
  rules: EngineRules,
  atrOf: (period: number) => Float64Array,
): LaterFactors {
  const { profitTargets = [], scaleOut = [], breakEvenOffset = 0 } = rules;
  const trails = rules.trailingStop !== undefined || rules.trailingStopAtr !== undefined;
  const bothSides = (fractions: readonly number[]): [Float64Array, Float64Array] => [
    Float64Array.from(fractions, (fraction) => 1 + fraction),
    Float64Array.from(fractions, (fraction) => 1 - fraction),
  ];
  return {
    factors: ruleFactors(rules),
    ranges: usesAtr(rules) ? atrOf(rules.exitAtrPeriod ?? EXIT_ATR_PERIOD) : undefined,
    stopLossAtr: rules.stopLossAtr ?? 0,
    takeProfitAtr: rules.takeProfitAtr ?? 0,
    trailingStopAtr: rules.trailingStopAtr ?? 0,
    breakEven: Float64Array.of(1 + breakEvenOffset, 1 - breakEvenOffset),
    stepFrom: profitTargets.map(({ fromCandle }) => fromCandle),
    steps: bothSides(profitTargets.map(({ fraction }) => fraction)),
    parts: bothSides(scaleOut.map(({ fraction }) => fraction)),
    shares: Float64Array.from(scaleOut, ({ share }) => share),
    trailsFromEntry: trails && rules.trailingActivation === undefined,
    maxCandlesHeld: Math.min(rules.maxCandlesHeld ?? NO_LIMIT, NO_LIMIT),
    cooldownCandles: Math.min(rules.cooldownCandles ?? 0, NO_LIMIT),
    minProfit: rules.exitMinProfit,
  };
}
