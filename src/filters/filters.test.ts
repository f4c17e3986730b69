import { describe, expect, test } from 'vitest';
import { candleSeriesFromRows } from '../candles/index.js';
import { type Timeframe, timeframeMs, UsageError } from '../domain/index.js';
import { rememberIndicators } from '../indicators/index.js';
import { atrFilter } from './atr-filter.js';
import { combineMasks, entryMask } from './entry-filter.js';
import { seasonalityFilter } from './seasonality-filter.js';
import { parseTradingHours } from './trading-hours.js';
import { trendFilter } from './trend-filter.js';

const MIDNIGHT = Date.UTC(2024, 0, 1);

function series(rows: readonly (readonly [number, number, number])[], timeframe: Timeframe = '1h') {
  return candleSeriesFromRows(
    { symbol: 'BTCUSDT', market: 'spot', timeframe },
    rows.map(([high, low, close], i) => [
      MIDNIGHT + i * timeframeMs(timeframe),
      close,
      high,
      low,
      close,
      1,
    ]),
  );
}

const closes = (...values: number[]) => series(values.map((value) => [value, value, value]));
const day = (timeframe: Timeframe = '1h', count = 24) =>
  series(
    Array.from({ length: count }, () => [1, 1, 1] as const),
    timeframe,
  );

describe('atrFilter() allows both directions while ATR >= multiplier * SMA(ATR) (S-11)', () => {
  // Ranges 2, 2, 2, 8: ATR(1) is the range itself.
  const candles = series([
    [11, 9, 10],
    [11, 9, 10],
    [11, 9, 10],
    [14, 6, 10],
    [11, 9, 10],
  ]);

  test.each([
    [
      'a spike over its own baseline (8 >= 1.5 * 5)',
      { period: 1, multiplier: 1.5, smaPeriod: 2 },
      [0, 0, 0, 3, 0],
    ],
    ['a tie allows (8 >= 1.6 * 5)', { period: 1, multiplier: 1.6, smaPeriod: 2 }, [0, 0, 0, 3, 0]],
    ['just above the tie blocks', { period: 1, multiplier: 1.6001, smaPeriod: 2 }, [0, 0, 0, 0, 0]],
    ['an undefined baseline blocks', { period: 1, multiplier: 1, smaPeriod: 4 }, [0, 0, 0, 3, 0]],
    [
      'the baseline needs smaPeriod ATR values',
      { period: 2, multiplier: 1, smaPeriod: 2 },
      [0, 0, 3, 3, 0],
    ],
    [
      'without a baseline: percent of price, a tie allows',
      { period: 1, multiplier: 20, smaPeriod: 0 },
      [3, 3, 3, 3, 3],
    ],
    ['without a baseline: above it', { period: 1, multiplier: 21, smaPeriod: 0 }, [0, 0, 0, 3, 0]],
    ['an undefined ATR blocks', { period: 3, multiplier: 1, smaPeriod: 0 }, [0, 0, 3, 3, 3]],
  ])('%s', (_, options, expected) => {
    expect([...atrFilter(options).mask(candles)]).toEqual(expected);
  });

  test('defaults are 14, 1.5 and 100', () => {
    expect(atrFilter().warmUp).toBe(13 + 99);
  });

  test.each([
    [{ period: 0 }, 'atr_filter_period must be an integer >= 1: current value is 0'],
    [{ smaPeriod: -1 }, 'atr_filter_sma_period must be an integer >= 0: current value is -1'],
    [{ multiplier: 0 }, 'atr_filter_multiplier must be a number > 0: current value is 0'],
    [
      { multiplier: Number.NaN },
      'atr_filter_multiplier must be a number > 0: current value is NaN',
    ],
  ])('refuses %j', (options, message) => {
    expect(() => atrFilter(options)).toThrow(UsageError);
    expect(() => atrFilter(options)).toThrow(message);
  });
});

describe('seasonalityFilter() looks at the hour of the decision time, openTime + Δ (S-12)', () => {
  test.each([
    ['5-17', [5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]],
    ['22-4', [0, 1, 2, 3, 22, 23]],
    ['23-0', [23]],
    ['0-24', Array.from({ length: 24 }, (_, hour) => hour)],
    [' 23 - 24 ', [23]],
  ])('%s', (hours, allowed) => {
    const mask = seasonalityFilter({ hours }).mask(day());
    // The candle that opens at hour h is decided at hour h + 1.
    const decided = [...mask].flatMap((bits, hour) => (bits === 3 ? [(hour + 1) % 24] : []));
    expect(decided.sort((a, b) => a - b)).toEqual(allowed);
  });

  test('a 15m candle that opens at 16:45 is decided at 17:00, outside 5-17', () => {
    const mask = seasonalityFilter({ hours: '5-17' }).mask(day('15m', 96));
    expect(mask[16 * 4 + 3]).toBe(0);
    expect(mask[16 * 4 + 2]).toBe(3);
    expect(mask[4 * 4 + 3]).toBe(3);
    expect(mask[4 * 4 + 2]).toBe(0);
  });

  test.each([
    ['', true],
    ['ETHUSDT', false],
    [' ethusdt , btcusdt ', true],
    [['BTCUSDT'], true],
    [[], true],
  ])('symbols %j filter BTCUSDT: %s', (symbols, isFiltered) => {
    const mask = seasonalityFilter({ hours: '5-6', symbols }).mask(day());
    expect(mask.filter((bits) => bits === 3)).toHaveLength(isFiltered ? 1 : 24);
  });

  test.each([
    ['5', 'write start-end in UTC hours'],
    ['5-', 'write start-end in UTC hours'],
    ['a-b', 'write start-end in UTC hours'],
    ['-1-5', 'write start-end in UTC hours'],
    ['5.5-7', 'write start-end in UTC hours'],
    ['24-3', 'start must be a whole hour 0-23 and end 0-24'],
    ['3-25', 'start must be a whole hour 0-23 and end 0-24'],
    ['5-5', 'start and end are equal; for the whole day write 0-24'],
    ['0-0', 'start and end are equal'],
  ])('refuses the hours %j', (hours, message) => {
    expect(() => parseTradingHours(hours)).toThrow(UsageError);
    expect(() => seasonalityFilter({ hours })).toThrow(message);
  });

  test.each([
    ['1d', '5-17', true],
    ['1d', '0-1', false],
    ['1d', '22-4', false],
    ['1w', '1-24', true],
    ['12h', '5-12', true],
    ['12h', '5-13', false],
    ['4h', '5-8', true],
    ['4h', '5-9', false],
    ['1m', '5-6', false],
  ] as const)('%s candles and %s: no decision time is an error: %s', (timeframe, hours, fails) => {
    const compute = () => seasonalityFilter({ hours }).mask(day(timeframe, 3));
    if (fails) expect(compute).toThrow(`Trading hours "${hours}": no ${timeframe} candle closes`);
    else expect(compute).not.toThrow();
  });
});

describe('trendFilter(): longs at or above the average, shorts at or below (S-13)', () => {
  test.each([
    ['SMA', { period: 2, useEma: false }, [1, 2, 3, 2, 2, 1], [0, 1, 1, 2, 3, 2]],
    ['EMA', { period: 3, useEma: true }, [1, 2, 3, 2, 2, 4], [0, 0, 1, 3, 3, 1]],
    ['EMA unless asked otherwise', { period: 3 }, [1, 2, 3, 2, 2, 4], [0, 0, 1, 3, 3, 1]],
    ['period 1 is the close itself', { period: 1 }, [1, 2, 3], [3, 3, 3]],
    ['an average that is never defined blocks', { period: 9 }, [1, 2, 3], [0, 0, 0]],
  ])('%s', (_, options, values, expected) => {
    expect([...trendFilter(options).mask(closes(...values))]).toEqual(expected);
  });
});

describe('entryMask() and combineMasks(): all filters must allow (S-10)', () => {
  test('everything is allowed without filters', () => {
    expect([...entryMask(closes(1, 2), [])]).toEqual([3, 3]);
  });

  test('bits are ANDed', () => {
    const masks = [Uint8Array.of(3, 1, 2, 3), Uint8Array.of(3, 3, 1, 0)];
    expect([...combineMasks(4, masks)]).toEqual([3, 1, 0, 0]);
  });

  test('filters are combined', () => {
    const filters = [trendFilter({ period: 1 }), trendFilter({ period: 2, useEma: false })];
    expect([...entryMask(closes(1, 2, 1), filters)]).toEqual([0, 1, 2]);
  });

  test('masks that lie anywhere in memory and end anywhere are ANDed as well', () => {
    const memory = Uint8Array.from({ length: 40 }, (_, i) => (i * 7) % 4);
    for (const from of [0, 1, 4]) {
      const mask = memory.subarray(from, from + 11);
      const other = memory.subarray(20, 31);
      expect(combineMasks(11, [mask, other])).toEqual(mask.map((bits, i) => bits & other[i]!));
    }
  });

  test('masks are the same with remembered indicators', () => {
    const candles = series(
      Array.from({ length: 300 }, (_, i) => {
        const close = 100 + 10 * Math.sin(i / 7) + (i % 5);
        return [close + 1 + (i % 3), close - 2, close] as const;
      }),
    );
    const remembered = rememberIndicators();
    const filters = [
      atrFilter({ period: 5, multiplier: 1.01, smaPeriod: 20 }),
      atrFilter({ period: 5, multiplier: 4, smaPeriod: 0 }),
      trendFilter({ period: 9 }),
      trendFilter({ period: 9, useEma: false }),
    ];
    for (const filter of filters) {
      const mask = filter.mask(candles);
      expect(new Set(mask).size).toBeGreaterThan(1);
      expect(filter.mask(candles, remembered)).toEqual(mask);
      expect(filter.mask(candles, remembered)).toEqual(mask);
    }
  });

  test('a mask of another length is a defect', () => {
    expect(() => combineMasks(4, [Uint8Array.of(3)])).toThrow(RangeError);
  });
});
