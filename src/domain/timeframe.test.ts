import { expect, test } from 'vitest';
import { quoteAsset } from './quote-asset.js';
import { parseTimeframe } from './timeframe.js';

test.each([
  ['60m', ' (did you mean "1h"?)'],
  ['24h', ' (did you mean "1d"?)'],
  ['7d', ' (did you mean "1w"?)'],
  ['1H', ' (did you mean "1h"?)'],
  ['1hour', ' (did you mean "1h"?)'],
  ['60s', ' (did you mean "1m"?)'],
  ['7m', ''],
  ['10m', ''],
  ['2d', ''],
  ['60', ''],
])('parseTimeframe() suggests only the same length: %s', (text, hint) => {
  expect(() => parseTimeframe(text)).toThrow(`Interval "${text}": unknown${hint}; use one of 1s`);
});

test('parseTimeframe() knows no months', () => {
  expect(() => parseTimeframe('1M')).toThrow('months differ in length and are not supported; use');
});

test.each([
  ['BTCUSDT', 'USDT'],
  ['BTCUSDT_250926', 'USDT'],
  ['BTCTUSD', 'TUSD'],
  ['BTCUSD1', 'USD1'],
  ['BTCBRL', 'BRL'],
  ['BTCJPY', 'JPY'],
  ['BTCMXN', 'MXN'],
  ['ETHBTC', 'BTC'],
  ['USDTTRY', 'TRY'],
  ['BTCIDRT', 'IDRT'],
  ['USDT', 'quote'],
  ['ABCXYZ', 'quote'],
])('quoteAsset(%s) is %s', (symbol, asset) => expect(quoteAsset(symbol)).toBe(asset));
