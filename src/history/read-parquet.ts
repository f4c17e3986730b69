import { open } from 'node:fs/promises';
import {
  type CandleTable,
  type DecodedCandles,
  type DecodeOptions,
  decodeCandleTable,
  namedLayout,
} from '../candles/index.js';
import { UserError } from '../domain/index.js';
import { systemErrorCode } from '../files/index.js';

/**
 * Reads candles from a Parquet file, whatever its compression.
 *
 * @param path - Path of the file.
 * @param options - As for the other decoders.
 * @throws {UserError} Naming the file, and the row and value where it is the content.
 */
export async function readParquetCandles(
  path: string,
  options: DecodeOptions,
): Promise<DecodedCandles> {
  return decodeCandleTable(await parquetTable(path, options), options);
}

async function parquetTable(path: string, options: DecodeOptions): Promise<CandleTable> {
  const [{ parquetMetadataAsync, parquetRead, parquetSchema }, { compressors }] = await Promise.all(
    [import('hyparquet'), import('hyparquet-compressors')],
  );
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    const file = {
      byteLength: size,
      async slice(start: number, end = size): Promise<ArrayBuffer> {
        const bytes = new Uint8Array(new ArrayBuffer(Math.max(0, end - start)));
        await handle.read(bytes, 0, bytes.length, start);
        return bytes.buffer;
      },
    };
    const metadata = await parquetMetadataAsync(file);
    const names = parquetSchema(metadata).children.map(({ element }) => element.name);
    const layout = namedLayout(names, options);
    const columns = new Map(names.map((name) => [name, [] as unknown[]]));
    await parquetRead({
      file,
      metadata,
      compressors,
      columns: names.filter((_, i) => layout.fields[i]! >= 0),
      onChunk: ({ columnName, columnData, rowStart }) => {
        const column = columns.get(columnName)!;
        for (let i = 0; i < columnData.length; i++) column[rowStart + i] = columnData[i];
      },
    });
    const cells = names.map((name) => columns.get(name)!);
    const length = Number(metadata.num_rows);
    return { layout, length, cell: (row, column) => cells[column]![row] };
  } catch (error) {
    if (error instanceof UserError || systemErrorCode(error) !== undefined) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new UserError(
      `${path}: the Parquet file cannot be read (${why.slice(0, 120)}); download the file again`,
    );
  } finally {
    await handle.close();
  }
}
