/** How the exchange's time goes: with the clock (times `speed`), only when told, or as fast as clients read. */
export type Pace =
  | { readonly kind: 'real'; readonly speed: number }
  | { readonly kind: 'stepped' }
  | { readonly kind: 'fast' };

/** The time of the exchange: that of its market, and how far a clock drives it on. */
export class ExchangeClock {
  readonly pace: Pace;
  #anchor: { readonly exchange: number; readonly wall: number };
  #marketTime: number;
  /** How far the time that clients are told is ahead of the market, ms. */
  skewMs = 0;

  constructor(pace: Pace, startTime: number) {
    this.pace = pace;
    this.#marketTime = startTime;
    this.#anchor = { exchange: startTime, wall: Date.now() };
  }

  /**
   * Lets the clock go from an instant on: what came before, such as making a market, took time that clients must not
   * see as a clock that is late.
   */
  begin(startTime: number): void {
    this.#anchor = { exchange: startTime, wall: Date.now() };
  }

  /** Instant that the market has reached, ms UTC. */
  get marketTime(): number {
    return this.#marketTime;
  }

  /** Exchange time as clients are told, ms UTC. */
  now(): number {
    return this.#marketTime + this.skewMs;
  }

  /** Moves the market's time on; it never runs backwards. */
  reach(time: number): void {
    this.#marketTime = Math.max(this.#marketTime, time);
  }

  /** Where the market has to be by now; `undefined` where no clock drives it. */
  dueTime(): number | undefined {
    if (this.pace.kind !== 'real') return undefined;
    const elapsed = (Date.now() - this.#anchor.wall) * this.pace.speed;
    return this.#anchor.exchange + Math.floor(elapsed);
  }

  /**
   * The clock that limits count by: a client that lives in the exchange's faster time waits in it, too. Where
   * time stands still between steps, or runs as fast as it is read, limits count by the real one.
   */
  limitNow(): number {
    return this.pace.kind === 'real' && this.pace.speed !== 1 ? this.now() : Date.now();
  }
}
