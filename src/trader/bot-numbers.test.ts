import { expect, test } from 'vitest';
import { amountText, priceText, signedText } from './bot-numbers.js';

test.each([
  [60_365.934, '60,365.93'],
  [1_000, '1,000.00'],
  [0.28, '0.28'],
  [0.3371784679089, '0.33717847'],
  [2.8e-4, '0.00028'],
  [1.23456789e-8, '0.0000000123457'],
  [1e-8, '0.00000001'],
])('priceText(%d)', (value, text) => {
  expect(priceText(value)).toBe(text);
});

test.each([
  [10_000, '10,000'],
  [0.16530453, '0.16530453'],
  [123_456_789.5, '123,456,789.5'],
])('amountText(%d)', (value, text) => {
  expect(amountText(value)).toBe(text);
});

test.each([
  [0, '+0.00'],
  [-1, '-1.00'],
  [12_345.678, '+12,345.68'],
  [-0.000_012_34, '-0.0000123'],
])('signedText(%d)', (value, text) => {
  expect(signedText(value)).toBe(text);
});
