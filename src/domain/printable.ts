/**
 * Characters that do something instead of being seen: controls (C0, DEL, C1), marks of direction and characters without
 * width, halves of pairs, separators of lines.
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** What may stay as it is: nothing, line ends and tabs, or those and colours. */
export type PrintableKeep = 'nothing' | 'lines' | 'lines-and-colors';

/**
 * Returns text that only shows: what would move the cursor, start a line, turn the writing round or be invisible is
 * written out (`\n`, `\x1b`, `\u202e`). Texts of exchanges, files and servers pass through it where they are shown.
 *
 * @param text - Any text.
 * @param keep - What a writer of own texts needs; default nothing.
 */
export function printable(text: string, keep: PrintableKeep = 'nothing'): string {
  if (keep === 'lines-and-colors') {
    return text
      .split(COLOR)
      .map((part, i) => (i % 2 === 1 ? part : printable(part, 'lines')))
      .join('');
  }
  return text.replace(UNSEEN, (character) => {
    const isLine = character === '\n' || character === '\t';
    return isLine && keep === 'lines' ? character : writtenOut(character);
  });
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control sequences
const COLOR = /(\u001b\[[\d;]*m)/;

/** As JSON writes it, so that JSON stays JSON; the controls that everybody knows in short. */
function writtenOut(character: string): string {
  const short = SHORT[character];
  if (short !== undefined) return short;
  const code = character.charCodeAt(0);
  if (code < 0x20) return `\\x${code.toString(16).padStart(2, '0')}`;
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}
