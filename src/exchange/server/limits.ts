/** What the exchange allows one address and one account. */
export interface RateLimits {
  /** Request weight per minute and address. */
  weightPerMinute: number;
  ordersPer10Seconds: number;
  /** Infinity where there is no such limit, as on spot. */
  ordersPerMinute: number;
  /** Infinity where there is no such limit, as on USD-M. */
  ordersPerDay: number;
}

export const DEFAULT_LIMITS: Readonly<RateLimits> = {
  weightPerMinute: 6000,
  ordersPer10Seconds: 100,
  ordersPerMinute: Number.POSITIVE_INFINITY,
  ordersPerDay: 200_000,
};

export const USDM_LIMITS: Readonly<RateLimits> = {
  weightPerMinute: 2400,
  ordersPer10Seconds: 300,
  ordersPerMinute: 1200,
  ordersPerDay: Number.POSITIVE_INFINITY,
};

/** Windows in which orders are counted, with their names in headers and in exchangeInfo. */
const ORDER_WINDOWS = [
  { limit: 'ordersPer10Seconds', ms: 10_000, header: '10S', interval: 'SECOND', intervalNum: 10 },
  { limit: 'ordersPerMinute', ms: 60_000, header: '1M', interval: 'MINUTE', intervalNum: 1 },
  { limit: 'ordersPerDay', ms: 86_400_000, header: '1D', interval: 'DAY', intervalNum: 1 },
] as const;

/** How many orders one window has seen. */
export interface OrderCount {
  /** As headers name the window: `10S`. */
  readonly header: string;
  readonly interval: string;
  readonly intervalNum: number;
  readonly limit: number;
  readonly count: number;
}

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

/** Counts request weight per address and unfilled orders of the account, in calendar windows of the clock it is given. */
export class LimitCounter {
  readonly limits: RateLimits;
  readonly #addresses = new Map<string, AddressUse>();
  readonly #orders = ORDER_WINDOWS.map((window) => ({ ...window, index: -1, count: 0 }));

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
    for (const window of this.#orders) window.count = 0;
  }

  /** Counts new orders; says which limit they exceed, and how long the window goes on. */
  orders(count: number, now: number): { text: string; retryAfterMs: number } | undefined {
    this.#roll(now);
    for (const { limit, ms, interval, intervalNum, count: before } of this.#orders) {
      if (before + count <= this.limits[limit]) continue;
      const text = `${this.limits[limit]} orders per ${intervalNum} ${interval}`;
      return { text, retryAfterMs: ms - (now % ms) };
    }
    for (const window of this.#orders) window.count += count;
    return undefined;
  }

  /** Gives orders back that were filled: only unfilled ones count. */
  orderFilled(now: number): void {
    this.#roll(now);
    for (const window of this.#orders) window.count = Math.max(0, window.count - 1);
  }

  /** The windows that have a limit. */
  orderCounts(now: number): OrderCount[] {
    this.#roll(now);
    return this.#orders
      .filter(({ limit }) => Number.isFinite(this.limits[limit]))
      .map(({ limit, header, interval, intervalNum, count }) => ({
        header,
        interval,
        intervalNum,
        limit: this.limits[limit],
        count,
      }));
  }

  #roll(now: number): void {
    for (const window of this.#orders) {
      const index = Math.floor(now / window.ms);
      if (window.index === index) continue;
      window.index = index;
      window.count = 0;
    }
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
