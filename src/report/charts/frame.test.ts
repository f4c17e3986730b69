import { expect, test } from 'vitest';
import { logScale } from './frame.js';

test.each([
  [
    [7_000, 16_000],
    [8_000, 10_000, 12_000, 14_000, 16_000],
  ],
  [
    [90, 1_200],
    [100, 200, 500, 1_000],
  ],
  [
    [1, 1e6],
    [1, 10, 100, 1_000, 1e4, 1e5, 1e6],
  ],
] as const)('logScale() over %j has ticks to read', (range, ticks) => {
  expect(logScale(range, [200, 0]).ticks.map(Math.round)).toEqual(ticks);
});
