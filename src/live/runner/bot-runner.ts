import type {
  AssetBalance,
  Broker,
  CandleSource,
  Clock,
  InstrumentRules,
  InstrumentSource,
  MarketEvent,
  MarketFeed,
  UserEvent,
  UserEvents,
} from '../../exchange/index.js';
import {
  ExchangeError,
  isUsdmBroker,
  measureClockOffset,
  RequestRefused,
  type SendPermit,
  SteadyClock,
  sendPermit,
} from '../../exchange/index.js';
import {
  type BotCommand,
  type BotEvent,
  type BotMemory,
  type BotSettings,
  type BotState,
  type ClosedCandle,
  type Effect,
  type Failure,
  type HoldBack,
  type LiveTrade,
  mustBeWritten,
  type RiskApproved,
  type StepContext,
  type StepResult,
  startState,
  step,
} from '../core/index.js';
import type { Journal } from '../journal/index.js';
import { fetchClosedCandles, toClosedCandle } from './fetch-closed-candles.js';
import { fetchFeePrices } from './fetch-fee-prices.js';
import { fetchPositionFills } from './fetch-position-fills.js';

/** The clock of the exchange is asked for this often. */
const CLOCK_POLL_MS = 600_000;
/** An answer that took this many times the bound of the offset says nothing about the clock. */
const ROUND_TRIPS = 10;
/** After a failure sooner. */
const CLOCK_RETRY_MS = 15_000;
/** Longest sleep, so that a clock set back cannot keep the bot asleep. */
const SLEEP_MS_MAX = 60_000;
/** Prices of coins that commissions are paid in are asked for this often. */
const FEE_PRICE_MS = 300_000;
/** A failing disk is tried again this often. */
const DISK_RETRY_MS = 5_000;

export type Alert = Omit<Extract<Effect, { type: 'alert' }>, 'type'> & { readonly time: number };

/** Everything outside that a bot needs. */
export interface RunnerPorts {
  readonly clock: Clock;
  readonly broker: Broker;
  readonly instruments: InstrumentSource;
  readonly candles: CandleSource;
  readonly feed: MarketFeed;
  readonly userEvents: UserEvents;
  readonly journal: Journal;
  readonly onAlert: (alert: Alert) => void;
  readonly onTrade: (trade: LiveTrade) => void;
  /** Told after every step; default nobody. */
  readonly onStep?: (before: BotState, event: BotEvent, after: BotState) => void;
}

export interface RunnerOptions {
  /** Closed candles fetched at the start: the past that strategy and filters see. */
  readonly historyCandles: number;
  /** Nothing is decided before: candles are fetched after it. Default: at once. */
  readonly mayDecide?: Promise<void>;
}

/**
 * Runs one bot: turns what happens outside into events, one at a time, and carries out what the core wants, after the
 * memory that it rests on is written. It decides nothing itself.
 */
export class BotRunner {
  readonly #ports: RunnerPorts;
  readonly #clock: SteadyClock;
  readonly #context: StepContext;
  readonly #options: RunnerOptions;
  readonly #queue: BotEvent[] = [];
  #state: BotState;
  #isDraining = false;
  #drained: Promise<void> = Promise.resolve();
  #isStopped = false;
  #isDisturbed = false;
  #awaitsDecisions = false;
  #isTimeAsked = false;
  #isEnding = false;
  #feePriceTime = Number.NEGATIVE_INFINITY;
  #diskRetryTime: number | undefined;
  #cancelTimer: () => void = () => undefined;
  #dueTime = 0;
  #cancelClockTimer: () => void = () => undefined;
  readonly #endings: (() => void)[] = [];

  constructor(ports: RunnerPorts, context: StepContext, options: RunnerOptions) {
    this.#ports = ports;
    this.#clock = ports.clock instanceof SteadyClock ? ports.clock : new SteadyClock(ports.clock);
    this.#context = context;
    this.#options = options;
    this.#state = startState(ports.journal.memory, options.historyCandles);
  }

  /** What the bot takes for the time, ms UTC. */
  get time(): number {
    return this.#now();
  }

  /** The bot as it is now. */
  get state(): BotState {
    return this.#state;
  }

  /** Starts: replayed memory, a look at the exchange, then the market. */
  start(): void {
    const { feed, userEvents } = this.#ports;
    const { symbol, interval } = this.#state.memory.settings.run;
    this.#enqueue({ type: 'boot', time: this.#now() });
    this.#endings.push(
      userEvents.subscribe((event) => {
        const time = this.#now();
        if (event.type === 'order') {
          const { order, reason } = event;
          if (order.symbol !== symbol) return;
          this.#enqueue({
            type: 'order',
            time: this.#now(),
            report: reason === undefined ? order : { ...order, reason },
            ...(event.fill !== undefined && { fill: event.fill }),
          });
        } else if (event.type === 'gap')
          this.#enqueue({ type: 'account-data', time, status: 'fresh' });
        else if (event.type === 'disconnected') {
          this.#enqueue({ type: 'account-data', time, status: 'stale' });
        } else this.#enqueueUsdm(event);
      }),
      feed.subscribe({ candles: [{ symbol, timeframe: interval }], prices: [symbol] }, (event) => {
        this.#witness(event);
        const time = this.#now();
        if (event.type === 'candle') {
          this.#enqueue({
            type: 'candles',
            time,
            candles: [toClosedCandle(event.candle)],
            source: 'stream',
          });
        } else if (event.type === 'price') {
          const { bidPrice, askPrice } = event;
          this.#enqueue({ type: 'price', time, bidPrice, askPrice });
        } else if (event.type === 'stale' || event.type === 'disconnected') {
          this.#enqueue({ type: 'market-data', time, status: 'stale' });
        } else if (event.type === 'fresh' || event.type === 'connected') {
          this.#enqueue({ type: 'market-data', time, status: 'fresh' });
        }
      }),
    );
    // What the exchange said to others of this process is known before the first decision.
    if (this.#isTimeKnown()) this.#enqueue({ type: 'clock', time: this.#now(), offsetMs: 0 });
    this.#measureClock();
  }

  /** Passes on what a person wants, and why. */
  command(command: BotCommand, reason?: string): void {
    this.#enqueue({
      type: 'command',
      time: this.#now(),
      command,
      ...(reason !== undefined && { reason }),
    });
  }

  /** Nothing is entered from now on, whatever was decided: the process is about to end. */
  blockEntries(): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    this.#enqueue({ type: 'ending', time: this.#now() });
  }

  /** Holds entries back for these reasons and no others; none lets them go on. */
  holdBack(reasons: readonly HoldBack[]): void {
    this.#enqueue({ type: 'hold-back', time: this.#now(), reasons });
  }

  /** Passes on new settings, already checked. */
  changeSettings(settings: BotSettings): void {
    this.#enqueue({ type: 'settings', time: this.#now(), settings });
  }

  /** Passes on that the rows of trades, named by the ids of their orders, are on the disk. */
  tradesLogged(orderIds: readonly string[]): void {
    this.#enqueue({ type: 'trades-logged', time: this.#now(), orderIds });
  }

  /** Returns when all events so far are handled and written. */
  settled(): Promise<void> {
    return this.#drained;
  }

  /** Stops listening and acting; a stop on the exchange stays there. */
  stop(): void {
    this.#isStopped = true;
    this.#cancelTimer();
    this.#cancelClockTimer();
    for (const end of this.#endings.splice(0)) end();
  }

  #now(): number {
    return this.#clock.now();
  }

  /** Leave to send what was decided now: the core gives it up later, and it must not be sent then. */
  #permit(): SendPermit {
    return sendPermit(this.#ports.clock, this.#context.limits.sendMsMax);
  }

  #enqueue(event: BotEvent): void {
    if (this.#isStopped) return;
    this.#noticeDisturbance();
    this.#queue.push(event);
    if (!this.#isDraining) this.#drained = this.#drain();
  }

  async #drain(): Promise<void> {
    this.#isDraining = true;
    for (let event = this.#queue.shift(); event !== undefined; event = this.#queue.shift()) {
      const before = this.#state;
      const result = step(before, event, this.#context);
      this.#state = result.state;
      // Most events change nothing that must be kept: they are done with at once.
      const isSaved =
        !this.#isWritingDue(before.memory, result.state.memory) ||
        (await this.#save(before, event, result.effects));
      if (this.#isStopped) break;
      this.#executeAll(before, event, result, isSaved);
    }
    this.#isDraining = false;
  }

  #executeAll(
    before: BotState,
    event: BotEvent,
    { state, effects, wakeTime }: StepResult,
    isSaved: boolean,
  ): void {
    // What took long to decide or to save is no longer what was decided.
    const isLate = this.#now() - event.time > this.#context.limits.oversleptMsMax;
    const noEntry = this.#isEnding
      ? 'the trader is stopping'
      : isLate
        ? 'the decision took too long'
        : isSaved
          ? undefined
          : 'the state could not be saved';
    for (const effect of effects) this.#execute(effect, noEntry);
    harmlessly(() => this.#ports.onStep?.(before, event, state));
    this.#sleepUntil(wakeTime);
  }

  /** A disk that failed is tried with every change, so that its recovery is noticed. */
  #isWritingDue(before: BotMemory, after: BotMemory): boolean {
    if (before === after) return false;
    return this.#diskRetryTime !== undefined || mustBeWritten(before, after);
  }

  /** Writes the change; what others see only goes out when the disk has it. */
  async #save(before: BotState, event: BotEvent, effects: readonly Effect[]): Promise<boolean> {
    const { journal } = this.#ports;
    const now = this.#now();
    if (this.#diskRetryTime !== undefined && now < this.#diskRetryTime) return false;
    try {
      await journal.append(this.#state.memory, event.type, event.time);
      // A ban must outlive a power cut as well: to ask again makes it longer.
      const isBanned = this.#state.memory.quietUntil !== before.memory.quietUntil;
      if (isBanned || effects.some(isSeenOutside)) await journal.sync();
      if (this.#diskRetryTime !== undefined)
        this.#queue.push({ type: 'disk', time: now, status: 'working' });
      this.#diskRetryTime = undefined;
      return true;
    } catch {
      this.#diskRetryTime = this.#now() + DISK_RETRY_MS;
      this.#queue.push({ type: 'disk', time: now, status: 'failing' });
      return false;
    }
  }

  /** Leaving the market is always allowed; entering is not where `noEntry` says why. */
  #execute(effect: Effect, noEntry: string | undefined): void {
    const { broker, onAlert, onTrade } = this.#ports;
    const { symbol } = this.#state.memory.settings.run;
    switch (effect.type) {
      case 'alert': {
        const { level, code, text } = effect;
        harmlessly(() => onAlert({ level, code, text, time: this.#now() }));
        break;
      }
      case 'trade-closed':
        harmlessly(() => onTrade(effect.trade));
        break;
      case 'place':
        this.#place(effect.intent, noEntry);
        break;
      case 'place-pair':
        this.#placePair(effect);
        break;
      case 'replace':
        this.#replace(effect);
        break;
      case 'cancel': {
        const { clientOrderId } = effect;
        this.#answer(
          broker.cancel(symbol, clientOrderId, this.#permit()),
          (report, time) => ({ type: 'order', time, report }),
          (failure, time) => ({ type: 'cancel-failed', time, clientOrderId, failure }),
        );
        break;
      }
      case 'query': {
        const { clientOrderId } = effect;
        const askedTime = this.#now();
        this.#answer(
          broker.query(symbol, clientOrderId),
          (report, time) => ({ type: 'query-answer', time, askedTime, clientOrderId, report }),
          (failure, time) => ({ type: 'query-failed', time, clientOrderId, failure }),
        );
        break;
      }
      case 'fetch-fills': {
        const { clientOrderId, orderId } = effect;
        this.#answer(
          broker.fills({ symbol, orderId }),
          (fills, time) => ({ type: 'fills', time, clientOrderId, fills }),
          (failure, time) => ({ type: 'query-failed', time, clientOrderId, failure }),
        );
        break;
      }
      case 'fetch-position-fills':
        this.#answer(
          fetchPositionFills(broker, symbol, effect),
          (answer, time) => ({ type: 'position-fills', time, ...answer }),
          (failure, time) => ({ type: 'account-failed', time, failure }),
        );
        break;
      case 'fetch-funding':
        this.#fetchFunding(symbol, effect.fromTime);
        break;
      case 'fetch-account':
        this.#fetchAccount(symbol);
        break;
      case 'back-fill':
        this.#backfill(effect.fromOpenTime);
        break;
    }
  }

  #place({ leg, order }: RiskApproved, noEntry: string | undefined): void {
    const { clientOrderId } = order;
    if (noEntry !== undefined && leg === 'entry') {
      const failure = { outcome: 'not-sent', message: noEntry } as const;
      this.#enqueue({ type: 'place-failed', time: this.#now(), clientOrderId, failure });
      return;
    }
    this.#answer(
      this.#ports.broker.place(order, this.#permit()),
      (report, time) => ({ type: 'order', time, report }),
      (failure, time) => ({ type: 'place-failed', time, clientOrderId, failure }),
    );
  }

  #placePair({ listClientOrderId, stop, profit }: Extract<Effect, { type: 'place-pair' }>): void {
    const [stopOrder, profitOrder] = [stop.order, profit.order];
    if (!('triggerPrice' in stopOrder) || !('price' in profitOrder)) return;
    const { symbol, side, quantity, triggerPrice } = stopOrder;
    const ids = [profitOrder.clientOrderId, stopOrder.clientOrderId];
    const request = {
      symbol,
      side,
      quantity,
      listClientOrderId,
      takeProfit: { clientOrderId: profitOrder.clientOrderId, price: profitOrder.price },
      stopLoss: {
        clientOrderId: stopOrder.clientOrderId,
        triggerPrice,
        ...('price' in stopOrder && { price: stopOrder.price }),
      },
    };
    this.#ports.broker.placeOCO(request, this.#permit()).then(
      (reports) => {
        const time = this.#now();
        for (const report of reports) this.#enqueue({ type: 'order', time, report });
      },
      (error: unknown) => {
        const [time, failure] = [this.#now(), failureOf(error)];
        for (const clientOrderId of ids)
          this.#enqueue({ type: 'place-failed', time, clientOrderId, failure });
      },
    );
  }

  #replace({ clientOrderId: replacedId, intent }: Extract<Effect, { type: 'replace' }>): void {
    const { order } = intent;
    const { broker } = this.#ports;
    broker.cancelReplace(order.symbol, replacedId, order, this.#permit()).then(
      ({ canceled, placed }) => {
        const time = this.#now();
        for (const report of [placed, canceled]) this.#enqueue({ type: 'order', time, report });
      },
      (error: unknown) => {
        const { clientOrderId } = order;
        const [time, failure] = [this.#now(), failureOf(error)];
        this.#enqueue({ type: 'replace-failed', time, clientOrderId, replacedId, failure });
      },
    );
  }

  #fetchAccount(symbol: string): void {
    const { broker, instruments } = this.#ports;
    const askedTime = this.#now();
    const settings = isUsdmBroker(broker) ? broker.symbolSettings(symbol) : undefined;
    this.#answer(
      Promise.all([
        broker.account(),
        broker.openOrders(symbol),
        instruments.instrumentRules([symbol]),
        settings,
      ]),
      ([account, openOrders, rules, symbolSettings], time) => {
        const rule = rules.get(symbol);
        if (rule !== undefined) this.#fetchFeePrices(rule, account.balances);
        if (rule === undefined) {
          const failure = { outcome: 'refused', message: `no rules for ${symbol}` } as const;
          return { type: 'account-failed', time, failure };
        }
        return {
          type: 'account',
          time,
          askedTime,
          ...(account.uid !== undefined && { uid: account.uid }),
          balances: account.balances,
          openOrders,
          rules: rule,
          positions: account.positions,
          ...(account.margin !== undefined && { margin: account.margin }),
          ...(symbolSettings !== undefined && { leverage: symbolSettings.leverage }),
          ...(account.isHedged !== undefined && { isHedged: account.isHedged }),
        };
      },
      (failure, time) => ({ type: 'account-failed', time, failure }),
    );
  }

  /** Only informs: what cannot be fetched is valued by the commission of the settings. */
  #fetchFeePrices(rules: InstrumentRules, balances: readonly AssetBalance[]): void {
    const now = this.#now();
    if (now < this.#feePriceTime + FEE_PRICE_MS) return;
    this.#feePriceTime = now;
    fetchFeePrices(this.#ports.candles, { rules, balances, now }).then(
      (prices) => {
        if (Object.keys(prices).length > 0)
          this.#enqueue({ type: 'fee-prices', time: this.#now(), prices });
      },
      () => undefined,
    );
  }

  #fetchFunding(symbol: string, fromTime: number): void {
    const { broker } = this.#ports;
    if (!isUsdmBroker(broker)) return;
    const askedTime = this.#now();
    this.#answer(
      broker.fundingPayments(symbol, fromTime),
      (payments, time) => ({ type: 'funding-payments', time, askedTime, payments }),
      (failure, time) => ({ type: 'funding-failed', time, failure }),
    );
  }

  /** News that only USD-M accounts have. */
  #enqueueUsdm(event: UserEvent): void {
    const { symbol } = this.#state.memory.settings.run;
    const time = this.#now();
    if (event.type === 'funding' && (event.symbol ?? symbol) === symbol) {
      this.#enqueue({ type: 'funding-paid', time });
    } else if (event.type === 'stop-rejected' && event.symbol === symbol) {
      this.#enqueue({ type: 'stop-rejected', time, reason: event.reason });
    } else if (event.type === 'margin-call' && event.symbols.includes(symbol)) {
      this.#enqueue({ type: 'margin-call', time });
    } else if (event.type === 'leverage' && event.symbol === symbol) {
      // Entries are sized by it: look at the account again.
      this.#enqueue({ type: 'account-data', time, status: 'fresh' });
    }
  }

  #backfill(fromOpenTime: number | undefined): void {
    const { symbol, interval } = this.#state.memory.settings.run;
    const { historyCandles, mayDecide } = this.#options;
    const fetch = (): Promise<readonly ClosedCandle[]> =>
      fetchClosedCandles(this.#ports.candles, {
        symbol,
        timeframe: interval,
        fromOpenTime,
        candlesMax: historyCandles,
      });
    // The history that is waited for brings all candles.
    if (this.#awaitsDecisions) return;
    this.#awaitsDecisions = mayDecide !== undefined;
    this.#answer(
      mayDecide === undefined
        ? fetch()
        : mayDecide.then(() => {
            this.#awaitsDecisions = false;
            return fetch();
          }),
      (candles, time) => ({ type: 'candles', time, candles, source: 'back-fill' }),
      (failure, time) => ({ type: 'back-fill-failed', time, failure }),
    );
  }

  /** The clock of the machine was set, or the machine slept: what is known may be old until the exchange says the time. */
  #noticeDisturbance(): void {
    if (this.#isDisturbed || !this.#clock.isDisturbed) return;
    this.#isDisturbed = true;
    this.#queue.push({ type: 'clock-disturbed', time: this.#now() });
    this.#measureClock();
  }

  /** Whether the exchange was asked lately, by anybody, and nothing happened to the clock since. */
  #isTimeKnown(): boolean {
    const { knownForMs, isDisturbed } = this.#clock;
    return knownForMs !== undefined && knownForMs < CLOCK_POLL_MS && !isDisturbed;
  }

  /** Puts the clock right by what the exchange says; returns how far it is off then, ms. */
  #adjustClock(sentTime: number, serverTime: number): number | undefined {
    const { clockOffsetMsMax } = this.#context.limits;
    const receivedTime = this.#now();
    const roundTripMsMax = ROUND_TRIPS * clockOffsetMsMax;
    const offset = measureClockOffset(sentTime, receivedTime, serverTime, roundTripMsMax);
    // An answer that took too long, while others got theirs in time.
    if (offset === undefined) return this.#isTimeKnown() ? 0 : undefined;
    const { offsetMs, uncertaintyMs } = offset;
    this.#isDisturbed = false;
    const isOff = Math.abs(offsetMs) > clockOffsetMsMax && uncertaintyMs <= clockOffsetMsMax;
    if (!isOff || !this.#clock.isAdjustable) {
      this.#clock.set(receivedTime);
      return offsetMs;
    }
    this.#clock.set(receivedTime + offsetMs);
    this.#cancelTimer();
    this.#dueTime = 0;
    return 0;
  }

  #measureClock(): void {
    const sentTime = this.#now();
    const again = (delayMs: number): void => {
      this.#cancelClockTimer();
      this.#cancelClockTimer = this.#ports.clock.after(delayMs, () => this.#measureClock());
    };
    const { quietUntil } = this.#state.memory;
    const latestTime = sentTime + this.#clock.lagMs;
    if (latestTime < quietUntil) {
      again(quietUntil - latestTime);
      return;
    }
    this.#isTimeAsked = true;
    again(CLOCK_RETRY_MS);
    this.#ports.candles.serverTime().then(
      (serverTime) => {
        this.#isTimeAsked = false;
        if (this.#isStopped) return;
        const offsetMs = this.#adjustClock(sentTime, serverTime);
        this.#enqueue({ type: 'clock', time: this.#now(), offsetMs });
        again(offsetMs === undefined ? CLOCK_RETRY_MS : CLOCK_POLL_MS);
      },
      (error: unknown) => {
        this.#isTimeAsked = false;
        this.#enqueue({ type: 'clock-failed', time: this.#now(), failure: failureOf(error) });
      },
    );
  }

  /** Frames show that a machine that slept is behind: a ban may be over that seems to last. */
  #witness(event: MarketEvent): void {
    if (event.type === 'candle') {
      if (!event.isBackfilled) this.#clock.witness(event.candle.closeTime);
    } else if (event.type === 'forming' || event.type === 'price') this.#clock.witness(event.time);
    else return;
    const { quietUntil } = this.#state.memory;
    const now = this.#now();
    const isOver = now < quietUntil && now + this.#clock.lagMs >= quietUntil;
    if (isOver && !this.#isTimeAsked) this.#measureClock();
  }

  #answer<T>(
    promise: Promise<T>,
    succeeded: (value: T, time: number) => BotEvent,
    failed: (failure: Failure, time: number) => BotEvent,
  ): void {
    promise.then(
      (value) => this.#enqueue(succeeded(value, this.#now())),
      (error: unknown) => this.#enqueue(failed(failureOf(error), this.#now())),
    );
  }

  #sleepUntil(wakeTime: number): void {
    const now = this.#now();
    const delayMs = Math.min(Math.max(wakeTime - now, 1), SLEEP_MS_MAX);
    const dueTime = now + delayMs;
    // A timer that is due by then will do: waking too early does no harm.
    if (this.#dueTime > now && this.#dueTime <= dueTime) return;
    this.#cancelTimer();
    this.#dueTime = dueTime;
    this.#cancelTimer = this.#ports.clock.after(delayMs, () => {
      this.#dueTime = 0;
      // A timer that late was held up by sleep or by a clock that was set: measure it before anything is entered.
      if (Math.abs(this.#now() - dueTime) > this.#context.limits.oversleptMsMax)
        this.#measureClock();
      this.#enqueue({ type: 'timer', time: this.#now() });
    });
  }
}

function isSeenOutside(effect: Effect): boolean {
  return ['place', 'place-pair', 'replace', 'cancel', 'trade-closed'].includes(effect.type);
}

/** A failing notifier or trade log must not stop the bot. */
function harmlessly(action: () => void): void {
  try {
    action();
  } catch {
    // There is nobody left to tell.
  }
}

/** An error that is none of the port's says nothing about the outcome. */
function failureOf(error: unknown): Failure {
  if (!(error instanceof ExchangeError)) {
    return { outcome: 'unknown', message: error instanceof Error ? error.message : String(error) };
  }
  return {
    outcome: error.outcome,
    message: error.message,
    ...(error instanceof RequestRefused && { reason: error.reason }),
    ...(error.retryTime !== undefined && { retryTime: error.retryTime }),
  };
}
