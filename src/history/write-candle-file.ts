import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import {
  type CandleColumns,
  type ExtraColumns,
  encodeCsvCandles,
  encodeJsonCandles,
} from '../candles/index.js';
import { UsageError } from '../domain/index.js';
import { openAtomicFile } from '../files/index.js';

/** A format that can be written, and whether it is compressed. */
interface OutputFormat {
  readonly encode: (columns: CandleColumns, extras: ExtraColumns) => Iterable<string>;
  readonly isGzip: boolean;
}

/**
 * Says whether candles can be written to a path; the extension names the format.
 *
 * @param path - `….csv`, `….csv.gz`, `….json` or `….json.gz`.
 * @throws {UsageError} If the extension is another.
 */
export function requireCandleFormat(path: string): void {
  formatOf(path);
}

/**
 * Writes candles to a file, atomically, in the format that its extension names.
 *
 * @param path - `….csv`, `….csv.gz`, `….json` or `….json.gz`; missing folders are created.
 * @param columns - Shape `[n]`.
 * @param extras - Extra columns to keep.
 * @throws {UsageError} If the extension is another.
 * @throws {UserError} If the file cannot be written; an old one then stays as it was.
 */
export async function writeCandleFile(
  path: string,
  columns: CandleColumns,
  extras: ExtraColumns = {},
): Promise<void> {
  const { encode, isGzip } = formatOf(path);
  const file = await openAtomicFile(path);
  const write = async (pieces: AsyncIterable<string | Uint8Array>): Promise<void> => {
    for await (const piece of pieces) await file.write(piece);
  };
  try {
    const pieces = Readable.from(encode(columns, extras));
    if (isGzip) await pipeline(pieces, createGzip(), write);
    else await write(pieces);
    await file.commit();
  } catch (error) {
    await file.discard();
    throw error;
  }
}

function formatOf(path: string): OutputFormat {
  const match = /\.(csv|json)(\.gz)?$/i.exec(path);
  if (match === null) {
    throw new UsageError(
      `Cannot determine the format of "${path}"; use a name that ends in .csv, .csv.gz, .json or .json.gz`,
    );
  }
  const encode = match[1]!.toLowerCase() === 'csv' ? encodeCsvCandles : encodeJsonCandles;
  return { encode, isGzip: match[2] !== undefined };
}
