import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, relative, sep } from 'node:path';
import { UserError } from '../domain/index.js';
import { codeText } from './code-text.js';
import { outsideReads } from './outside-reads.js';
import { packageHash, packageOf } from './package-files.js';
import { importSpecifiers, PACKAGE_NAME, relativeFile } from './strategy-imports.js';
import { stripTypes } from './strip-types.js';

const FILES_MAX = 1_000;
const MODULE = /\.[mc]?[jt]s$/;

/** What identifies a strategy file in results. */
export interface StrategySource {
  /** Absolute path of the strategy file. */
  readonly path: string;
  /**
   * SHA-256, hexadecimal. Of the file, if it imports no other; otherwise of one line `<sha256>  <relative path>` per file, in order of
   * path (what `sha256sum` prints), and one `<sha256>  npm:<name>` per package.
   */
  readonly sha256: string;
  /** The same of what has an effect: without comments and layout, whatever the names of the files. Tells whether a trial is another one. */
  readonly codeSha256: string;
  /** Absolute paths of the file and everything that it imports by a relative path: modules, JSON and other files. */
  readonly files: readonly string[];
  /** Ways by which its modules can read more by themselves, for example `node:fs`: what comes that way is not hashed. */
  readonly reads: readonly string[];
}

/**
 * Reads a strategy file and all that it imports: by relative paths, and the npm packages.
 *
 * @param path - Absolute.
 * @returns Its identity.
 * @throws {UserError} If a file cannot be read or parsed, with file:line:column, or there are more than 1,000.
 */
export function readStrategySource(path: string): StrategySource {
  const hashes = new Map<string, string>();
  const codes: string[] = [];
  const packages = new Map<string, string>();
  const reads = new Set<string>();
  const waiting = [path];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (hashes.has(file)) continue;
    if (hashes.size >= FILES_MAX) {
      throw new UserError(`${path}: it imports more than ${FILES_MAX} files`);
    }
    const source = readText(file);
    hashes.set(file, sha256(source));
    if (!MODULE.test(file)) {
      codes.push(sha256(source));
      continue;
    }
    const code = stripTypes(file, source);
    codes.push(sha256(codeText(code)));
    for (const way of outsideReads(code)) reads.add(way);
    for (const specifier of importSpecifiers(code)) {
      const imported = relativeFile(specifier, file);
      const name = packageOf(specifier);
      if (imported !== undefined) waiting.push(imported);
      else if (name !== undefined && name !== PACKAGE_NAME) {
        const hash = packageHash(name, dirname(file));
        if (hash !== undefined) packages.set(name, hash);
      }
    }
  }
  const files = [...hashes.keys()].sort();
  const codeSha256 = sha256([...codes, ...packages.values()].sort().join('\n'));
  const own = { path, files, reads: [...reads].sort(), codeSha256 };
  if (files.length === 1 && packages.size === 0) return { ...own, sha256: hashes.get(path)! };
  const lines = [
    ...files.map((file) => `${hashes.get(file)}  ${portablePath(dirname(path), file)}\n`),
    ...[...packages].map(([name, hash]) => `${hash}  npm:${name}\n`),
  ];
  return { ...own, sha256: sha256(lines.sort().join('')) };
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UserError(`${file}: cannot be read (${(error as NodeJS.ErrnoException).code})`, {
      cause: error,
    });
  }
}

function portablePath(folder: string, file: string): string {
  return relative(folder, file).split(sep).join('/');
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
