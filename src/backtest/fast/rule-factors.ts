import { type EngineRules, noStop, noTakeProfit, RUINED_SHARE } from '../../semantics/index.js';

/** The constants of a set of rules as the arithmetic of `semantics/` has them, by side: index 0 long, 1 short. */
export interface RuleFactors {
  /** Entry price = open × this (S-21). */
  readonly entry: Float64Array;
  /** Market exit price = unslipped price × this (S-21). */
  readonly exit: Float64Array;
  /** Stop fill price = level, or open beyond it, × this (S-47). */
  readonly stopExit: Float64Array;
  /** Level = entry price × this; infinite where there is no such rule, so that it is never met (§4). */
  readonly stopLoss: Float64Array;
  readonly takeProfit: Float64Array;
  /** Index 2 and 3: `stopLoss`; index 0 and 1, for trades that did not meet it: never. */
  readonly stopLossIfHit: Float64Array;
  /** Level = peak price × this. */
  readonly trailingStop: Float64Array;
  /** Fixed quantity, or 0 when a share of the balance is used. */
  readonly units: number;
  readonly equityFraction: number;
  /** Share of the balance at risk (S-78), or 0. */
  readonly riskFraction: number;
  readonly leverage: number;
  readonly commissionRate: number;
  readonly allowOverdraft: boolean;
  /** A balance that is not above this is gone (S-31). */
  readonly ruinBalance: number;
  /** `Infinity` when there is none (S-30). */
  readonly maxCumulativeLoss: number;
}

/**
 * Computes the factors of a set of rules.
 *
 * @param rules - One run.
 */
export function ruleFactors(rules: EngineRules): RuleFactors {
  const { slippageRate, stopSlippageRate = 0, stopLoss, takeProfit, trailingStop, size } = rules;
  // The price is positive, so an infinite factor gives the infinite level of `noStop` and `noTakeProfit`.
  const bySide = (factor: (side: 1 | -1) => number): Float64Array =>
    Float64Array.of(factor(1), factor(-1));
  const stopLossFactor = (side: 1 | -1): number =>
    stopLoss === undefined ? noStop(side) : 1 - side * stopLoss;
  return {
    entry: bySide((side) => 1 + side * slippageRate),
    exit: bySide((side) => 1 + -side * slippageRate),
    stopExit: bySide((side) => 1 + -side * (slippageRate + stopSlippageRate)),
    stopLoss: bySide(stopLossFactor),
    stopLossIfHit: Float64Array.of(noStop(1), noStop(-1), stopLossFactor(1), stopLossFactor(-1)),
    takeProfit: bySide((side) =>
      takeProfit === undefined ? noTakeProfit(side) : 1 + side * takeProfit,
    ),
    trailingStop: bySide((side) =>
      trailingStop === undefined ? noStop(side) : 1 - side * trailingStop,
    ),
    units: 'units' in size ? size.units : 0,
    equityFraction: 'equityFraction' in size ? size.equityFraction : 0,
    riskFraction: 'riskFraction' in size ? size.riskFraction : 0,
    leverage: rules.leverage,
    commissionRate: rules.commissionRate,
    allowOverdraft: rules.allowOverdraft,
    ruinBalance: RUINED_SHARE * rules.initialBalance,
    maxCumulativeLoss: rules.maxCumulativeLoss ?? Number.POSITIVE_INFINITY,
  };
}
