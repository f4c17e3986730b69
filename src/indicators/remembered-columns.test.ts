import { expect, test } from 'vitest';
import { RememberedColumns } from './remembered-columns.js';

const LENGTH = 100;
const BYTES = 8 * LENGTH;

/** Asks for columns by number and says which had to be computed. */
function asks(columns: RememberedColumns, numbers: readonly number[]): number[] {
  return numbers.filter((number) => {
    let isComputed = false;
    columns.values(`column ${number}`, () => {
      isComputed = true;
      return new Float64Array(LENGTH);
    });
    return isComputed;
  });
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, k) => k);

test('columns that nobody comes back to take no more memory than at first', () => {
  const columns = new RememberedColumns(100 * BYTES, undefined, 10 * BYTES);
  expect(asks(columns, upTo(50))).toEqual(upTo(50));
  // The four used last are there in any case, and not more than ten.
  expect(asks(columns, [46, 47, 48, 49])).toEqual([]);
  expect(asks(columns, upTo(50)).length).toBeGreaterThanOrEqual(40);
});

test('columns that are missed stay the next time, up to the limit', () => {
  const columns = new RememberedColumns(100 * BYTES, undefined, 10 * BYTES);
  for (let round = 0; round < 4; round++) asks(columns, upTo(50));
  expect(asks(columns, upTo(50))).toEqual([]);
  const small = new RememberedColumns(20 * BYTES, undefined, 10 * BYTES);
  for (let round = 0; round < 4; round++) asks(small, upTo(50));
  expect(asks(small, upTo(50)).length).toBeGreaterThanOrEqual(30);
});
