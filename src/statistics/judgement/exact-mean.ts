/** Units in one. */
const UNITS = 2 ** 32;

/**
 * A mean whose bits do not depend on the order of the values: each is rounded to a multiple of 2^-32, and whole numbers
 * are added. So any number of workers in any order finds the same.
 */
export class ExactMean {
  #whole = 0;
  /** In [0, 2^32). */
  #units = 0;
  #count = 0;

  /** Whole part, units of 2^-32, and count, for `merge`. */
  get words(): readonly [number, number, number] {
    return [this.#whole, this.#units, this.#count];
  }

  get count(): number {
    return this.#count;
  }

  /** 0 without values. */
  get mean(): number {
    return this.#count === 0 ? 0 : (this.#whole + this.#units / UNITS) / this.#count;
  }

  /**
   * Adds a value; one that is no finite number is left out.
   *
   * @param value - Far below 2^20.
   */
  add(value: number): void {
    if (!Number.isFinite(value)) return;
    const whole = Math.floor(value);
    this.#take(whole, Math.round((value - whole) * UNITS), 1);
  }

  /** Adds what another one holds. */
  merge([whole, units, count]: readonly [number, number, number]): void {
    this.#take(whole, units, count);
  }

  #take(whole: number, units: number, count: number): void {
    const sum = this.#units + units;
    const carry = Math.floor(sum / UNITS);
    this.#units = sum - carry * UNITS;
    this.#whole += whole + carry;
    this.#count += count;
  }
}
