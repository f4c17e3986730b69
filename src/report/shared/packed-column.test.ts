import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { drawingDecimals, exactDecimals, packColumn, unpackColumn } from './packed-column.js';

describe('packColumn()', () => {
  test('gives back prices on their tick exactly, at about one byte per small step', () => {
    const prices = Array.from(
      { length: 1000 },
      (_, i) => Math.round(6_000_000 + 30 * Math.sin(i)) / 100,
    );
    const packed = packColumn(prices, exactDecimals(prices, 8), 1);
    expect([...unpackColumn(packed)]).toEqual(prices);
    expect(packed.bytes.length).toBeLessThan(1100);
  });

  test('stores regular times in one byte each with second differences', () => {
    const times = Float64Array.from({ length: 500 }, (_, i) => 1_700_000_000_000 + i * 60_000);
    const packed = packColumn(times, 0, 2);
    expect(unpackColumn(packed)).toEqual(times);
    expect(packed.bytes.length).toBeLessThan(520);
  });

  test('keeps NaN where values are undefined and every value within half a step (seed 42)', () => {
    const value = fc.oneof(
      fc.double({ min: -1e9, max: 1e9, noNaN: true }),
      fc.constantFrom(Number.NaN, 0, Number.POSITIVE_INFINITY),
    );
    fc.assert(
      fc.property(
        fc.array(value),
        fc.integer({ min: -3, max: 4 }),
        fc.constantFrom(0, 1, 2),
        (values, decimals, order) => {
          const read = unpackColumn(packColumn(values, decimals, order));
          values.forEach((original, i) => {
            if (!Number.isFinite(original)) expect(read[i]).toBeNaN();
            else {
              expect(Math.abs(read[i]! - original)).toBeLessThanOrEqual(
                0.5 * 10 ** -decimals + 1e-6,
              );
            }
          });
        },
      ),
      { seed: 42, numRuns: 300 },
    );
  });

  test('drawingDecimals() keeps a hundredth of a typical step', () => {
    expect(drawingDecimals([50, 55, 48, 53, 60])).toBe(2);
    expect(drawingDecimals([60_000, 60_010, 60_000, 60_012])).toBe(1);
    expect(drawingDecimals([])).toBe(0);
  });
});
