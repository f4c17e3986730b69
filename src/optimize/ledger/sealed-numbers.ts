import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileError, systemErrorCode, writeFileAtomicSync } from '../../files/index.js';

const SEAL_BYTES = 16;
const MAGIC_BYTES = 8;
const COUNT_BYTES = 8;

/** Numbers and a text in one file, with a checksum. */
export interface SealedNumbers {
  readonly numbers: Float64Array;
  readonly text: string;
}

/** What a file turned out to be. */
export type SealedFile =
  | ({ readonly kind: 'whole' } & SealedNumbers)
  | { readonly kind: 'missing' | 'foreign' | 'damaged' | 'newer' };

/**
 * Reads a file of numbers.
 *
 * @param path - File.
 * @param magic - Eight letters, of which the seventh is the version.
 * @throws {UserError} If the file is there and cannot be read.
 */
export function readSealed(path: string, magic: string): SealedFile {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return { kind: 'missing' };
    throw fileError('read', path, error);
  }
  const head = bytes.toString('latin1', 0, MAGIC_BYTES);
  if (head !== magic) {
    const isOther = head.slice(0, 6) === magic.slice(0, 6) && head[7] === magic[7];
    return { kind: isOther ? 'newer' : 'foreign' };
  }
  const body = bytes.subarray(0, bytes.length - SEAL_BYTES);
  const start = MAGIC_BYTES + COUNT_BYTES;
  if (body.length < start || !seal(body).equals(bytes.subarray(body.length))) {
    return { kind: 'damaged' };
  }
  const count = body.readDoubleLE(MAGIC_BYTES);
  const end = start + 8 * count;
  if (!(end <= body.length)) return { kind: 'damaged' };
  const numbers = Float64Array.from({ length: count }, (_, k) => body.readDoubleLE(start + 8 * k));
  return { kind: 'whole', numbers, text: body.toString('utf8', end) };
}

/**
 * Writes a file of numbers at once.
 *
 * @param path - File; its folder is made.
 * @param magic - Eight letters, of which the seventh is the version.
 * @param content - What it holds.
 * @param options - Whether to wait until the disk has it.
 * @throws {UserError} If it cannot be written.
 */
export function writeSealed(
  path: string,
  magic: string,
  { numbers, text }: SealedNumbers,
  options: { readonly flush: boolean },
): void {
  const head = Buffer.alloc(MAGIC_BYTES + COUNT_BYTES + 8 * numbers.length);
  head.write(magic, 'latin1');
  head.writeDoubleLE(numbers.length, MAGIC_BYTES);
  for (let k = 0; k < numbers.length; k++) {
    head.writeDoubleLE(numbers[k]!, MAGIC_BYTES + COUNT_BYTES + 8 * k);
  }
  const body = Buffer.concat([head, Buffer.from(text)]);
  writeFileAtomicSync(path, Buffer.concat([body, seal(body)]), options);
}

function seal(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest().subarray(0, SEAL_BYTES);
}
