import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { MARKETS, TIMEFRAMES, UsageError } from '../../domain/index.js';
import { writeFileAtomic } from '../../files/index.js';
import { findCandleFiles, readCandlePath } from '../../history/index.js';
import { PACKAGE_NAME } from '../../plugins/index.js';
import { checkStrategyName, STRATEGY_MAP } from '../../strategies/index.js';
import { lineToCopy } from '../invoked-as.js';
import type { Terminal } from '../terminal.js';
import {
  type PackagePlace,
  strategyTemplate,
  strategyTestTemplate,
  typesTemplate,
} from './strategy-template.js';

/** What `wus new strategy` is asked for. */
export interface NewStrategyRequest {
  readonly name: string;
  /** Where the files go; relative to the working folder. */
  readonly folder: string;
  readonly isForced: boolean;
}

/**
 * Writes a strategy file, its test and the settings for types. Nothing is written when one of the first two is there.
 *
 * @param request - What is asked for.
 * @param terminal - For its folder, and what to print.
 * @throws {UsageError} If the name cannot be one, or a file exists and `--force` was not given.
 */
export async function writeNewStrategy(
  { name, folder, isForced }: NewStrategyRequest,
  terminal: Terminal,
): Promise<void> {
  requireFreeName(name);
  const stem = fileStem(name);
  const target = path.resolve(terminal.workingFolder, folder);
  const shown = (file: string): string => path.join(folder, file);
  const place = packagePlace(target);
  const files: readonly (readonly [string, string, string])[] = [
    [`${stem}.ts`, strategyTemplate(name), 'the strategy'],
    [`${stem}.test.mjs`, strategyTestTemplate(`${stem}.ts`, place), 'its test'],
  ];
  const taken = files.find(([file]) => existsSync(path.join(target, file)));
  if (taken !== undefined && !isForced) {
    throw new UsageError(
      `${shown(taken[0])} exists; choose another name, or add --force to overwrite it`,
    );
  }
  const width = Math.max(...files.map(([file]) => shown(file).length), 'tsconfig.json'.length);
  const say = (verb: string, file: string, what: string): void =>
    terminal.print(`${verb}  ${shown(file).padEnd(width)}  ${what}`);
  for (const [file, text, what] of files) {
    await writeFileAtomic(path.join(target, file), text);
    say('written', file, what);
  }
  // Settings are the user's from the first time on.
  const settings = path.join(target, 'tsconfig.json');
  if (existsSync(settings)) say('kept   ', 'tsconfig.json', 'types for editors (it exists)');
  else {
    await writeFileAtomic(settings, typesTemplate(place));
    say('written', 'tsconfig.json', 'types for editors');
  }
  const file = path.isAbsolute(folder) ? shown(`${stem}.ts`) : `./${posix(shown(`${stem}.ts`))}`;
  terminal.print(await nextLines(file, posix(shown(`${stem}.test.mjs`)), terminal));
}

function requireFreeName(name: string): void {
  if (/[\\/]|\.[mc]?[jt]s$/.test(name)) {
    throw new UsageError(
      `Strategy name ${JSON.stringify(name)}: give only a name, for example DipInTrend; --folder sets the folder of its file`,
    );
  }
  checkStrategyName(name);
  const built = Object.keys(STRATEGY_MAP).find((one) => one.toLowerCase() === name.toLowerCase());
  if (built !== undefined) {
    throw new UsageError(
      `"${name}" is the name of a built-in strategy (${built}); choose another, for example My${built}`,
    );
  }
}

/** `DipInTrend` becomes `dip-in-trend`. */
function fileStem(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1-$2')
    .replace(/[._-]+/g, '-')
    .replace(/-$/, '')
    .toLowerCase();
}

/** Where a folder finds this package: by name, or else in this installation. */
function packagePlace(folder: string): PackagePlace {
  const entry = fileURLToPath(new URL('../../index.js', import.meta.url));
  try {
    createRequire(path.join(folder, 'strategy.js')).resolve(PACKAGE_NAME);
    return { specifier: PACKAGE_NAME, types: undefined };
  } catch {
    return {
      specifier: pathToFileURL(entry).href,
      types: entry.replace(/\.js$/, '.d.ts'),
    };
  }
}

/** What can be run now; with candles that are here, if there are some. */
async function nextLines(file: string, test: string, terminal: Terminal): Promise<string> {
  const candles = await someCandles(path.join(terminal.workingFolder, 'data'));
  const testLine = lineToCopy(['node', '--test', test]);
  if (candles !== undefined) {
    const run = lineToCopy(['wus', 'backtest', '--strategy', file, ...candles, '--report']);
    return `\nNext: ${run}\nTest: ${testLine}`;
  }
  const market = ['--symbol', 'BTCUSDT', '--interval', '1h'];
  const fetched = ['wus', 'fetch-data', '--symbols', 'BTCUSDT', '--interval', '1h'];
  const run = ['wus', 'backtest', '--strategy', file, ...market, '--report'];
  return `\nNext: ${testLine}\nThen: ${lineToCopy([...fetched, '--last', '2y'])}\n      ${lineToCopy(run)}`;
}

/** Flags that select candles of `data/`: hours first, otherwise the shortest length there is. */
async function someCandles(folder: string): Promise<readonly string[] | undefined> {
  for (const market of MARKETS) {
    for (const timeframe of ['1h', ...TIMEFRAMES] as const) {
      const names = await readdir(path.join(folder, market, timeframe)).catch(() => []);
      for (const name of names.sort()) {
        const { symbol } = readCandlePath(path.join(market, timeframe, name));
        if (symbol === undefined) continue;
        const files = await findCandleFiles(folder, { market, timeframe, symbol });
        if (files.length === 0) continue;
        const flags = ['--symbol', symbol, '--interval', timeframe];
        return market === 'spot' ? flags : [...flags, '--market', market];
      }
    }
  }
  return undefined;
}

function posix(file: string): string {
  return file.split(path.sep).join('/');
}
