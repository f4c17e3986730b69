import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { UsageError, UserError } from '../domain/index.js';
import {
  checkStrategyName,
  findStrategy,
  STRATEGY_MAP,
  type Strategy,
} from '../strategies/index.js';
import { registerStrategyHooks } from './register-hooks.js';
import { markedAddress } from './strategy-imports.js';
import type { StrategySource } from './strategy-source.js';

const STRATEGY_FILE = /\.m?[jt]s$/;

/** A strategy and where it came from. */
export interface LoadedStrategy {
  readonly strategy: Strategy;
  /** `undefined` for a strategy that ships with the package. */
  readonly source: StrategySource | undefined;
  /**
   * Loads the file's modules once more, so that nothing which they keep is known to the new instance: for checks that begin
   * cold. `undefined` for a strategy that ships with the package.
   */
  readonly fresh: (() => Promise<Strategy>) | undefined;
}

/**
 * Returns a strategy by class name, short name, or the path of a user's strategy file.
 *
 * @param nameOrPath - A path has a slash or ends in `.ts`, `.mts`, `.js` or `.mjs`.
 * @param options - `cwd`: folder of relative paths; default the current one.
 * @throws {UserError} If there is no such strategy or its file is not usable; the message says where and why.
 */
export async function loadStrategy(
  nameOrPath: string,
  options: { readonly cwd?: string } = {},
): Promise<LoadedStrategy> {
  if (isStrategyPath(nameOrPath)) return loadStrategyFromFile(nameOrPath, options);
  return { strategy: findStrategy(nameOrPath), source: undefined, fresh: undefined };
}

/**
 * Says whether a text names a strategy file rather than a built-in strategy.
 *
 * @param nameOrPath - As the user wrote it.
 */
export function isStrategyPath(nameOrPath: string): boolean {
  return /[\\/]/.test(nameOrPath) || STRATEGY_FILE.test(nameOrPath);
}

/**
 * Imports a user's strategy file: `export const strategy = defineStrategy({ … })`, TypeScript or JavaScript. Works in worker threads;
 * a file that changed since is imported anew.
 *
 * @param path - Of the file.
 * @param options - `cwd`: folder of relative paths; default the current one. `sha256`: what the source must hash to, so that a worker
 *   thread surely runs what the main thread checked; default anything.
 * @throws {UserError} If the file is missing, cannot be parsed (with file:line:column), throws, does not export a strategy, takes a
 *   built-in strategy's name, or has another hash.
 */
export async function loadStrategyFromFile(
  path: string,
  options: { readonly cwd?: string; readonly sha256?: string } = {},
): Promise<LoadedStrategy> {
  const file = resolve(options.cwd ?? process.cwd(), path);
  requireStrategyFile(path, file);
  const { readStrategySource } = await import('./strategy-source.js');
  const source = readStrategySource(file);
  if (options.sha256 !== undefined && options.sha256 !== source.sha256) {
    throw new UserError(`${file}: the strategy file changed during the run; start again`);
  }
  await registerStrategyHooks();
  const load = async (version: string): Promise<Strategy> =>
    exportedStrategy(file, await importModule(file, source, version));
  const version = source.sha256.slice(0, 16);
  return {
    strategy: await load(version),
    source,
    fresh: () => load(`${version}${String(++freshLoads).padStart(4, '0')}`),
  };
}

/**
 * Lists a strategy file and all that it imports by a relative path.
 *
 * @param file - Absolute.
 * @returns Absolute paths.
 * @throws {UserError} If one of them cannot be read or parsed.
 */
export async function strategyFiles(file: string): Promise<readonly string[]> {
  const { readStrategySource } = await import('./strategy-source.js');
  return readStrategySource(file).files;
}

/** Makes the addresses of fresh instances differ. Whole digits, as all versions are hexadecimal. */
let freshLoads = 0;

function requireStrategyFile(path: string, file: string): void {
  if (!STRATEGY_FILE.test(file)) {
    throw new UsageError(`Strategy file "${path}": the name must end in .ts, .mts, .js or .mjs`);
  }
  const status = statSync(file, { throwIfNoEntry: false });
  if (status === undefined) {
    throw new UsageError(`Strategy file "${path}" does not exist; looked for ${file}`);
  }
  if (!status.isFile()) throw new UsageError(`Strategy file "${path}" is not a file: ${file}`);
}

async function importModule(
  file: string,
  source: StrategySource,
  version: string,
): Promise<Readonly<Record<string, unknown>>> {
  try {
    return (await import(markedAddress(file, version))) as Record<string, unknown>;
  } catch (error) {
    throw await importFailure(file, source, error);
  }
}

async function importFailure(
  file: string,
  source: StrategySource,
  error: unknown,
): Promise<UserError> {
  if (error instanceof UserError) {
    return error.message.startsWith(file)
      ? error
      : new UserError(`${file}: ${error.message}`, { cause: error });
  }
  if (!(error instanceof Error)) {
    return new UserError(`${file}: threw while loading: ${String(error)}`, { cause: error });
  }
  const message = error.message.replace(/\?wus-strategy=[0-9a-f]*/g, '');
  if (error instanceof SyntaxError) {
    const { findSyntaxError } = await import('./strip-types.js');
    for (const name of source.files) {
      const problem = findSyntaxError(name, readFileSync(name, 'utf8'));
      if (problem !== undefined) return problem;
    }
    const hint = /export named/.test(message)
      ? '; if that is a type, write "import type { … }"'
      : '';
    return new UserError(`${placeOf(file, error)}: ${message}${hint}`, { cause: error });
  }
  const missing = missingImport(message);
  if (missing !== undefined) return new UserError(`${file}: ${missing}`, { cause: error });
  return new UserError(`${placeOf(file, error)}: ${error.name} while loading: ${message}`, {
    cause: error,
  });
}

/** An import of a file without its ending, or of a package that is not installed. */
function missingImport(message: string): string | undefined {
  const file = /^Cannot find module '([^']+)' imported from/.exec(message)?.[1];
  if (file !== undefined) {
    const ending = ['.ts', '.mts', '.js', '.mjs', '/index.ts', '/index.js'].find((end) =>
      existsSync(`${file}${end}`),
    );
    if (ending === undefined) return undefined;
    return `it imports "${basename(file)}" without the file extension; write ./${basename(file)}${ending}`;
  }
  const [, name, importer] =
    /^Cannot find package '([^']+)' imported from (.+)$/.exec(message) ?? [];
  if (name === undefined) return undefined;
  return `it imports the package "${name}", which is not installed; run npm install ${name} in ${dirname(importer ?? '.')}`;
}

/** `file:line` of the first stack frame that lies in a strategy file, or the file. */
function placeOf(file: string, error: Error): string {
  const frame = /file:\/\/(\/[^\s()?]+)\?wus-strategy=[0-9a-f]*:(\d+)/.exec(error.stack ?? '');
  return frame === null ? file : `${decodeURIComponent(frame[1]!)}:${frame[2]}`;
}

function exportedStrategy(file: string, exported: Readonly<Record<string, unknown>>): Strategy {
  const { strategy } = exported;
  if (strategy === undefined) {
    const names = Object.keys(exported);
    const found = names.length === 0 ? 'it exports nothing' : `it exports ${names.join(', ')}`;
    throw new UserError(
      `${file}: no export named "strategy" (${found}); write: export const strategy = defineStrategy({ … })`,
    );
  }
  if (!isStrategy(strategy)) {
    throw new UserError(
      `${file}: "strategy" was not made by defineStrategy(); write: export const strategy = defineStrategy({ … })`,
    );
  }
  for (const name of [strategy.name, strategy.shortName]) {
    checkStrategyName(name);
    if (Object.hasOwn(STRATEGY_MAP, name)) {
      throw new UserError(`${file}: "${name}" is the name of a built-in strategy; choose another`);
    }
  }
  return strategy;
}

function isStrategy(value: unknown): value is Strategy {
  if (typeof value !== 'object' || value === null) return false;
  const candidate = value as Partial<Record<keyof Strategy, unknown>>;
  return (
    typeof candidate.name === 'string' &&
    typeof candidate.shortName === 'string' &&
    typeof candidate.parameters === 'object' &&
    typeof candidate.findConflict === 'function' &&
    typeof candidate.warmUp === 'function' &&
    typeof candidate.signals === 'function' &&
    typeof candidate.plots === 'function'
  );
}
