import { expect, test } from 'vitest';
import { candleSeriesFromRows } from './candle-series.js';
import { findOddities } from './oddities.js';

test('findOddities() finds runs without volume, frozen prices and huge wicks', () => {
  const flat = (price: number, volume: number): number[] => [price, price, price, price, volume];
  const rows = [
    [10, 12, 9, 11, 5],
    ...Array.from({ length: 4 }, () => flat(11, 0)),
    flat(12, 1), // flat as well, but at another price
    ...Array.from({ length: 5 }, () => flat(13, 0)),
    [10, 10, 0.1, 10, 1],
    [10, 2000, 10, 10, 1],
  ].map((row, i) => [i * 60_000, ...row]);
  const identity = { symbol: 'X', market: 'spot', timeframe: '1m' } as const;
  const found = findOddities(candleSeriesFromRows(identity, rows));
  const zeroRuns = [
    { row: 1, openTime: 60_000, candles: 4 },
    { row: 6, openTime: 360_000, candles: 5 },
  ];
  expect(found.zeroVolume).toEqual({ candles: 9, runs: zeroRuns });
  expect(found.flatCandles).toBe(10);
  expect(found.frozenPrices).toEqual([zeroRuns[1]]);
  expect(found.hugeWicks.map(({ row, side }) => [row, side])).toEqual([
    [11, 'down'],
    [12, 'up'],
  ]);
  expect(found.largestWick?.row).toBe(12);
  expect(found.largestWick?.share).toBe(0.995);
});
