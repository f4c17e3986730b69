import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cellsOf, foldLine } from './fold-line.js';

test.each<[string, string, string[]]>([
  ['what fits stays', 'twenty letters  here', ['twenty letters  here']],
  [
    'breaks between words',
    'the exit of BTCUSDT is not carried out',
    ['the exit of BTCUSDT', '  is not carried out'],
  ],
  [
    'a word that is too long is broken',
    'wus-btcusdt-htcpbe-1-1-and-more',
    ['wus-btcusdt-htcpbe-1', '  -1-and-more'],
  ],
  ['lines stay lines', 'a\nb', ['a', 'b']],
])('foldLine(): %s', (_, text, lines) => {
  expect(foldLine(text, 20, '  ')).toEqual(lines);
});

test('no part is wider than asked, and no letter is lost', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', 'é', '😀', ' ', '-', '1'), maxLength: 300 }),
      fc.integer({ min: 20, max: 100 }),
      (text, width) => {
        const lines = foldLine(text, width, '    ');
        for (const line of lines) expect(cellsOf(line)).toBeLessThanOrEqual(width);
        expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
      },
    ),
    { seed: 7 },
  );
});
