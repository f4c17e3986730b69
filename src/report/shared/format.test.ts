import { describe, expect, test } from 'vitest';
import {
  formatAs,
  formatDuration,
  formatNumber,
  formatShort,
  formatTime,
  type NumberUnit,
  plural,
} from './format.js';

describe('formatAs()', () => {
  const cases: readonly (readonly [number, NumberUnit, string])[] = [
    [1234567.891, 'quote', '1,234,567.89'],
    [-1234.5, 'signed-quote', '−1,234.50'],
    [12, 'signed-quote', '+12.00'],
    [0, 'signed-quote', '0.00'],
    [-0.0000001, 'signed-quote', '−0.00000010'],
    [0.0123, 'fraction', '1.23\u00a0%'],
    [-0.9779, 'signed-fraction', '−97.79\u00a0%'],
    [8.922, 'signed-fraction', '+892.2\u00a0%'],
    [45.678, 'percent', '45.68\u00a0%'],
    [Number.POSITIVE_INFINITY, 'ratio', '∞'],
    [Number.NEGATIVE_INFINITY, 'ratio', '−∞'],
    [Number.NaN, 'quote', '–'],
    [1069, 'count', '1,069'],
    [8.64, 'candles', '8.6'],
    [42000.5, 'price', '42,000.50'],
    [0.00001234, 'price', '0.000012340'],
    [0.23456789, 'quantity', '0.2346'],
  ];
  test.each(cases)('prints %d as %s: %s', (value, unit, text) => {
    expect(formatAs(value, unit)).toBe(text);
  });
});

describe('other formats', () => {
  test('formatDuration() names the two largest units that matter', () => {
    expect(formatDuration(0)).toBe('0');
    expect(formatDuration(90_000)).toBe('1\u00a0min 30\u00a0s');
    expect(formatDuration(76 * 3_600_000)).toBe('3\u00a0d 4\u00a0h');
    expect(formatDuration(400 * 86_400_000)).toBe('1\u00a0y 35\u00a0d');
    expect(formatDuration(86_400_000)).toBe('1\u00a0d');
  });

  test('formatShort() keeps axis labels short', () => {
    expect([0, 950, 12_500, 3_000_000, -20_000, 0.5, 2.5].map(formatShort)).toEqual([
      '0',
      '950',
      '12.5k',
      '3M',
      '−20k',
      '0.5',
      '2.5',
    ]);
  });

  test('a rounded zero has no minus', () => {
    expect(formatNumber(-0.001, 2)).toBe('0.00');
  });

  test('formatTime() is UTC, with seconds only when there are some', () => {
    expect(formatTime(Date.UTC(2024, 1, 29, 5, 7))).toBe('2024-02-29 05:07');
    expect(formatTime(Date.UTC(2024, 1, 29, 5, 7, 9))).toBe('2024-02-29 05:07:09');
  });

  test('plural() counts', () => {
    expect([plural(1, 'trade'), plural(2310, 'trade')]).toEqual(['1 trade', '2,310 trades']);
  });
});
