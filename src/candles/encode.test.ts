import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { candleSeriesFromRows } from './candle-series.js';
import { isoTime, timeText } from './candle-time.js';
import { decodeCsvCandles } from './csv-decoder.js';
import { decimalNumber, decimalText } from './decimal-number.js';
import { encodeCsvCandles, encodeJsonCandles } from './encode.js';
import { decodeJsonCandles } from './json-decoder.js';

const IDENTITY = { symbol: 'X', market: 'spot', timeframe: '1m' } as const;
const price = fc.double({ min: 1e-9, max: 1e9, noNaN: true });
const rows = fc
  .array(fc.tuple(price, price, price, price, fc.double({ min: 0, max: 1e12, noNaN: true })), {
    minLength: 1,
    maxLength: 30,
  })
  .map((list) => list.map((values, i) => [1_640_995_200_000 + i * 60_000, ...values]));

describe('encodeCsvCandles() and encodeJsonCandles()', () => {
  test('write the documented format', () => {
    const series = candleSeriesFromRows(IDENTITY, [[60_000, 1e-7, 2, 1e-8, 1.5, 1e21]]);
    const extras = { count: Float64Array.of(3), quote_volume: Float64Array.of(Number.NaN) };
    expect([...encodeCsvCandles(series, extras)].join('')).toBe(
      'open_time,open,high,low,close,volume,quote_volume,count\n60000,0.0000001,2,0.00000001,1.5,1000000000000000000000,,3\n',
    );
    expect([...encodeJsonCandles(series)].join('')).toBe(
      '[[60000,0.0000001,2,0.00000001,1.5,1000000000000000000000]]\n',
    );
    expect([...encodeJsonCandles(candleSeriesFromRows(IDENTITY, []))].join('')).toBe('[]\n');
  });

  test('leave out an unknown volume', () => {
    const series = candleSeriesFromRows(IDENTITY, [[60_000, 1, 1, 1, 1, Number.NaN]]);
    expect([...encodeCsvCandles(series)].join('')).toBe(
      'open_time,open,high,low,close\n60000,1,1,1,1\n',
    );
  });

  test('read back to the same doubles, extras included', () => {
    fc.assert(
      fc.property(rows, (list) => {
        const series = candleSeriesFromRows(IDENTITY, list);
        const extra = series.volume.map((value) => value / 3);
        const extras = {
          close_time: series.openTime.map((time) => time + 59_999),
          quote_volume: extra,
          count: series.openTime.map((_, i) => i),
          taker_buy_volume: extra,
          taker_buy_quote_volume: extra,
        };
        const options = { source: 'x', keepExtras: true };
        const encode = (pieces: Iterable<string>): Uint8Array =>
          new TextEncoder().encode([...pieces].join(''));
        const csv = decodeCsvCandles(encode(encodeCsvCandles(series, extras)), options);
        const json = decodeJsonCandles(encode(encodeJsonCandles(series, extras)), options);
        for (const decoded of [csv, json]) {
          for (const name of ['openTime', 'open', 'high', 'low', 'close', 'volume'] as const) {
            expect([...decoded.columns[name]]).toEqual([...series[name]]);
          }
          expect(decoded.extras).toEqual(extras);
        }
      }),
    );
  });
});

describe('decimalText()', () => {
  test('has no exponent and reads back to the same double', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const text = decimalText(value);
        expect(text).toMatch(/^-?\d+(\.\d+)?$/);
        expect(decimalNumber(text)).toBe(value === 0 ? Number(text) : value);
      }),
    );
  });
});

describe('isoTime() and timeText()', () => {
  test('read and write UTC', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e12 }), (time) => {
        expect(isoTime(new Date(time).toISOString())).toBe(time);
        expect(isoTime(timeText(time))).toBe(time);
      }),
    );
    expect(timeText(Date.UTC(2023, 2, 24, 12, 40))).toBe('2023-03-24 12:40');
    expect(isoTime('2023-13-01')).toBeNaN();
    expect(isoTime('2023-02-29')).toBeNaN();
    expect(isoTime('2023-02-28 24:00')).toBeNaN();
    expect(isoTime('yesterday')).toBeNaN();
  });
});
