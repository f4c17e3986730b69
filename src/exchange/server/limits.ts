/** What the exchange allows one address and one account. */
export interface RateLimits {
  /** Request weight per minute and address. */
  weightPerMinute: number;
  ordersPer10Seconds: number;
  ordersPerDay: number;
}

export const DEFAULT_LIMITS: Readonly<RateLimits> = {
  weightPerMinute: 6000,
  ordersPer10Seconds: 100,
  ordersPerDay: 200_000,
};

/** Requests after the first 429 that are still answered with 429; the next one is a ban. */
const WARNINGS_MAX = 10;
const BAN_MS = 120_000;
const ADDRESSES_MAX = 10_000;

interface AddressUse {
  minute: number;
  weight: number;
  warnings: number;
  bannedUntil: number;
}

/** Whether a request may pass. */
export type LimitDecision =
  | { readonly kind: 'pass' }
  | { readonly kind: 'limited' | 'banned'; readonly retryAfterMs: number; readonly until: number };

/** Counts request weight per address and unfilled orders of the account, in calendar windows of real time. */
export class LimitCounter {
  readonly limits: RateLimits;
  readonly #addresses = new Map<string, AddressUse>();
  #orders10 = { window: -1, count: 0 };
  #ordersDay = { window: -1, count: 0 };

  constructor(limits: RateLimits) {
    this.limits = limits;
  }

  /** Counts the weight of a request. */
  request(address: string, weight: number, now: number): LimitDecision {
    const use = this.#use(address, now);
    if (now < use.bannedUntil) return decision('banned', use.bannedUntil, now);
    use.weight += weight;
    if (use.weight <= this.limits.weightPerMinute) return { kind: 'pass' };
    if (use.warnings++ >= WARNINGS_MAX) {
      use.bannedUntil = now + BAN_MS;
      use.warnings = 0;
      return decision('banned', use.bannedUntil, now);
    }
    return decision('limited', (use.minute + 1) * 60_000, now);
  }

  /** Gives weight back: successful orders cost none. */
  refund(address: string, weight: number, now: number): void {
    const use = this.#use(address, now);
    use.weight = Math.max(0, use.weight - weight);
  }

  usedWeight(address: string, now: number): number {
    return this.#use(address, now).weight;
  }

  ban(address: string, untilTime: number, now: number): void {
    this.#use(address, now).bannedUntil = untilTime;
  }

  /** Lifts every ban and forgets every count. */
  reset(): void {
    this.#addresses.clear();
    this.#orders10.count = 0;
    this.#ordersDay.count = 0;
  }

  /** Counts new orders; returns the text of the limit that they exceed. */
  orders(count: number, now: number): string | undefined {
    this.#roll(now);
    const { ordersPer10Seconds, ordersPerDay } = this.limits;
    if (this.#orders10.count + count > ordersPer10Seconds) {
      return `${ordersPer10Seconds} orders per 10 SECOND`;
    }
    if (this.#ordersDay.count + count > ordersPerDay) return `${ordersPerDay} orders per 1 DAY`;
    this.#orders10.count += count;
    this.#ordersDay.count += count;
    return undefined;
  }

  /** Gives orders back that were filled: only unfilled ones count. */
  orderFilled(now: number): void {
    this.#roll(now);
    this.#orders10.count = Math.max(0, this.#orders10.count - 1);
    this.#ordersDay.count = Math.max(0, this.#ordersDay.count - 1);
  }

  orderCounts(now: number): { per10Seconds: number; perDay: number } {
    this.#roll(now);
    return { per10Seconds: this.#orders10.count, perDay: this.#ordersDay.count };
  }

  #roll(now: number): void {
    const tens = Math.floor(now / 10_000);
    const day = Math.floor(now / 86_400_000);
    if (this.#orders10.window !== tens) this.#orders10 = { window: tens, count: 0 };
    if (this.#ordersDay.window !== day) this.#ordersDay = { window: day, count: 0 };
  }

  #use(address: string, now: number): AddressUse {
    const minute = Math.floor(now / 60_000);
    let use = this.#addresses.get(address);
    if (use === undefined) {
      if (this.#addresses.size >= ADDRESSES_MAX) this.#addresses.clear();
      use = { minute, weight: 0, warnings: 0, bannedUntil: 0 };
      this.#addresses.set(address, use);
    }
    if (use.minute !== minute) {
      use.minute = minute;
      use.weight = 0;
      use.warnings = 0;
    }
    return use;
  }
}

function decision(kind: 'limited' | 'banned', until: number, now: number): LimitDecision {
  return { kind, until, retryAfterMs: Math.max(0, until - now) };
}
