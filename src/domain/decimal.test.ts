import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decimal,
  decimalFromNumber,
  divideDecimals,
  formatDecimal,
  multiplyDecimals,
  parseDecimal,
  roundToStep,
  stepPlaces,
  trimDecimal,
} from './decimal.js';

describe('parseDecimal()', () => {
  test.each([
    ['1.5', 150_000_000n],
    ['-0.00001', -1_000n],
    ['60000000000.00000001', 6_000_000_000_000_000_001n],
    ['5.', 500_000_000n],
    ['0.100000000', 10_000_000n],
  ])('reads %s', (text, value) => {
    expect(parseDecimal(text)).toBe(value);
  });

  test.each(['', ' 1', '1e-7', '0.123456789', '.5', 'NaN', '0x10', '1'.repeat(41), '１'])(
    'refuses "%s"',
    (text) => {
      expect(parseDecimal(text)).toBeUndefined();
      expect(() => decimal(text)).toThrow('Not a decimal');
    },
  );
});

describe('printing', () => {
  test.each([
    [0n, '0.00000000', '0'],
    [1n, '0.00000001', '0.00000001'],
    [-1_000n, '-0.00001000', '-0.00001'],
    [10_000_000_000n, '100.00000000', '100'],
  ])('%s', (value, fixed, trimmed) => {
    expect(formatDecimal(value)).toBe(fixed);
    expect(trimDecimal(value)).toBe(trimmed);
  });

  test('formatDecimal() cuts to fewer places', () => {
    expect(formatDecimal(decimal('1.239'), 2)).toBe('1.23');
    expect(formatDecimal(decimal('1.239'), 0)).toBe('1');
  });

  test('every decimal survives printing and parsing', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n }), (value) => {
        expect(decimal(formatDecimal(value))).toBe(value);
        expect(decimal(trimDecimal(value))).toBe(value);
      }),
    );
  });
});

describe('arithmetic', () => {
  test('multiplyDecimals() cuts or rounds the ninth decimal as asked', () => {
    const [a, b] = [decimal('0.00001'), decimal('60000.12345')];
    expect(formatDecimal(multiplyDecimals(a, b))).toBe('0.60000123');
    expect(formatDecimal(multiplyDecimals(a, b, 'up'))).toBe('0.60000124');
    expect(formatDecimal(multiplyDecimals(-a, b, 'up'))).toBe('-0.60000124');
    expect(formatDecimal(multiplyDecimals(a, decimal('0.0005'), 'nearest'))).toBe('0.00000001');
  });

  test('divideDecimals() keeps eight decimals', () => {
    expect(formatDecimal(divideDecimals(decimal('10'), decimal('3')))).toBe('3.33333333');
    expect(() => divideDecimals(1n, 0n)).toThrow('zero');
  });

  test.each([
    ['0.78921', '0.0001', 'down', '0.7892'],
    ['0.78921', '0.0001', 'up', '0.7893'],
    ['0.78925', '0.0001', 'nearest', '0.7893'],
    ['0.7892', '0', 'down', '0.7892'],
  ] as const)('roundToStep(%s, %s, %s) is %s', (value, step, rounding, expected) => {
    expect(trimDecimal(roundToStep(decimal(value), decimal(step), rounding))).toBe(expected);
  });

  test('stepPlaces() counts the decimals of a step', () => {
    expect([decimal('0.001'), decimal('1'), decimal('10')].map(stepPlaces)).toEqual([3, 0, 0]);
  });

  test('decimalFromNumber() takes the closest decimal', () => {
    expect(trimDecimal(decimalFromNumber(0.1 + 0.2))).toBe('0.3');
    expect(() => decimalFromNumber(Number.NaN)).toThrow(RangeError);
  });
});
