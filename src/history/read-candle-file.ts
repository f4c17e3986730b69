import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import {
  CsvCandleDecoder,
  type DecodedCandles,
  type DecodeOptions,
  decodeJsonCandles,
} from '../candles/index.js';
import { UserError } from '../domain/index.js';
import { fileError, systemErrorCode } from '../files/index.js';
import { readCandlePath } from './candle-path.js';
import { fileMagic, MAGIC_BYTES } from './file-magic.js';
import { readArrowCandles } from './read-arrow.js';
import { readParquetCandles } from './read-parquet.js';
import { zipEntryPieces } from './read-zip-entry.js';

/** A decoded file, not yet validated, with the hash of its bytes. */
export interface CandleFile extends DecodedCandles {
  /** SHA-256 (hex) of the file as it lies on the disk. */
  readonly sourceHash: string;
}

const PIECE_BYTES = 1 << 18;
/** JSON is parsed as one string, and V8 has no longer ones. */
const JSON_BYTES_MAX = 500_000_000;

/** How a file is read. */
export interface ReadCandleOptions {
  /** As for the decoders. */
  readonly keepExtras?: boolean | undefined;
  readonly isPart?: boolean | undefined;
  readonly onBrokenLine?: DecodeOptions['onBrokenLine'];
  /** Gets the size of every piece read from the disk. */
  readonly onBytes?: ((bytes: number) => void) | undefined;
}

/**
 * Reads a candle file: CSV or JSON, plain, gzipped or in a zip archive, Feather (Arrow) or Parquet, recognized by
 * content and not by name.
 *
 * @param path - Path of the file; messages name it as given.
 * @param options - What becomes of the rows.
 * @throws {UserError} Naming the file, and the line and value where it is the content.
 */
export async function readCandleFile(
  path: string,
  options: ReadCandleOptions = {},
): Promise<CandleFile> {
  const hash = createHash('sha256');
  const decodeOptions = { source: path, symbol: readCandlePath(path).symbol, ...options };
  const pieces = (): AsyncGenerator<Uint8Array, void, undefined> =>
    piecesOf(path, (piece) => {
      hash.update(piece);
      options.onBytes?.(piece.length);
    });
  try {
    const magic = fileMagic(await headOf(path));
    if (magic.kind === 'other') throw new UserError(`${path}: ${magic.advice}`);
    if (magic.kind === 'gzip' || magic.kind === 'text') {
      const decoder = new FormatDecoder(decodeOptions);
      const decode = async (source: AsyncIterable<Uint8Array>): Promise<void> => {
        for await (const piece of source) decoder.push(piece);
      };
      if (magic.kind === 'gzip') {
        await pipeline(pieces(), createGunzip({ chunkSize: PIECE_BYTES }), decode);
      } else await decode(pieces());
      return { ...decoder.finish(), sourceHash: hash.digest('hex') };
    }
    // These are read from several places; the bytes are hashed first.
    for await (const _ of pieces());
    const sourceHash = hash.digest('hex');
    if (magic.kind === 'arrow')
      return { ...(await readArrowCandles(path, decodeOptions)), sourceHash };
    if (magic.kind === 'parquet') {
      return { ...(await readParquetCandles(path, decodeOptions)), sourceHash };
    }
    const decoder = new FormatDecoder(decodeOptions);
    for await (const piece of zipEntryPieces(path)) decoder.push(piece);
    return { ...decoder.finish(), sourceHash };
  } catch (error) {
    throw readError(path, error);
  }
}

async function* piecesOf(
  path: string,
  onPiece: (piece: Uint8Array) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  const stream: AsyncIterable<Uint8Array> = createReadStream(path, { highWaterMark: PIECE_BYTES });
  for await (const piece of stream) {
    onPiece(piece);
    yield piece;
  }
}

/** Decides by the first byte that is no blank whether a text is JSON or CSV. */
class FormatDecoder {
  readonly #options: DecodeOptions;
  #csv: CsvCandleDecoder | undefined;
  #json: Uint8Array[] | undefined;
  #jsonBytes = 0;

  constructor(options: DecodeOptions) {
    this.#options = options;
  }

  push(piece: Uint8Array): void {
    if (piece.length === 0) return;
    if (this.#csv === undefined && this.#json === undefined) this.#choose(piece);
    if (this.#json === undefined) {
      this.#csv!.push(piece);
      return;
    }
    this.#jsonBytes += piece.length;
    if (this.#jsonBytes > JSON_BYTES_MAX) {
      throw new UserError(`${this.#options.source}: too large for JSON; convert it to CSV`);
    }
    this.#json.push(piece);
  }

  finish(): DecodedCandles {
    if (this.#json === undefined) {
      return (this.#csv ?? new CsvCandleDecoder(this.#options)).finish();
    }
    return decodeJsonCandles(Buffer.concat(this.#json), this.#options);
  }

  #choose(piece: Uint8Array): void {
    const { source } = this.#options;
    const magic = fileMagic(piece.subarray(0, MAGIC_BYTES));
    if (magic.kind !== 'text') {
      const what = magic.kind === 'other' ? magic.advice : `a ${magic.kind} file`;
      throw new UserError(`${source}: it contains ${what}; unpack it first`);
    }
    const start = new TextDecoder().decode(piece.subarray(0, 64)).trimStart();
    if (/^[[{]/.test(start)) this.#json = [];
    else this.#csv = new CsvCandleDecoder(this.#options);
  }
}

async function headOf(path: string): Promise<Uint8Array> {
  const handle = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(new Uint8Array(MAGIC_BYTES), 0, MAGIC_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

function readError(path: string, error: unknown): UserError {
  const code = systemErrorCode(error);
  if (code === 'Z_BUF_ERROR') {
    return new UserError(`${path}: the gzip file is truncated; download the file again`);
  }
  if (code?.startsWith('Z_') === true) {
    return new UserError(`${path}: the gzip file is damaged; download the file again`);
  }
  if (error instanceof UserError || code !== undefined) return fileError('read', path, error);
  throw error;
}
