import { type Decimal, decimalFromNumber } from '../domain/index.js';
import {
  type Broker,
  type Clock,
  ExchangeError,
  type InstrumentRules,
  type InstrumentSource,
  type MarketFeed,
  OutcomeUnknown,
  type UserEvent,
  type UserEvents,
} from '../exchange/index.js';
import { guardedBroker } from './guarded-broker.js';
import { type PaperVenue, paperVenue } from './paper-venue.js';

export interface PaperAccountOptions {
  readonly rules: InstrumentRules;
  /** Quote at the start; an account that was saved has its own. */
  readonly initialQuote: number;
  /** Basis points per side. */
  readonly commissionBps: number;
  readonly clock: Clock;
  /** Rate of the next funding payment as the market publishes it, fraction; USD-M only. */
  readonly fundingRate?: (symbol: string) => Promise<Decimal>;
  /** Account as saved before. */
  readonly saved: string | undefined;
  /** Keeps the account; orders are only confirmed when it returns. */
  readonly save: (text: string) => Promise<void>;
  /** Prices between two frames were traded, too: the way of a replayed market, not of a real one. */
  readonly hasContinuousPrices: boolean;
}

/**
 * An account of play money at the prices of a real or replayed market: what is bought fills at the best ask and what is
 * sold at the best bid of that moment, whatever the size; a stop is released by the best bid. It takes no orders to
 * any exchange: it has no connection and no key.
 */
export class PaperAccount {
  readonly #options: PaperAccountOptions;
  readonly #venue: PaperVenue;
  readonly #listeners = new Set<(event: UserEvent) => void>();
  #saving: Promise<void> = Promise.resolve();
  readonly broker: Broker;

  constructor(options: PaperAccountOptions) {
    this.#options = options;
    const { rules, clock, initialQuote, commissionBps, saved } = options;
    this.#venue = paperVenue({
      rules,
      initialQuote,
      commissionRate: decimalFromNumber(commissionBps / 10_000),
      now: () => clock.now(),
      saved,
    });
    const { broker } = this.#venue;
    this.broker = guardedBroker(broker, {
      writes: (action) => this.#change(action),
      reads: (action) => action(),
    });
  }

  /** The market that the account sees first and the bot after it. */
  feed(source: MarketFeed): MarketFeed {
    return {
      subscribe: (request, listener) =>
        source.subscribe(request, (event) => {
          if (event.type === 'price') this.#move(event.bidPrice, event.askPrice);
          listener(event);
        }),
    };
  }

  /** Rules as published, which the account follows. */
  instruments(source: InstrumentSource): InstrumentSource {
    return {
      instrumentRules: async (symbols) => {
        const all = await source.instrumentRules(symbols);
        const rules = all.get(this.#options.rules.symbol);
        if (rules !== undefined) this.#venue.setRules(rules);
        await this.followFunding();
        return all;
      },
    };
  }

  /** Takes over the funding rate of the market; where it cannot be read the newest known one stays. */
  async followFunding(): Promise<void> {
    const { fundingRate, rules } = this.#options;
    try {
      const rate = await fundingRate?.(rules.symbol);
      if (rate !== undefined) this.#venue.setFundingRate(rate);
    } catch (error) {
      if (!(error instanceof ExchangeError)) throw error;
    }
  }

  readonly userEvents: UserEvents = {
    subscribe: (listener) => {
      this.#listeners.add(listener);
      const { clock } = this.#options;
      const cancel = clock.after(1, () => listener({ type: 'gap', time: clock.now() }));
      return () => {
        cancel();
        this.#listeners.delete(listener);
      };
    },
  };

  #move(bid: Decimal, ask: Decimal): void {
    this.#venue.move({ bid, ask, isJump: !this.#options.hasContinuousPrices });
    const events = this.#venue.takeEvents();
    if (events.length === 0) return;
    // What could not be saved is found by the questions of the bot.
    this.#keep().then(
      () => this.#tell(events),
      () => undefined,
    );
  }

  async #change<T>(action: () => Promise<T>): Promise<T> {
    this.#venue.setTime(this.#options.clock.now());
    const value = await action();
    const events = this.#venue.takeEvents();
    try {
      await this.#keep();
    } catch (error) {
      throw new OutcomeUnknown('the paper account could not be saved', { cause: error });
    }
    this.#tell(events);
    return value;
  }

  #tell(events: readonly UserEvent[]): void {
    for (const event of events) for (const listener of this.#listeners) listener(event);
  }

  /** Saves the account as it is when the save before is done. */
  #keep(): Promise<void> {
    const next = this.#saving.then(() => this.#options.save(this.#venue.text()));
    this.#saving = next.catch(() => undefined);
    return next;
  }
}
