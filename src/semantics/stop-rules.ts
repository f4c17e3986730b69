import type { OpenPosition } from './open-position.js';
import { noStop, stopLossLevel, takeProfitLevel, trailingStopLevel } from './stop-levels.js';
import type { EngineRules } from './trade-rules.js';

/** What an exit at a stop is called; where kinds tie, the first of this order names it (S-44). */
export const STOP_NAMES = ['stop-loss', 'liquidation', 'break-even', 'trailing-stop'] as const;
export type StopName = (typeof STOP_NAMES)[number];

/** What a strategy gives beside its entries, as far as levels come from it. */
export interface LevelSources {
  /** Columns of S-07. */
  readonly stopDistance: boolean;
  readonly targetDistance: boolean;
  /** S-85. */
  readonly manage: boolean;
}

/** A rule that gives a stop level; all that are set count at once (S-71). */
export interface StopRule {
  readonly name: StopName;
  /** Whether a run has it. */
  readonly isSet: (rules: EngineRules, sources: LevelSources) => boolean;
  /** Of the next candle; `noStop(side)` while there is none. */
  readonly level: (position: OpenPosition, rules: EngineRules) => number;
}

/** Every stop rule. The order is that of `STOP_NAMES`, so that the first of equal levels names the exit (S-44). */
export const STOP_RULES: readonly StopRule[] = [
  {
    name: 'stop-loss',
    isSet: ({ stopLoss }) => stopLoss !== undefined,
    level: ({ entryPrice, side }, { stopLoss }) => stopLossLevel(entryPrice, side, stopLoss!),
  },
  {
    name: 'stop-loss',
    isSet: ({ stopLossAtr }) => stopLossAtr !== undefined,
    level: ({ entryPrice, side, distances }) => stopAtDistance(entryPrice, side, distances.stopAtr),
  },
  {
    name: 'stop-loss',
    isSet: (_rules, { stopDistance }) => stopDistance,
    level: ({ entryPrice, side, distances }) => stopAtDistance(entryPrice, side, distances.stop),
  },
  {
    name: 'stop-loss',
    isSet: (_rules, { manage }) => manage,
    level: ({ side, managedStop }) => (Number.isNaN(managedStop) ? noStop(side) : managedStop),
  },
  {
    name: 'liquidation',
    isSet: ({ allowOverdraft }) => !allowOverdraft,
    level: ({ ruin }) => ruin,
  },
  {
    name: 'break-even',
    isSet: ({ breakEven }) => breakEven !== undefined,
    level: (position, { breakEven, breakEvenOffset = 0 }) =>
      hasGained(position, breakEven!)
        ? takeProfitLevel(position.entryPrice, position.side, breakEvenOffset)
        : noStop(position.side),
  },
  {
    name: 'trailing-stop',
    isSet: ({ trailingStop }) => trailingStop !== undefined,
    level: (position, rules) =>
      isTrailing(position, rules)
        ? trailingStopLevel(position.peak, position.side, rules.trailingStop!)
        : noStop(position.side),
  },
  {
    name: 'trailing-stop',
    isSet: ({ trailingStopAtr }) => trailingStopAtr !== undefined,
    level: (position, rules) =>
      isTrailing(position, rules)
        ? stopAtDistance(position.peak, position.side, position.distances.trailingAtr)
        : noStop(position.side),
  },
];

/**
 * Returns the level of a stop at a distance: `price - d` of a long, `price + d` of a short (S-70).
 *
 * @param price - Entry price, or peak of a trailing stop.
 * @param side - +1 long, -1 short.
 * @param distance - Quote per unit; `Infinity` is no stop.
 */
export function stopAtDistance(price: number, side: number, distance: number): number {
  return price - side * distance;
}

/**
 * Tells whether completed candles have brought the price to a profit: `P >= E * (1 + fraction)` (S-72, S-73).
 *
 * @param position - After the candle.
 * @param fraction - Of the entry price.
 */
export function hasGained(
  {
    side,
    entryPrice,
    peak,
    closesHeld,
  }: Pick<OpenPosition, 'side' | 'entryPrice' | 'peak' | 'closesHeld'>,
  fraction: number,
): boolean {
  return closesHeld > 0 && side * peak >= side * takeProfitLevel(entryPrice, side, fraction);
}

/** Without activation a trailing stop stands from the entry on (S-72). */
function isTrailing(position: OpenPosition, { trailingActivation }: EngineRules): boolean {
  return trailingActivation === undefined || hasGained(position, trailingActivation);
}
