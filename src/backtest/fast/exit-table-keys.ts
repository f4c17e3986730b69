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

/** What the tables of a set of rules are for, on one side. */
export interface SideKeys {
  readonly stops: readonly ExitTableKey[];
  readonly targets: readonly ExitTableKey[];
  /** Followed from the entry on. */
  readonly trailing: readonly ExitTableKey[];
  /** The gain from which `fromPeak` is followed. */
  readonly activation: ExitTableKey | undefined;
  readonly fromPeak: ExitTableKey | undefined;
  readonly breakEven: ExitTableKey | undefined;
  /** Levels of the parts, nearest first (S-76). */
  readonly parts: readonly ExitTableKey[];
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
    const { stops, targets, trailing, activation, fromPeak, breakEven, parts } = sideKeys(
      rules,
      side,
    );
    const one = [activation, fromPeak, breakEven].filter((key) => key !== undefined);
    return [...stops, ...targets, ...trailing, ...one, ...parts];
  });
}

/**
 * Returns the tables that a set of rules reads for one side.
 *
 * @param rules - One run.
 * @param side - +1 long, -1 short.
 */
export function sideKeys(rules: EngineRules, side: 1 | -1): SideKeys {
  const { stopLoss, stopLossAtr, takeProfit, takeProfitAtr, profitTargets, scaleOut } = rules;
  const { trailingStop, trailingStopAtr, trailingActivation, breakEven } = rules;
  const { exitAtrPeriod: period = EXIT_ATR_PERIOD, breakEvenOffset = 0 } = rules;
  const entryFactor = 1 + side * rules.slippageRate;
  const isLong = side > 0;
  const gained = (fraction: number): number => 1 + side * fraction;
  const against = (levelFactor: number): LevelKey => {
    return { kind: isLong ? 'falling' : 'rising', entryFactor, levelFactor };
  };
  const inFavour = (fraction: number): LevelKey => {
    return { kind: isLong ? 'rising' : 'falling', entryFactor, levelFactor: gained(fraction) };
  };
  const distance = (kind: DistanceKey['kind'], multiple: number): DistanceKey => {
    return { kind, entryFactor, multiple, period };
  };
  const isActivated = trailingActivation !== undefined;
  const stops: ExitTableKey[] = [];
  const targets: ExitTableKey[] = [];
  const trailing: ExitTableKey[] = [];
  if (stopLoss !== undefined) stops.push(against(1 - side * stopLoss));
  if (stopLossAtr !== undefined) {
    stops.push(distance(isLong ? 'falling-atr' : 'rising-atr', stopLossAtr));
  }
  if (takeProfit !== undefined) targets.push(inFavour(takeProfit));
  if (takeProfitAtr !== undefined) {
    targets.push(distance(isLong ? 'rising-atr' : 'falling-atr', takeProfitAtr));
  }
  if (profitTargets !== undefined) {
    const kind = isLong ? 'targets-long' : 'targets-short';
    targets.push({ kind, entryFactor, steps: profitTargets });
  }
  if (trailingStop !== undefined && !isActivated) {
    const kind = isLong ? 'trailing-long' : 'trailing-short';
    trailing.push({ kind, entryFactor, levelFactor: 1 - side * trailingStop });
  }
  if (trailingStopAtr !== undefined) {
    const kind = isLong ? 'trailing-atr-long' : 'trailing-atr-short';
    const gainFactor = isActivated ? gained(trailingActivation) : undefined;
    trailing.push({ kind, entryFactor, multiple: trailingStopAtr, period, gainFactor });
  }
  const followsGain = trailingStop !== undefined && isActivated;
  return {
    stops,
    targets,
    trailing,
    activation: followsGain ? inFavour(trailingActivation) : undefined,
    fromPeak: followsGain
      ? {
          kind: isLong ? 'from-peak-long' : 'from-peak-short',
          levelFactor: 1 - side * trailingStop,
        }
      : undefined,
    breakEven:
      breakEven === undefined
        ? undefined
        : {
            kind: isLong ? 'break-even-long' : 'break-even-short',
            entryFactor,
            gainFactor: gained(breakEven),
            levelFactor: gained(breakEvenOffset),
          },
    parts: (scaleOut ?? []).map(({ fraction }) => inFavour(fraction)),
  };
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
