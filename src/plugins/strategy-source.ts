import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, relative, sep } from 'node:path';
import { UserError } from '../domain/index.js';
import { relativeModule, relativeSpecifiers } from './strategy-imports.js';
import { stripTypes } from './strip-types.js';

const FILES_MAX = 1_000;

/** What identifies a strategy file in results. */
export interface StrategySource {
  /** Absolute path of the strategy file. */
  readonly path: string;
  /**
   * SHA-256, hexadecimal. Of the file, if it imports no other; otherwise of one line `<sha256>  <relative path>` per file, in order of
   * path (what `sha256sum` prints).
   */
  readonly sha256: string;
  /** Absolute paths of the file and everything that it imports by a relative path. */
  readonly files: readonly string[];
}

/**
 * Reads a strategy file and all that it imports by relative paths.
 *
 * @param path - Absolute.
 * @returns Its identity.
 * @throws {UserError} If a file cannot be read or parsed, with file:line:column, or there are more than 1,000.
 */
export function readStrategySource(path: string): StrategySource {
  const hashes = new Map<string, string>();
  const waiting = [path];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (hashes.has(file)) continue;
    if (hashes.size >= FILES_MAX) {
      throw new UserError(`${path}: it imports more than ${FILES_MAX} files`);
    }
    const source = readText(file);
    hashes.set(file, sha256(source));
    for (const specifier of relativeSpecifiers(stripTypes(file, source))) {
      const imported = relativeModule(specifier, file);
      if (imported !== undefined) waiting.push(imported);
    }
  }
  const files = [...hashes.keys()].sort();
  if (files.length === 1) return { path, sha256: hashes.get(path)!, files };
  const lines = files.map((file) => `${hashes.get(file)}  ${portablePath(dirname(path), file)}\n`);
  return { path, sha256: sha256(lines.sort().join('')), files };
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
