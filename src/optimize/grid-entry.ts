import type { OptimizeParamsFile, ParameterGrid } from '../config/index.js';
import { UsageError, UserError } from '../domain/index.js';
import { STRATEGIES, type Strategy } from '../strategies/index.js';
import { didYouMean } from '../util/index.js';
import type { GridEntry } from './grid-axes.js';

/**
 * Returns the grid of a symbol and strategy.
 *
 * @param file - Parsed grid file.
 * @param symbol - In capitals.
 * @param strategy - Found under its class name or its short name.
 * @throws {UserError} If the file has no such symbol or strategy; says which it has.
 * @throws {UsageError} If the strategy is there under both names, or a strategy's name looks mistyped.
 */
export function gridEntryOf(
  file: OptimizeParamsFile,
  symbol: string,
  strategy: Strategy,
): GridEntry {
  const strategies = gridsOfSymbol(file, symbol);
  const names = Object.keys(strategies);
  const keys = [...new Set([strategy.name, strategy.shortName])].filter((name) =>
    Object.hasOwn(strategies, name),
  );
  if (keys.length === 0) refuseMistypedNames(file, symbol, names, strategy);
  const [key, other] = keys;
  if (key === undefined) {
    throw new UserError(
      `${file.at([symbol])}: ${symbol} has no grid for ${strategy.name}; it has ${listed(names)}. Add ${strategy.shortName} with its parameters`,
    );
  }
  if (other !== undefined) {
    throw new UsageError(
      `${file.at([symbol, other])}: ${other} is the same strategy as ${key} (${file.at([symbol, key])}); keep one of them`,
    );
  }
  return {
    grid: strategies[key]!,
    at: (name, index) =>
      file.at([
        symbol,
        key,
        ...(name === '' ? [] : [name]),
        ...(index === undefined ? [] : [index]),
      ]),
  };
}

/**
 * Returns the grids of a symbol, by strategy.
 *
 * @param file - Parsed grid file.
 * @param symbol - In capitals.
 * @throws {UserError} If the file has no such symbol; says which it has.
 */
export function gridsOfSymbol(
  file: OptimizeParamsFile,
  symbol: string,
): Readonly<Record<string, ParameterGrid>> {
  const symbols = Object.keys(file.config);
  const grids = file.config[symbol];
  if (grids !== undefined) return grids;
  throw new UserError(
    `${file.file} has no grid for ${symbol}${didYouMean(symbol, symbols)}; it has ${listed(symbols)}. Add ${symbol} with its strategies`,
  );
}

/**
 * Takes a name that is close to the wanted one for a mistyped one. Only asked where nothing has the wanted name, and only of
 * built-in strategies: names of a user's own strategies may be as close to each other as they like.
 */
function refuseMistypedNames(
  file: OptimizeParamsFile,
  symbol: string,
  names: readonly string[],
  strategy: Strategy,
): void {
  const wanted = [strategy.name, strategy.shortName];
  const builtIn = STRATEGIES.flatMap(({ name, shortName }) => [name, shortName]);
  if (!builtIn.includes(strategy.name)) return;
  for (const name of names) {
    const hint = builtIn.includes(name) ? '' : didYouMean(name, wanted);
    if (hint === '') continue;
    throw new UsageError(`${file.at([symbol, name])}: unknown strategy "${name}"${hint}`);
  }
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? 'nothing' : names.join(', ');
}
