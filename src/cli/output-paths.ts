import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { UsageError } from '../domain/index.js';

/** A path and the words by which the user knows it: `--trades-file`, `the candle file`. */
export interface NamedPath {
  readonly name: string;
  /** `undefined`: not asked for. */
  readonly file: string | undefined;
}

/**
 * Refuses an output that would replace a file which the same run reads, or another output: no copy of the candles may be left.
 *
 * @param inputs - What is read.
 * @param outputs - What will be written.
 * @throws {UsageError} If two of them are one file; links are followed.
 */
export async function requireOwnOutputs(
  inputs: readonly NamedPath[],
  outputs: readonly NamedPath[],
): Promise<void> {
  const taken = new Map<string, NamedPath>();
  for (const input of inputs) {
    if (input.file !== undefined) taken.set(await realFile(input.file), input);
  }
  for (const output of outputs) {
    if (output.file === undefined) continue;
    if (output.file === '-') {
      throw new UsageError(`${output.name} -: standard output cannot be used here; give a file`);
    }
    const file = await realFile(output.file);
    const other = taken.get(file);
    if (other !== undefined) {
      throw new UsageError(
        `${output.name} ${output.file}: ${other.name} has the same path; give another file`,
      );
    }
    taken.set(file, output);
  }
}

/** Of a file that does not exist yet the folder may be a link. */
async function realFile(file: string): Promise<string> {
  const absolute = path.resolve(file);
  return realpath(absolute).catch(async () => {
    const folder = path.dirname(absolute);
    return path.join(await realpath(folder).catch(() => folder), path.basename(absolute));
  });
}

/**
 * Returns a path as other machines may read it: relative and with slashes below a folder, elsewhere as it is.
 *
 * @param folder - In which commands are run.
 * @param file - Absolute.
 */
export function portablePath(folder: string, file: string): string {
  const relative = path.relative(folder, file).split(path.sep).join('/');
  return relative.startsWith('../') || path.isAbsolute(relative) ? file : `./${relative}`;
}
