import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { UserError } from '../domain/index.js';
import type { FileLock } from '../files/index.js';
import { METRICS } from '../metrics/index.js';
import type { Strategy } from '../strategies/index.js';
import {
  continueDetailsFile,
  createDetailsFile,
  type DetailsFile,
  lockDetails,
} from './details-file.js';
import type { DetailsIdentity } from './details-identity.js';
import { type DetailsLuck, readDetailsLuck } from './details-luck.js';
import { mendDetails, scanDetails } from './details-rows.js';
import { detailsPath, findResumable, judge } from './find-details.js';
import type { TrialPlan } from './plan.js';
import { openReusableRows, type ReusableRows } from './reusable-rows.js';
import { detailsColumns, readMetricCells, type TrialText } from './trial-text.js';

/** Where details go, and whether earlier ones count. */
export interface DetailsWish {
  /** Folder of files with default names. */
  readonly folder: string;
  /** A file of the user's choice. */
  readonly path?: string | undefined;
  readonly resume: boolean;
  /** Start of the run, ms UTC: part of a default name. */
  readonly startTime: number;
}

/** The details file of a run. */
export interface DetailsRun {
  readonly file: DetailsFile;
  /** First trial that has no row yet. */
  readonly from: number;
  /** Rows of an older file with another grid. */
  readonly reuse: ReusableRows | undefined;
  readonly reusedPath: string | undefined;
  /** What luck shows with the rows that are there; `undefined` where nobody knows, or there are none. */
  readonly luck: DetailsLuck | undefined;
  /** Why nothing was resumed although it was asked for. */
  readonly note: string | undefined;
  close(): void;
}

/** What the details of a run look like. */
export interface DetailsContent {
  readonly strategy: Strategy;
  readonly plan: TrialPlan;
  readonly text: TrialText;
  readonly identity: DetailsIdentity;
  /** Ways by which the strategy reads what is not hashed. */
  readonly reads: readonly string[];
  /** Takes the metrics of rows that are already in the file, and whether what luck shows with them is known. The array is used again. */
  readonly onKnown: (id: number, metrics: Float64Array, isInLuck: boolean) => void;
}

/**
 * Opens the details file of a run: a new one, the continued one, or a new one that takes rows from an older one.
 *
 * @param wish - Where, and whether to resume.
 * @param content - Identity and rows of the run.
 * @throws {UserError} If the file is in use, cannot be written, or holds rows of other data or settings.
 */
export async function openDetails(wish: DetailsWish, content: DetailsContent): Promise<DetailsRun> {
  if (!wish.resume) return startFile(wish.path ?? freePath(wish.folder, wish, content), content);
  const choice = chooseResumable(wish, content.identity);
  if (choice === undefined) {
    const path = wish.path ?? freePath(wish.folder, wish, content);
    return { ...(await startFile(path, content)), note: 'nothing to resume, writing a new file' };
  }
  if ('refusal' in choice) throw new UserError(choice.refusal);
  if (content.reads.length > 0) {
    throw new UserError(
      `${choice.path} cannot be resumed: the strategy reads files or the network directly (${content.reads.join(', ')}), so its rows may be out of date; run without --resume to write a new file`,
    );
  }
  const lock = await lockDetails(choice.path);
  try {
    const isSameGrid = choice.identity.grid_hash === content.identity.grid_hash;
    if (isSameGrid) return await continueFile(choice.path, lock, content);
    return await reuseFile(choice.path, lock, wish, content);
  } catch (error) {
    lock.release();
    throw error;
  }
}

function chooseResumable(
  wish: DetailsWish,
  identity: DetailsIdentity,
): ReturnType<typeof findResumable> {
  if (wish.path === undefined) return findResumable(wish.folder, nameOf(identity), identity);
  if (!existsSync(wish.path)) return undefined;
  const named = judge(wish.path, identity);
  if ('refusal' in named || named.identity.grid_hash === identity.grid_hash) return named;
  // An earlier run with this grid has put its rows into a new file beside the named one.
  const beside = findResumable(dirname(wish.path), nameOf(identity), identity);
  const isSame = beside !== undefined && !('refusal' in beside);
  return isSame && beside.identity.grid_hash === identity.grid_hash ? beside : named;
}

async function startFile(path: string, content: DetailsContent): Promise<DetailsRun> {
  const file = await createDetailsFile(path, content.identity, content.text.header);
  return {
    file,
    from: 0,
    reuse: undefined,
    reusedPath: undefined,
    luck: undefined,
    note: undefined,
    close: file.close,
  };
}

/** Same data, settings and grid: row `i` is trial `i`, so the run goes on after the last whole row. */
// eslint-disable-next-line @typescript-eslint/require-await -- a refusal must reject, like those of the other ways
async function continueFile(
  path: string,
  lock: FileLock,
  content: DetailsContent,
): Promise<DetailsRun> {
  const { plan, text, onKnown } = content;
  const metrics = new Float64Array(METRICS.length);
  const luck = readDetailsLuck(path);
  // Rows that came after what is known of luck are computed again: the last moments before a crash.
  const rowsMax = luck?.rows ?? Number.POSITIVE_INFINITY;
  let bytes: number | undefined;
  const scan = scanDetails(path, text.header, (line, id, offset) => {
    if (id >= rowsMax) {
      bytes ??= offset;
      return;
    }
    const parameters = id < plan.count ? text.parameters(plan.trial(id)) : undefined;
    const isOurs = parameters !== undefined && line.startsWith(parameters);
    if (!isOurs || !readMetricCells(line.slice(parameters.length).split(','), metrics)) {
      throw new UserError(
        `${path}: row ${id + 1} differs from this run, so the file was changed; run without --resume to write a new file`,
      );
    }
    onKnown(id, metrics, luck !== undefined);
  });
  mendDetails(path, bytes ?? scan.wholeBytes);
  const file = continueDetailsFile(path, lock);
  if (!scan.hasHeader) file.append(`${text.header}\n`);
  return {
    file,
    from: Math.min(scan.rows, rowsMax),
    reuse: undefined,
    reusedPath: undefined,
    luck,
    note: undefined,
    close: file.close,
  };
}

/** Another grid: a new file, whose rows come from the older one where it has them. */
async function reuseFile(
  path: string,
  lock: FileLock,
  wish: DetailsWish,
  content: DetailsContent,
): Promise<DetailsRun> {
  const parameterCount = detailsColumns(content.strategy, content.plan).length - METRICS.length;
  const reuse = openReusableRows(path, content.plan, content.text, parameterCount);
  const folder = wish.path === undefined ? wish.folder : dirname(wish.path);
  const started = await startFile(freePath(folder, wish, content), content);
  return {
    ...started,
    reuse,
    reusedPath: path,
    luck: readDetailsLuck(path),
    close: () => {
      started.close();
      reuse.close();
      lock.release();
    },
  };
}

/** A default name that no file has yet: two runs may start in one second. */
function freePath(folder: string, wish: DetailsWish, content: DetailsContent): string {
  const path = detailsPath(folder, nameOf(content.identity), wish.startTime);
  for (let number = 2; ; number++) {
    const candidate = number === 2 ? path : path.replace(/\.csv$/, `_${number - 1}.csv`);
    if (!existsSync(candidate) && !existsSync(`${candidate}.lock`)) return candidate;
  }
}

function nameOf({ settings }: DetailsIdentity): {
  strategy: string;
  symbol: string;
  interval: string;
} {
  return {
    strategy: String(settings.strategy),
    symbol: String(settings.symbol),
    interval: String(settings.interval),
  };
}
