const MINUTE_MS = 60_000;

export interface WeightBudgetOptions {
  /** Weight per minute and address; default 6000 until the exchange says otherwise. */
  readonly limit?: number;
  /** Share kept free for orders; fraction, default 0.25. */
  readonly reserve?: number;
}

/** What a request may do now. */
export type WeightDecision =
  | { readonly kind: 'go' }
  | {
      readonly kind: 'wait';
      /** When to ask again, ms UTC. */
      readonly untilTime: number;
      /** `banned`: the exchange shut us out, nothing at all may be sent. */
      readonly reason: 'budget' | 'rate-limit' | 'banned';
    };

/**
 * Request weight of one address. The exchange counts in calendar minutes and says in every answer how much is
 * used, other programs included: its word replaces our count.
 */
export class WeightBudget {
  #limit: number;
  readonly #reserve: number;
  #minute = -1;
  #used = 0;
  #pausedUntil = 0;
  #bannedUntil = 0;

  constructor(options: WeightBudgetOptions = {}) {
    this.#limit = options.limit ?? 6000;
    this.#reserve = options.reserve ?? 0.25;
  }

  /** Weight used in the current minute, as far as known. */
  get used(): number {
    return this.#used;
  }

  /** End of the ban, ms UTC; 0 without one. To be kept across restarts. */
  get bannedUntil(): number {
    return this.#bannedUntil;
  }

  /**
   * Reserves weight for a request, or says until when to wait.
   *
   * @param now - Exchange time, ms UTC.
   * @param weight - Weight of the request.
   * @param isUrgent - Orders may use the reserve.
   */
  request(now: number, weight: number, isUrgent = false): WeightDecision {
    if (now < this.#bannedUntil) {
      return { kind: 'wait', untilTime: this.#bannedUntil, reason: 'banned' };
    }
    if (now < this.#pausedUntil) {
      return { kind: 'wait', untilTime: this.#pausedUntil, reason: 'rate-limit' };
    }
    this.#roll(now);
    const available = isUrgent ? this.#limit : Math.floor(this.#limit * (1 - this.#reserve));
    if (this.#used > 0 && this.#used + weight > available) {
      return { kind: 'wait', untilTime: (this.#minute + 1) * MINUTE_MS, reason: 'budget' };
    }
    this.#used += weight;
    return { kind: 'go' };
  }

  /** Takes the used weight from an answer; it may arrive out of order, so the larger count holds. */
  reportUsed(now: number, used: number): void {
    this.#roll(now);
    this.#used = Math.max(this.#used, used);
  }

  /** Takes the limit that the exchange publishes. */
  setLimit(limit: number): void {
    this.#limit = limit;
  }

  /** The exchange answered 429. */
  pauseUntil(time: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, time);
  }

  /** The exchange answered 418: nothing may be sent before this time. */
  banUntil(time: number): void {
    this.#bannedUntil = Math.max(this.#bannedUntil, time);
  }

  #roll(now: number): void {
    const minute = Math.floor(now / MINUTE_MS);
    // A clock that was set back counts from there on, instead of waiting until it is where it was.
    if (minute === this.#minute) return;
    this.#minute = minute;
    this.#used = 0;
  }
}
