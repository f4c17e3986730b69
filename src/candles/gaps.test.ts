import fc from 'fast-check';
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

test('findGaps() finds every step that is longer than a candle', () => {
  const steps = fc.array(fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 5 })), {
    maxLength: 60,
  });
  fc.assert(
    fc.property(steps, (lengths) => {
      let time = 600_000;
      const times = [time, ...lengths.map((length) => (time += length * 60_000))];
      const walked = lengths.flatMap((length, i) =>
        length === 1
          ? []
          : [{ startTime: times[i]! + 60_000, endTime: times[i + 1]!, missing: length - 1 }],
      );
      expect(findGaps(Float64Array.from(times), '1m')).toEqual(walked);
    }),
  );
});
