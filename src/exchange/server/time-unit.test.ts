import { expect, test } from 'vitest';
import { jsonIn, parseTimeUnit } from './time-unit.js';

const TIME = 1_700_000_000_000;

test.each([
  ['MICROSECOND', 'us'],
  ['microsecond', 'us'],
  ['MILLISECOND', 'ms'],
  [null, 'ms'],
  [undefined, 'ms'],
] as const)('time unit %s is %s', (text, unit) => {
  expect(parseTimeUnit(text)).toBe(unit);
});

test.each([
  ['server time', { serverTime: TIME }, { serverTime: TIME * 1_000 }],
  [
    'rows of candles; only their times change',
    [[TIME, '1.00', '2', '3', '4', '5', TIME + 59_999, '6', 7, '8', '9', '0']],
    [[TIME * 1_000, '1.00', '2', '3', '4', '5', TIME * 1_000 + 59_999_999, '6', 7, '8', '9', '0']],
  ],
  [
    'a kline frame; trade ids stay',
    { e: 'kline', E: TIME, k: { t: TIME, T: TIME + 59_999, i: '1m', f: TIME, L: TIME, x: true } },
    {
      e: 'kline',
      E: TIME * 1_000,
      k: { t: TIME * 1_000, T: TIME * 1_000 + 59_999_999, i: '1m', f: TIME, L: TIME, x: true },
    },
  ],
  [
    'an execution report; the trade id t and the order id i stay, -1 is no time',
    { e: 'executionReport', E: TIME, x: 'TRADE', i: 5, t: 7, T: TIME, O: TIME, W: -1 },
    {
      e: 'executionReport',
      E: TIME * 1_000,
      x: 'TRADE',
      i: 5,
      t: 7,
      T: TIME * 1_000,
      O: TIME * 1_000,
      W: -1,
    },
  ],
  [
    'balances; the update id of a book ticker is no time',
    [{ e: 'outboundAccountPosition', u: TIME }, { u: TIME }],
    [{ e: 'outboundAccountPosition', u: TIME * 1_000 }, { u: TIME }],
  ],
])('%s', (_, milliseconds, microseconds) => {
  expect(JSON.parse(jsonIn('us', milliseconds))).toEqual(microseconds);
  expect(JSON.parse(jsonIn('ms', milliseconds))).toEqual(milliseconds);
});
