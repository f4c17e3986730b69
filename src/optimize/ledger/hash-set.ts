/** A set of 64-bit hashes, each as two 32-bit words; about 16 bytes of memory per member. */
export class HashSet {
  #words: Uint32Array;
  #mask: number;
  #size = 0;
  /** The hash 0, 0 marks a free place, so it is kept aside. */
  #hasZero = false;

  /**
   * @param capacity - Members for which memory is reserved; more are taken as well.
   */
  constructor(capacity = 1_024) {
    let places = 2_048;
    while (places <= 2 * capacity) places *= 2;
    this.#words = new Uint32Array(2 * places);
    this.#mask = places - 1;
  }

  /** Members. */
  get size(): number {
    return this.#size + (this.#hasZero ? 1 : 0);
  }

  /**
   * Adds a hash.
   *
   * @returns Whether it is new.
   */
  add(low: number, high: number): boolean {
    if (low === 0 && high === 0) {
      const isNew = !this.#hasZero;
      this.#hasZero = true;
      return isNew;
    }
    const place = this.#find(low, high);
    if (this.#isTaken(place)) return false;
    this.#words[2 * place] = low;
    this.#words[2 * place + 1] = high;
    this.#size++;
    if (2 * this.#size > this.#mask) this.#grow();
    return true;
  }

  has(low: number, high: number): boolean {
    return low === 0 && high === 0 ? this.#hasZero : this.#isTaken(this.#find(low, high));
  }

  /** The place of a hash, or the free one where it belongs: linear probing, half of the places stay free. */
  #find(low: number, high: number): number {
    const words = this.#words;
    let place = (low ^ Math.imul(high, 0x9e3779b1)) & this.#mask;
    while (this.#isTaken(place) && (words[2 * place] !== low || words[2 * place + 1] !== high)) {
      place = (place + 1) & this.#mask;
    }
    return place;
  }

  #isTaken(place: number): boolean {
    return this.#words[2 * place] !== 0 || this.#words[2 * place + 1] !== 0;
  }

  #grow(): void {
    const old = this.#words;
    this.#words = new Uint32Array(2 * old.length);
    this.#mask = old.length - 1;
    for (let k = 0; k < old.length; k += 2) {
      const [low, high] = [old[k]!, old[k + 1]!];
      if (low === 0 && high === 0) continue;
      const place = this.#find(low, high);
      this.#words[2 * place] = low;
      this.#words[2 * place + 1] = high;
    }
  }
}
