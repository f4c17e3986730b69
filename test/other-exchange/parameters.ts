import { type Exact, exact } from '../exact.js';
import { refusals } from './refusal.js';

/** The parameters of a request, and which of them were read. */
export class Parameters {
  readonly #values: ReadonlyMap<string, string>;
  readonly #read = new Set<string>();

  constructor(entries: Iterable<readonly [string, string]>) {
    const values = new Map<string, string>();
    // A name that comes twice: the query wins over the body, which comes after it.
    for (const [name, value] of entries) if (!values.has(name)) values.set(name, value);
    this.#values = values;
  }

  optional(name: string): string | undefined {
    this.#read.add(name);
    const value = this.#values.get(name);
    return value === '' ? undefined : value;
  }

  required(name: string): string {
    const value = this.optional(name);
    if (value === undefined) throw refusals.mandatory(name);
    return value;
  }

  /** A number without exponent: `1e-7` is refused. */
  decimal(name: string): Exact | undefined {
    const value = this.optional(name);
    if (value === undefined) return undefined;
    if (!/^\d+(\.\d*)?$/.test(value)) throw refusals.mandatory(name);
    if ((value.split('.')[1]?.length ?? 0) > 8) throw refusals.precision(name);
    return exact(value);
  }

  integer(name: string): number | undefined {
    const value = this.optional(name);
    if (value === undefined) return undefined;
    if (!/^\d+$/.test(value)) throw refusals.badValue(name);
    return Number(value);
  }

  flag(name: string): boolean {
    const value = this.optional(name);
    if (value !== undefined && !/^(true|false)$/i.test(value)) throw refusals.badValue(name);
    return value?.toLowerCase() === 'true';
  }

  word<Word extends string>(name: string, words: readonly Word[]): Word {
    const value = this.required(name);
    const known = words.find((word) => word === value);
    if (known !== undefined) return known;
    throw name === 'side'
      ? refusals.side()
      : name === 'type'
        ? refusals.orderType()
        : refusals.badValue(name);
  }

  /** Spot refuses what it did not read. */
  refuseUnread(): void {
    if ([...this.#values.keys()].some((name) => !this.#read.has(name))) {
      const read = [...this.#values.keys()].filter((name) => this.#read.has(name)).length;
      throw refusals.unread(read, this.#values.size);
    }
  }
}
