/**
 * Breaks words into lines. A word that is longer than a line gets one of its own, whole.
 *
 * @param words - In order.
 * @param width - Characters of a line, the indentation included.
 * @param indent - What every line starts with.
 * @returns Lines; none without words.
 */
export function wrapWords(words: readonly string[], width: number, indent: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of words) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? `${indent}${word}` : `${line} ${word}`;
  }
  return line === '' ? lines : [...lines, line];
}
