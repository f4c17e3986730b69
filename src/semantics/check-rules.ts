import { UsageError } from '../domain/index.js';
import { shortPermitted } from './entry-rules.js';
import { requireProfitTargets, requireScaleOut } from './rule-texts.js';
import type { EngineRules } from './trade-rules.js';

/** What a strategy gives beside its entries. */
export interface GivenColumns {
  /** An exit column (S-06). */
  readonly exit: boolean;
  /** A stop distance (S-07). */
  readonly stopDistance: boolean;
}

const NO_COLUMNS: GivenColumns = { exit: false, stopDistance: false };

/**
 * Checks the rules of exits and sizes that are not plain fractions, each and against each other (S-06, S-29, S-70 to S-78).
 *
 * @param rules - One run.
 * @param given - Columns of the strategy. Default: a signal alone.
 * @throws {UsageError} If a value is out of range or contradicts another: which key, what it must be, what to do.
 */
export function checkTradeRules(rules: EngineRules, given: GivenColumns = NO_COLUMNS): void {
  checkValues(rules);
  checkTargets(rules);
  checkStops(rules);
  checkSize(rules, given);
  if (rules.exitOnNeutral && given.exit) {
    throw new UsageError(
      'exit_on_neutral contradicts an exit column, which sets the exits itself: disable exit_on_neutral, or use a signal without an exit column',
    );
  }
}

function checkValues(rules: EngineRules): void {
  const positive = (value: number): boolean => value > 0 && value < Number.POSITIVE_INFINITY;
  const whole =
    (min: number) =>
    (value: number): boolean =>
      Number.isSafeInteger(value) && value >= min;
  const { riskFraction } = 'riskFraction' in rules.size ? rules.size : {};
  requireValue('stop_loss_atr', rules.stopLossAtr, 'a multiple above 0', positive);
  requireValue('take_profit_atr', rules.takeProfitAtr, 'a multiple above 0', positive);
  requireValue('trailing_stop_atr', rules.trailingStopAtr, 'a multiple above 0', positive);
  requireValue('exit_atr_period', rules.exitAtrPeriod, 'an integer of 1 or more', whole(1));
  requireValue(
    'trailing_activation_pct',
    rules.trailingActivation,
    'a fraction above 0 (0.02 = 2 %)',
    positive,
  );
  requireValue('break_even_pct', rules.breakEven, 'a fraction above 0 (0.02 = 2 %)', positive);
  requireValue('max_candles_held', rules.maxCandlesHeld, 'an integer of 1 or more', whole(1));
  requireValue(
    'exit_min_profit_pct',
    rules.exitMinProfit,
    'a fraction (0.01 = 1 %, negative allows a loss)',
    Number.isFinite,
  );
  requireValue('cooldown_candles', rules.cooldownCandles, 'an integer of 0 or more', whole(0));
  requireValue(
    'risk_fraction',
    riskFraction,
    'a fraction above 0 and below 1 (0.01 = 1 % of the balance)',
    (value) => value > 0 && value < 1,
  );
}

function requireValue(
  key: string,
  value: number | undefined,
  wish: string,
  accepts: (value: number) => boolean,
): void {
  if (value === undefined || accepts(value)) return;
  throw new UsageError(`${key} must be ${wish}: current value is ${value}`);
}

function checkTargets(rules: EngineRules): void {
  const { takeProfit, profitTargets, scaleOut } = rules;
  if (profitTargets !== undefined) requireProfitTargets(profitTargets);
  if (scaleOut !== undefined) requireScaleOut(scaleOut);
  if (takeProfit !== undefined && profitTargets !== undefined) {
    throw new UsageError(
      `profit_targets replaces take_profit_pct, which is ${takeProfit}: keep one (0:${takeProfit} is the same)`,
    );
  }
  if (!shortPermitted(rules)) return;
  const farthest: [string, number][] = [
    ['profit_targets', Math.max(0, ...(profitTargets ?? []).map((target) => target.fraction))],
    ['scale_out', Math.max(0, ...(scaleOut ?? []).map((part) => part.fraction))],
  ];
  for (const [key, fraction] of farthest) {
    if (fraction < 1) continue;
    throw new UsageError(
      `${key} must have fractions below 1 where shorts are permitted, because a price cannot fall by more: current value is ${fraction}; use smaller ones, or direction long`,
    );
  }
}

function checkStops(rules: EngineRules): void {
  const { breakEven, breakEvenOffset, trailingActivation } = rules;
  if (trailingActivation !== undefined && !trails(rules)) {
    throw new UsageError(
      'trailing_activation_pct needs a trailing stop: set trailing_stop_loss_pct or trailing_stop_atr, or omit it',
    );
  }
  if (breakEvenOffset === undefined) return;
  if (breakEven === undefined) {
    throw new UsageError(
      'break_even_offset_pct needs break_even_pct: set the profit at which the stop moves, or omit it',
    );
  }
  if (breakEvenOffset > -1 && breakEvenOffset < breakEven) return;
  throw new UsageError(
    `break_even_offset_pct must be above -1 and below break_even_pct, which is ${breakEven}: current value is ${breakEvenOffset}`,
  );
}

function checkSize(rules: EngineRules, given: GivenColumns): void {
  const { size, allowOverdraft, stopLoss, stopLossAtr, trailingActivation } = rules;
  if (!('riskFraction' in size)) return;
  if (allowOverdraft) {
    throw new UsageError(
      'allow_overdraft needs a fixed size: set units instead of risk_fraction, or disable overdraft',
    );
  }
  const hasStop = stopLoss !== undefined || stopLossAtr !== undefined || given.stopDistance;
  if (hasStop || (trails(rules) && trailingActivation === undefined)) return;
  throw new UsageError(
    'risk_fraction needs a stop at the entry, because the distance to it is the risk: set stop_loss_pct, stop_loss_atr, a trailing stop without trailing_activation_pct, or give a stop distance',
  );
}

function trails(rules: EngineRules): boolean {
  return rules.trailingStop !== undefined || rules.trailingStopAtr !== undefined;
}
