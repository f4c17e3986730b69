/**
 * Writes words as a line that a POSIX shell reads back as the same words.
 *
 * @param words - Program and arguments.
 */
export function shellLine(words: readonly string[]): string {
  return words.map(quoted).join(' ');
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
