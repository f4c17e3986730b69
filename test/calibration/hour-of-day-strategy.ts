import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Strategy } from '../../src/strategies/index.js';

/** A strategy file as searches want it; the project is built, as the file imports the package. */
export async function hourOfDay(): Promise<{
  readonly strategy: Strategy;
  readonly source: { readonly path: string; readonly sha256: string };
}> {
  const file = path.resolve('test/calibration/hour-of-day.js');
  const { strategy } = (await import(pathToFileURL(file).href)) as { strategy: Strategy };
  const sha256 = createHash('sha256').update(readFileSync(file)).digest('hex');
  return { strategy, source: { path: file, sha256 } };
}
