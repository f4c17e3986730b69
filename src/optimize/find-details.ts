import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { systemErrorCode } from '../files/index.js';
import { readIdentity } from './details-file.js';
import { type DetailsIdentity, settingsDifference } from './details-identity.js';

/** What a details file is named after. */
export interface DetailsName {
  readonly strategy: string;
  readonly symbol: string;
  readonly interval: string;
}

/**
 * Returns the default path of a new details file.
 *
 * @param folder - For example `results/optimize/details`.
 * @param name - Strategy class, symbol and interval.
 * @param time - Start of the run, ms UTC.
 */
export function detailsPath(folder: string, name: DetailsName, time: number): string {
  const stamp = new Date(time).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '_');
  return join(folder, `${prefixOf(name)}${stamp}.csv`);
}

/** The file that a run can resume, or why none of those found can be. */
export type ResumeChoice =
  | { readonly path: string; readonly identity: DetailsIdentity }
  | { readonly refusal: string }
  | undefined;

/**
 * Finds the newest details file with the data and settings of a run; one with the same grid is preferred.
 *
 * @param folder - Where to look.
 * @param name - Strategy class, symbol and interval.
 * @param ours - Identity of the run.
 * @returns `undefined` when there is no file at all; the reason of the newest when none matches.
 */
export function findResumable(
  folder: string,
  name: DetailsName,
  ours: DetailsIdentity,
): ResumeChoice {
  let refusal: string | undefined;
  let reusable: { path: string; identity: DetailsIdentity } | undefined;
  for (const path of newestFirst(folder, name)) {
    const candidate = judge(path, ours);
    if ('refusal' in candidate) refusal ??= candidate.refusal;
    else if (candidate.identity.grid_hash === ours.grid_hash) return candidate;
    else reusable ??= candidate;
  }
  return reusable ?? (refusal === undefined ? undefined : { refusal });
}

/**
 * Says whether a run may resume a details file.
 *
 * @param path - Exists.
 * @param ours - Identity of the run.
 */
export function judge(
  path: string,
  ours: DetailsIdentity,
): { readonly path: string; readonly identity: DetailsIdentity } | { readonly refusal: string } {
  let identity: DetailsIdentity;
  try {
    identity = readIdentity(path);
  } catch (error) {
    return { refusal: (error as Error).message };
  }
  const difference = settingsDifference(identity.settings, ours.settings);
  if (difference === undefined) return { path, identity };
  return {
    refusal: `${path} cannot be resumed: ${difference}; run without --resume to write a new file`,
  };
}

function newestFirst(folder: string, name: DetailsName): string[] {
  let files: string[];
  try {
    files = readdirSync(folder);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw error;
  }
  const prefix = prefixOf(name);
  return files
    .filter(
      (file) =>
        file.startsWith(prefix) && /^\d{8}_\d{6}(_\d+)?\.csv$/.test(file.slice(prefix.length)),
    )
    .sort()
    .reverse()
    .map((file) => join(folder, file));
}

function prefixOf({ strategy, symbol, interval }: DetailsName): string {
  return `${strategy}_${symbol}_${interval}_optimize_details_`;
}
