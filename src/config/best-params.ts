import { readFile } from 'node:fs/promises';
import { Document, isMap, isScalar, parseDocument, type Scalar } from 'yaml';
import { z } from 'zod';
import {
  MARKETS,
  type Market,
  TIMEFRAMES,
  type Timeframe,
  UsageError,
  UserError,
} from '../domain/index.js';
import {
  type FileLock,
  fileError,
  openAtomicFile,
  systemErrorCode,
  waitForLockFile,
  writeFileAtomic,
} from '../files/index.js';
import { didYouMean } from '../util/index.js';
import { type JudgementBlock, judgementSchema, olderJudgementSchema } from './judgement-block.js';
import { checkYaml, parseYaml } from './yaml.js';

/** A setting as YAML holds it; `null` is "off". */
export type BestParamsValue = number | string | boolean | null;
type Settings = Readonly<Record<string, BestParamsValue>>;

/** One entry of `config/best_params.yaml`: the winner of an optimization and where it comes from. */
export interface BestParamsEntry {
  readonly market: Market;
  readonly interval: Timeframe;
  /** Metric that decided, and its value for the winner (`Infinity` as text). */
  readonly metric: string;
  readonly value: number | string;
  readonly trades: number;
  /** Period `[start, end)` of the candles it was chosen on, ISO 8601 UTC. */
  readonly period_start: string;
  readonly period_end: string;
  /** SHA-256 of all candles that were loaded. */
  readonly data_hash: string;
  /** When it was found, ISO 8601 UTC. */
  readonly optimized_at: string;
  /** Of a user's own strategy: its file, seen from the folder in which it was optimized. */
  readonly strategy_file?: string | undefined;
  /** The strategy's parameters; one that has no effect is `null`. */
  readonly strategy: Settings;
  /** Stops, fractions of the entry price. */
  readonly risk: Settings;
  readonly filters: Settings;
  /** Switches of the filters that the search was allowed to use: one that is off then lost against the winner. */
  readonly searched_filters?: readonly string[] | undefined;
  /** Date, ISO 8601, at which a forward test is judged once: fixed in advance. */
  readonly forward_look?: string | undefined;
  /** Money, costs, direction and exits of the search; older files do not tell. */
  readonly run?: Settings | undefined;
  /** Whether the winner is more than luck; absent when that was not computed. */
  readonly judgement?: JudgementBlock | undefined;
  /** What an older version found out: it counts as not proven. */
  readonly robustness?: object | undefined;
}

/** Entry with the symbol and strategy class that it belongs to. */
export interface NamedBestParams {
  readonly symbol: string;
  readonly strategy: string;
  readonly entry: BestParamsEntry;
}

/** Which entry is wanted, and for what it shall be used. */
export interface BestParamsWish {
  readonly symbol: string;
  /** Class name. */
  readonly strategy: string;
  readonly market: Market;
  readonly interval: Timeframe;
}

const settings = z.record(z.string(), z.union([z.number(), z.string(), z.boolean(), z.null()]));
const entrySchema = z.looseObject({
  market: z.enum(MARKETS as [Market, ...Market[]]),
  interval: z.enum(TIMEFRAMES as [Timeframe, ...Timeframe[]]),
  metric: z.string(),
  value: z.union([z.number(), z.string()]),
  trades: z.number(),
  period_start: z.string(),
  period_end: z.string(),
  data_hash: z.string(),
  optimized_at: z.string(),
  strategy_file: z.string().optional(),
  strategy: settings,
  risk: settings,
  filters: settings,
  searched_filters: z.array(z.string()).optional(),
  run: settings.optional(),
  forward_look: z.string().optional(),
  judgement: judgementSchema.optional(),
  robustness: olderJudgementSchema.optional(),
});
const fileSchema = z.record(z.string(), z.record(z.string(), entrySchema));

const HEADER =
  ' Written by wus optimize: SYMBOL -> strategy -> best settings and their origin.\n' +
  ' Comments are kept; an entry is replaced when its pair is optimized again.';
/** Writing takes milliseconds; whoever holds the lock longer is stuck. */
const LOCK_WAIT_MS = 30_000;

/**
 * Reads every entry of a file of best parameters.
 *
 * @param path - For example `config/best_params.yaml`.
 * @throws {UserError} If it does not exist or is not readable.
 * @throws {UsageError} With `file:line:column` of what is wrong in it.
 */
export async function readAllBestParams(path: string): Promise<NamedBestParams[]> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw fileError('read', path, error);
    throw new UserError(`${path} does not exist: run wus optimize first`);
  }
  return parseAllBestParams(text, path);
}

/**
 * Parses a file of best parameters.
 *
 * @param text - Its content.
 * @param path - For messages.
 * @throws {UsageError} With `file:line:column` of what is wrong in it.
 */
export function parseAllBestParams(text: string, path: string): NamedBestParams[] {
  const source = parseYaml(text, path);
  const file = checkYaml(fileSchema, { ...source, data: source.data ?? {} });
  return Object.entries(file).flatMap(([symbol, strategies]) =>
    Object.entries(strategies).map(([strategy, entry]) => ({ symbol, strategy, entry })),
  );
}

/**
 * Reads the best parameters of a symbol and strategy.
 *
 * @param path - For example `config/best_params.yaml`.
 * @param wish - Which entry, and the market and interval it shall be used for.
 * @throws {UserError} If there is no such entry (says which there are), or it was found on another market or interval.
 * @throws {UsageError} With `file:line:column` of what is wrong in the file.
 */
export async function readBestParams(path: string, wish: BestParamsWish): Promise<BestParamsEntry> {
  const all = await readAllBestParams(path);
  const found = all.find(
    ({ symbol, strategy }) => symbol === wish.symbol && strategy === wish.strategy,
  );
  const name = `${wish.symbol} ${wish.strategy}`;
  if (found === undefined) {
    const names = all.map(({ symbol, strategy }) => `${symbol} ${strategy}`);
    const there = names.length === 0 ? 'no entries' : names.join(', ');
    throw new UserError(
      `${path} has no entry for ${name}${didYouMean(name, names)}; it has ${there}. Run wus optimize for this pair first`,
    );
  }
  const { entry } = found;
  for (const key of ['market', 'interval'] as const) {
    if (entry[key] === wish[key]) continue;
    throw new UserError(
      `${path}: ${name} was optimized on ${key} ${entry[key]}, not ${wish[key]}; optimize it on ${wish[key]}, or use it with --${key} ${entry[key]}`,
    );
  }
  return entry;
}

/**
 * Puts one entry into a file of best parameters: other entries and all comments stay, other processes may do the same at
 * the same time.
 *
 * @param path - Created when missing.
 * @param named - Replaces the entry of this symbol and strategy.
 * @throws {UserError} If the file is broken, in use for too long or cannot be written; it then stays as it was.
 */
export async function writeBestParams(path: string, named: NamedBestParams): Promise<void> {
  const lock = await lockBestParams(path);
  try {
    const document = await openDocument(path);
    const { symbol, strategy, entry } = named;
    setMap(document, [symbol, strategy], entry);
    await writeFileAtomic(path, document.toString({ lineWidth: 0 }));
  } finally {
    lock.release();
  }
}

/**
 * Checks that an entry can be written later: whoever computes for hours wants to know before.
 *
 * @param path - As for `writeBestParams`.
 * @throws {UserError} If the file is broken, in use for too long or cannot be written.
 */
export async function checkBestParamsFile(path: string): Promise<void> {
  const lock = await lockBestParams(path);
  try {
    await openDocument(path);
    const trial = await openAtomicFile(path);
    await trial.discard();
  } finally {
    lock.release();
  }
}

async function lockBestParams(path: string): Promise<FileLock> {
  const lock = await waitForLockFile(`${path}.lock`, LOCK_WAIT_MS);
  if (lock !== undefined) return lock;
  throw new UserError(
    `${path} is in use by another process (if there is none, delete ${path}.lock)`,
  );
}

async function openDocument(path: string): Promise<Document> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw fileError('read', path, error);
    const document = new Document({});
    document.commentBefore = HEADER;
    return document;
  }
  // Complains with file:line:column before anything is changed.
  const { data } = parseYaml(text, path);
  if (data !== null && (typeof data !== 'object' || Array.isArray(data))) {
    throw new UsageError(`${path}:1:1: expected SYMBOL, then strategy, then settings`);
  }
  const document = parseDocument(text) as unknown as Document;
  if (data === null) document.contents = document.createNode({});
  return document;
}

/** Sets values one by one: a comment belongs to its key, so it stays with it. */
function setMap(document: Document, path: string[], values: object): void {
  const existing = document.getIn(path);
  if (!isMap(existing)) {
    document.setIn(path, document.createNode(values));
    return;
  }
  for (const { key } of [...existing.items]) {
    const name = String(key);
    if (!Object.hasOwn(values, name)) existing.delete(key);
  }
  for (const [name, value] of Object.entries(values) as [string, unknown][]) {
    if (typeof value === 'object' && value !== null) setMap(document, [...path, name], value);
    else setScalar(document, [...path, name], value);
  }
}

/** A new value is written as such, not in the quotes or digits of the old one; only the comments are the old ones. */
function setScalar(document: Document, path: string[], value: unknown): void {
  const old = document.getIn(path, true);
  const scalar = document.createNode(value) as Scalar;
  if (isScalar(old)) {
    if (old.value === value) return;
    scalar.comment = old.comment ?? null;
    scalar.commentBefore = old.commentBefore ?? null;
  }
  document.setIn(path, scalar);
}
