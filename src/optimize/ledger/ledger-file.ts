import {
  closeSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { UserError } from '../../domain/index.js';
import { fileError, makeFolder, systemErrorCode } from '../../files/index.js';

/** First bytes of a ledger, as long as one record: the rest of the file stays aligned. */
const MAGIC = Buffer.from('WUSTRL1\n');
const RECORD_BYTES = 8;
const PIECE_BYTES = 1 << 20;

/**
 * Reads the whole records of a ledger from a place on; what a crash left half-written at the end does not count.
 *
 * @param path - Ledger; a missing one is empty.
 * @param from - Bytes that are known already, 0 at first.
 * @param take - Takes each hash as two words.
 * @returns Bytes known now.
 * @throws {UserError} If the file is no ledger or cannot be read.
 */
export function readLedgerFile(
  path: string,
  from: number,
  take: (low: number, high: number) => void,
): number {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return 0;
    throw fileError('read', path, error);
  }
  try {
    const start = from === 0 ? checkMagic(path, file) : from;
    return readRecords(file, start, take);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw fileError('read', path, error);
  } finally {
    closeSync(file);
  }
}

/**
 * Returns how many hashes a ledger holds, to reserve memory for them.
 *
 * @param path - Ledger; a missing one is empty.
 * @throws {UserError} If nobody can say.
 */
export function ledgerRecords(path: string): number {
  try {
    const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    return Math.floor(size / RECORD_BYTES);
  } catch (error) {
    throw fileError('read', path, error);
  }
}

/**
 * Appends records. The caller holds the lock of the ledger.
 *
 * @param path - Ledger; created with its folder when missing.
 * @param words - Two words per hash.
 * @param options - Whether to wait until the disk has them.
 * @returns Bytes of the file now.
 * @throws {UserError} If it cannot be written; a half-written record is cut off by the next one who appends.
 */
export function appendLedgerFile(
  path: string,
  words: Uint32Array,
  options: { readonly flush: boolean },
): number {
  let file: number | undefined;
  try {
    makeFolder(dirname(path));
    file = openSync(path, 'a+');
    let size = fstatSync(file).size;
    const whole = size < RECORD_BYTES ? 0 : size - (size % RECORD_BYTES);
    if (whole !== size) ftruncateSync(file, whole);
    if (whole === 0) writeAll(file, MAGIC);
    const bytes = Buffer.from(words.buffer, words.byteOffset, words.byteLength);
    writeAll(file, bytes);
    if (options.flush) fsyncSync(file);
    size = Math.max(whole, MAGIC.length) + bytes.length;
    return size;
  } catch (error) {
    throw fileError('write', path, error);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function checkMagic(path: string, file: number): number {
  const head = Buffer.alloc(MAGIC.length);
  const length = readSync(file, head, 0, head.length, 0);
  // A crash may have cut the very first bytes short: then the ledger is still empty.
  if (length < MAGIC.length && MAGIC.subarray(0, length).equals(head.subarray(0, length))) return 0;
  if (head.equals(MAGIC)) return MAGIC.length;
  throw new UserError(
    `${path} is not a trial ledger of this version; move it away to start a new one`,
  );
}

function readRecords(
  file: number,
  start: number,
  take: (low: number, high: number) => void,
): number {
  if (start === 0) return 0;
  const words = new Uint32Array(PIECE_BYTES / 4);
  const piece = new Uint8Array(words.buffer);
  let at = start;
  for (;;) {
    let length = 0;
    for (;;) {
      const read = readSync(file, piece, length, PIECE_BYTES - length, at + length);
      length += read;
      if (read === 0 || length === PIECE_BYTES) break;
    }
    const whole = length - (length % RECORD_BYTES);
    for (let k = 0; k < whole / 4; k += 2) take(words[k]!, words[k + 1]!);
    at += whole;
    if (whole < PIECE_BYTES) return at;
  }
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
}
