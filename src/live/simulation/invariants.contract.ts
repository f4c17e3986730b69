import { type Market, trimDecimal } from '../../domain/index.js';
import type { UserEvent } from '../../exchange/index.js';
import { type BotMemory, type LiveTrade, ordersOf, tradeOrderIds } from '../core/index.js';
import type { LiveOrder } from '../core/order.js';
import type { Alert } from '../runner/index.js';
import type { Venue } from './venue.contract.js';

/** What a request costs, and what one bot may use in a minute: a quarter of the limit, which several share. */
const WEIGHTS: Readonly<Record<Market, Readonly<Record<string, number>>>> = {
  spot: { query: 4, 'open-orders': 6, fills: 20, account: 20, rules: 20, candles: 2 },
  usdm: { fills: 5, account: 5, candles: 5, 'symbol-settings': 5, funding: 30 },
};
const WEIGHT_MAX: Readonly<Record<Market, number>> = { spot: 1_500, usdm: 600 };
const MINUTE_MS = 60_000;
/** An outcome is known this long after the network healed, and an answer more. */
const RESOLVED_MS_MAX = 21_000;
/** A position without a stop is told after this: what became of its entry may have to be found out first. */
const UNPROTECTED_MS_MAX = 60_000;
/** They show that a stop is gone. */
const ORDER_QUESTIONS = ['query', 'open-orders'];
/** Nobody can know of it while no request gets through: then it is told that the account cannot be seen. */
const UNSEEN_MS_MAX = 135_000;
/** An alarm that lasts is told again within this. */
const REMINDED_MS_MAX = 3_700_000;

/** Watches invariants of the bot that can be broken and hold again before anybody looks: what is wrong is said once. */
export class Invariants {
  readonly broken: string[] = [];
  readonly #market: Market;
  readonly #fills = new Map<string, boolean>();
  readonly #closed = new Map<string, LiveTrade>();
  #weights: { readonly time: number; readonly weight: number }[] = [];
  /** When all was well last; moved on while the process does not get to run. */
  #coveredTime = 0;
  #watchTime = 0;
  #deafTime = 0;
  /** Of questions about orders: when the last one stayed without an answer, and when one was answered. */
  #lostTime = -1;
  #answeredTime = -1;
  /** That it is not well any more was told, or found to be untold. */
  #isSettled = false;
  #toldTime = 0;
  /** When it was told last that the account cannot be seen; `undefined` since it can. */
  #unseenTime: number | undefined;

  constructor(market: Market) {
    this.#market = market;
  }

  onEvents(events: readonly UserEvent[]): void {
    for (const event of events) {
      if (event.type !== 'order' || event.fill === undefined) continue;
      this.#fills.set(event.fill.tradeId, event.order.clientOrderId.startsWith('wus-'));
    }
  }

  onAlert({ level, code, time }: Alert): void {
    // Whatever happens to an account that nobody sees is covered by the alarm about that, which comes again each hour.
    if (code === 'account-unseen') this.#unseenTime = time;
    else if (code === 'account-seen') this.#unseenTime = undefined;
    if (level === 'alarm' || code === 'stop-not-resting') this.#toldTime = time;
  }

  onTrade(trade: LiveTrade): void {
    this.#closed.set(tradeOrderIds(trade), trade);
  }

  /** I8: the weight of the requests of one minute. */
  onRequest(kind: string, time: number): void {
    const weight = WEIGHTS[this.#market][kind] ?? 1;
    this.#weights = this.#weights.filter((request) => request.time > time - MINUTE_MS);
    this.#weights.push({ time, weight });
    const sum = this.#weights.reduce((total, request) => total + request.weight, 0);
    if (sum > WEIGHT_MAX[this.#market]) this.#say(`I8 weight ${sum} in a minute`, 'I8 weight');
  }

  /** I13: when an outcome became known, or that it is not. `calmSince`: nothing has stood in the way since then. */
  watchOutcomes(
    before: BotMemory,
    after: BotMemory,
    time: number,
    calmSince: number | undefined,
  ): void {
    if (calmSince === undefined) return;
    for (const order of ordersOf(before)) {
      if (!isUnresolved(order)) continue;
      const waitedMs = time - Math.max(order.sentTime, calmSince, after.quietUntil);
      const { clientOrderId } = order.request;
      if (waitedMs > RESOLVED_MS_MAX)
        this.#say(`I13 ${clientOrderId} unknown for ${waitedMs} ms`, `I13 ${clientOrderId}`);
    }
  }

  /** Whether a question about orders was answered. */
  onAnswer(kind: string, time: number, isAnswered: boolean): void {
    if (!ORDER_QUESTIONS.includes(kind)) return;
    if (isAnswered) this.#answeredTime = time;
    else this.#lostTime = time;
  }

  /** I5: a position that could be sold has a stop, or somebody was told. */
  watchStop(
    venue: Venue,
    memory: BotMemory | undefined,
    watch: { readonly time: number; readonly isDeaf: boolean; readonly isIdle: boolean },
  ): void {
    const { time, isDeaf, isIdle } = watch;
    const isUnanswered =
      this.#lostTime >= this.#coveredTime && this.#answeredTime < this.#coveredTime;
    if (isDeaf || isUnanswered) this.#deafTime = time;
    const passedMs = time - this.#watchTime;
    this.#watchTime = time;
    if (isIdle) {
      // A process that does not get to run cannot tell anybody: what it told before still holds.
      this.#coveredTime += passedMs;
      return;
    }
    const own = memory === undefined ? 0n : venue.ownQuantity() - memory.dust;
    const { stop_loss_pct, trailing_stop_loss_pct } = memory?.settings.run ?? {};
    const wantsStop = stop_loss_pct != null || trailing_stop_loss_pct != null;
    const quantity = own < 0n ? -own : own;
    const isNaked =
      wantsStop && quantity >= 2n * venue.rules().quantityMin && venue.stops().length === 0;
    if (!isNaked) {
      this.#coveredTime = time;
      this.#isSettled = false;
      return;
    }
    const nakedMs = time - this.#coveredTime;
    const knowableMs = Math.min(nakedMs, time - this.#deafTime);
    const isUnseenTold = time - (this.#unseenTime ?? Number.NEGATIVE_INFINITY) < REMINDED_MS_MAX;
    this.#isSettled ||= this.#toldTime >= this.#coveredTime;
    if (isUnseenTold) {
      this.#coveredTime += passedMs;
      return;
    }
    if (this.#isSettled) return;
    if (knowableMs <= UNPROTECTED_MS_MAX && nakedMs <= UNSEEN_MS_MAX) return;
    this.#isSettled = true;
    this.broken.push(
      `I5 no stop for ${trimDecimal(quantity)} in ${nakedMs} ms, and nobody was told`,
    );
  }

  /** I3 and I7 at a quiet moment: each fill is booked once, and so is each remainder. */
  differences(memory: BotMemory): string[] {
    const found = [...this.broken];
    const { unlogged, unreported, position } = memory;
    for (const { trade } of [...unlogged, ...unreported]) this.onTrade(trade);
    const closed = [...this.#closed.values()];
    // What a person must look into is not complete.
    if (memory.mismatch !== null) return found;
    const booked = [...closed.flatMap(({ tradeIds }) => tradeIds), ...(position?.tradeIds ?? [])];
    const once = new Set(booked);
    if (once.size < booked.length) found.push(`I3 ${booked.length - once.size} fills booked twice`);
    for (const [id, isOwn] of this.#fills)
      if (isOwn && !once.has(id)) found.push(`I3 fill ${id} is not booked`);
    for (const id of once) if (!this.#fills.has(id)) found.push(`I3 fill ${id} never was`);
    const dust = closed.reduce((sum, one) => sum + one.dust * (one.side === 'long' ? 1 : -1), 0);
    const isOnce = Math.abs(dust - Number(trimDecimal(memory.dust))) < 1e-7;
    if (!isOnce) found.push(`I7 dust of ${trimDecimal(memory.dust)}, trades left ${dust}`);
    return found;
  }

  /** Says a thing once, however often it is seen. */
  #say(text: string, topic: string): void {
    if (!this.broken.some((known) => known.startsWith(topic))) this.broken.push(text);
  }
}

function isUnresolved({ phase }: LiveOrder): boolean {
  return phase === 'sending' || phase === 'unknown';
}
