import type { CandleSeries } from '../../candles/index.js';
import { atr } from '../../indicators/index.js';
import type { EngineRules } from '../../semantics/index.js';
import type { EngineInput } from '../engine.js';

/** What a strategy gives beside signal and rules. */
export type StrategyColumns = Pick<EngineInput, 'exits' | 'columns' | 'manage'>;

/** Rules that tables do not hold: a run that has one steps through its candles. */
const STEPPED_RULES = [
  'stopLossAtr',
  'takeProfitAtr',
  'trailingStopAtr',
  'trailingActivation',
  'breakEven',
  'profitTargets',
  'maxCandlesHeld',
  'scaleOut',
  'exitMinProfit',
] as const satisfies readonly (keyof EngineRules)[];

/**
 * Returns why a run steps through its candles instead of following tables; the result is the same (S-51).
 *
 * @param rules - Of the run.
 * @param given - By its strategy.
 * @returns Names of rules and columns; none when tables hold all of them.
 */
export function steppedRules(rules: EngineRules, given: StrategyColumns): string[] {
  const names: string[] = STEPPED_RULES.filter((name) => rules[name] !== undefined);
  if ((rules.cooldownCandles ?? 0) > 0) names.push('cooldownCandles');
  if ('riskFraction' in rules.size) names.push('riskFraction');
  for (const [name, column] of Object.entries({
    exits: given.exits,
    stopDistance: given.columns?.stopDistance,
    targetDistance: given.columns?.targetDistance,
    size: given.columns?.size,
    manage: given.manage,
  })) {
    if (column !== undefined) names.push(name);
  }
  return names;
}

/**
 * Tells whether a run steps through its candles, without naming why.
 *
 * @param rules - Of the run.
 * @param given - By its strategy.
 */
export function isStepped(
  rules: EngineRules,
  { exits, columns, manage }: StrategyColumns,
): boolean {
  if (exits !== undefined || manage !== undefined || columns !== undefined) {
    return steppedRules(rules, { exits, columns, manage }).length > 0;
  }
  return (
    STEPPED_RULES.some((name) => rules[name] !== undefined) ||
    (rules.cooldownCandles ?? 0) > 0 ||
    'riskFraction' in rules.size
  );
}

/**
 * Returns a source of ATR columns that computes each period once.
 *
 * @param candles - Whole series.
 */
export function rememberedAtr(candles: CandleSeries): (period: number) => Float64Array {
  const columns = new Map<number, Float64Array>();
  return (period) => {
    const known = columns.get(period) ?? atr(candles, period);
    columns.set(period, known);
    return known;
  };
}
