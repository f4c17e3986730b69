import { type Decimal, decimal } from '../../domain/index.js';
import type { Fill, InstrumentRules, OrderReport } from '../../exchange/index.js';
import type { Strategy } from '../../strategies/index.js';
import { busySettings } from '../simulation/worlds.contract.js';
import type { ClosedCandle } from './candle-window.js';
import type { Effect } from './effects.js';
import type { EntryBlock } from './entry-blocks.js';
import type { BotEvent } from './events.js';
import { type BotMemory, initialMemory } from './memory.js';
import type { QuantityOrder } from './risk.js';
import { type StepContext, step, viewBot } from './step-by-name.js';
import { type BotState, DEFAULT_LIVE_LIMITS, type LiveLimits, startState } from './turn.js';

const MINUTE_MS = 60_000;
const LATENCY_MS = 20;
/** When bots are started: the beginning of a minute. */
export const START_TIME = Date.UTC(2026, 0, 5);

type EventBody = BotEvent extends infer E ? (E extends BotEvent ? Omit<E, 'time'> : never) : never;

export interface SteppedOptions {
  readonly market?: 'spot' | 'usdm';
  readonly config?: Record<string, unknown>;
  readonly rules?: Partial<InstrumentRules>;
  readonly limits?: LiveLimits;
  /** Default a new one. */
  readonly memory?: BotMemory;
}

/** A bot of one-minute candles that is stepped by hand, and the account that it looks at. */
export class SteppedBot {
  state: BotState;
  time = START_TIME + 1_000;
  /** What the strategy gives at the newest candle. */
  signal: -1 | 0 | 1 = 0;
  price = 100;
  /** The answers to looks at the account are under way until `look()`. */
  holdsLooks = false;
  /** What the account shows: free quote, coins or a signed position, and orders. */
  account = {
    quote: decimal('100000'),
    base: decimal('0'),
    position: decimal('0'),
    orders: [] as OrderReport[],
  };
  effects: Effect[] = [];
  readonly rules: InstrumentRules;
  readonly #limits: LiveLimits;
  #nextOpenTime: number;

  constructor({ market = 'spot', config = {}, limits, memory, ...options }: SteppedOptions = {}) {
    const settings = busySettings({
      interval: '1m',
      strategy: 'Told',
      params: {},
      market,
      units: 1,
      stop_loss_pct: null,
      direction: market === 'usdm' ? 'both' : 'long',
      ...config,
    });
    this.#limits = limits ?? DEFAULT_LIVE_LIMITS;
    this.rules = {
      symbol: settings.run.symbol,
      market,
      status: 'trading',
      baseAsset: 'BTC',
      quoteAsset: 'USDT',
      tickSize: decimal('0.01'),
      priceMin: decimal('0.01'),
      priceMax: decimal('1000000'),
      stepSize: decimal('0.001'),
      quantityMin: decimal('0.001'),
      quantityMax: decimal('9000'),
      marketStepSize: 0n,
      marketQuantityMin: 0n,
      marketQuantityMax: decimal('1000'),
      notionalMin: decimal('5'),
      notionalMax: 0n,
      notionalMinAppliesToMarket: true,
      notionalMaxAppliesToMarket: false,
      ordersMax: 200,
      stopOrdersMax: 5,
      orderTypes: ['market', 'limit', 'limit-maker', 'stop-loss', 'stop-loss-limit'],
      ocoAllowed: true,
      ...options.rules,
    };
    this.state = startState(memory ?? initialMemory(settings), 10);
    this.#nextOpenTime = START_TIME;
  }

  get memory(): BotMemory {
    return this.state.memory;
  }

  /** Steps with an event at the present time; what is asked about the account is answered. */
  step(event: EventBody): readonly Effect[] {
    const { state, effects } = step(this.state, { ...event, time: this.time }, this.#context);
    this.state = state;
    this.effects.push(...effects);
    const all = [...effects];
    for (const { type } of effects) {
      if (type.startsWith('fetch')) this.time += LATENCY_MS;
      if (type === 'fetch-account' && !this.holdsLooks) all.push(...this.look());
      if (type === 'fetch-position-fills')
        all.push(...this.step({ type: 'position-fills', fills: [], orders: [] }));
    }
    return all;
  }

  /** Starts it: clock, streams, account and history. */
  boot(): this {
    this.step({ type: 'boot' });
    this.step({ type: 'clock', offsetMs: 0 });
    this.step({ type: 'market-data', status: 'fresh' });
    this.step({ type: 'account-data', status: 'fresh' });
    const candles = [5, 4, 3, 2, 1].map((ago) =>
      this.#candle(this.#nextOpenTime - ago * MINUTE_MS),
    );
    this.step({ type: 'candles', candles, source: 'back-fill' });
    return this;
  }

  /** Another process goes on from what was saved. */
  restart(): this {
    this.state = startState(this.memory, 10);
    return this.boot();
  }

  /** The account as it is, asked for now or earlier. */
  look(askedTime = this.time): readonly Effect[] {
    const { quote, base, position, orders } = this.account;
    const isUsdm = this.rules.market === 'usdm';
    const { symbol } = this.rules;
    return this.step({
      type: 'account',
      askedTime,
      balances: [
        { asset: this.rules.quoteAsset, free: quote, locked: 0n },
        { asset: this.rules.baseAsset, free: base, locked: 0n },
      ],
      openOrders: orders,
      rules: this.rules,
      positions: position === 0n ? [] : [{ symbol, quantity: position }],
      ...(isUsdm && { margin: { availableBalance: quote } as never, leverage: 1 }),
    });
  }

  /** Lets time pass, a price each second. */
  live(ms: number): readonly Effect[] {
    const effects: Effect[] = [];
    const until = this.time + ms;
    while (this.time + 1_000 <= until) {
      this.time += 1_000;
      effects.push(...this.tick());
    }
    this.time = until;
    return effects;
  }

  tick(price = this.price): readonly Effect[] {
    const at = decimal(String(price));
    return this.step({ type: 'price', bidPrice: at, askPrice: at });
  }

  /** Lives until the minute is over, and closes its candle. */
  close(): readonly Effect[] {
    this.live(Math.max(0, this.#nextOpenTime + MINUTE_MS - this.time));
    this.tick();
    this.time += 50;
    const candle = this.#candle(this.#nextOpenTime);
    this.#nextOpenTime += MINUTE_MS;
    return this.step({ type: 'candles', candles: [candle], source: 'stream' });
  }

  /** The exchange fills an order, whole or up to a part of it, and the account changes with it. */
  fill(order: QuantityOrder, part: Partial<Fill> & { executed?: Decimal } = {}): readonly Effect[] {
    const price = part.price ?? decimal(String(this.price));
    const executed = part.executed ?? order.quantity;
    const quantity = part.quantity ?? executed;
    const value = (price * quantity) / decimal('1');
    const sign = order.side === 'buy' ? 1n : -1n;
    this.account.quote -= sign * value;
    if (this.rules.market === 'spot') this.account.base += sign * quantity;
    else this.account.position += sign * quantity;
    return this.report(order, executed === order.quantity ? 'filled' : 'partially-filled', {
      executedQuantity: executed,
      fills: [
        {
          symbol: order.symbol,
          tradeId: `${this.time}${order.clientOrderId}`,
          orderId: `x${order.clientOrderId}`,
          clientOrderId: order.clientOrderId,
          side: order.side,
          price,
          quantity,
          commission: 0n,
          commissionAsset: this.rules.quoteAsset,
          isMaker: false,
          time: this.time,
          ...part,
        },
      ],
    });
  }

  report(
    order: QuantityOrder,
    status: OrderReport['status'],
    part: Partial<OrderReport> = {},
  ): readonly Effect[] {
    const report = {
      symbol: order.symbol,
      orderId: `x${order.clientOrderId}`,
      clientOrderId: order.clientOrderId,
      side: order.side,
      type: order.type,
      status,
      quantity: order.quantity,
      executedQuantity: 0n,
      executedNotional: 0n,
      price: 0n,
      triggerPrice: 0n,
      updateTime: this.time,
      fills: [],
      ...part,
    };
    return this.step({ type: 'order', report });
  }

  /** Why nothing would be entered now. */
  blocks(): readonly EntryBlock[] {
    return viewBot(this.state, this.#context, this.time).blocks;
  }

  alerts(): readonly string[] {
    return this.effects.flatMap((effect) => (effect.type === 'alert' ? [effect.code] : []));
  }

  get #context(): StepContext {
    return { strategyOf: () => this.#strategy, limits: this.#limits };
  }

  get #strategy(): Strategy {
    return {
      name: 'Told',
      shortName: 'Told',
      parameters: {},
      findConflict: () => undefined,
      warmUp: () => 0,
      signals: ({ length }: { length: number }) => new Int8Array(length).fill(this.signal),
    } as unknown as Strategy;
  }

  #candle(openTime: number): ClosedCandle {
    const { price } = this;
    return { openTime, open: price, high: price, low: price, close: price, volume: 1 };
  }
}

/** The orders that are sent. */
export function sent(effects: readonly Effect[]): readonly QuantityOrder[] {
  return effects.flatMap((effect) => (effect.type === 'place' ? [effect.intent.order] : []));
}

/** A bot that just sent an entry, and the order. */
export function entering(options: SteppedOptions = {}): {
  readonly bot: SteppedBot;
  readonly entry: QuantityOrder;
} {
  const bot = new SteppedBot(options).boot();
  bot.signal = 1;
  const [entry] = sent(bot.close());
  if (entry === undefined) throw new Error(`no entry: ${bot.alerts().join(' ')}`);
  return { bot, entry };
}

/** A bot that holds what its entry bought. */
export function inPosition(options: SteppedOptions = {}, part: Partial<Fill> = {}): SteppedBot {
  const { bot, entry } = entering(options);
  bot.fill(entry, part);
  return bot;
}

/** A decimal as a number, for expectations. */
export function num(value: Decimal): number {
  return Number(value) / 1e8;
}
