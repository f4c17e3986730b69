import { existsSync, renameSync } from 'node:fs';
import { z } from 'zod';
import { UserError } from '../../domain/index.js';
import { type FileLock, fileError, waitForLockFile } from '../../files/index.js';
import { withoutLaterDefaults } from '../../settings/index.js';
import { FLIP_DRAWS, mergeMaxima } from '../../statistics/index.js';
import type { RunLuck } from '../judgement/run-luck.js';
import { type TrialDecisions, trialDecisions } from '../trial-decisions.js';
import { readSealed, writeSealed } from './sealed-numbers.js';

const setting = z.record(
  z.string(),
  z.union([z.number(), z.string(), z.boolean(), z.null(), z.array(z.number()).readonly()]),
);
const winnerSchema = z.object({
  /** ISO 8601 UTC. */
  time: z.string(),
  settings: z.object({ parameters: setting, filters: setting, stops: setting }),
  direction: z.string(),
  exit_on_neutral: z.boolean(),
  re_entry: z.string(),
  /** Further settings that make it another trial; absent where they are their defaults. */
  decisions: setting.optional(),
  /** Mean skewness of the trials of its run, against doing nothing and against holding. */
  skewness: z.number(),
  hold_skewness: z.number(),
  /** What cross-validation said about its grid; `null` where it said nothing. */
  loss_probability: z.number().nullable(),
  expected_sharpe_ratio: z.number().nullable(),
  blocks: z.array(z.number()),
  sums: z.array(z.number()),
});
const textSchema = z.object({
  seen: z.number().nonnegative(),
  runs: z.number().nonnegative(),
  winners: z.array(z.unknown()),
});

/** The winner of a run: what a later winner may be a refinement of. */
export type LuckWinner = z.infer<typeof winnerSchema>;

/** What luck shows with everything that was ever tried. */
export interface LuckRecord {
  /** Largest statistic of each draw, against doing nothing and against holding. Shape `[1024]`. */
  readonly maxima: Float64Array;
  readonly holdMaxima: Float64Array;
  /** Distinct trials that are in. */
  readonly seen: number;
  /** Runs that are in. */
  readonly runs: number;
  /** Of the runs, the earliest first. */
  readonly winners: readonly LuckWinner[];
}

/** What is added to a record. */
export interface LuckAddition {
  readonly luck: RunLuck;
  /** Trials that were not in before. @default 0 */
  readonly newTrials?: number;
  /** Trials of which at least so many are in now, whatever was counted before. @default 0 */
  readonly trials?: number;
  /** @default 0 */
  readonly runs?: number;
  readonly winner?: LuckWinner | undefined;
}

/** The seventh letter is the version. */
const MAGIC = 'WUSLUK1\n';
/** A write takes milliseconds; whoever holds the lock longer is stuck. */
const LOCK_WAIT_MS = 30_000;
/** Winners that are remembered; the oldest are forgotten first. */
const WINNERS_MAX = 2_000;

/** Digits of the week sums that are kept: kinship needs no more. */
const SUM_DIGITS = 9;
/** Mean skewness of no trials: it never lowers anything. */
const SKEWNESS_OF_NONE = 1e9;

/**
 * Returns a winner as a record keeps it.
 *
 * @param parts - Its settings, the weeks that it won, and what is known of the trials that it was chosen from.
 */
export function luckWinner(parts: {
  /** ISO 8601 UTC. */
  readonly time: string;
  readonly settings: LuckWinner['settings'];
  readonly run: Pick<LuckWinner, 'direction' | 'exit_on_neutral' | 're_entry'>;
  readonly weeks: { readonly blocks: ArrayLike<number>; readonly sums: ArrayLike<number> };
  readonly skewness?: { readonly cash: number; readonly hold: number } | undefined;
  readonly chosen?: Pick<LuckWinner, 'loss_probability' | 'expected_sharpe_ratio'>;
}): LuckWinner {
  const { time, settings, run, weeks, skewness, chosen } = parts;
  const { direction, exit_on_neutral, re_entry, ...decisions } = trialDecisions(run);
  return {
    time,
    settings: { ...settings, stops: withoutLaterDefaults(settings.stops) },
    direction,
    exit_on_neutral,
    re_entry,
    ...(Object.keys(decisions).length === 0 ? {} : { decisions }),
    skewness: skewnessOf(skewness?.cash),
    hold_skewness: skewnessOf(skewness?.hold),
    loss_probability: chosen?.loss_probability ?? null,
    expected_sharpe_ratio: chosen?.expected_sharpe_ratio ?? null,
    blocks: Array.from(weeks.blocks),
    sums: Array.from(weeks.sums, (sum) => Number(sum.toPrecision(SUM_DIGITS))),
  };
}

/** Returns the settings of a remembered winner that make it another trial, as a run has them. */
export function winnerDecisions({
  direction,
  exit_on_neutral,
  re_entry,
  decisions,
}: LuckWinner): TrialDecisions {
  return { direction, exit_on_neutral, re_entry, ...decisions } as TrialDecisions;
}

function skewnessOf(mean: number | undefined): number {
  return mean === undefined || !Number.isFinite(mean) ? SKEWNESS_OF_NONE : mean;
}

/** A record of nothing. */
export function emptyLuck(): LuckRecord {
  const empty = (): Float64Array => new Float64Array(FLIP_DRAWS).fill(Number.NEGATIVE_INFINITY);
  return { maxima: empty(), holdMaxima: empty(), seen: 0, runs: 0, winners: [] };
}

/**
 * Reads a record.
 *
 * @param path - `….luck`; a missing one is empty.
 * @returns The record; `undefined` where the file holds none that can be read.
 * @throws {UserError} If it is of a newer version or cannot be read.
 */
export function readLuck(path: string): LuckRecord | undefined {
  const file = readSealed(path, MAGIC);
  if (file.kind === 'missing') return emptyLuck();
  if (file.kind === 'newer') {
    throw new UserError(
      `${path} was written by another version of wus; use that version, or move the file away to start a new one`,
    );
  }
  return file.kind === 'whole' ? parseLuck(file.numbers, file.text) : undefined;
}

/**
 * Adds to a record. The caller holds its lock. A file that cannot be read as a record is set aside, not overwritten.
 *
 * @param path - `….luck`; created with its folder when missing.
 * @param addition - What is new.
 * @param options - Whether to wait until the disk has it.
 * @returns The record as it is now, and where an unreadable one was put.
 * @throws {UserError} If it cannot be read or written.
 */
export function addLuck(
  path: string,
  addition: LuckAddition,
  options: { readonly flush: boolean },
): { readonly record: LuckRecord; readonly setAside: string | undefined } {
  const found = readLuck(path);
  const setAside = found === undefined ? putAside(path) : undefined;
  const record = withAddition(found ?? emptyLuck(), addition);
  const { maxima, holdMaxima, ...rest } = record;
  const numbers = new Float64Array(2 * FLIP_DRAWS);
  numbers.set(maxima);
  numbers.set(holdMaxima, FLIP_DRAWS);
  writeSealed(path, MAGIC, { numbers, text: JSON.stringify(rest) }, options);
  return { record, setAside };
}

/**
 * Returns a record with what is new.
 *
 * @param record - Stays as it is.
 * @param addition - What is new.
 */
export function withAddition(record: LuckRecord, addition: LuckAddition): LuckRecord {
  const maxima = record.maxima.slice();
  const holdMaxima = record.holdMaxima.slice();
  mergeMaxima(maxima, addition.luck.cash.maxima);
  mergeMaxima(holdMaxima, addition.luck.hold.maxima);
  const { winner } = addition;
  return {
    maxima,
    holdMaxima,
    seen: Math.max(record.seen + (addition.newTrials ?? 0), addition.trials ?? 0),
    runs: record.runs + (addition.runs ?? 0),
    winners: winner === undefined ? record.winners : withWinner(record.winners, winner),
  };
}

/**
 * Returns a record with what luck shows with the trials of another one, whose runs and winners stay apart.
 *
 * @param record - Stays as it is.
 * @param other - For example of everything that was tried on the same instrument.
 */
export function withTrialsOf(record: LuckRecord, other: LuckRecord): LuckRecord {
  const maxima = record.maxima.slice();
  const holdMaxima = record.holdMaxima.slice();
  mergeMaxima(maxima, other.maxima);
  mergeMaxima(holdMaxima, other.holdMaxima);
  return { ...record, maxima, holdMaxima };
}

/**
 * Takes the lock of a record.
 *
 * @param path - `….luck`.
 * @throws {UserError} If another process holds it for too long.
 */
export async function lockLuck(path: string): Promise<FileLock> {
  const lock = await waitForLockFile(`${path}.lock`, LOCK_WAIT_MS);
  if (lock !== undefined) return lock;
  throw new UserError(
    `${path} is in use by another process (if there is none, delete ${path}.lock)`,
  );
}

function withWinner(winners: readonly LuckWinner[], winner: LuckWinner): readonly LuckWinner[] {
  const text = winnerText(winner);
  // The same run again: its winner stands there already, with its earlier time.
  if (winners.some((earlier) => winnerText(earlier) === text)) return winners;
  return [...winners, winner].slice(-WINNERS_MAX);
}

function winnerText({ time: _, ...winner }: LuckWinner): string {
  return JSON.stringify(winner);
}

function parseLuck(numbers: Float64Array, text: string): LuckRecord | undefined {
  if (numbers.length !== 2 * FLIP_DRAWS || numbers.some(Number.isNaN)) return undefined;
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return undefined;
  }
  const parsed = textSchema.safeParse(data);
  if (!parsed.success) return undefined;
  return {
    maxima: numbers.slice(0, FLIP_DRAWS),
    holdMaxima: numbers.slice(FLIP_DRAWS),
    seen: parsed.data.seen,
    runs: parsed.data.runs,
    winners: parsed.data.winners.flatMap((winner) => {
      const known = winnerSchema.safeParse(winner);
      return known.success && known.data.blocks.length === known.data.sums.length
        ? [known.data]
        : [];
    }),
  };
}

/** Renames a file that is no record, so that nothing of the user's is lost. */
function putAside(path: string): string {
  for (let number = 1; ; number++) {
    const aside = `${path}.unreadable${number === 1 ? '' : `-${number}`}`;
    if (existsSync(aside)) continue;
    try {
      renameSync(path, aside);
      return aside;
    } catch (error) {
      throw fileError('write', path, error);
    }
  }
}
