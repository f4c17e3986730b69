import { realpath, stat } from 'node:fs/promises';
import {
  allocateCandleColumns,
  allocateExtraColumns,
  type CandleColumns,
  EXTRA_COLUMN_NAMES,
  EXTRA_COLUMNS,
  type ExtraColumn,
  findGaps,
  mapExtraColumns,
  namedExtraColumns,
} from '../candles/index.js';
import { type Market, type Timeframe, UsageError, UserError } from '../domain/index.js';
import { fileError } from '../files/index.js';
import {
  type CachedCandles,
  openCachedCandles,
  rememberedHash,
  sourceState,
  storeCachedCandles,
} from './candle-cache.js';
import { candleDataHash } from './candle-data-hash.js';
import { type CandlePath, readCandlePath } from './candle-path.js';
import { type JoinPart, joinOverlapping } from './join.js';
import type { LoadCandlesOptions, LoadedCandles } from './loaded-candles.js';
import { type CandleFile, readCandleFile } from './read-candle-file.js';
import { requireSound, volumeNotes } from './require-sound.js';

/** One source: its columns in memory or still in the cache. */
interface Part {
  readonly file: string;
  readonly timeframe: Timeframe;
  readonly length: number;
  readonly firstTime: number;
  readonly lastTime: number;
  readonly sourceHash: string;
  readonly symbol?: string | undefined;
  readonly notes: readonly string[];
  /** Says where a candle stands in the file. */
  readonly placeOf: (row: number) => string;
  readonly content: { readonly decoded: CandleFile } | { readonly cached: CachedCandles };
}

/**
 * Loads, validates and joins candle files into one series.
 *
 * @param options - The files and what the candles are; see `LoadCandlesOptions`.
 * @returns The series, its hash, gaps and warnings.
 * @throws {UserError} Naming file, line and value, if a file is missing, broken or contradicts another.
 * @throws {UsageError} If no file is named, or the symbol cannot be told.
 */
export async function loadCandles(options: LoadCandlesOptions): Promise<LoadedCandles> {
  const files = await distinctFiles(options.files);
  const paths = files.map(readCandlePath);
  const { extraColumns: extras = [] } = options;
  const timeframe = options.timeframe ?? agreed(files, paths, 'timeframe');
  const progress = await progressOf(files, options);
  const withoutCache = new Set<string>();
  for (;;) {
    const parts: Part[] = [];
    try {
      for (const file of files) {
        const expected = timeframe ?? parts[0]?.timeframe;
        const readsCache = options.cache !== false && !withoutCache.has(file);
        const isPart = files.length > 1;
        parts.push(
          await openPart(
            file,
            { expected, isPart, readsCache, writesCache: options.cache !== false, extras },
            progress,
          ),
        );
      }
      parts.sort((a, b) => a.firstTime - b.firstTime);
      const names = extras === 'present' ? commonExtras(parts) : extras;
      const joined = joinParts(parts, names);
      if ('damaged' in joined) {
        withoutCache.add(joined.damaged.file); // decode it again, which also renews the entry
        continue;
      }
      return await describe(options, parts, joined.columns);
    } finally {
      for (const { content } of parts) if ('cached' in content) await content.cached.close();
    }
  }
}

/** The same file named twice counts once. */
async function distinctFiles(files: readonly string[]): Promise<string[]> {
  if (files.length === 0) throw new UsageError('No candle file given; add --file <path>');
  const byRealPath = new Map<string, string>();
  for (const file of files) {
    try {
      const real = await realpath(file);
      if (!byRealPath.has(real)) byRealPath.set(real, file);
    } catch (error) {
      throw fileError('read', file, error);
    }
  }
  return [...byRealPath.values()];
}

/** What all file names that say something agree on. */
function agreed<Key extends keyof CandlePath>(
  files: readonly string[],
  paths: readonly CandlePath[],
  key: Key,
): CandlePath[Key] {
  const first = paths.findIndex((path) => path[key] !== undefined);
  const other = paths.findIndex(
    (path) => path[key] !== undefined && path[key] !== paths[first]![key],
  );
  if (other >= 0) {
    throw new UserError(
      `The file names have different ${key}s: ${paths[first]![key]} (${files[first]}) and ${paths[other]![key]} (${files[other]}); load them one by one`,
    );
  }
  return paths[first]?.[key];
}

type Progress = (file: string, bytes: number) => void;

async function progressOf(
  files: readonly string[],
  options: LoadCandlesOptions,
): Promise<Progress> {
  const { onProgress } = options;
  if (onProgress === undefined) return () => undefined;
  let total = 0;
  for (const file of files) total += (await stat(file)).size;
  let done = 0;
  return (file, bytes) => {
    done = Math.min(total, done + bytes);
    onProgress({ file, done, total });
  };
}

async function openPart(
  file: string,
  options: {
    readonly expected: Timeframe | undefined;
    /** One of several. */
    readonly isPart: boolean;
    readonly readsCache: boolean;
    readonly writesCache: boolean;
    readonly extras: readonly ExtraColumn[] | 'present';
  },
  progress: Progress,
): Promise<Part> {
  const { expected, isPart, readsCache, writesCache, extras } = options;
  const cached = readsCache ? await openCachedCandles(file, expected, extras) : undefined;
  if (cached !== undefined) {
    progress(file, (await stat(file)).size);
    const placeOf = (row: number): string => ` candle ${row + 1}`;
    return { ...cached, file, placeOf, content: { cached } };
  }
  const before = await sourceState(file).catch(() => undefined);
  const readsExtras = extras.length > 0;
  const read = await readCandleFile(file, {
    isPart,
    keepExtras: readsExtras,
    onBytes: (bytes) => progress(file, bytes),
  });
  const decoded = { ...read, columns: { ...read.columns, ...namedExtraColumns(read.extras) } };
  const timeframe = requireSound(file, decoded, expected);
  for (const name of extras === 'present' ? extrasOf(decoded.columns) : extras) {
    requireExtra(file, decoded, name);
  }
  const { columns, hasVolume, symbol, sourceHash, placeOf } = decoded;
  const notes = [...decoded.notes, ...volumeNotes(file, hasVolume)];
  if (writesCache && before !== undefined) {
    const facts = { timeframe, hasVolume, symbol, notes, sourceHash };
    await storeCachedCandles(file, before, columns, facts, { readsExtras });
    // Several files are joined from the disk, so that no more than one of them is in memory beside what they become.
    const stored = isPart ? await openCachedCandles(file, timeframe, extras) : undefined;
    if (stored !== undefined) return { ...stored, file, placeOf, content: { cached: stored } };
  }
  return {
    file,
    timeframe,
    length: columns.length,
    firstTime: columns.openTime[0]!,
    lastTime: columns.openTime[columns.length - 1]!,
    sourceHash,
    symbol,
    notes,
    placeOf,
    content: { decoded },
  };
}

/** Puts the parts into one block of memory; parts from the cache are read straight into it. */
function joinParts(
  parts: readonly Part[],
  extras: readonly ExtraColumn[],
): { readonly columns: CandleColumns } | { readonly damaged: Part } {
  const [only] = parts;
  if (parts.length === 1 && 'decoded' in only!.content) {
    return { columns: onlyExtras(only!.content.decoded.columns, extras) };
  }
  const overlaps = parts.some((part, i) => i > 0 && part.firstTime <= parts[i - 1]!.lastTime);
  if (overlaps) return joinThroughMemory(parts, extras);
  const columns = allocate(
    parts.reduce((sum, part) => sum + part.length, 0),
    extras,
  );
  let offset = 0;
  for (const part of parts) {
    if (!copyPart(part, columns, offset)) return { damaged: part };
    offset += part.length;
  }
  return { columns };
}

function joinThroughMemory(
  parts: readonly Part[],
  extras: readonly ExtraColumn[],
): { readonly columns: CandleColumns } | { readonly damaged: Part } {
  const sources: JoinPart[] = [];
  for (const part of parts) {
    const { file, placeOf, content } = part;
    if ('decoded' in content) {
      sources.push({ file, columns: onlyExtras(content.decoded.columns, extras), placeOf });
      continue;
    }
    const columns = allocate(part.length, extras);
    if (!content.cached.readInto(columns, 0)) return { damaged: part };
    sources.push({ file, columns, placeOf });
  }
  return { columns: joinOverlapping(sources) };
}

function copyPart(part: Part, target: CandleColumns, offset: number): boolean {
  if ('cached' in part.content) return part.content.cached.readInto(target, offset);
  const { columns } = part.content.decoded;
  for (const name of ['openTime', 'open', 'high', 'low', 'close', 'volume'] as const) {
    target[name].set(columns[name], offset);
  }
  mapExtraColumns(target, (column, name) => {
    column.set(columns[name]!, offset);
    return column;
  });
  return true;
}

function allocate(length: number, extras: readonly ExtraColumn[]): CandleColumns {
  return { ...allocateCandleColumns(length), ...allocateExtraColumns(extras, length) };
}

function extrasOf(columns: CandleColumns): readonly ExtraColumn[] {
  return EXTRA_COLUMN_NAMES.filter((name) => columns[name] !== undefined);
}

function commonExtras(parts: readonly Part[]): readonly ExtraColumn[] {
  const all = parts.map(({ content }) =>
    'cached' in content ? content.cached.extras : extrasOf(content.decoded.columns),
  );
  return EXTRA_COLUMN_NAMES.filter((name) => all.every((extras) => extras.includes(name)));
}

/** Leaves out the extra columns that nobody asked for. */
function onlyExtras(columns: CandleColumns, extras: readonly ExtraColumn[]): CandleColumns {
  const kept = Object.entries(columns).filter(
    ([name]) => !isExtra(name) || (extras as readonly string[]).includes(name),
  );
  return Object.fromEntries(kept) as unknown as CandleColumns;
}

function isExtra(name: string): boolean {
  return (EXTRA_COLUMN_NAMES as readonly string[]).includes(name);
}

/**
 * Checks an extra column that somebody is going to read.
 *
 * @throws {UserError} If the file does not have it, or a value is no number of at least zero.
 */
function requireExtra(file: string, { columns, placeOf }: CandleFile, name: ExtraColumn): void {
  const column = columns[name];
  const title = EXTRA_COLUMNS[name];
  if (column === undefined) {
    throw new UserError(
      `${file}: no column ${title} (${name}); fetch the candles with wus fetch-data, or give a file that has it`,
    );
  }
  const row = column.findIndex((value) => !(value >= 0 && value < Number.POSITIVE_INFINITY));
  if (row < 0) return;
  throw new UserError(
    `${file}${placeOf(row)}: ${title} ${column[row]} is not a quantity >= 0; fix the line, or download the file again`,
  );
}

async function describe(
  options: LoadCandlesOptions,
  parts: readonly Part[],
  columns: CandleColumns,
): Promise<LoadedCandles> {
  const files = parts.map((part) => part.file);
  const paths = files.map(readCandlePath);
  const symbol =
    options.symbol?.toUpperCase() ??
    agreed(files, paths, 'symbol') ??
    parts.find((part) => part.symbol !== undefined)?.symbol;
  if (symbol === undefined) {
    throw new UsageError(
      `Cannot determine the symbol from "${files[0]}"; add --symbol, for example BTCUSDT`,
    );
  }
  const market = options.market ?? agreed(files, paths, 'market') ?? 'spot';
  const timeframe = parts[0]!.timeframe;
  const keys = parts.map((part) => part.sourceHash);
  const compute = (): string => candleDataHash(columns);
  return {
    candles: { symbol, market, timeframe, ...columns },
    dataHash:
      options.cache === false
        ? compute()
        : await rememberedHash(files, [...keys, ...extrasOf(columns)], compute),
    files,
    gaps: findGaps(columns.openTime, timeframe),
    warnings: [...parts.flatMap((part) => part.notes), ...nameWarnings(parts, symbol, market)],
  };
}

function nameWarnings(parts: readonly Part[], symbol: string, market: Market): string[] {
  return parts.flatMap((part) => {
    const path = readCandlePath(part.file);
    const found = path.symbol ?? part.symbol;
    const warnings: string[] = [];
    if (found !== undefined && found !== symbol) {
      warnings.push(`${part.file}: the file seems to contain ${found}, not ${symbol}`);
    }
    if (path.market !== undefined && path.market !== market) {
      warnings.push(`${part.file}: the path is for ${path.market}, not ${market}`);
    }
    return warnings;
  });
}
