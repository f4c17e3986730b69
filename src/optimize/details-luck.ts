import { addLuckWords, LUCK_WORDS, luckWords, noLuck, type RunLuck } from './judgement/run-luck.js';
import { readSealed, writeSealed } from './ledger/sealed-numbers.js';

/** The seventh letter is the version. */
const MAGIC = 'WUSROW1\n';

/** What luck shows with the first rows of a details file. */
export interface DetailsLuck {
  /** Rows that are in. */
  readonly rows: number;
  readonly luck: RunLuck;
}

/**
 * Returns the path of the file that keeps what luck shows with the rows of a details file: rows have no returns.
 *
 * @param path - Of the details file.
 */
export function detailsLuckPath(path: string): string {
  return `${path}.luck`;
}

/**
 * Reads what luck shows with the rows of a details file.
 *
 * @param path - Of the details file.
 * @returns `undefined` where that is not known: an older version wrote the rows, or the file is damaged.
 */
export function readDetailsLuck(path: string): DetailsLuck | undefined {
  const file = readSealed(detailsLuckPath(path), MAGIC);
  if (file.kind !== 'whole' || file.numbers.length !== LUCK_WORDS + 1) return undefined;
  const luck = noLuck();
  addLuckWords(luck, file.numbers.subarray(1));
  return { rows: file.numbers[0]!, luck };
}

/**
 * Writes what luck shows with the rows of a details file so far.
 *
 * @param path - Of the details file.
 * @param found - Rows and luck.
 * @throws {UserError} If it cannot be written.
 */
export function writeDetailsLuck(path: string, { rows, luck }: DetailsLuck): void {
  const numbers = new Float64Array(LUCK_WORDS + 1);
  numbers[0] = rows;
  numbers.set(luckWords(luck), 1);
  writeSealed(detailsLuckPath(path), MAGIC, { numbers, text: '' }, { flush: false });
}
