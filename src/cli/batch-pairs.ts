import type { OptimizeParamsFile } from '../config/index.js';
import { UsageError, UserError } from '../domain/index.js';
import { gridsOfSymbol } from '../optimize/index.js';
import { STRATEGY_MAP, type Strategy } from '../strategies/index.js';
import { didYouMean } from '../util/index.js';

/** A strategy as it was asked for: its name, or a file. */
export interface AskedStrategy {
  readonly word: string;
  readonly strategy: Strategy;
}

/** One optimization of a batch. */
export interface BatchPair {
  readonly strategy: string;
  readonly symbol: string;
}

/**
 * Returns the pairs of a batch, each once. What is named is run with what the grid file has for it; when both are named every strategy
 * runs on every symbol, and one without a grid fails by itself.
 *
 * @param grids - Parsed grid file.
 * @param strategies - Named ones; none for all.
 * @param symbols - Named ones, in capitals; none for all.
 * @throws {UsageError} If the grid file has a strategy that nobody knows, with file:line:column.
 * @throws {UserError} If nothing is there for what is named.
 */
export function batchPairs(
  grids: OptimizeParamsFile,
  strategies: readonly AskedStrategy[],
  symbols: readonly string[],
): BatchPair[] {
  const rows = symbols.length > 0 ? symbols : Object.keys(grids.config);
  const isWhole = strategies.length > 0 && symbols.length > 0;
  const all = rows.flatMap((symbol) => {
    const here = isWhole ? strategies : strategiesOf(grids, symbol, strategies);
    return here.map((asked) => ({ ...asked, symbol }));
  });
  for (const { strategy } of strategies) {
    if (all.some((pair) => pair.strategy.name === strategy.name)) continue;
    throw new UserError(
      `${grids.file} has no grid for ${strategy.name} under any symbol; add ${strategy.shortName} with its parameters`,
    );
  }
  if (all.length === 0) {
    throw new UserError(`${grids.file} has no pair to optimize; add symbols with their strategies`);
  }
  const pairs = new Map<string, BatchPair>();
  for (const { symbol, strategy, word } of all) {
    const key = `${symbol} ${strategy.name}`;
    if (!pairs.has(key)) pairs.set(key, { strategy: word, symbol });
  }
  return [...pairs.values()];
}

/** What the grid file has for a symbol: of the strategies that are named, or all. */
function strategiesOf(
  grids: OptimizeParamsFile,
  symbol: string,
  named: readonly AskedStrategy[],
): readonly AskedStrategy[] {
  const names = Object.keys(gridsOfSymbol(grids, symbol));
  if (named.length === 0) return names.map((name) => strategyInGrid(grids, symbol, name));
  return named.filter(
    ({ strategy }) => names.includes(strategy.name) || names.includes(strategy.shortName),
  );
}

function strategyInGrid(grids: OptimizeParamsFile, symbol: string, name: string): AskedStrategy {
  if (Object.hasOwn(STRATEGY_MAP, name)) return { word: name, strategy: STRATEGY_MAP[name]! };
  throw new UsageError(
    `${grids.at([symbol, name])}: unknown strategy "${name}"${didYouMean(name, Object.keys(STRATEGY_MAP))}; ` +
      'for a custom strategy, list every strategy to run with --strategies, the custom one by its file',
  );
}
