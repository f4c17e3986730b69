const REPORTS_MAX = 200;

/** Reports what clients ask for and do not get here: each thing once, and only so many of them. */
export class UnservedReport {
  readonly #reported = new Set<string>();
  readonly #onUnserved: (what: string) => void;

  constructor(onUnserved: (what: string) => void = () => {}) {
    this.#onUnserved = onUnserved;
  }

  report(what: string): void {
    if (this.#reported.has(what) || this.#reported.size >= REPORTS_MAX) return;
    this.#reported.add(what);
    this.#onUnserved(what);
  }
}
