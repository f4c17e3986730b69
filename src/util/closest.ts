/** Shorter parts are in too many names by chance. */
const PART_LENGTH_MIN = 3;

/**
 * Returns the candidate that a typist most likely meant, or `undefined` when none is close.
 *
 * @param word - What was typed; case does not matter.
 * @param candidates - What would have been right.
 */
export function closest(word: string, candidates: Iterable<string>): string | undefined {
  const typed = word.toLowerCase();
  const known = [...candidates];
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(typed.length / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(typed, candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best ?? onlyOneWith(typed, known);
}

/** A part of a name (`fast` of `fast_period`) means it when no other has that part. */
function onlyOneWith(typed: string, candidates: readonly string[]): string | undefined {
  if (typed.length < PART_LENGTH_MIN) return undefined;
  const [first, second] = candidates.filter((name) => name.toLowerCase().includes(typed));
  return second === undefined ? first : undefined;
}

/**
 * Returns ` (did you mean "x"?)` for the closest candidate, or an empty string: made to end a message.
 *
 * @param word - What was typed.
 * @param candidates - What would have been right.
 */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const guess = closest(word, candidates);
  return guess === undefined ? '' : ` (did you mean "${guess}"?)`;
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(substitution, previous[j]! + 1, row[j - 1]! + 1));
    }
    previous = row;
  }
  return previous[b.length]!;
}
