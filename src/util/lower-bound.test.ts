import { expect, test } from 'vitest';
import { lowerBound } from './lower-bound.js';

const sorted = Float64Array.of(1, 3, 3, 3, 8);

test.each([
  [0, 0],
  [1, 0],
  [2, 1],
  [3, 1],
  [4, 4],
  [8, 4],
  [9, 5],
])('the first value that is not below %d stands at %d', (limit, index) => {
  expect(lowerBound(sorted, limit)).toBe(index);
  expect(lowerBound(Uint32Array.from(sorted), limit)).toBe(index);
});

test('a part is searched alone', () => {
  expect(lowerBound(sorted, 3, 2)).toBe(2);
  expect(lowerBound(sorted, 8, 1, 3)).toBe(3);
  expect(lowerBound(sorted, 1, 4, 4)).toBe(4);
  expect(lowerBound(new Float64Array(0), 1)).toBe(0);
});
