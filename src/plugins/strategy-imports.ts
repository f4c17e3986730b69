import { existsSync, statSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** Under this name a strategy file imports this package, from any folder and without installing it there. */
export const PACKAGE_NAME = 'mista-wus-algo-trader';

/** Query parameter that marks modules of a strategy file; its value changes with the content, so an edited file loads anew. */
const MARK = 'wus-strategy';

const MODULE_FILE = /\.m?[jt]s$/;

/**
 * Returns the address under which a strategy's module is imported.
 *
 * @param path - Absolute.
 * @param version - Changes when any file of the strategy changes.
 */
export function markedAddress(path: string, version: string): string {
  const url = pathToFileURL(path);
  url.searchParams.set(MARK, version);
  return url.href;
}

/**
 * Returns the version in a marked address, or `undefined` when the module does not belong to a strategy file.
 *
 * @param address - Of a module.
 */
export function markOf(address: string | undefined): string | undefined {
  if (address === undefined || !address.startsWith('file:') || !address.includes(MARK)) {
    return undefined;
  }
  return new URL(address).searchParams.get(MARK) ?? undefined;
}

/**
 * Returns the file that a relative import of a strategy file means: itself, or its TypeScript twin (`./x.js` → `./x.ts`).
 *
 * @param specifier - As written.
 * @param importer - Absolute path of the importing file.
 * @returns Absolute path, or `undefined` when the import is not a relative one of a module, or there is no such file.
 */
export function relativeModule(specifier: string, importer: string): string | undefined {
  if (!/^\.{1,2}\//.test(specifier) || !MODULE_FILE.test(specifier)) return undefined;
  const path = fileURLToPath(new URL(specifier, pathToFileURL(importer)));
  const twin = path.replace(/\.(m?)js$/, '.$1ts');
  return [path, twin].find((candidate) => existsSync(candidate));
}

/**
 * Returns the file that a relative import means, whatever kind of file it is.
 *
 * @param specifier - As written.
 * @param importer - Absolute path of the importing file.
 * @returns Absolute path, or `undefined` when the import is not a relative one, or there is no such file.
 */
export function relativeFile(specifier: string, importer: string): string | undefined {
  if (!/^\.{1,2}\//.test(specifier)) return undefined;
  const module = relativeModule(specifier, importer);
  if (module !== undefined) return module;
  const path = fileURLToPath(new URL(specifier, pathToFileURL(importer)));
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true ? path : undefined;
}

/**
 * Returns what a module imports or requires.
 *
 * @param code - JavaScript (types stripped).
 * @returns Specifiers as written. Found by pattern: one in a comment is listed too.
 */
export function importSpecifiers(code: string): readonly string[] {
  const pattern = /\b(?:from|import|require)\s*\(?\s*(['"])([^'"\n]+)\1/g;
  return [...code.matchAll(pattern)].map((match) => match[2]!);
}

/** Address of this package's entry module. */
export const packageAddress: string = new URL('../index.js', import.meta.url).href;
