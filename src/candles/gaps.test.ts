import { expect, test } from 'vitest';
import { findGaps } from './gaps.js';

test('findGaps() names the first missing candle, the next present one and the count', () => {
  const minutes = Float64Array.of(0, 1, 2, 5, 6, 8).map((minute) => minute * 60_000);
  expect(findGaps(minutes, '1m')).toEqual([
    { startTime: 180_000, endTime: 300_000, missing: 2 },
    { startTime: 420_000, endTime: 480_000, missing: 1 },
  ]);
  expect(findGaps(new Float64Array(0), '1m')).toEqual([]);
});
