import { createHash } from 'node:crypto';
import { createReadStream, readSync } from 'node:fs';
import { type FileHandle, open, readFile, stat } from 'node:fs/promises';
import { endianness } from 'node:os';
import { crc32 } from 'node:zlib';
import {
  type CandleColumns,
  EXTRA_COLUMN_NAMES,
  type ExtraColumn,
  mapExtraColumns,
} from '../candles/index.js';
import type { Timeframe } from '../domain/index.js';
import { openAtomicFile, writeFileAtomic } from '../files/index.js';
import { cachePlaces, placesOf, writableCachePlace } from './cache-folder.js';

/** Raise it whenever decoding, validation or the layout changes: older entries are then rebuilt. */
const VERSION = 1;
/** Machines of the other byte order make their own entries. */
const MAGIC = `WUSC${VERSION}${endianness()}`.padEnd(8);
const HEAD_BYTES = 4096;
const PREFIX_BYTES = 16;
const PIECE_BYTES = 1 << 18;
/** A file changed so recently may change again within the clock's resolution: its time proves nothing. */
const SETTLED_MS = 2_000;

/** Size and time of a source file before it was read. */
export interface SourceState {
  readonly size: number;
  readonly mtimeNs: string;
  readonly isSettled: boolean;
}

/** What the cache remembers of a source file besides the columns. */
export interface CacheFacts {
  readonly timeframe: Timeframe;
  readonly hasVolume: boolean;
  readonly symbol?: string | undefined;
  readonly notes: readonly string[];
  readonly sourceHash: string;
}

interface CacheHead extends CacheFacts {
  readonly rows: number;
  readonly firstTime: number;
  readonly lastTime: number;
  readonly size: number;
  /** `null`: decide by the content. */
  readonly mtimeNs: string | null;
  readonly crc: number;
  /** Extra columns after the six, in this order; absent when nobody asked what the file has. */
  readonly extras?: readonly ExtraColumn[];
  readonly extrasCrc?: number;
}

/** A valid entry, open for reading; close it. */
export interface CachedCandles extends CacheFacts {
  readonly length: number;
  readonly firstTime: number;
  readonly lastTime: number;
  /** Extra columns that the entry holds. */
  readonly extras: readonly ExtraColumn[];
  /** Reads the columns, with those extra ones that are there to be filled, to rows from `offset` on; `false` when the entry is damaged. */
  readInto(columns: CandleColumns, offset: number): boolean;
  close(): Promise<void>;
}

/** Returns what tells whether a source has changed. */
export async function sourceState(path: string): Promise<SourceState> {
  const status = await stat(path, { bigint: true });
  return {
    size: Number(status.size),
    mtimeNs: String(status.mtimeNs),
    isSettled: Date.now() - Number(status.mtimeMs) > SETTLED_MS,
  };
}

/**
 * Opens the cache entry of a source file if it is valid: same size and time, otherwise same content.
 *
 * @param path - The source.
 * @param timeframe - The timeframe the candles must have been validated for; `undefined` takes any.
 * @param extras - Extra columns that it must have; `present`: it must know which ones the file has.
 * @returns `undefined` when there is none, or an old, damaged or stale one. Never throws.
 */
export async function openCachedCandles(
  path: string,
  timeframe: Timeframe | undefined,
  extras: readonly ExtraColumn[] | 'present' = [],
): Promise<CachedCandles | undefined> {
  try {
    const state = await sourceState(path);
    const places = await cachePlaces(path, '.candles');
    for (const place of placesOf(places)) {
      const cached = await openEntry(place, path, state, { timeframe, extras });
      if (cached !== undefined) return cached;
    }
  } catch {
    // A cache must never fail a run.
  }
  return undefined;
}

/**
 * Stores validated columns for the next start. Never throws: without a cache the next start is slower.
 *
 * @param path - The source.
 * @param before - Its state before it was read; when it has changed since, nothing is stored.
 * @param columns - With all extra columns that the file has, if `readsExtras`.
 */
export async function storeCachedCandles(
  path: string,
  before: SourceState,
  columns: CandleColumns,
  facts: CacheFacts,
  { readsExtras = false }: { readonly readsExtras?: boolean } = {},
): Promise<void> {
  try {
    const after = await sourceState(path);
    if (after.size !== before.size || after.mtimeNs !== before.mtimeNs) return;
    const parts = columnsOf(columns).map(bytesOf);
    const extras = EXTRA_COLUMN_NAMES.filter((name) => columns[name] !== undefined);
    const extraParts = extras.map((name) => bytesOf(columns[name]!));
    const crcOf = (all: readonly Uint8Array[]): number =>
      all.reduce((crc, part) => crc32(part, crc), 0);
    const head: CacheHead = {
      timeframe: facts.timeframe,
      hasVolume: facts.hasVolume,
      symbol: facts.symbol,
      notes: facts.notes,
      sourceHash: facts.sourceHash,
      rows: columns.length,
      firstTime: columns.openTime[0]!,
      lastTime: columns.openTime[columns.length - 1]!,
      size: before.size,
      mtimeNs: before.isSettled ? before.mtimeNs : null,
      crc: crcOf(parts),
      ...(readsExtras ? { extras, extrasCrc: crcOf(extraParts) } : {}),
    };
    const encoded = encodeHead(head);
    if (encoded === undefined) return;
    const place = await writableCachePlace(await cachePlaces(path, '.candles'));
    const file = await openAtomicFile(place, { flush: false });
    for (const part of [encoded, ...parts, ...(readsExtras ? extraParts : [])])
      await file.write(part);
    await file.commit();
  } catch {
    // See above.
  }
}

/**
 * Returns the remembered data hash of files that were joined before, or computes and remembers it.
 *
 * @param paths - The sources, in time order.
 * @param key - What the joined candles depend on: the sources' hashes in order.
 * @param compute - Hashes the joined candles.
 */
export async function rememberedHash(
  paths: readonly string[],
  key: readonly string[],
  compute: () => string,
): Promise<string> {
  const id = createHash('sha256')
    .update(JSON.stringify([VERSION, ...key]))
    .digest('hex');
  try {
    const places = await cachePlaces(paths[0]!, `.${id.slice(0, 16)}.hash`);
    for (const place of placesOf(places)) {
      const line = await readFile(place, 'latin1').catch(() => '');
      const match = /^([0-9a-f]{64}) ([0-9a-f]{64})\n$/.exec(line);
      if (match !== null && match[1] === id) return match[2]!;
    }
    const hash = compute();
    await writeFileAtomic(await writableCachePlace(places), `${id} ${hash}\n`, { flush: false });
    return hash;
  } catch {
    return compute();
  }
}

async function openEntry(
  place: string,
  path: string,
  state: SourceState,
  needed: {
    readonly timeframe: Timeframe | undefined;
    readonly extras: readonly ExtraColumn[] | 'present';
  },
): Promise<CachedCandles | undefined> {
  const { timeframe, extras } = needed;
  const handle = await open(place, 'r').catch(() => undefined);
  if (handle === undefined) return undefined;
  const head = await readHead(handle).catch(() => undefined);
  const isUsable =
    head !== undefined &&
    head.size === state.size &&
    (timeframe === undefined || head.timeframe === timeframe) &&
    (extras === 'present'
      ? head.extras !== undefined
      : extras.every((name) => head.extras?.includes(name))) &&
    (head.mtimeNs === state.mtimeNs || (await hasSameContent(path, place, state, head)));
  if (!isUsable) {
    await handle.close();
    return undefined;
  }
  return {
    timeframe: head.timeframe,
    hasVolume: head.hasVolume,
    symbol: head.symbol,
    notes: head.notes,
    sourceHash: head.sourceHash,
    length: head.rows,
    firstTime: head.firstTime,
    lastTime: head.lastTime,
    extras: head.extras ?? [],
    readInto(columns, offset) {
      try {
        return readColumns(handle, head, columns, offset);
      } catch {
        return false;
      }
    },
    close: () => handle.close(),
  };
}

/** The file was touched, copied or checked out again: its content decides, and the new time is remembered. */
async function hasSameContent(
  path: string,
  place: string,
  state: SourceState,
  head: CacheHead,
): Promise<boolean> {
  const hash = createHash('sha256');
  const stream: AsyncIterable<Uint8Array> = createReadStream(path, { highWaterMark: 1 << 20 });
  for await (const piece of stream) hash.update(piece);
  if (hash.digest('hex') !== head.sourceHash) return false;
  const encoded = encodeHead({ ...head, mtimeNs: state.mtimeNs });
  if (!state.isSettled || encoded === undefined) return true;
  const writer = await open(place, 'r+').catch(() => undefined);
  await writer?.write(encoded, 0, HEAD_BYTES, 0).catch(() => undefined);
  await writer?.close();
  return true;
}

async function readHead(handle: FileHandle): Promise<CacheHead | undefined> {
  const bytes = Buffer.alloc(HEAD_BYTES);
  const { bytesRead } = await handle.read(bytes, 0, HEAD_BYTES, 0);
  if (bytesRead < HEAD_BYTES || bytes.toString('latin1', 0, 8) !== MAGIC) return undefined;
  const length = bytes.readUInt32LE(8);
  if (length > HEAD_BYTES - PREFIX_BYTES) return undefined;
  const json = bytes.subarray(PREFIX_BYTES, PREFIX_BYTES + length);
  if (crc32(json) !== bytes.readUInt32LE(12)) return undefined;
  const head = JSON.parse(json.toString('utf8')) as CacheHead;
  const { size } = await handle.stat();
  const columns = 6 + (head.extras?.length ?? 0);
  return size === HEAD_BYTES + head.rows * columns * 8 ? head : undefined;
}

function encodeHead(head: CacheHead): Buffer | undefined {
  const json = Buffer.from(JSON.stringify(head));
  if (json.length > HEAD_BYTES - PREFIX_BYTES) return undefined;
  const bytes = Buffer.alloc(HEAD_BYTES);
  bytes.write(MAGIC, 'latin1');
  bytes.writeUInt32LE(json.length, 8);
  bytes.writeUInt32LE(crc32(json), 12);
  json.copy(bytes, PREFIX_BYTES);
  return bytes;
}

function readColumns(
  handle: FileHandle,
  head: CacheHead,
  columns: CandleColumns,
  offset: number,
): boolean {
  const cut = (column: Float64Array): Float64Array => column.subarray(offset, offset + head.rows);
  const wanted = mapExtraColumns(columns, cut);
  const isRead = readChecked(handle, HEAD_BYTES, columnsOf(columns).map(cut), head.crc);
  if (!isRead || Object.keys(wanted).length === 0) return isRead;
  // All of them, because the checksum is of all.
  const extras = (head.extras ?? []).map((name) => wanted[name] ?? new Float64Array(head.rows));
  return readChecked(handle, HEAD_BYTES + 6 * 8 * head.rows, extras, head.extrasCrc);
}

/** Piece by piece, so that the checksum finds the bytes still in the processor's cache. */
function readChecked(
  handle: FileHandle,
  start: number,
  columns: readonly Float64Array[],
  expected: number | undefined,
): boolean {
  let crc = 0;
  let position = start;
  for (const column of columns) {
    const part = bytesOf(column);
    for (let from = 0; from < part.length; from += PIECE_BYTES) {
      const piece = part.subarray(from, from + PIECE_BYTES);
      if (readSync(handle.fd, piece, 0, piece.length, position) !== piece.length) return false;
      crc = crc32(piece, crc);
      position += piece.length;
    }
  }
  return crc === expected;
}

function columnsOf(columns: CandleColumns): Float64Array[] {
  const { openTime, open: opens, high, low, close, volume } = columns;
  return [openTime, opens, high, low, close, volume];
}

function bytesOf(column: Float64Array): Uint8Array {
  return new Uint8Array(column.buffer, column.byteOffset, column.byteLength);
}
