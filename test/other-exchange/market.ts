import { type Exact, fixed, floorTo, ratio, timesDown } from '../exact.js';
import type { Listing } from './listing.js';
import { randomNumbers } from './random.js';

export const MINUTE_MS = 60_000;
/** Largest move of one step, and how strongly prices are drawn to where they began; fractions. */
const MOVE = 0.0006;
const PULL = 0.002;
const STEPS_PER_CANDLE = 10;
const LEVELS = 50n;

/** A candle of a minute. */
export interface Candle {
  readonly openTime: number;
  readonly open: Exact;
  high: Exact;
  low: Exact;
  close: Exact;
  volume: Exact;
  quoteVolume: Exact;
  takerVolume: Exact;
  takerQuoteVolume: Exact;
  trades: number;
}

/** What a taker gets of one level of the book. */
export interface Match {
  readonly price: Exact;
  readonly quantity: Exact;
}

/** The prices of one instrument: a seeded walk of whole ticks, its book, and the candles that they make. */
export class InstrumentMarket {
  readonly listing: Listing;
  readonly candles: Candle[] = [];
  readonly #random: () => number;
  #price: Exact;
  #update = 400_900_000;

  constructor(listing: Listing, seed: number) {
    this.listing = listing;
    this.#random = randomNumbers(seed);
    this.#price = listing.startPrice;
  }

  /** Price of the last trade. */
  get price(): Exact {
    return this.#price;
  }

  get bid(): Exact {
    return this.#price;
  }

  get ask(): Exact {
    return this.#price + this.listing.tick;
  }

  get updateId(): number {
    return this.#update;
  }

  /** Makes the candles before the start. */
  makeHistory(count: number, endTime: number): void {
    for (let i = count; i > 0; i--) {
      for (let step = 0; step < STEPS_PER_CANDLE; step++) this.step(endTime - i * MINUTE_MS);
    }
  }

  /** One trade of others, at a moment. */
  step(time: number): void {
    const { tick, step, startPrice } = this.listing;
    const away = Number(this.#price - startPrice) / Number(startPrice);
    const move = (this.#random() * 2 - 1) * MOVE - away * PULL;
    const wanted = (move * Number(this.#price)) / Number(tick);
    // A coarse tick moves now and then, not always by a whole one.
    const ticks = Math.floor(wanted) + (this.#random() < wanted - Math.floor(wanted) ? 1 : 0);
    const next = this.#price + BigInt(ticks) * tick;
    if (next > tick) this.#price = next;
    this.#update++;
    const quantity = floorTo(this.#levelQuantity(BigInt(1 + Math.floor(this.#random() * 5))), step);
    this.record(time, this.#price, quantity, this.#random() < 0.5);
  }

  /** Others trade at the last price: it stands still. */
  stand(time: number): void {
    this.record(time, this.#price, this.listing.step, true);
  }

  /** Others trade at a price of ours: whole ticks. */
  jump(time: number, price: Exact): void {
    this.#price = floorTo(price, this.listing.tick);
    this.#update++;
    this.record(time, this.#price, this.listing.step, true);
  }

  /** A trade enters the candle of its minute: own ones too. */
  record(time: number, price: Exact, quantity: Exact, isTaker: boolean): void {
    const openTime = Math.floor(time / MINUTE_MS) * MINUTE_MS;
    let candle = this.newest;
    if (candle === undefined || candle.openTime < openTime) {
      candle = {
        ...{ openTime, open: price, high: price, low: price, close: price, volume: 0n },
        ...{ quoteVolume: 0n, takerVolume: 0n, takerQuoteVolume: 0n, trades: 0 },
      };
      this.candles.push(candle);
    }
    const amount = timesDown(price, quantity, 8);
    if (price > candle.high) candle.high = price;
    if (price < candle.low) candle.low = price;
    candle.close = price;
    candle.volume += quantity;
    candle.quoteVolume += amount;
    candle.takerVolume += isTaker ? quantity : 0n;
    candle.takerQuoteVolume += isTaker ? amount : 0n;
    candle.trades++;
  }

  /** The best levels that a taker of this quantity meets; less than wanted if the book ends, or a limit does. */
  take(side: 'BUY' | 'SELL', quantity: Exact, limit?: Exact): Match[] {
    const { tick } = this.listing;
    const matches: Match[] = [];
    let left = quantity;
    for (let level = 0n; level < LEVELS && left > 0n; level++) {
      const price = side === 'BUY' ? this.ask + level * tick : this.bid - level * tick;
      const isBeyond = limit !== undefined && (side === 'BUY' ? price > limit : price < limit);
      if (price <= 0n || isBeyond) break;
      const there = this.#levelQuantity(1n + ((level * 7n) % 5n));
      const taken = lesser(there, left);
      matches.push({ price, quantity: taken });
      left -= taken;
    }
    return matches;
  }

  /** The candle under way, or the last one. */
  get newest(): Candle | undefined {
    return this.candles.at(-1);
  }

  #levelQuantity(part: bigint): Exact {
    const { levelNotional, step, startPrice } = this.listing;
    return floorTo((ratio(levelNotional, startPrice, 8) * part) / 3n, step) + step;
  }
}

function lesser(a: Exact, b: Exact): Exact {
  if (a < b) return a;
  return b;
}

/** A row of the klines endpoints. */
export function klineRow(candle: Candle): unknown[] {
  const text = (value: Exact): string => fixed(value, 8);
  return [
    candle.openTime,
    ...[candle.open, candle.high, candle.low, candle.close, candle.volume].map(text),
    candle.openTime + MINUTE_MS - 1,
    text(candle.quoteVolume),
    candle.trades,
    text(candle.takerVolume),
    text(candle.takerQuoteVolume),
    '0',
  ];
}

/** The frame of a kline stream; both markets send the same. */
export function klineEvent(symbol: string, candle: Candle, eventTime: number, isClosed: boolean) {
  const text = (value: Exact): string => fixed(value, 8);
  return {
    e: 'kline',
    E: eventTime,
    s: symbol,
    k: {
      ...{ t: candle.openTime, T: candle.openTime + MINUTE_MS - 1, s: symbol, i: '1m' },
      ...{ f: 100, L: 100 + candle.trades, o: text(candle.open), c: text(candle.close) },
      ...{ h: text(candle.high), l: text(candle.low), v: text(candle.volume), n: candle.trades },
      ...{ x: isClosed, q: text(candle.quoteVolume), V: text(candle.takerVolume) },
      ...{ Q: text(candle.takerQuoteVolume), B: '0' },
    },
  };
}
