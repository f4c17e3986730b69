const LETTERS = 8;
const SPACE = 36n ** BigInt(LETTERS);
const MASK = (1n << 64n) - 1n;

/**
 * Returns a short name of some texts that no other texts are likely to have: 41 bits of FNV-1a, mixed once more so that
 * texts which differ in their last letter differ everywhere.
 *
 * @param texts - In their order; where one ends matters.
 * @returns Eight characters of `a-z 0-9`.
 */
export function shortHash(texts: readonly string[]): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(JSON.stringify(texts))) {
    hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & MASK;
  }
  hash = ((hash ^ (hash >> 33n)) * 0xff51afd7ed558ccdn) & MASK;
  hash = ((hash ^ (hash >> 33n)) * 0xc4ceb9fe1a85ec53n) & MASK;
  return ((hash ^ (hash >> 33n)) % SPACE).toString(36).padStart(LETTERS, '0');
}
