import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { printable } from './printable.js';

describe('printable()', () => {
  test.each([
    ['plain text, also with ü, 币安人生 and 😀', 'plain text, also with ü, 币安人生 and 😀'],
    ['two\nlines', 'two\\nlines'],
    ['back\rover', 'back\\rover'],
    ['a\tb', 'a\\tb'],
    ['\u001b[2J\u001b[31mred', '\\x1b[2J\\x1b[31mred'],
    ['\u001b]0;owned\u0007', '\\x1b]0;owned\\x07'],
    ['C1: \u009b31m \u0085', 'C1: \\u009b31m \\u0085'],
    ['\u0000\u0008\u007f', '\\x00\\x08\\u007f'],
    ['\u202etext\u2066\u2069\u200f\u061c', '\\u202etext\\u2066\\u2069\\u200f\\u061c'],
    ['a\u2028b\u2029c', 'a\\u2028b\\u2029c'],
    ['zero\u200b\u200d\u2060\ufeffwidth\u00ad', 'zero\\u200b\\u200d\\u2060\\ufeffwidth\\u00ad'],
    ['tag \u{e0041}', 'tag \\udb40\\udc41'],
    ['half \ud83d pair', 'half \\ud83d pair'],
  ])('%j', (text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  test('keeps what writers of own texts need, and no more', () => {
    expect(printable('a\n\tb\r\u001b[1m', 'lines')).toBe('a\n\tb\\r\\x1b[1m');
    expect(printable('\u001b[1;32ma\u001b[0m\nb\u001b[2J\u202e', 'lines-and-colors')).toBe(
      '\u001b[1;32ma\u001b[0m\nb\\x1b[2J\\u202e',
    );
  });

  test('whatever comes in, nothing that is unseen comes out, and it is done once', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const shown = printable(text);
        expect(shown).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
        expect(printable(shown)).toBe(shown);
      }),
    );
  });
});
