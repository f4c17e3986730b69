import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UserError } from '../domain/index.js';
import type { DecodedCandles } from './decoded-candles.js';
import { decodeJsonCandles } from './json-decoder.js';

const decodeText = (text: string, keepExtras = false): DecodedCandles =>
  decodeJsonCandles(new TextEncoder().encode(text), { source: 'x.json', keepExtras });
const decode = (value: unknown, keepExtras = false): DecodedCandles =>
  decodeText(JSON.stringify(value), keepExtras);

const T0 = 1_640_995_200_000;
const T1 = T0 + 3_600_000;
const ROWS = [
  [T0, 10, 12, 9.5, 11, 100.25],
  [T1, 11, 11.5, 10, 10.5, 0],
];
const NAMES = ['date', 'open', 'high', 'low', 'close', 'volume'];

describe('decodeJsonCandles()', () => {
  test.each<[string, unknown]>([
    ['rows, as freqtrade and ccxt write them', ROWS],
    [
      "Binance's API: strings and twelve columns",
      ROWS.map((row) => [row[0], ...row.slice(1).map(String), row[0]! + 1, '1', 2, '3', '4', '0']),
    ],
    ['columns and data', { columns: NAMES, data: ROWS }],
    [
      'one array per column',
      Object.fromEntries(NAMES.map((name, i) => [name, ROWS.map((r) => r[i])])),
    ],
    [
      'one object per candle',
      ROWS.map((row) => Object.fromEntries(NAMES.map((n, i) => [n, row[i]]))),
    ],
    ['ISO dates', ROWS.map((row) => [new Date(row[0]!).toISOString(), ...row.slice(1)])],
    ['newest first', [...ROWS].reverse()],
  ])('reads %s', (_, value) => {
    const { columns: c } = decode(value);
    const rows = Array.from(c.openTime, (time, i) => [
      time,
      c.open[i],
      c.high[i],
      c.low[i],
      c.close[i],
      c.volume[i],
    ]);
    expect(rows).toEqual(ROWS);
  });

  test('keeps the extra columns when asked to', () => {
    const { extras } = decode([[T0, 1, 1, 1, 1, 1, T0 + 9, '2', 3, '4', '5', '0']], true);
    expect(Object.keys(extras)).toHaveLength(5);
    expect([...extras.count!]).toEqual([3]);
  });

  test.each<[string, string, string]>([
    ['broken JSON', '[[1,2', 'x.json: invalid JSON'],
    ['an empty list', '[]', 'x.json: no candles'],
    ['a number', '5', 'x.json: no candles; expected rows'],
    [
      'other names',
      '{"a":[1]}',
      'x.json: no candles: open_time, open, high, low, close is missing',
    ],
    ['a null price', `[[${T0},1,null,1,1,1]]`, 'x.json row 1: high is null, not a number'],
    ['a short row', `[[${T0},1,1,1,1,1],[${T1},1]]`, 'x.json row 2: high is missing'],
    ['a word', `[[${T0},1,1,"x",1,1]]`, 'x.json row 1: low is "x", not a number'],
    [
      'columns of different lengths',
      '{"time":[1],"open":[1,2],"high":[1],"low":[1],"close":[1]}',
      'x.json: the columns have different lengths (1, 2, 1, 1, 1)',
    ],
  ])('refuses %s', (_, text, message) => {
    const attempt = (): unknown => decodeText(text);
    expect(attempt).toThrow(UserError);
    expect(attempt).toThrow(message);
  });

  test('never fails with anything but a message for the user, whatever the JSON', () => {
    const rowLike = fc.array(fc.array(fc.jsonValue({ maxDepth: 1 }), { maxLength: 8 }));
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), rowLike), (value) => {
        try {
          decode(value, true);
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
