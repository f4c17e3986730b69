import { UsageError } from '../domain/index.js';
import { didYouMean } from '../util/index.js';
import { bollingerBandReversion } from './bollinger-band-reversion.js';
import { longShort } from './long-short.js';
import { movingAverageCrossover } from './moving-average-crossover.js';
import { rsiMeanReversion } from './rsi-mean-reversion.js';
import type { Strategy } from './strategy.js';

/** The strategies that ship with the package. */
export const STRATEGIES: readonly Strategy[] = Object.freeze([
  movingAverageCrossover,
  rsiMeanReversion,
  bollingerBandReversion,
  longShort,
]);

/** Every built-in strategy under its class name and its short name. */
export const STRATEGY_MAP: Readonly<Record<string, Strategy>> = Object.freeze(
  Object.fromEntries(
    STRATEGIES.flatMap((strategy) => [
      [strategy.name, strategy],
      [strategy.shortName, strategy],
    ]),
  ),
);

/**
 * Returns a built-in strategy.
 *
 * @param name - Class name or short name; case matters.
 * @throws {UsageError} If there is no such strategy.
 */
export function findStrategy(name: string): Strategy {
  if (Object.hasOwn(STRATEGY_MAP, name)) return STRATEGY_MAP[name]!;
  const shortNames = STRATEGIES.map((strategy) => strategy.shortName).join(' ');
  throw new UsageError(
    `Unknown strategy "${name}"${didYouMean(name, Object.keys(STRATEGY_MAP))}; use one of ${shortNames}, or the path of a strategy file such as ./my-strategy.ts`,
  );
}
