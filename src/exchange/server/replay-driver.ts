import type { PricePoint } from '../simulated/index.js';
import type { ExchangeClock } from './exchange-clock.js';
import type { ReplayStep } from './replay-market.js';
import type { Venue } from './venue.js';

const FAST_STEPS = 250;

/** Moves the markets on in one common time, and tells their streams. */
export class ReplayDriver {
  readonly #venues: readonly Venue[];
  readonly #clock: ExchangeClock;
  /** Prices that the streams were not told yet. */
  readonly #untold = new Map<Venue, Map<string, PricePoint>>();
  /** Whether the prices of a market reach its account. */
  #reaches: (venue: Venue) => boolean = () => true;
  #isStopped = false;

  constructor(venues: readonly Venue[], clock: ExchangeClock) {
    this.#venues = venues;
    this.#clock = clock;
    for (const venue of venues) this.#untold.set(venue, new Map());
  }

  get isAtEnd(): boolean {
    return this.#venues.every(({ market }) => market.nextTime() === undefined);
  }

  /**
   * Moves the markets to their start. An account that goes on from before has seen these prices already: it meets
   * the market again at the last of them.
   */
  warmUp(time: number, { reaches }: { readonly reaches: (venue: Venue) => boolean }): void {
    this.#reaches = reaches;
    this.advanceTo(time);
    this.#reaches = () => true;
    for (const venue of this.#venues) {
      if (reaches(venue)) continue;
      for (const symbol of venue.market.symbols) {
        const price = venue.market.priceNow(symbol);
        venue.control.move(symbol, { time, price, quantity: 0n, isJump: true });
      }
    }
  }

  advanceTo(time: number): void {
    for (let next = this.#next(time); next !== undefined; next = this.#next(time)) {
      this.#take(next.venue, next.step);
    }
    this.#tell();
    this.#clock.reach(time);
    for (const venue of this.#venues) {
      venue.setTime(this.#clock.now());
      // Funding and the end of orders need no price.
      venue.publishUserEvents();
    }
  }

  /** Moves the market to where the clock says it is. */
  follow(): void {
    const due = this.#clock.dueTime();
    if (due !== undefined) this.advanceTo(due);
  }

  /** Replays as fast as clients read, until it is stopped. */
  runFast(isBehind: () => boolean): void {
    if (this.#isStopped) return;
    const hasSubscribers = this.#venues.some(({ streams }) => streams.hasSubscribers);
    if (!hasSubscribers || isBehind() || this.isAtEnd) {
      setTimeout(() => this.runFast(isBehind), 1).unref();
      return;
    }
    for (let i = 0; i < FAST_STEPS; i++) {
      const next = this.#next(Number.MAX_SAFE_INTEGER);
      if (next === undefined) break;
      this.#take(next.venue, next.step);
    }
    setImmediate(() => this.runFast(isBehind));
  }

  stop(): void {
    this.#isStopped = true;
  }

  /** The next step of any market, in time order; spot first where both are due. */
  #next(untilTime: number): { venue: Venue; step: ReplayStep } | undefined {
    let earliest = this.#venues[0]!;
    if (this.#venues.length > 1) {
      const timeOf = ({ market }: Venue): number => market.nextTime() ?? Number.POSITIVE_INFINITY;
      for (const venue of this.#venues) if (timeOf(venue) < timeOf(earliest)) earliest = venue;
    }
    const step = earliest.market.next(untilTime);
    return step === undefined ? undefined : { venue: earliest, step };
  }

  #take(venue: Venue, step: ReplayStep): void {
    if (step.kind === 'boundary') {
      this.#clock.reach(step.time);
      venue.setTime(this.#clock.now());
      venue.publishUserEvents();
      venue.streams.publishClosed(step.time);
      this.#tell();
      return;
    }
    const { symbol, point } = step;
    this.#clock.reach(point.time);
    if (this.#reaches(venue)) {
      venue.control.move(symbol, { ...point, time: point.time + this.#clock.skewMs });
    }
    venue.publishUserEvents();
    // At the end of a candle its last frame comes before the first one of the next candle.
    this.#untold.get(venue)!.set(symbol, point);
    if (point.time < venue.market.nextBoundary) this.#tell();
  }

  #tell(): void {
    for (const [venue, points] of this.#untold) {
      for (const [symbol, point] of points) venue.streams.publishPrice(symbol, point);
      points.clear();
    }
  }
}
