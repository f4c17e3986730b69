import { closeSync, openSync, readSync, truncateSync } from 'node:fs';
import { UserError } from '../domain/index.js';
import { fileError } from '../files/index.js';

const BLOCK_BYTES = 1 << 20;
const NEWLINE = 10;

/** What a scan found. */
export interface ScannedRows {
  /** Whole rows after the header. */
  readonly rows: number;
  /** Bytes up to the end of the last whole row; a torn line may follow. */
  readonly wholeBytes: number;
  readonly hasHeader: boolean;
}

/**
 * Reads the whole rows of a details file, one block in memory at a time. A last line without its end is no row.
 *
 * @param path - Of the details file.
 * @param header - What its first line must be.
 * @param onRow - Takes a row without its end, its number from 0, and its offset in bytes.
 * @throws {UserError} If the file cannot be read or has other columns.
 */
export function scanDetails(
  path: string,
  header: string,
  onRow: (line: string, index: number, offset: number) => void,
): ScannedRows {
  let rows = 0;
  let wholeBytes = 0;
  let hasHeader = false;
  for (const { line, offset, bytes } of wholeLines(path)) {
    if (hasHeader) {
      onRow(line, rows, offset);
      rows++;
    } else if (line === header) {
      hasHeader = true;
    } else {
      throw new UserError(
        `${path} cannot be resumed: its columns do not match this strategy; run without --resume to write a new file`,
      );
    }
    wholeBytes = offset + bytes;
  }
  return { rows, wholeBytes, hasHeader };
}

/**
 * Cuts a torn last line off.
 *
 * @param path - Of the details file.
 * @param wholeBytes - From `scanDetails`.
 */
export function mendDetails(path: string, wholeBytes: number): void {
  try {
    truncateSync(path, wholeBytes);
  } catch (error) {
    throw fileError('write', path, error);
  }
}

/**
 * Returns where the first cells of a row end, the comma after them included.
 *
 * @param line - Row.
 * @param cells - How many cells.
 * @returns Length in characters, or -1 when there are fewer cells.
 */
export function cellsLength(line: string, cells: number): number {
  let isQuoted = false;
  let left = cells;
  for (let i = 0; i < line.length; i++) {
    const character = line[i];
    if (character === '"') isQuoted = !isQuoted;
    else if (character === ',' && !isQuoted && --left === 0) return i + 1;
  }
  return -1;
}

function* wholeLines(path: string): Generator<{ line: string; offset: number; bytes: number }> {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    throw fileError('read', path, error);
  }
  try {
    const block = Buffer.alloc(BLOCK_BYTES);
    let rest = Buffer.alloc(0);
    let restOffset = 0;
    for (;;) {
      const size = readSync(file, block, 0, BLOCK_BYTES, null);
      if (size === 0) return;
      const data = Buffer.concat([rest, block.subarray(0, size)]);
      let start = 0;
      for (let end = data.indexOf(NEWLINE); end !== -1; end = data.indexOf(NEWLINE, start)) {
        const line = data.toString('utf8', start, end);
        yield { line, offset: restOffset + start, bytes: end + 1 - start };
        start = end + 1;
      }
      rest = data.subarray(start);
      restOffset += start;
    }
  } finally {
    closeSync(file);
  }
}
