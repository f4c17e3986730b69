import {
  type EngineRules,
  EXIT_ATR_PERIOD,
  longPermitted,
  type ProfitTarget,
  profitTargetsText,
  shortPermitted,
} from '../../semantics/index.js';

/**
 * One table: for each entry candle, when a level is met. A stop-loss of a long and a take-profit of a short with the same
 * fraction are the same table when there is no slippage.
 */
export type ExitTableKey =
  | LevelKey
  | DistanceKey
  | TrailingKey
  | FromPeakKey
  | TrailingDistanceKey
  | BreakEvenKey
  | TargetsKey;

/** `open * entryFactor * levelFactor`. */
export interface LevelKey {
  readonly kind: 'falling' | 'rising';
  readonly entryFactor: number;
  readonly levelFactor: number;
}

/** `open * entryFactor`, and the multiple of the ATR of the decision away from it (S-70). */
export interface DistanceKey {
  readonly kind: 'falling-atr' | 'rising-atr';
  readonly entryFactor: number;
  readonly multiple: number;
  readonly period: number;
}

/** The trailing level from the entry on (S-40). */
export interface TrailingKey {
  readonly kind: 'trailing-long' | 'trailing-short';
  readonly entryFactor: number;
  readonly levelFactor: number;
}

/** The trailing level of a peak that was set at the candle, from the candle after it on: not by entry. */
export interface FromPeakKey {
  readonly kind: 'from-peak-long' | 'from-peak-short';
  readonly levelFactor: number;
}

/** The trailing level at a multiple of the ATR of the decision, from the entry or from a gain on (S-70, S-72). */
export interface TrailingDistanceKey {
  readonly kind: 'trailing-atr-long' | 'trailing-atr-short';
  readonly entryFactor: number;
  readonly multiple: number;
  readonly period: number;
  /** The gain that activates it: `open * entryFactor * gainFactor`. */
  readonly gainFactor: number | undefined;
}

/** A level that counts from the candle after a gain on (S-73). */
export interface BreakEvenKey {
  readonly kind: 'break-even-long' | 'break-even-short';
  readonly entryFactor: number;
  readonly gainFactor: number;
  readonly levelFactor: number;
}

/** A target that changes with the age of the trade (S-74). */
export interface TargetsKey {
  readonly kind: 'targets-long' | 'targets-short';
  readonly entryFactor: number;
  readonly steps: readonly ProfitTarget[];
}

/** What the tables of a set of rules are for, on one side; `undefined` where there is no such rule. */
export interface SideKeys {
  readonly stopLoss: LevelKey | undefined;
  readonly stopLossAtr: DistanceKey | undefined;
  readonly target: LevelKey | TargetsKey | undefined;
  readonly targetAtr: DistanceKey | undefined;
  readonly breakEven: BreakEvenKey | undefined;
  /** Followed from the entry on. */
  readonly trailing: TrailingKey | undefined;
  readonly trailingAtr: TrailingDistanceKey | undefined;
  /** The gain from which `fromPeak` is followed. */
  readonly activation: LevelKey | undefined;
  readonly fromPeak: FromPeakKey | undefined;
  /** Levels of the parts, nearest first (S-76). */
  readonly parts: readonly LevelKey[];
}

/**
 * Returns the tables that a set of rules reads.
 *
 * @param rules - One run.
 */
export function exitTableKeys(rules: EngineRules): ExitTableKey[] {
  const sides: (1 | -1)[] = [];
  if (longPermitted(rules)) sides.push(1);
  if (shortPermitted(rules)) sides.push(-1);
  return sides.flatMap((side) => {
    const { parts, ...others } = sideKeys(rules, side);
    return [...Object.values(others).filter((key) => key !== undefined), ...parts];
  });
}

/**
 * Returns the tables that a set of rules reads for one side.
 *
 * @param rules - One run.
 * @param side - +1 long, -1 short.
 */
export function sideKeys(rules: EngineRules, side: 1 | -1): SideKeys {
  const { trailingStop, trailingStopAtr, trailingActivation, scaleOut = [] } = rules;
  const { exitAtrPeriod: period = EXIT_ATR_PERIOD } = rules;
  const entryFactor = 1 + side * rules.slippageRate;
  const isLong = side > 0;
  const against = isLong ? 'falling' : 'rising';
  const inFavour = isLong ? 'rising' : 'falling';
  const gainKey = (fraction: number): LevelKey => {
    return { kind: inFavour, entryFactor, levelFactor: 1 + side * fraction };
  };
  const isActivated = trailingActivation !== undefined;
  return {
    stopLoss: mapped(rules.stopLoss, (fraction) => {
      return { kind: against, entryFactor, levelFactor: 1 - side * fraction };
    }),
    stopLossAtr: mapped(rules.stopLossAtr, (multiple) => {
      return { kind: `${against}-atr`, entryFactor, multiple, period };
    }),
    target: mapped(rules.takeProfit, gainKey) ?? targetsKey(rules, side, entryFactor),
    targetAtr: mapped(rules.takeProfitAtr, (multiple) => {
      return { kind: `${inFavour}-atr`, entryFactor, multiple, period };
    }),
    breakEven: mapped(rules.breakEven, (gain) => {
      const levelFactor = 1 + side * (rules.breakEvenOffset ?? 0);
      const kind = isLong ? 'break-even-long' : 'break-even-short';
      return { kind, entryFactor, gainFactor: 1 + side * gain, levelFactor };
    }),
    trailing: mapped(isActivated ? undefined : trailingStop, (fraction) => {
      const kind = isLong ? 'trailing-long' : 'trailing-short';
      return { kind, entryFactor, levelFactor: 1 - side * fraction };
    }),
    trailingAtr: mapped(trailingStopAtr, (multiple) => {
      const kind = isLong ? 'trailing-atr-long' : 'trailing-atr-short';
      const gainFactor = isActivated ? 1 + side * trailingActivation : undefined;
      return { kind, entryFactor, multiple, period, gainFactor };
    }),
    activation: mapped(trailingStop === undefined ? undefined : trailingActivation, gainKey),
    fromPeak: mapped(isActivated ? trailingStop : undefined, (fraction) => {
      const kind = isLong ? 'from-peak-long' : 'from-peak-short';
      return { kind, levelFactor: 1 - side * fraction };
    }),
    parts: scaleOut.map(({ fraction }) => gainKey(fraction)),
  };
}

function targetsKey(
  { profitTargets }: EngineRules,
  side: 1 | -1,
  entryFactor: number,
): TargetsKey | undefined {
  return mapped(profitTargets, (steps) => {
    return { kind: side > 0 ? 'targets-long' : 'targets-short', entryFactor, steps };
  });
}

function mapped<T, R>(value: T | undefined, of: (value: T) => R): R | undefined {
  return value === undefined ? undefined : of(value);
}

/**
 * Returns a text that is equal for equal tables.
 *
 * @param key - Of a table.
 */
export function exitTableName(key: ExitTableKey): string {
  switch (key.kind) {
    case 'falling':
    case 'rising':
    case 'trailing-long':
    case 'trailing-short':
      return `${key.kind} ${key.entryFactor} ${key.levelFactor}`;
    case 'from-peak-long':
    case 'from-peak-short':
      return `${key.kind} ${key.levelFactor}`;
    case 'falling-atr':
    case 'rising-atr':
      return `${key.kind} ${key.entryFactor} ${key.multiple} ${key.period}`;
    case 'trailing-atr-long':
    case 'trailing-atr-short':
      return `${key.kind} ${key.entryFactor} ${key.multiple} ${key.period} ${key.gainFactor}`;
    case 'break-even-long':
    case 'break-even-short':
      return `${key.kind} ${key.entryFactor} ${key.gainFactor} ${key.levelFactor}`;
    case 'targets-long':
    case 'targets-short':
      return `${key.kind} ${key.entryFactor} ${profitTargetsText(key.steps)}`;
  }
}

/**
 * Tells whether a table comes with one of the candles at which its peaks were set.
 *
 * @param key - Of a table.
 */
export function hasPeaks({ kind }: ExitTableKey): boolean {
  return kind.startsWith('trailing') || kind.startsWith('from-peak');
}
