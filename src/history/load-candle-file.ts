import {
  type BrokenLine,
  type CandleColumns,
  type ExtraColumns,
  selectCandles,
} from '../candles/index.js';
import { type Market, type Timeframe, UserError } from '../domain/index.js';
import { readCandlePath } from './candle-path.js';
import { readCandleFile } from './read-candle-file.js';
import { requireSound, volumeNotes } from './require-sound.js';

/** A validated file with its extra columns: what converting and resampling need. */
export interface CandleFileContent {
  readonly columns: CandleColumns;
  readonly extras: ExtraColumns;
  readonly timeframe: Timeframe;
  readonly symbol?: string | undefined;
  readonly market?: Market | undefined;
  readonly notes: readonly string[];
  readonly dropped: DroppedLines;
}

/** What may be left out of a file instead of refusing it. */
export interface DropOptions {
  /** Headers in the middle, as in files joined with cat. */
  readonly repeatedHeaders?: boolean | undefined;
  /** Lines with the open time of another line; the later line stays. */
  readonly duplicates?: boolean | undefined;
  /** Lines in which a number is empty or NaN. */
  readonly nan?: boolean | undefined;
}

/** How many lines were left out. */
export interface DroppedLines {
  readonly repeatedHeaders: number;
  readonly duplicates: number;
  /** Of the duplicates, those that had other values than the line that stays. */
  readonly differing: number;
  readonly nan: number;
}

/**
 * Reads and validates one file with all its columns, without the cache.
 *
 * @param file - Path of the file.
 * @param options - `timeframe` as for `loadCandles`; `onBytes` gets the size of every piece read; `drop` says which
 *   lines are left out and counted.
 * @throws {UserError} Naming file, line and value.
 */
export async function loadCandleFile(
  file: string,
  options: {
    readonly timeframe?: Timeframe | undefined;
    readonly onBytes?: ((bytes: number) => void) | undefined;
    readonly drop?: DropOptions | undefined;
  } = {},
): Promise<CandleFileContent> {
  const path = readCandlePath(file);
  const { drop = {} } = options;
  const counts = { header: 0, 'not-a-number': 0 };
  const onBrokenLine = (message: string, why: BrokenLine): void => {
    if (why === 'header' && drop.repeatedHeaders === true) counts.header++;
    else if (why === 'not-a-number' && drop.nan === true) counts['not-a-number']++;
    else throw new UserError(message);
  };
  const decoded = await readCandleFile(file, {
    keepExtras: true,
    onBytes: options.onBytes,
    ...((drop.repeatedHeaders === true || drop.nan === true) && { onBrokenLine }),
  });
  const kept =
    drop.duplicates === true
      ? withoutDuplicates(decoded.columns, decoded.extras)
      : { columns: decoded.columns, extras: decoded.extras, duplicates: 0, differing: 0 };
  const { columns, extras, duplicates, differing } = kept;
  const timeframe = requireSound(
    file,
    duplicates === 0 ? decoded : { ...decoded, columns, placeOf: (row) => ` candle ${row + 1}` },
    options.timeframe ?? path.timeframe,
  );
  return {
    columns,
    extras,
    timeframe,
    symbol: path.symbol ?? decoded.symbol,
    market: path.market,
    notes: [...decoded.notes, ...volumeNotes(file, decoded.hasVolume)],
    dropped: {
      repeatedHeaders: counts.header,
      nan: counts['not-a-number'],
      duplicates,
      differing,
    },
  };
}

/** Of candles with one open time the last stays, at the place of the first: a later line was fetched later. */
function withoutDuplicates(
  columns: CandleColumns,
  extras: ExtraColumns,
): {
  readonly columns: CandleColumns;
  readonly extras: ExtraColumns;
  readonly duplicates: number;
  readonly differing: number;
} {
  const rowOf = new Map<number, number>();
  let differing = 0;
  columns.openTime.forEach((time, row) => {
    const before = rowOf.get(time);
    if (before !== undefined && !isSameCandle(columns, before, row)) differing++;
    rowOf.set(time, row);
  });
  const duplicates = columns.length - rowOf.size;
  if (duplicates === 0) return { columns, extras, duplicates, differing };
  return { ...selectCandles(columns, extras, [...rowOf.values()]), duplicates, differing };
}

function isSameCandle(
  { open, high, low, close, volume }: CandleColumns,
  a: number,
  b: number,
): boolean {
  return [open, high, low, close, volume].every((column) => Object.is(column[a], column[b]));
}
