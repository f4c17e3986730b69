import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decimal, formatDecimal } from './decimal.js';
import { plainNumber, readDecimal } from './read-decimal.js';

describe('readDecimal()', () => {
  test.each<[unknown, string]>([
    ['0.4125178093412', '0.41251781'],
    ['0.412517809341275', '0.41251781'],
    ['2.8E-4', '0.00028'],
    ['2.80056e-04', '0.00028006'],
    ['1E+3', '1000'],
    ['1e3', '1000'],
    ['-0.0', '0'],
    ['-0.00000000000', '0'],
    ['+5', '5'],
    ['.5', '0.5'],
    ['5.', '5'],
    ['0', '0'],
    ['000.10', '0.1'],
    ['0.000000005', '0.00000001'],
    ['0.0000000049999', '0'],
    ['-0.000000005', '-0.00000001'],
    ['1e-9', '0'],
    ['5e-9', '0.00000001'],
    ['9e-99', '0'],
    ['9e-9999', '0'],
    [`0.${'1'.repeat(300)}`, '0.11111111'],
    ['9223372036854775807', '9223372036854775807'],
    [Number('9223372036854775807'), '9223372036854776000'],
    [1e21, '1000000000000000000000'],
    [2.8e-7, '0.00000028'],
    [0, '0'],
    [-0, '0'],
  ])('reads %j as %s', (value, expected) => {
    expect(readDecimal(value)).toBe(decimal(expected));
  });

  test.each<[unknown]>([
    [''],
    [' '],
    ['.'],
    ['-'],
    ['e5'],
    ['NaN'],
    ['Infinity'],
    ['1,5'],
    ['0x10'],
    ['1e'],
    ['1e99999'],
    ['1e40'],
    ['1'.repeat(401)],
    [Number.NaN],
    [Number.POSITIVE_INFINITY],
    [null],
    [undefined],
    [true],
    [{}],
    [['1']],
  ])('%j is no number', (value) => {
    expect(readDecimal(value)).toBeUndefined();
    expect(plainNumber(value)).toBeUndefined();
  });

  test('rounds as asked', () => {
    expect(readDecimal('0.123456789', 'down')).toBe(decimal('0.12345678'));
    expect(readDecimal('0.123456781', 'up')).toBe(decimal('0.12345679'));
    expect(readDecimal('-0.123456781', 'up')).toBe(decimal('-0.12345679'));
  });

  test('whatever notation it comes in, a decimal is the same', () => {
    const value = fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n });
    fc.assert(
      fc.property(
        value,
        fc.integer({ min: -12, max: 12 }),
        fc.nat(20),
        (expected, shift, zeros) => {
          const plain = formatDecimal(expected);
          const [whole = '', fraction = ''] = plain.replace('-', '').split('.');
          const digits = whole.padStart(13, '0') + fraction.padEnd(21, '0');
          const point = digits.length - 21 + shift;
          const moved = `${digits.slice(0, point)}.${digits.slice(point)}${'0'.repeat(zeros)}`;
          const sign = plain.startsWith('-') ? '-' : '';
          expect(readDecimal(`${sign}${moved}E${-shift}`)).toBe(expected);
          expect(readDecimal(plainNumber(`${sign}${moved}e${-shift}`))).toBe(expected);
        },
      ),
    );
  });
});

test.each([
  ['2.80E-4', '0.00028'],
  ['1.50', '1.5'],
  ['2.000', '2'],
  ['100', '100'],
  ['1.5e2', '150'],
  ['12e2', '1200'],
  ['-1.20', '-1.2'],
  ['-0.0', '0'],
  ['0.3371784679089', '0.3371784679089'],
  ['1E-9', '0.000000001'],
])('plainNumber(%s) is %s', (value, expected) => {
  expect(plainNumber(value)).toBe(expected);
});
