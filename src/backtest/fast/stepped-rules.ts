import type { CandleSeries } from '../../candles/index.js';
import { atr } from '../../indicators/index.js';
import type { EngineRules } from '../../semantics/index.js';
import type { EngineInput } from '../engine.js';

/** What a strategy gives beside signal and rules. */
export type StrategyColumns = Pick<EngineInput, 'exits' | 'columns' | 'manage'>;

/**
 * How a run is computed; the result is the same (S-51).
 *
 * - `plain`: fractions, signals and money alone.
 * - `later-tables`: with later rules (S-70 to S-79, S-84), all of them by tables.
 * - `candle-loop`: candle by candle, as tables do not hold one of its rules, or are not there.
 */
export type RunWay = 'plain' | 'later-tables' | 'candle-loop';

/** Later rules; a run that has one of them is not plain. */
const LATER_RULES = [
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
 * Chooses how a run is computed: all of its later rules by tables, or candle by candle.
 *
 * @param rules - Of the run.
 * @param given - By its strategy.
 * @param hasTables - Whether the tables of its rules are there.
 */
export function runWay(
  rules: EngineRules,
  given: StrategyColumns,
  hasTables: (rules: EngineRules) => boolean,
): RunWay {
  if (!isLater(rules, given)) return 'plain';
  return steppedRules(rules, given).length === 0 && hasTables(rules)
    ? 'later-tables'
    : 'candle-loop';
}

/**
 * Returns which later rules a run has, those of its strategy included.
 *
 * @param rules - Of the run.
 * @param given - By its strategy.
 * @returns Names of rules and columns.
 */
export function laterRules(rules: EngineRules, given: StrategyColumns): string[] {
  const names: string[] = LATER_RULES.filter((name) => rules[name] !== undefined);
  if ((rules.cooldownCandles ?? 0) > 0) names.push('cooldownCandles');
  if ('riskFraction' in rules.size) names.push('riskFraction');
  return [...names, ...givenColumns(given)];
}

/**
 * Returns the rules for which a run steps through its candles even where tables are there: those that follow no table, and
 * combinations and values that the chain of tables does not know.
 *
 * @param rules - Of the run.
 * @param given - By its strategy.
 * @returns Names of rules and columns; none when tables hold all of them.
 */
export function steppedRules(rules: EngineRules, given: StrategyColumns): string[] {
  const { trailingActivation, breakEven, cooldownCandles = 0, reEntry } = rules;
  const names: string[] = [];
  // A gain that no price can be away from is reached without a touch.
  if (isTiny(trailingActivation)) names.push('trailingActivation');
  if (isTiny(breakEven)) names.push('breakEven');
  // The signal may change, and change back, while nothing may be entered.
  if (cooldownCandles > 1 && reEntry === 'new-signal') names.push('cooldownCandles');
  return [...names, ...givenColumns(given)];
}

function givenColumns({ exits, columns, manage }: StrategyColumns): string[] {
  if (exits === undefined && columns === undefined && manage === undefined) return [];
  const given = {
    exits,
    stopDistance: columns?.stopDistance,
    targetDistance: columns?.targetDistance,
    size: columns?.size,
    manage,
  };
  return Object.entries(given).flatMap(([name, column]) => (column === undefined ? [] : [name]));
}

function isLater(rules: EngineRules, given: StrategyColumns): boolean {
  return (
    LATER_RULES.some((name) => rules[name] !== undefined) ||
    (rules.cooldownCandles ?? 0) > 0 ||
    'riskFraction' in rules.size ||
    givenColumns(given).length > 0
  );
}

function isTiny(fraction: number | undefined): boolean {
  return fraction !== undefined && (1 + fraction === 1 || 1 - fraction === 1);
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
