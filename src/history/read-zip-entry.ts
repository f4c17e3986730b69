import type { Readable } from 'node:stream';
import * as zlib from 'node:zlib';
import yauzl from 'yauzl';
import { UserError } from '../domain/index.js';

/** Larger ones are no candles of one instrument. */
const ENTRY_BYTES_MAX = 4_000_000_000;

/**
 * Unpacks the one file of a zip archive, as Binance publishes them.
 *
 * @param path - Path of the archive.
 * @returns Its bytes, piece by piece; the checksum is checked at the end.
 * @throws {UserError} If the archive is damaged or encrypted, or holds no file or several.
 */
export async function* zipEntryPieces(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  const zip = await opened(path);
  try {
    const entries = (await allEntries(zip, path)).filter(({ fileName }) => isData(fileName));
    const [entry] = entries;
    if (entry === undefined) throw new UserError(`${path}: the zip archive is empty`);
    if (entries.length > 1) {
      const names = entries.slice(0, 3).map(({ fileName }) => fileName.slice(0, 60));
      const more = entries.length > names.length ? ', …' : '';
      throw new UserError(
        `${path}: a zip archive of ${entries.length} files (${names.join(', ')}${more}); unzip it and give the file you need`,
      );
    }
    if (entry.uncompressedSize > ENTRY_BYTES_MAX) {
      throw new UserError(
        `${path}: ${entry.fileName} unpacks to ${entry.uncompressedSize} bytes; too large`,
      );
    }
    yield* checkedPieces(await openStream(zip, entry, path), entry, path);
  } finally {
    zip.close();
  }
}

/** macOS adds files of its own. */
function isData(name: string): boolean {
  return !name.endsWith('/') && !/(^|\/)(__MACOSX\/|\.)/.test(name);
}

async function* checkedPieces(
  stream: Readable,
  entry: yauzl.Entry,
  path: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  let crc = 0;
  try {
    for await (const piece of stream as AsyncIterable<Uint8Array>) {
      crc = zlib.crc32(piece, crc);
      yield piece;
    }
  } catch (error) {
    throw damaged(path, error instanceof Error ? error.message : String(error));
  }
  if (crc !== entry.crc32) throw damaged(path, 'the checksum does not match');
}

function opened(path: string): Promise<yauzl.ZipFile> {
  return new Promise((resolve, reject) => {
    yauzl.open(path, { lazyEntries: true, autoClose: false }, (error, zip) => {
      if (error === null) resolve(zip);
      // What the file system says keeps its code, for one sentence about files everywhere.
      else reject('code' in error ? error : damaged(path, error.message));
    });
  });
}

function allEntries(zip: yauzl.ZipFile, path: string): Promise<yauzl.Entry[]> {
  return new Promise((resolve, reject) => {
    const entries: yauzl.Entry[] = [];
    zip.on('entry', (entry: yauzl.Entry) => {
      entries.push(entry);
      zip.readEntry();
    });
    zip.on('end', () => resolve(entries));
    zip.on('error', (error: Error) => reject(damaged(path, error.message)));
    zip.readEntry();
  });
}

function openStream(zip: yauzl.ZipFile, entry: yauzl.Entry, path: string): Promise<Readable> {
  return new Promise((resolve, reject) => {
    zip.openReadStream(entry, (error, stream) => {
      if (error === null) resolve(stream);
      else reject(damaged(path, error.message));
    });
  });
}

function damaged(path: string, why: string): UserError {
  return new UserError(`${path}: the zip archive is damaged (${why}); download the file again`);
}
