import { readFile, stat } from 'node:fs/promises';
import type { Timestamp, Vector } from 'apache-arrow';
import {
  type DecodedCandles,
  type DecodeOptions,
  decodeCandleTable,
  namedLayout,
} from '../candles/index.js';
import { UserError } from '../domain/index.js';
import { unpackLz4Frame } from './lz4-frame.js';

const BYTES_MAX = 2_000_000_000;
const UNIT_MS = [1000, 1, 1e-3, 1e-6];

/**
 * Reads candles from an Arrow file (Feather version 2), such as freqtrade writes them.
 *
 * @param path - Path of the file.
 * @param options - As for the other decoders.
 * @throws {UserError} Naming the file, and the row and value where it is the content.
 */
export async function readArrowCandles(
  path: string,
  options: DecodeOptions,
): Promise<DecodedCandles> {
  if ((await stat(path)).size > BYTES_MAX) throw new UserError(`${path}: too large; split it`);
  const [arrow, { compressors }] = await Promise.all([
    import('apache-arrow'),
    import('hyparquet-compressors'),
  ]);
  const { compressionRegistry, CompressionType, DataType, tableFromIPC } = arrow;
  compressionRegistry.set(CompressionType.LZ4_FRAME, { decode: unpackLz4Frame });
  // A copy, because columns must begin at multiples of eight.
  compressionRegistry.set(CompressionType.ZSTD, {
    decode: (data) => compressors.ZSTD!(data, 0).slice(),
  });
  let table: ReturnType<typeof tableFromIPC>;
  try {
    table = tableFromIPC(await readFile(path));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UserError(
      `${path}: the Arrow file cannot be read (${why.slice(0, 120)}); download the file again`,
    );
  }
  const names = table.schema.fields.map(({ name }) => name);
  const readers = names.map((_, i) => cellReader(table.getChildAt(i)!, DataType));
  return decodeCandleTable(
    {
      layout: namedLayout(names, options),
      length: table.numRows,
      cell: (row, column) => readers[column]!(row),
    },
    options,
  );
}

/** Times in their own unit become ms; a dictionary, a text or a number is as the library gives it. */
function cellReader(
  vector: Vector,
  { isTimestamp }: { isTimestamp(type: unknown): type is Timestamp },
): (row: number) => unknown {
  if (!isTimestamp(vector.type)) return (row) => vector.get(row) as unknown;
  const scale = UNIT_MS[vector.type.unit]!;
  const times = vector.toArray() as BigInt64Array;
  // Whole µs are exact; a time in ns goes through them.
  return (row) =>
    vector.isValid(row) ? Math.round(Number(times[row]!) * scale * 1000) / 1000 : undefined;
}
