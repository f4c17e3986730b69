import { expect, test } from 'vitest';
import { quoteAsset } from '../domain/index.js';
import { displayMetric, grouped } from './metric-display.js';

test.each([
  [1234567.891, 2, '1,234,567.89'],
  [-1234.5, 0, '-1,235'],
  [-0.001, 2, '0.00'],
  [0, 0, '0'],
  [999.999, 2, '1,000.00'],
  [Number.POSITIVE_INFINITY, 2, 'Infinity'],
  [1e30, 2, '1.00e+30'],
])('grouped(%d, %d) is %s', (value, decimals, expected) => {
  expect(grouped(value, decimals)).toBe(expected);
});

test.each([
  [12.345, 'quote', '12.35 USDT'],
  [0.1234, 'fraction', '12.34 %'],
  [-0.5, 'fraction per year', '-50.00 % per year'],
  [45.5, 'percent', '45.50 %'],
  [129_600_000, 'ms', '1.5 days'],
  [3, 'candles', '3.0 candles'],
  [1200, 'count', '1,200 '],
  [1.5, 'ratio', '1.50 '],
] as const)('%d %s reads %s', (value, unit, expected) => {
  const shown = displayMetric(value, unit, 'USDT');
  expect(`${shown.value} ${shown.unit}`).toBe(expected);
});

test.each([
  ['BTCUSDT', 'USDT'],
  ['ETHBTC', 'BTC'],
  ['SYNTHETIC', 'quote'],
  ['USDT', 'quote'],
])('%s is quoted in %s', (symbol, quote) => {
  expect(quoteAsset(symbol)).toBe(quote);
});
