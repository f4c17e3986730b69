import { isDeepStrictEqual } from 'node:util';
import type { CandleSeries } from '../../candles/index.js';
import {
  type Decimal,
  decimal,
  decimalFromNumber,
  roundToStep,
  timeframeMs,
  trimDecimal,
} from '../../domain/index.js';
import {
  type AccountReport,
  type Broker,
  candlePath,
  type ExchangeCandle,
  type InstrumentRules,
  type MarketEvent,
  type OCORequest,
  type OrderReport,
  type OrderRequest,
  type OrderSide,
  OutcomeUnknown,
  RequestNotSent,
  RequestRefused,
  type SendPermit,
  type SpotExchange,
  type SpotSymbol,
  type UsdmBroker,
  type UserEvent,
} from '../../exchange/index.js';
import { findStrategy, resolveParameters, type Strategy } from '../../strategies/index.js';
import { type Random, seededRandom } from '../../util/index.js';
import { windowSeries } from '../core/candle-window.js';
import {
  type BotSettings,
  type BotState,
  DEFAULT_LIVE_LIMITS,
  heldQuantity,
  type LiveTrade,
  ordersOf,
} from '../core/index.js';
import { Journal } from '../journal/index.js';
import { type Alert, BotRunner, type RunnerPorts } from '../runner/index.js';
import {
  type Fault,
  type FaultKind,
  FaultSchedule,
  NETWORK_FAULTS,
  RULE_FAULTS,
  type RuleFault,
} from './fault-schedule.contract.js';
import { Invariants } from './invariants.contract.js';
import { OddStream } from './odd-payload.contract.js';
import { type PowerCut, SimulatedDisk } from './simulated-disk.contract.js';
import { type RestingExit, SpotVenue, UsdmVenue, type Venue } from './venue.contract.js';
import { VirtualClock } from './virtual-clock.contract.js';

export interface WorldOptions {
  readonly seed: number;
  readonly candles: CandleSeries;
  /** Candles before the bot starts. */
  readonly historyCandles: number;
  readonly settings: BotSettings;
  readonly faults?: readonly Fault[];
  readonly ticksPerCandle?: number;
  /** Quantity at each price level; default without limit. */
  readonly levelQuantity?: Decimal;
  readonly commissionRate?: string;
  readonly latencyMs?: number;
  readonly strategyOf?: (name: string) => Strategy;
  readonly symbolRules?: Partial<SpotSymbol>;
  /** What the bot is told that the instrument takes; default everything. */
  readonly orderTypes?: InstrumentRules['orderTypes'];
  readonly ocoAllowed?: boolean;
  /** Wallet of a USD-M account, quote; default a million. */
  readonly wallet?: Decimal;
  /** Coins for commissions; default none. */
  readonly bnb?: Decimal;
  /** USD-M: ACCOUNT_UPDATE comes before the executions that it is about. */
  readonly tellsAccountFirst?: boolean;
  /** What a person does to the state folder while the process is down, before each start; default nothing. */
  readonly beforeStart?: (disk: SimulatedDisk) => Promise<void>;
  /** Told of every alert; default nobody. */
  readonly onAlert?: () => void;
  /** Called after every step; default nothing. */
  readonly onStep?: (before: BotState, after: BotState) => void;
}

/** A client may hold a request up for so long: far beyond the time after which the core gives it up. */
const HELD_UP_MS_MAX = 40_000;
const CLIENT_TIMEOUT_MS = 10_000;
const RESTART_MS = 30_000;
/** A clock that is set wrong is so by this. */
const CLOCK_STEP_MS = 3_600_000;
/** A ban or a limit ends after this. */
const LIMIT_MS = 60_000;
/** An exit that was decided is carried out within this. */
const EXIT_MS_MAX = 60_000;
/** Twice the smallest order of the worlds that do not say otherwise; quote. */
const DUST_WORTH_MAX = 10;
/** Nothing is entered this long after a halt. */
const HALT_MS_MAX = 1_000;
/** First letters of the orders of another state of the bot. */
const OTHER_STATE = 'wus-otherone-';
const MAINTENANCE = 'maintenance';
/** Requests that need no key. */
const PUBLIC_REQUESTS = ['rules', 'candles', 'time'];

/** Whether an order bears the name of another state of the bot, which this one must leave alone (P5). */
function isOfOtherState({ clientOrderId }: { readonly clientOrderId: string }): boolean {
  return clientOrderId.startsWith(OTHER_STATE);
}

function isOfBot(order: { readonly clientOrderId: string }): boolean {
  return order.clientOrderId.startsWith('wus-') && !isOfOtherState(order);
}

/** Production core, runner and journal between a simulated exchange, network, disk and clock: same seed, same bytes. */
export class World {
  readonly clock: VirtualClock;
  readonly venue: Venue;
  readonly disk = new SimulatedDisk();
  readonly alerts: Alert[] = [];
  readonly trades: LiveTrade[] = [];
  /** Broken invariants of the bot, found while it ran. */
  readonly violations: string[] = [];
  readonly invariants: Invariants;
  readonly requests: { time: number; kind: string; order?: OrderRequest }[] = [];
  runner: BotRunner | undefined;
  journal: Journal | undefined;
  /** Crash at this operation (disk or network), counted from 1. */
  crashAtOperation = 0;
  /** What that crash does to the disk. */
  crashCut: PowerCut | undefined;
  operations = 0;
  crashes = 0;
  /** When the exchange last did something to the account. */
  newsTime = 0;
  readonly startTime: number;
  readonly #random: Random;
  readonly #oddStream: OddStream;
  readonly #options: WorldOptions;
  readonly #faults: FaultSchedule;
  readonly #lengthMs: number;
  /** When the process was started last, and when faults were ended. */
  #upSince = 0;
  /** The exchange said that it wants no request before this. */
  #quietUntil = 0;
  #cancelStart: () => void = () => undefined;
  /** A full disk keeps no ban: a process that dies then cannot know of it. */
  #isBanUnwritten = false;
  readonly #ids = new Set<string>();
  /** Orders that the exchange does not know any more. */
  readonly #forgotten = new Set<string>();
  readonly #otherOrders: string[] = [];
  /** When a rule of the instrument last changed, ms UTC. */
  #rulesTime = 0;
  #haltTime = Number.POSITIVE_INFINITY;
  /** Newest price that the bot was told. */
  #priceTime = 0;
  /** Signal times of all entries, as the ids have them. */
  readonly #enteredMinutes = new Set<string>();
  /** Rules that the bot could not know when they refused its order. */
  #excusedRules: InstrumentRules | undefined;
  #cutKind: PowerCut | undefined;
  #marketListener: ((event: MarketEvent) => void) | undefined;
  #userListener: ((event: UserEvent) => void) | undefined;
  #index: number;
  /** What waits for a process that does not get to run. */
  #held: { readonly isStream: boolean; readonly action: () => void }[] = [];

  constructor(options: WorldOptions) {
    const { candles, historyCandles, seed } = options;
    this.#options = options;
    this.#random = seededRandom(seed);
    // With chances of its own: days without it stay what they were.
    this.#oddStream = new OddStream(options.settings.run.market, seededRandom(seed ^ 0x0dd));
    this.#faults = new FaultSchedule(options.faults ?? [], this.#random);
    this.#lengthMs = timeframeMs(candles.timeframe);
    this.#index = historyCandles;
    this.startTime = candles.openTime[historyCandles]!;
    this.clock = new VirtualClock(this.startTime);
    this.invariants = new Invariants(options.settings.run.market);
    const Kind = options.settings.run.market === 'usdm' ? UsdmVenue : SpotVenue;
    this.venue = new Kind({
      symbol: candles.symbol,
      price: candles.close[0]!,
      startTime: this.startTime,
      seed,
      commissionRate: decimal(options.commissionRate ?? '0.001'),
      levelQuantity: options.levelQuantity,
      symbolRules: options.symbolRules,
      bnb: options.bnb,
      ...(options.tellsAccountFirst !== undefined && {
        tellsAccountFirst: options.tellsAccountFirst,
      }),
      wallet: options.wallet,
    });
    this.venue.move({
      time: this.startTime,
      price: this.#price(candles.open[historyCandles]!),
      quantity: decimal('1'),
      isJump: true,
    });
    this.venue.takeEvents();
    this.#scheduleCandle();
    this.#scheduleEvents();
  }

  /** Those of its whole time, and of before. */
  get candles(): CandleSeries {
    return this.#options.candles;
  }

  /** What goes wrong in it. */
  get faults(): readonly Fault[] {
    return this.#faults.all;
  }

  /** The spot exchange, where the world has one. */
  get exchange(): SpotExchange {
    if (!(this.venue instanceof SpotVenue)) throw new Error('this world trades USD-M');
    return this.venue.exchange;
  }

  #price(value: number): Decimal {
    return roundToStep(decimalFromNumber(value), this.venue.tickSize, 'nearest');
  }

  /** Starts the bot, or starts it again. */
  async start(): Promise<void> {
    this.disk.onOperation = (name) => this.#operation(name);
    try {
      await this.#options.beforeStart?.(this.disk);
      this.journal = await Journal.open(this.disk, this.#options.settings, {
        recordsPerSnapshot: 50,
      });
      this.runner = new BotRunner(
        this.#ports(this.journal),
        { strategyOf: this.#options.strategyOf ?? findStrategy, limits: DEFAULT_LIVE_LIMITS },
        { historyCandles: this.#options.historyCandles },
      );
      this.#upSince = this.clock.now();
      this.runner.start();
    } catch (error) {
      if (error instanceof Crash) return;
      const isDiskFull = error instanceof Error && error.message.startsWith('ENOSPC');
      if (!isDiskFull) throw error;
      this.#startLater(() => void this.start());
    }
  }

  /** The process dies at once; it starts again half a minute later. */
  crash(cut?: PowerCut): void {
    this.crashes++;
    if (this.#isBanUnwritten) this.#quietUntil = 0;
    this.runner?.stop();
    this.runner = undefined;
    this.#marketListener = undefined;
    this.#userListener = undefined;
    this.#held = [];
    this.#cutKind = cut;
    this.#startLater(() => {
      if (this.#cutKind !== undefined) this.disk.cutPower(this.#cutKind, this.#random);
      void this.start();
    });
  }

  /** One process at a time: a later crash puts the start off. */
  #startLater(start: () => void): void {
    this.#cancelStart();
    this.#cancelStart = this.clock.after(RESTART_MS, start);
  }

  /** Forgets what is recorded for the test. */
  forget(): void {
    this.requests.splice(0);
    this.alerts.splice(0);
    this.trades.splice(0);
  }

  /** A person says that nothing may be entered any more. */
  halt(): void {
    this.#haltTime = this.clock.now();
    this.runner?.command('halt');
  }

  /** Lets candles pass. */
  async run(candles: number): Promise<void> {
    await this.clock.run(this.clock.now() + candles * this.#lengthMs);
  }

  /** The process is stopped as by a signal, and started again half a minute later. */
  restart(): void {
    this.runner?.stop();
    this.runner?.stop();
    this.crash();
  }

  /** Ends all faults. */
  heal(): void {
    this.#faults.isHealed = true;
    for (const rule of RULE_FAULTS) this.#bend(rule, false);
    this.#faults.healedMs = this.clock.now() - this.startTime;
    this.#upSince = this.clock.now();
    this.crashAtOperation = 0;
    this.#release();
  }

  /** Reaches the process, at once or when it gets to run again. */
  #toBot(action: () => void, isStream = false): void {
    if (this.#active('asleep') || this.#active('blocked')) this.#held.push({ isStream, action });
    else action();
  }

  /** The process runs again: connections are dead after a sleep, frames have waited during a long computation. */
  #release(wasAsleep = false): void {
    const held = this.#held.splice(0);
    for (const { isStream, action } of held) if (!(isStream && wasAsleep)) action();
    if (!wasAsleep) return;
    for (const stream of ['market', 'user'] as const) {
      this.#connect(stream, false);
      this.clock.after(500, () => this.#connect(stream, true));
    }
  }

  /** Says what does not agree at a quiet moment. */
  differences(): string[] {
    const found = [...this.violations];
    const memory = this.runner?.state.memory;
    if (memory === undefined) return [...found, 'the bot does not run'];
    found.push(...this.invariants.differences(memory));
    const initial = this.#options.settings.run.initial_balance;
    found.push(...this.venue.differences(memory, initial));
    const held = memory.position === null ? 0n : heldQuantity(memory.position);
    const stops = this.venue
      .stops()
      .filter((stop) => stop.executedQuantity === 0n && !isOfOtherState(stop));
    const resting = stops.reduce((sum, { quantity }) => sum + quantity, 0n);
    const should = roundToStep(held, this.venue.rules().stepSize);
    if (stops.length > 0 && resting !== should)
      found.push(
        `I5 ${stops.length} stops of ${trimDecimal(resting)}, should be ${trimDecimal(should)}`,
      );
    const decidedTime = memory.position?.exit?.decidedTime ?? this.clock.now();
    if (this.clock.now() - decidedTime > EXIT_MS_MAX)
      found.push(`I15 an exit was decided ${this.clock.now() - decidedTime} ms ago`);
    for (const profit of this.venue.profits()) {
      if (isOfOtherState(profit)) continue;
      const rest = profit.quantity - profit.executedQuantity;
      if (rest !== should)
        found.push(`I5 take-profit of ${trimDecimal(rest)}, should be ${trimDecimal(should)}`);
    }
    for (const { clientOrderId } of this.venue.openOrders(this.#options.candles.symbol)) {
      const isKnown = ordersOf(memory).some(
        ({ request }) => request.clientOrderId === clientOrderId,
      );
      if (isOfBot({ clientOrderId }) && !isKnown)
        found.push(`I2 order ${clientOrderId} rests and is forgotten`);
    }
    for (const { request, phase } of ordersOf(memory)) {
      const rests = this.venue.openOrders(this.#options.candles.symbol);
      if (phase === 'open' && !rests.some((one) => one.clientOrderId === request.clientOrderId))
        found.push(`P4 order ${request.clientOrderId} is taken to rest, and does not`);
    }
    for (const id of this.#otherOrders) {
      const isOpen = this.venue
        .openOrders(this.#options.candles.symbol)
        .some(({ clientOrderId }) => clientOrderId === id);
      if (!isOpen) found.push(`P5 order ${id} of another state is gone`);
    }
    if (memory.position !== null && memory.position.unprotectedSince !== null) {
      const age = this.clock.now() - memory.position.unprotectedSince;
      if (age > 15_000 && !this.alerts.some(({ code }) => code === 'unprotected'))
        found.push(`I5 unprotected for ${age} ms`);
    }
    return found;
  }

  /** Everything that happened, for comparison. */
  transcript(): string {
    return JSON.stringify([this.alerts, this.trades, this.venue.snapshot()]);
  }

  #active(kind: FaultKind): boolean {
    return this.#faults.isActive(kind, this.clock.now() - this.startTime);
  }

  /** The clock of the machine: somebody may have set it. */
  #wallTime(): number {
    const sign = Number(this.#active('clock-ahead')) - Number(this.#active('clock-behind'));
    return this.clock.now() + sign * CLOCK_STEP_MS;
  }

  /** It stands still while the machine sleeps, as the one of Linux does. */
  #monotonicTime(): number {
    const sinceStart = this.clock.now() - this.startTime;
    return sinceStart - this.#faults.lasted('asleep', sinceStart);
  }

  #operation(name: string): void {
    this.operations++;
    if (this.operations === this.crashAtOperation) {
      this.crash(this.crashCut);
      throw new Crash();
    }
    const isWrite = name === 'append' || name === 'sync';
    if (isWrite && this.#active('disk-full')) throw new Error('ENOSPC: no space left on device');
  }

  #scheduleEvents(): void {
    const { symbol } = this.#options.candles;
    for (const fault of this.#faults.all) {
      const at = (action: () => void): void => {
        this.clock.after(fault.from, () => {
          if (!this.#faults.isHealed) action();
        });
      };
      if (fault.kind === 'crash') at(() => this.crash());
      if (fault.kind === 'power-lost') at(() => this.crash('lost'));
      if (fault.kind === 'power-torn') at(() => this.crash('torn'));
      if (fault.kind === 'power-nul') at(() => this.crash('nul-filled'));
      if (fault.kind === 'deposit') at(() => this.venue.deposit());
      if (fault.kind === 'withdrawal') at(() => this.venue.withdraw());
      if (fault.kind === 'foreign-fees') at(() => this.venue.payForeignFees());
      if (fault.kind === 'hand-buy') {
        at(() => {
          this.venue.buyByHand();
          this.#deliverUserEvents();
        });
      }
      if (fault.kind === 'orders-forgotten') {
        at(() => {
          for (const id of this.venue.forgetOrders()) this.#forgotten.add(id);
        });
      }
      if (fault.kind === 'hand-cancel') {
        at(() => {
          this.venue.cancelByHand();
          this.#deliverUserEvents();
        });
      }
      if (fault.kind === 'other-state')
        at(() => {
          const id = `${OTHER_STATE}0s-1-${fault.from}`;
          this.venue.placeOfOtherState(id);
          this.#otherOrders.push(id);
        });
      const rule = RULE_FAULTS.find((kind) => kind === fault.kind);
      if (rule !== undefined) {
        at(() => this.#bend(rule, true));
        this.clock.after(fault.to, () => this.#bend(rule, false));
      }
      if (fault.kind === 'step-size-up') at(() => this.venue.growStep());
      if (fault.kind === 'foreign-order') {
        at(() => {
          // A closed market takes nobody's orders.
          if (this.venue.rules().status !== 'trading') return;
          const price = this.venue.lastPrice() / 2n;
          this.venue.place({
            type: 'limit',
            symbol,
            side: 'buy',
            clientOrderId: `by-hand-${fault.from}`,
            quantity: decimal('0.01'),
            price: roundToStep(price, this.venue.tickSize),
          });
        });
      }
      if (fault.kind === 'stop-expired') {
        at(() => {
          this.venue.expireStop();
          this.#deliverUserEvents();
        });
      }
      if (fault.kind === 'asleep' || fault.kind === 'blocked') {
        const wasAsleep = fault.kind === 'asleep';
        this.clock.after(fault.to, () => this.#release(wasAsleep));
      }
      if (fault.kind === 'fee-change') {
        const taker = decimal('0.004');
        at(() => this.venue.setCommission(taker));
      }
      if (fault.kind === 'bnb-runs-out') {
        at(() => this.exchange.transfer('BNB', -(this.exchange.state.balances.BNB?.free ?? 0n)));
      }
      if (fault.kind === 'hand-sale') {
        at(() => {
          this.venue.sellByHand();
          this.#deliverUserEvents();
        });
      }
      const streams = { 'user-stream-dead': 'user', 'market-stream-dead': 'market' } as const;
      if (fault.kind === 'user-stream-dead' || fault.kind === 'market-stream-dead') {
        const stream = streams[fault.kind];
        at(() => this.#connect(stream, false));
        this.clock.after(fault.to, () => this.#connect(stream, true));
      }
      if (fault.kind === 'market-stream-silent') {
        // The watchdog of the feed says so after ten seconds.
        at(() => this.clock.after(10_000, () => this.#connect('market', false)));
        this.clock.after(fault.to + 10_001, () => this.#connect('market', true));
      }
    }
  }

  #bend(rule: RuleFault, isBent: boolean): void {
    this.#rulesTime = this.clock.now();
    this.venue.bend(rule, isBent);
  }

  #connect(stream: 'user' | 'market', isUp: boolean): void {
    const time = this.clock.now();
    if (stream === 'market') {
      this.#tellMarket(
        isUp ? { type: 'connected', time } : { type: 'disconnected', time, reason: 'cut' },
      );
    } else {
      this.#tellUser(isUp ? { type: 'gap', time } : { type: 'disconnected', time, reason: 'cut' });
    }
  }

  #tellMarket(event: MarketEvent): void {
    this.#toBot(() => {
      if (event.type === 'price') this.#priceTime = event.time;
      this.#marketListener?.(event);
    }, true);
  }

  #tellUser(event: UserEvent): void {
    this.#toBot(() => this.#userListener?.(event), true);
  }

  #scheduleCandle(): void {
    const { candles, ticksPerCandle = 20 } = this.#options;
    const i = this.#index++;
    if (i >= candles.length) return;
    const candle = {
      openTime: candles.openTime[i]!,
      open: candles.open[i]!,
      high: candles.high[i]!,
      low: candles.low[i]!,
      close: candles.close[i]!,
      volume: candles.volume[i]!,
    };
    const path = candlePath(candle, this.#lengthMs, this.venue.tickSize);
    const stepMs = this.#lengthMs / ticksPerCandle;
    const after = (time: number, action: () => void): void => {
      this.clock.after(time - this.clock.now(), action);
    };
    path.forEach((point, k) => {
      after(point.time, () => this.#tick(point.price, point.isJump));
      const next = path[k + 1];
      if (next === undefined) return;
      for (let time = point.time + stepMs; time < next.time - 1; time += stepMs) {
        const share = BigInt(Math.round((1000 * (time - point.time)) / (next.time - point.time)));
        const between = point.price + ((next.price - point.price) * share) / 1000n;
        after(Math.floor(time), () => this.#tick(roundToStep(between, this.venue.tickSize), false));
      }
    });
    after(candle.openTime + this.#lengthMs, () => {
      this.#scheduleCandle();
      this.#closeCandle(i);
    });
  }

  #tick(price: Decimal, isJump: boolean): void {
    const { symbol } = this.#options.candles;
    const time = this.clock.now();
    this.venue.lowerLeverage(this.#active('leverage-lowered'));
    this.venue.move({ time, price, quantity: decimal('1'), isJump });
    this.#deliverUserEvents();
    const isIdle = this.#active('asleep') || this.#active('blocked');
    const isDeaf =
      this.#active('rest-down') || this.#active(MAINTENANCE) || this.#active('key-refused');
    if (!isIdle) this.#checkExit();
    this.invariants.watchStop(this.venue, this.runner?.state.memory, { time, isDeaf, isIdle });
    if (this.#isMarketCut()) return;
    this.#tellMarket({ type: 'price', time, symbol, bidPrice: price, askPrice: price });
  }

  /** Since when the bot could learn the outcome of every order, ms UTC. */
  #calmSince(): number | undefined {
    const calmMs = this.#faults.calmSince(this.clock.now() - this.startTime);
    if (calmMs === undefined) return undefined;
    return Math.max(this.startTime + calmMs, this.#upSince, this.#quietUntil);
  }

  #isMarketCut(): boolean {
    return this.#active('market-stream-dead') || this.#active('market-stream-silent');
  }

  #closeCandle(i: number): void {
    const isLost = this.#isMarketCut() || this.#active('candle-lost');
    const { symbol, timeframe } = this.#options.candles;
    const send = (candle: ExchangeCandle): void => {
      this.clock.after(100, () => {
        this.#tellMarket({
          type: 'candle',
          time: this.clock.now(),
          symbol,
          timeframe,
          candle,
          isBackfilled: false,
        });
      });
    };
    if (isLost) return;
    const row = this.#row(i);
    if (this.#active('candle-bad')) {
      send({ ...row, close: 'NaN' });
      send({ ...row, openTime: row.openTime + 86_400_000 });
      return;
    }
    send(row);
    if (this.#active('candle-doubled')) send({ ...row, close: row.high });
  }

  #row(i: number): ExchangeCandle {
    const { candles } = this.#options;
    const openTime = candles.openTime[i]!;
    return {
      openTime,
      open: String(candles.open[i]),
      high: String(candles.high[i]),
      low: String(candles.low[i]),
      close: String(candles.close[i]),
      volume: String(candles.volume[i]),
      closeTime: openTime + this.#lengthMs - 1,
      quoteVolume: '0',
      count: 0,
      takerBuyVolume: '0',
      takerBuyQuoteVolume: '0',
    };
  }

  #deliverUserEvents(): void {
    const odd: UserEvent[] = [];
    const isOdd = this.#active('odd-payloads');
    const sent = this.venue.takeEvents((payload) => {
      if (isOdd) odd.push(...this.#oddStream.read(payload));
    });
    const events = isOdd ? odd : [...sent];
    if (sent.length === 0) return;
    this.invariants.onEvents(sent);
    // Spot has no shorts: less than nothing are coins of somebody else.
    if (this.venue instanceof SpotVenue && this.venue.ownQuantity() < 0n)
      this.violations.push(`I2 sold ${trimDecimal(-this.venue.ownQuantity())} coins too many`);
    this.newsTime = this.clock.now();
    if (this.#active('user-stream-dead') || this.#active('user-stream-silent')) return;
    if (this.#active('reports-doubled')) events.push(...events);
    if (this.#active('reports-reordered')) events.reverse();
    for (const event of events) {
      const delayMs = 5 + Math.floor(this.#random() * 60);
      this.clock.after(delayMs, () => this.#tellUser(event));
    }
  }

  /** One request over the network: it may be lost on the way there or on the way back. */
  #request<T>(
    kind: string,
    isWrite: boolean,
    action: () => T,
    ...orders: readonly OrderRequest[]
  ): Promise<T> {
    try {
      this.#operation(kind);
    } catch {
      return new Promise(() => undefined);
    }
    const time = this.clock.now();
    this.invariants.onRequest(kind, time);
    if (orders.length === 0) this.requests.push({ time, kind });
    for (const order of orders) this.requests.push({ time, kind, order });
    if (time < this.#quietUntil) this.violations.push(`I8 ${kind} during a ban or limit`);
    for (const order of orders) {
      this.#checkId(order);
      if (isEntry(order)) this.#checkEntry(order);
    }
    const fate = NETWORK_FAULTS.find(
      (fault) => (isWrite || !fault.startsWith('unknown')) && this.#active(fault),
    );
    const oneWayMs = (this.#options.latencyMs ?? 20) + Math.floor(this.#random() * 30);
    return new Promise<T>((resolve, reject) => {
      const later = (delayMs: number, act: () => void): void => void this.clock.after(delayMs, act);
      const answerLater = (delayMs: number, act: () => void): void =>
        later(delayMs, () => this.#toBot(act));
      const limit = this.#limitError();
      if (limit !== undefined) {
        return answerLater(oneWayMs, () => {
          // What is on its way already may still arrive.
          const endTime = time + LIMIT_MS;
          later(2 * oneWayMs + 200, () => {
            this.#quietUntil = Math.max(this.#quietUntil, endTime);
          });
          reject(limit);
        });
      }
      if (this.#active('rest-down') || this.#active(MAINTENANCE)) {
        return answerLater(oneWayMs, () => reject(new RequestNotSent('connect ECONNREFUSED')));
      }
      if (this.#active('key-refused') && !PUBLIC_REQUESTS.includes(kind)) {
        const text = 'Invalid API-key, IP, or permissions for action. (-2015)';
        return answerLater(oneWayMs, () => reject(new RequestRefused('key', text)));
      }
      if (fate === 'busy')
        return answerLater(oneWayMs, () => reject(new RequestNotSent('Service Unavailable.')));
      const timeOut = (): void => {
        this.invariants.onAnswer(kind, this.clock.now(), false);
        reject(new OutcomeUnknown('no answer in time'));
      };
      if (fate === 'request-lost') return answerLater(CLIENT_TIMEOUT_MS, timeOut);
      if (fate === 'unknown-not-executed')
        return answerLater(oneWayMs, () => reject(new OutcomeUnknown('-1007')));
      later(oneWayMs, () => {
        let settle: () => void;
        try {
          const value = action();
          settle = () => resolve(value);
        } catch (error) {
          settle = () => reject(error);
        }
        this.#deliverUserEvents();
        if (fate === 'reply-lost') return answerLater(CLIENT_TIMEOUT_MS, timeOut);
        if (fate === 'unknown-executed')
          return answerLater(oneWayMs, () => reject(new OutcomeUnknown('-1006')));
        answerLater(fate === 'late-reply' ? 30_000 : oneWayMs, () => {
          this.invariants.onAnswer(kind, this.clock.now(), true);
          settle();
        });
      });
    });
  }

  /** A client that is held up, by limits or by a clock that it has to measure, sends later, or not at all. */
  #leaving<T>(
    permit: SendPermit | undefined,
    ids: readonly string[],
    send: () => Promise<T>,
  ): Promise<T> {
    if (!this.#active('send-held-up')) return send();
    const { runner } = this;
    const heldMs = Math.floor(this.#random() * HELD_UP_MS_MAX);
    const mayMs = permit?.remainingMs() ?? Number.POSITIVE_INFINITY;
    return new Promise((resolve, reject) => {
      this.clock.after(Math.min(heldMs, mayMs), () => {
        if (this.runner !== runner) return;
        const quietMs = this.#quietUntil - this.clock.now();
        if (heldMs < mayMs && quietMs <= 0) {
          this.#checkWanted(ids);
          send().then(resolve, reject);
        } else {
          this.#toBot(() => reject(this.#unsent(quietMs)));
        }
      });
    });
  }

  /** What a client says that was held up past the permit of a request, or into a ban. */
  #unsent(quietMs: number): RequestNotSent {
    if (quietMs <= 0) return new RequestNotSent('Not sent: it would have left too late');
    const now = this.clock.now();
    const retryTime = Math.max(now, this.runner?.time ?? now) + quietMs;
    return new RequestNotSent('Not sent: the exchange banned this address', { retryTime });
  }

  /** I1: what leaves is still what the bot waits for. */
  #checkWanted(ids: readonly string[]): void {
    const { memory } = this.runner!.state;
    const known = ordersOf(memory).map(({ request }) => request.clientOrderId);
    for (const id of ids) {
      if (!known.includes(id)) this.violations.push(`I1 ${id} left after it was given up`);
    }
  }

  #limitError(): RequestRefused | undefined {
    const now = this.clock.now();
    // A client takes it for a duration: where its clock is ahead, so is the end.
    const aheadMs = Math.max(0, (this.runner?.time ?? now) - now);
    const retryTime = now + aheadMs + LIMIT_MS;
    const isLimit = this.#active('ban') || this.#active('rate-limit');
    if (isLimit) this.#isBanUnwritten = this.#active('disk-full');
    if (this.#active('ban')) return new RequestRefused('banned', 'banned', { retryTime });
    if (this.#active('rate-limit'))
      return new RequestRefused('rate-limit', 'too many', { retryTime });
    return undefined;
  }

  /** P1, P8: a stop of what is held is not cancelled while the bot knows that nothing may follow. */
  #checkCancel(id: string): void {
    const status = this.runner?.state.observed.rules?.status;
    const stops = this.venue.stops();
    if (status === 'trading' || !stops.some(({ clientOrderId }) => clientOrderId === id)) return;
    const own = this.venue.ownQuantity() - (this.runner?.state.memory.dust ?? 0n);
    const isHolding = (own < 0n ? -own : own) >= 2n * this.venue.rules().quantityMin;
    const present = this.runner?.state.memory.order?.request.clientOrderId;
    const isFormer = stops.length > 1 && present !== id;
    if (isHolding && !isFormer) this.violations.push(`P1 stop ${id} cancelled in a closed market`);
  }

  /** P7: what is written off is a small remainder, and not what could still be sold. */
  #checkDust({ dust, units, exitPrice }: LiveTrade): void {
    const part = Math.abs(dust) / units;
    const worth = Math.abs(dust) * (Number.isNaN(exitPrice) ? Number.POSITIVE_INFINITY : exitPrice);
    if (part > 0.1 && worth > DUST_WORTH_MAX)
      this.violations.push(`P7 ${dust} of ${units} written off`);
  }

  /** P6, I15: an exit that was decided is carried out where the rules permit some order of it. */
  #checkExit(): void {
    const { runner, venue } = this;
    const { position } = runner?.state.memory ?? {};
    const calmSince = this.#calmSince();
    if (position?.exit == null || calmSince === undefined) return;
    const rules = venue.rules();
    const price = Number(trimDecimal(venue.lastPrice()));
    const worth = price * Number(trimDecimal(heldQuantity(position)));
    const isPermitted =
      rules.status === 'trading' &&
      (rules.market === 'usdm' || worth > 2 * Number(trimDecimal(rules.notionalMin)));
    const since = Math.max(position.exit.decidedTime, calmSince, this.#rulesTime);
    const waitedMs = this.clock.now() - since;
    if (!isPermitted || waitedMs <= 2 * EXIT_MS_MAX) return;
    const text = `P6 the exit of ${position.exit.decidedTime} is not carried out`;
    if (!this.violations.includes(text)) this.violations.push(text);
  }

  /** No id is ever used again: the exchange would take it as soon as the first order is filled. */
  #checkId({ clientOrderId }: OrderRequest): void {
    if (this.#ids.has(clientOrderId)) this.violations.push(`I1 id ${clientOrderId} used again`);
    this.#ids.add(clientOrderId);
  }

  /** I1 and I4, at the moment when an entry leaves the bot. */
  #checkEntry(order: OrderRequest): void {
    const minute = /^wus-[a-z0-9]+-([0-9a-z]+)e-/.exec(order.clientOrderId)?.[1];
    if (minute === undefined) {
      this.violations.push(`I1 entry ${order.clientOrderId} without a signal`);
      return;
    }
    const signalTime = Number.parseInt(minute, 36) * 60_000;
    const ageMs = this.clock.now() - signalTime - this.#lengthMs;
    if (ageMs < 0 || ageMs > 60_000) this.violations.push(`I4 entry ${ageMs} ms after its candle`);
    if (this.#enteredMinutes.has(minute))
      this.violations.push(`I1 two entries on one signal: ${order.clientOrderId}`);
    this.#enteredMinutes.add(minute);
    const own = this.venue.openOrders(this.#options.candles.symbol).filter(isOfBot);
    if (own.length > 0) this.violations.push(`I1 entry beside ${own[0]!.clientOrderId}`);
    if (this.clock.now() > this.#haltTime + HALT_MS_MAX)
      this.violations.push(`I11 entry ${this.clock.now() - this.#haltTime} ms after halt`);
    const dust = this.runner?.state.memory.dust;
    if (this.venue.ownQuantity() !== dust)
      this.violations.push(`I1 entry beside ${trimDecimal(this.venue.ownQuantity())} coins`);
    this.#checkGround(signalTime, order.side);
  }

  /** I4 and I14: fresh prices, every candle as the market had it, and the side that the strategy gives on them. */
  #checkGround(signalTime: number, side: OrderSide): void {
    const { candles, settings } = this.#options;
    const known = this.runner === undefined ? undefined : windowSeries(this.runner.state.candles);
    const from = known === undefined ? -1 : candles.openTime.indexOf(known.openTime[0]!);
    if (known === undefined || from < 0 || known.openTime.at(-1) !== signalTime) {
      this.violations.push('I4 entry on another candle than the newest');
      return;
    }
    const names = ['openTime', 'open', 'high', 'low', 'close', 'volume'] as const;
    const part = (name: (typeof names)[number]) =>
      candles[name].subarray(from, from + known.length);
    const isTrue = names.every((name) => part(name).every((value, i) => value === known[name][i]));
    if (!isTrue) this.violations.push('I4 entry on candles that the market did not have');
    const ageMs = this.clock.now() - this.#priceTime;
    if (ageMs > DEFAULT_LIVE_LIMITS.priceAgeMsMax)
      this.violations.push(`I4 entry on prices that are ${ageMs} ms old`);
    const strategy = findStrategy(settings.run.strategy);
    const parameters = resolveParameters(strategy, settings.run.params);
    const signal = strategy.signals(known, parameters).at(-1);
    if (signal !== (side === 'buy' ? 1 : -1))
      this.violations.push(`I14 ${side} on a signal of ${signal}`);
  }

  #ports(journal: Journal): RunnerPorts {
    const { venue } = this;
    const { symbol } = this.#options.candles;
    const { market } = this.#options.settings.run;
    const offsetMs = (): number => (this.#active('clock-skew') ? 5_000 : 0);
    const notUsed = (): Promise<never> => Promise.reject(new Error('not used'));
    const broker: Broker = {
      market,
      place: (order, permit) => {
        const known = this.runner?.state.observed.rules;
        return this.#leaving(permit, [order.clientOrderId], () =>
          this.#request('place', true, () => this.#placed(order, known), order),
        );
      },
      test: () => Promise.resolve(),
      placeOCO: (pair, permit) => {
        const known = this.runner?.state.observed.rules;
        const legs = pairOrders(pair);
        const ids = legs.map(({ clientOrderId }) => clientOrderId);
        return this.#leaving(permit, ids, () =>
          this.#request('place-pair', true, () => this.#placedPair(pair, known), ...legs),
        );
      },
      cancel: (_, id, permit) => {
        this.#checkCancel(id);
        return this.#leaving(permit, [], () =>
          this.#request('cancel', true, () => {
            this.#race(id);
            return venue.cancel(symbol, id);
          }),
        );
      },
      cancelReplace: (_, id, order, permit) => {
        const known = this.runner?.state.observed.rules;
        return this.#leaving(permit, [order.clientOrderId], () =>
          this.#request('replace', true, () => this.#replaced(id, order, known), order),
        );
      },
      query: (_, id) =>
        this.#request('query', false, () => this.#reported(venue.query(symbol, id))),
      queryById: (_, orderId) =>
        this.#request('query', false, () => this.#reported(venue.queryById(symbol, orderId))),
      openOrders: () => this.#request('open-orders', false, () => venue.openOrders(symbol)),
      fills: (query) =>
        this.#request('fills', false, () => (this.#active('fills-late') ? [] : venue.fills(query))),
      account: () => this.#request('account', false, () => this.#seenAccount()),
      keyPermissions: notUsed,
      ...(market === 'usdm' && this.#usdmRequests()),
    };
    return {
      clock: {
        now: () => this.#wallTime(),
        monotonic: () => this.#monotonicTime(),
        after: (delayMs, action) => this.clock.after(delayMs, () => this.#toBot(action)),
      },
      broker,
      instruments: {
        instrumentRules: () =>
          this.#request('rules', false, () => new Map([[symbol, this.#rules()]])),
      },
      candles: {
        pageCandlesMax: 1_000,
        candles: (query) =>
          this.#request('candles', false, () =>
            query.symbol === symbol ? this.#rowsFrom(query.startTime) : this.#feeRows(query.symbol),
          ),
        fundingRates: () => Promise.resolve([]),
        serverTime: () => this.#request('time', false, () => this.clock.now() + 50 + offsetMs()),
      },
      feed: {
        subscribe: (_, listener) => {
          this.#marketListener = listener;
          this.clock.after(10, () => {
            if (this.#isMarketCut()) return;
            this.#toBot(() => listener({ type: 'connected', time: this.clock.now() }), true);
          });
          return () => {
            this.#marketListener = undefined;
          };
        },
      },
      userEvents: {
        subscribe: (listener) => {
          this.#userListener = listener;
          this.clock.after(10, () => {
            if (this.#active('user-stream-dead')) return;
            this.#toBot(() => listener({ type: 'gap', time: this.clock.now() }), true);
          });
          return () => {
            this.#userListener = undefined;
          };
        },
      },
      journal,
      onAlert: (entry) => {
        this.alerts.push(entry);
        // A bot whose clock is wrong dates its alerts by it.
        this.invariants.onAlert({ ...entry, time: this.clock.now() });
        this.#options.onAlert?.();
      },
      onTrade: (trade) => {
        this.trades.push(trade);
        this.#checkDust(trade);
        this.invariants.onTrade(trade);
      },
      onStep: (before, _, after) => {
        this.#options.onStep?.(before, after);
        const calmSince = this.#calmSince();
        this.invariants.watchOutcomes(before.memory, after.memory, this.clock.now(), calmSince);
      },
    };
  }

  /** The account as the exchange reports it: in the mode that it is in, and with the margin that somebody left it. */
  #seenAccount(): AccountReport {
    const report = this.venue.accountReport();
    if (this.#options.settings.run.market === 'spot') return report;
    const isNear = this.#active('liquidation-near');
    const price = this.venue.lastPrice();
    return {
      ...report,
      isHedged: this.#active('hedge-mode'),
      positions: report.positions.map((position) =>
        isNear ? { ...position, liquidationPrice: price } : position,
      ),
    };
  }

  /** What the exchange says of an order when it is asked. */
  #reported(report: OrderReport | undefined): OrderReport | undefined {
    const isFresh = report !== undefined && this.venue.time - report.updateTime < 3_000;
    if (report !== undefined && this.#forgotten.has(report.clientOrderId)) return undefined;
    const isDenied = this.#active('order-denied');
    return isDenied || (isFresh && this.#active('replica-lag')) ? undefined : report;
  }

  /**
   * I7: an order satisfies the rules that the bot had seen when it sent it. Rules that changed since then may refuse one
   * order; the next must not leave before the bot has looked again.
   */
  #placed(order: OrderRequest, known: InstrumentRules | undefined) {
    if (order.type.startsWith('stop')) this.#declineStop();
    return this.#withRulesKept(order, known, () => this.venue.place(order));
  }

  #placedPair(pair: OCORequest, known: InstrumentRules | undefined) {
    this.#declineStop();
    if (this.#active('pair-refused')) throw new RequestRefused('other', 'pair-refused');
    return this.#withRulesKept(pair.stopLoss, known, () => this.venue.placeOCO(pair));
  }

  /** The exchange cancels first, and may then decline the new order. */
  #replaced(id: string, order: OrderRequest, known: InstrumentRules | undefined) {
    const { symbol } = this.#options.candles;
    this.#race(id);
    const declined = (['replace-declined', 'stop-refused', 'stop-declined'] as const).find((kind) =>
      this.#active(kind),
    );
    if (declined !== undefined) {
      try {
        this.venue.cancel(symbol, id);
      } catch {
        throw new RequestRefused('replace-cancel-failed', 'Unknown order sent.');
      }
      throw new RequestRefused('replace-order-failed', declined);
    }
    return this.#withRulesKept(order, known, () => this.venue.cancelReplace(id, order));
  }

  #declineStop(): void {
    const refusal = (['stop-refused', 'stop-declined'] as const).find((kind) => this.#active(kind));
    const reason = refusal === 'stop-refused' ? 'would-trigger-immediately' : 'other';
    if (refusal !== undefined) throw new RequestRefused(reason, refusal);
  }

  #withRulesKept<T>(
    order: { readonly clientOrderId: string },
    known: InstrumentRules | undefined,
    action: () => T,
  ): T {
    try {
      return action();
    } catch (error) {
      if (
        error instanceof RequestRefused &&
        error.reason === 'filter' &&
        !isBelowAverage(order, error)
      ) {
        const rules = this.venue.rules();
        const isNew = !isDeepStrictEqual(known, this.#rules());
        if (!isNew || isDeepStrictEqual(this.#excusedRules, rules)) {
          this.violations.push(`I7 ${order.clientOrderId}: ${error.message}`);
        }
        this.#excusedRules = rules;
      }
      throw error;
    }
  }

  #rules(): InstrumentRules {
    const { orderTypes, ocoAllowed } = this.#options;
    const rules = this.venue.rules();
    return {
      ...rules,
      orderTypes: orderTypes ?? rules.orderTypes,
      ocoAllowed: ocoAllowed ?? rules.ocoAllowed,
    };
  }

  /** The market touches an exit just before it is cancelled. */
  #race(clientOrderId: string): void {
    const stop = this.venue.stops().find((entry) => entry.clientOrderId === clientOrderId);
    if (stop !== undefined && this.#active('cancel-races-fill')) this.#touch(stop);
    const [profit] = this.venue.profits();
    if (profit !== undefined && this.#active('cancel-races-profit')) this.#touch(profit);
  }

  #touch(order: RestingExit): void {
    const before = this.venue.lastPrice();
    for (const price of [order.triggerPrice, before]) {
      const time = this.clock.now();
      this.venue.move({ time, price, quantity: decimal('1'), isJump: true });
    }
    this.#deliverUserEvents();
  }

  /** What a USD-M broker answers beyond a spot one. */
  #usdmRequests(): Partial<UsdmBroker> {
    return {
      symbolSettings: () =>
        this.#request('symbol-settings', false, () => this.venue.symbolSettings()),
      fundingPayments: (_, startTime) =>
        this.#request('funding', false, () => this.venue.fundingPayments(startTime)),
    };
  }

  /** The price of the coin that commissions are paid in does not move. */
  #feeRows(symbol: string): readonly ExchangeCandle[] {
    if (symbol !== 'BNBUSDT') throw new RequestRefused('unknown-symbol', 'Invalid symbol.');
    return [{ ...this.#row(0), openTime: this.clock.now() - 60_000, close: '300' }];
  }

  #rowsFrom(startTime: number): readonly ExchangeCandle[] {
    const { candles } = this.#options;
    const first = Math.max(
      0,
      candles.openTime.findIndex((time) => time >= startTime),
    );
    const rows: ExchangeCandle[] = [];
    for (let i = first; i < candles.length && rows.length < 1_000; i++) {
      if (candles.openTime[i]! < startTime) continue;
      if (candles.openTime[i]! + this.#lengthMs > this.clock.now()) break;
      rows.push(this.#row(i));
    }
    return rows;
  }
}

/** The legs of a pair as the orders that they become. */
function pairOrders({ stopLoss, takeProfit, ...both }: OCORequest): OrderRequest[] {
  const { symbol, side, quantity } = both;
  const stop = { symbol, side, quantity, ...stopLoss };
  return [
    stopLoss.price === undefined
      ? { ...stop, type: 'stop-loss' }
      : { ...stop, price: stopLoss.price, type: 'stop-loss-limit' },
    { symbol, side, quantity, ...takeProfit, type: 'limit-maker' },
  ];
}

/** Every other order has a leg that reduces. */
function isEntry(order: OrderRequest): boolean {
  return /^wus-[a-z0-9]+-[0-9a-z]+e-/.test(order.clientOrderId);
}

/** The exchange values a market order at the average price of minutes, which the bot does not see. */
function isBelowAverage(order: object, { message }: RequestRefused): boolean {
  return 'type' in order && order.type === 'market' && message.includes('NOTIONAL');
}

class Crash extends Error {}
