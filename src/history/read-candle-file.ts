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

/** A decoded file, not yet validated, with the hash of its bytes. */
export interface CandleFile extends DecodedCandles {
  /** SHA-256 (hex) of the file as it lies on the disk. */
  readonly sourceHash: string;
}

const PIECE_BYTES = 1 << 18;
/** JSON is parsed as one string, and V8 has no longer ones. */
const JSON_BYTES_MAX = 500_000_000;

/**
 * Reads a candle file: CSV or JSON, plain or gzipped, recognized by content and not by name.
 *
 * @param path - Path of the file; messages name it as given.
 * @param options - `keepExtras`, `isPart` and `onBrokenLine` as for the decoders; `onBytes` gets the size of every piece read from the disk.
 * @throws {UserError} Naming the file, and the line and value where it is the content.
 */
export async function readCandleFile(
  path: string,
  options: {
    readonly keepExtras?: boolean | undefined;
    readonly isPart?: boolean | undefined;
    readonly onBrokenLine?: ((message: string) => void) | undefined;
    readonly onBytes?: ((bytes: number) => void) | undefined;
  } = {},
): Promise<CandleFile> {
  const hash = createHash('sha256');
  const decoder = new FormatDecoder({ source: path, ...options });
  try {
    const pieces = piecesOf(path, (piece) => {
      hash.update(piece);
      options.onBytes?.(piece.length);
    });
    const decode = async (source: AsyncIterable<Uint8Array>): Promise<void> => {
      for await (const piece of source) decoder.push(piece);
    };
    if (await startsLikeGzip(path)) {
      await pipeline(pieces, createGunzip({ chunkSize: PIECE_BYTES }), decode);
    } else await decode(pieces);
    return { ...decoder.finish(), sourceHash: hash.digest('hex') };
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
    if (piece[0] === 0x50 && piece[1] === 0x4b) {
      throw new UserError(`${source}: a zip archive; unzip it and name the CSV file inside`);
    }
    if ((piece[0] === 0xff && piece[1] === 0xfe) || (piece[0] === 0xfe && piece[1] === 0xff)) {
      throw new UserError(`${source}: UTF-16 text; save it as UTF-8`);
    }
    const start = new TextDecoder().decode(piece.subarray(0, 64)).trimStart();
    if (/^[[{]/.test(start)) this.#json = [];
    else this.#csv = new CsvCandleDecoder(this.#options);
  }
}

async function startsLikeGzip(path: string): Promise<boolean> {
  const handle = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(new Uint8Array(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await handle.close();
  }
}

function readError(path: string, error: unknown): UserError {
  const code = systemErrorCode(error);
  if (code === 'Z_BUF_ERROR') {
    return new UserError(`${path}: the gzip file is cut off; get the file again`);
  }
  if (code?.startsWith('Z_') === true) {
    return new UserError(`${path}: the gzip file is damaged; get the file again`);
  }
  if (error instanceof UserError || code !== undefined) return fileError('read', path, error);
  throw error;
}
