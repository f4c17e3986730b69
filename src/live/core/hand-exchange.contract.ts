import { type Decimal, decimal, decimalToNumber, multiplyDecimals } from '../../domain/index.js';
import type { Fill, InstrumentRules, OrderReport, OrderStatus } from '../../exchange/index.js';
import { findStrategy, type Strategy } from '../../strategies/index.js';
import { busySettings } from '../simulation/worlds.contract.js';
import type { Effect } from './effects.js';
import type { BotEvent, Failure } from './events.js';
import { initialMemory } from './memory.js';
import type { QuantityOrder } from './risk.js';
import { step } from './step-by-name.js';
import { DEFAULT_LIVE_LIMITS, startState } from './turn.js';

const CANDLE_MS = 300_000;
const START = Date.UTC(2026, 0, 5);
type Alert = Extract<Effect, { type: 'alert' }> & { readonly time: number };

interface HandOptions {
  readonly market?: 'spot' | 'usdm';
  readonly config?: Record<string, unknown>;
  readonly rules?: Partial<InstrumentRules>;
}

/**
 * A bot and an exchange that does what a test says: it answers at once, fills market orders whole at the price of now, and
 * keeps everything else until it is cancelled. The price moves and seconds pass by hand.
 */
export class HandExchange {
  state;
  time = START;
  price = 100;
  rules: InstrumentRules;
  /** Of the strategy at every close. */
  signal = 0;
  /** Orders that rest, by their client ids. */
  readonly open = new Map<string, QuantityOrder>();
  /** What the bot has, and on USD-M its sign. */
  amount: Decimal = 0n;
  readonly sent: QuantityOrder[] = [];
  readonly cancels: string[] = [];
  readonly alerts: Alert[] = [];
  readonly trades: Extract<Effect, { type: 'trade-closed' }>['trade'][] = [];
  looks = 0;
  /** What it lists when it is asked for the fills since the entry. */
  fills: readonly Fill[] = [];
  /** Refuses requests to place orders. */
  refuse: (order: QuantityOrder) => Failure | undefined = () => undefined;
  /** Says that it does not know orders. */
  denies: (clientOrderId: string) => boolean = () => false;
  #fills = 0;
  readonly #market: 'spot' | 'usdm';
  readonly context;

  constructor({ market = 'spot', config = {}, rules = {} }: HandOptions = {}) {
    this.#market = market;
    this.rules = { ...handRules(market), ...rules };
    const strategy: Strategy = {
      ...findStrategy('MACross'),
      warmUp: () => 0,
      signals: ({ length }: { length?: number; close: Float64Array }) =>
        new Int8Array(length ?? 0).fill(this.signal),
    };
    const both = market === 'usdm' ? { market, direction: 'long', leverage: 2 } : {};
    const settings = busySettings({ units: 1, stop_loss_pct: 0.02, ...both, ...config });
    this.context = { strategyOf: () => strategy, limits: DEFAULT_LIVE_LIMITS };
    this.state = startState(initialMemory(settings), 10);
  }

  get memory() {
    return this.state.memory;
  }

  /** Starts the bot, also again from what it remembers. */
  boot(): void {
    this.state = startState(this.memory, 10);
    this.event({ type: 'boot', time: this.time });
    this.event({ type: 'clock', time: this.time, offsetMs: 0 });
    this.event({ type: 'market-data', time: this.time, status: 'fresh' });
    this.event({ type: 'account-data', time: this.time, status: 'fresh' });
    const openTime = Math.floor(this.time / CANDLE_MS) * CANDLE_MS;
    const past = Array.from({ length: 4 }, (_, i) => this.#candle(openTime - (4 - i) * CANDLE_MS));
    this.event({ type: 'candles', time: this.time, source: 'back-fill', candles: past });
  }

  /** Boots and enters at 100, long unless the signal says otherwise; a stop rests, if one is wanted. */
  enter(signal = 1): this {
    this.boot();
    this.pass(10);
    this.signal = signal;
    this.close();
    this.pass(10);
    this.signal = signal;
    return this;
  }

  /** Seconds pass, with a price in each. */
  pass(seconds: number, price = this.price): void {
    this.price = price;
    for (let i = 0; i < seconds; i++) {
      this.time += 1_000;
      const at = decimal(String(price));
      this.event({ type: 'price', time: this.time, bidPrice: at, askPrice: at });
    }
  }

  /** Passes the rest of a candle, which closes at the present price. */
  close(): void {
    const openTime = Math.floor(this.time / CANDLE_MS) * CANDLE_MS;
    this.pass((openTime + CANDLE_MS - this.time) / 1_000);
    const candles = [this.#candle(openTime)];
    this.event({ type: 'candles', time: this.time, source: 'stream', candles });
  }

  event(event: BotEvent): void {
    const queue: BotEvent[] = [event];
    for (let n = 0; n < 200; n++) {
      const next = queue.shift();
      if (next === undefined) break;
      const { state, effects } = step(this.state, next, this.context);
      this.state = state;
      for (const effect of effects) queue.push(...this.#answer(effect));
    }
  }

  /** Codes of what a person was told. */
  codes(level?: Alert['level']): string[] {
    return this.alerts
      .filter((alert) => level === undefined || alert.level === level)
      .map(({ code }) => code);
  }

  /** Quantities of the stops that rest, in their order. */
  stops(): number[] {
    return [...this.open.values()]
      .filter(({ type }) => type.startsWith('stop'))
      .map(({ quantity }) => decimalToNumber(quantity));
  }

  /** Market orders that were sent and reduce the position. */
  exits(): QuantityOrder[] {
    const isEntry = (id: string): boolean => /[0-9a-z]e-/.test(id);
    return this.sent.filter(
      ({ type, clientOrderId }) => type === 'market' && !isEntry(clientOrderId),
    );
  }

  /** Carries out the stops that rest, at their own price. */
  release(): void {
    for (const order of [...this.open.values()]) {
      if (!('triggerPrice' in order)) continue;
      this.open.delete(order.clientOrderId);
      this.amount += order.side === 'buy' ? order.quantity : -order.quantity;
      this.event({ type: 'order', time: this.time, report: this.#report(order, 'filled') });
    }
  }

  #answer(effect: Effect): BotEvent[] {
    const { time } = this;
    switch (effect.type) {
      case 'alert':
        this.alerts.push({ ...effect, time });
        return [];
      case 'trade-closed':
        this.trades.push(effect.trade);
        return [];
      case 'place':
        return [this.#place(effect.intent.order)];
      case 'place-pair':
        return [this.#place(effect.stop.order), this.#place(effect.profit.order)];
      case 'replace':
        return this.#replace(effect.clientOrderId, effect.intent.order);
      case 'cancel':
        this.cancels.push(effect.clientOrderId);
        return this.#cancel(effect.clientOrderId);
      case 'query': {
        const { clientOrderId } = effect;
        const order = this.denies(clientOrderId) ? undefined : this.open.get(clientOrderId);
        const report = order === undefined ? undefined : this.#report(order, 'new');
        return [{ type: 'query-answer', time, askedTime: time, clientOrderId, report }];
      }
      case 'fetch-position-fills':
        return [{ type: 'position-fills', time, fills: this.fills, orders: [] }];
      case 'fetch-account':
        this.looks++;
        return [this.#account()];
      default:
        return [];
    }
  }

  #place(order: QuantityOrder): BotEvent {
    const { time } = this;
    this.sent.push(order);
    const failure = this.refuse(order);
    const { clientOrderId } = order;
    if (failure !== undefined) return { type: 'place-failed', time, clientOrderId, failure };
    if (order.type !== 'market') {
      this.open.set(clientOrderId, order);
      return { type: 'order', time, report: this.#report(order, 'new') };
    }
    this.amount += order.side === 'buy' ? order.quantity : -order.quantity;
    return { type: 'order', time, report: this.#report(order, 'filled') };
  }

  /** What it refuses it does not cancel the former order for. */
  #replace(replacedId: string, order: QuantityOrder): BotEvent[] {
    if (!this.open.has(replacedId)) {
      this.sent.push(order);
      const { time } = this;
      const { clientOrderId } = order;
      const message = 'Order cancel-replace failed. (-2022)';
      const failure = { outcome: 'refused', reason: 'replace-cancel-failed', message } as const;
      return [{ type: 'replace-failed', time, clientOrderId, replacedId, failure }];
    }
    const placed = this.#place(order);
    if (placed.type === 'place-failed') return [{ ...placed, type: 'replace-failed', replacedId }];
    return [placed, ...this.#cancel(replacedId)];
  }

  #cancel(clientOrderId: string): BotEvent[] {
    const { time } = this;
    const order = this.open.get(clientOrderId);
    this.open.delete(clientOrderId);
    if (order !== undefined)
      return [{ type: 'order', time, report: this.#report(order, 'canceled') }];
    const failure: Failure = {
      outcome: 'refused',
      reason: 'nothing-to-cancel',
      message: 'Unknown order sent. (-2011)',
    };
    return [{ type: 'cancel-failed', time, clientOrderId, failure }];
  }

  #report(order: QuantityOrder, status: OrderStatus): OrderReport {
    const price = decimal(String(this.price));
    const executed = status === 'filled' ? order.quantity : 0n;
    const { symbol, side, clientOrderId, type, quantity } = order;
    const fill = {
      ...{ symbol, side, clientOrderId, price, quantity, time: this.time },
      ...{ commission: 0n, commissionAsset: 'USDT', isMaker: false },
      ...{ orderId: `x${clientOrderId}`, tradeId: String(++this.#fills) },
    };
    return {
      ...{ symbol, side, clientOrderId, type, quantity, status, orderId: `x${clientOrderId}` },
      executedQuantity: executed,
      executedNotional: multiplyDecimals(price, executed),
      price: 'price' in order ? order.price : 0n,
      triggerPrice: 'triggerPrice' in order ? order.triggerPrice : 0n,
      updateTime: this.time,
      fills: executed > 0n ? [fill] : [],
    };
  }

  #account(): BotEvent {
    const { time } = this;
    const isUsdm = this.#market === 'usdm';
    const quantity = this.amount;
    const position = {
      symbol: 'BTCUSDT',
      quantity,
      entryPrice: 0n,
      markPrice: 0n,
      unrealizedPnl: 0n,
    };
    return {
      ...{ type: 'account', time, askedTime: time, rules: this.rules },
      balances: [
        { asset: 'USDT', free: decimal('100000'), locked: 0n },
        { asset: 'BTC', free: isUsdm ? 0n : quantity, locked: 0n },
      ],
      openOrders: [...this.open.values()].map((order) => this.#report(order, 'new')),
      ...(isUsdm && {
        positions: quantity === 0n ? [] : [position],
        margin: { availableBalance: decimal('100000') } as never,
        leverage: 2,
      }),
    };
  }

  #candle(openTime: number) {
    const { price } = this;
    return { openTime, open: price, high: price, low: price, close: price, volume: 1 };
  }
}

/** Rules without narrow bounds. */
function handRules(market: 'spot' | 'usdm'): InstrumentRules {
  return {
    ...{ symbol: 'BTCUSDT', market, baseAsset: 'BTC', quoteAsset: 'USDT', status: 'trading' },
    ...{ tickSize: decimal('0.01'), priceMin: decimal('0.01'), priceMax: decimal('1000000') },
    ...{ stepSize: decimal('0.001'), quantityMin: decimal('0.001'), quantityMax: decimal('9000') },
    ...{ marketStepSize: 0n, marketQuantityMin: 0n, marketQuantityMax: decimal('1000') },
    ...{ notionalMin: decimal('5'), notionalMax: 0n },
    ...{ notionalMinAppliesToMarket: true, notionalMaxAppliesToMarket: false },
    ...{ ordersMax: 200, stopOrdersMax: 5, ocoAllowed: market === 'spot' },
    orderTypes: ['market', 'limit', 'limit-maker', 'stop-loss', 'stop-loss-limit'],
  };
}
