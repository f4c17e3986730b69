import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { UserError } from '../domain/index.js';

const FILES_MAX = 20_000;
const BYTES_MAX = 256_000_000;
const PACKAGES_MAX = 500;

/**
 * Returns the npm package that an import means.
 *
 * @param specifier - As written: `lodash`, `@scope/name/part`.
 * @returns Its name, or `undefined` for a relative path, an address, or a module of Node.
 */
export function packageOf(specifier: string): string | undefined {
  if (/^[./]|^[a-z]+:/i.test(specifier)) return undefined;
  const parts = specifier.split('/');
  return parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
}

/**
 * Hashes an installed package with all its files and the packages that it depends on: what a strategy computes with.
 *
 * @param name - Of the package.
 * @param from - Folder of the file that imports it.
 * @returns SHA-256, hexadecimal; `undefined` if it is not installed.
 * @throws {UserError} If it is larger than what is reasonable to hash.
 */
export function packageHash(name: string, from: string): string | undefined {
  const folder = packageFolder(name, from);
  if (folder === undefined) return undefined;
  const known = hashes.get(folder);
  if (known !== undefined) return known;
  const hash = createHash('sha256');
  const seen = new Set<string>();
  const waiting = [folder];
  const budget = { files: FILES_MAX, bytes: BYTES_MAX };
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    if (seen.size > PACKAGES_MAX) throw tooLarge(name);
    for (const file of filesOf(next).sort()) {
      const bytes = readFileSync(file);
      budget.files--;
      budget.bytes -= bytes.length;
      if (budget.files < 0 || budget.bytes < 0) throw tooLarge(name);
      const path = relative(next, file).split(sep).join('/');
      hash.update(`${path}\n${createHash('sha256').update(bytes).digest('hex')}\n`);
    }
    for (const dependency of dependenciesOf(next)) {
      const found = packageFolder(dependency, next);
      if (found !== undefined) waiting.push(found);
    }
  }
  const digest = hash.digest('hex');
  hashes.set(folder, digest);
  return digest;
}

/** A package does not change while a process uses it. */
const hashes = new Map<string, string>();

function packageFolder(name: string, from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return realpathSync(candidate);
    if (dirname(folder) === folder) return undefined;
  }
}

function dependenciesOf(folder: string): string[] {
  const { dependencies = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    dependencies?: Record<string, string>;
  };
  return Object.keys(dependencies).sort().reverse();
}

function filesOf(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (name === 'node_modules' || name === '.git') return [];
    const status = statSync(path, { throwIfNoEntry: false });
    if (status?.isDirectory() === true) return filesOf(path);
    return status?.isFile() === true ? [path] : [];
  });
}

function tooLarge(name: string): UserError {
  return new UserError(
    `The package "${name}" with its dependencies is too large to hash; import a smaller one, or copy the function that you need`,
  );
}
