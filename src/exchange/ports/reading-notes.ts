/** Something of the exchange that could not be read, or that nobody here knows. */
export interface ReadingNote {
  /** Notes of the same kind have the same key. */
  readonly kind: string;
  /** A sentence for people. */
  readonly text: string;
}

/** Kinds that are remembered as reported; an exchange that is out of its mind must not fill the memory. */
const KINDS_MAX = 200;

/**
 * Returns a reporter that passes each kind of note on once.
 *
 * @param report - Gets the notes.
 */
export function noteOnce(report: (note: ReadingNote) => void): (note: ReadingNote) => void {
  const known = new Set<string>();
  return (note) => {
    if (known.has(note.kind) || known.size >= KINDS_MAX) return;
    known.add(note.kind);
    report(note);
  };
}
