import type { Clock } from './clock.js';

/** The clock of the machine moved by more than this against the steady one: it was set, or the machine slept. */
const DISTURBED_MS = 500;
/** Frames that seem to come from later than this after the clock of the machine prove nothing. */
const WITNESS_MS_MAX = 5_000;

/**
 * Time that goes on evenly: durations come from the monotonic clock, so that setting the clock of the machine moves
 * nothing. It is put right by the exchange alone. A monotonic clock stands still while the machine sleeps, which looks
 * like a clock that was set forward: only the exchange tells the two apart.
 */
export class SteadyClock implements Clock {
  readonly #source: Clock;
  readonly #readsMonotonic: boolean;
  /** Instant less monotonic time, ms. */
  #base: number;
  /** Clock of the machine less the instant, ms, when it was last looked into. */
  #wallAheadMs: number;
  /** Monotonic; `undefined` before the exchange was asked. */
  #setTime: number | undefined;
  /** Latest instant that frames of the exchange bear since then, ms UTC. */
  #witnessedTime = Number.NEGATIVE_INFINITY;

  /** @param source - Clock of the machine; without a monotonic part it is followed as it is. */
  constructor(source: Clock) {
    this.#source = source;
    this.#readsMonotonic = source.monotonic !== undefined;
    this.#base = source.now() - this.monotonic();
    this.#wallAheadMs = 0;
  }

  now(): number {
    return this.#readsMonotonic ? Math.round(this.#base + this.monotonic()) : this.#source.now();
  }

  monotonic(): number {
    return this.#source.monotonic?.() ?? this.#source.now();
  }

  after(delayMs: number, action: () => void): () => void {
    return this.#source.after(delayMs, action);
  }

  /** Whether it can be put right at all. */
  get isAdjustable(): boolean {
    return this.#readsMonotonic;
  }

  /** How long ago the exchange was asked for the time by anybody who shares this clock, ms; `undefined` if never. */
  get knownForMs(): number | undefined {
    return this.#setTime === undefined ? undefined : this.monotonic() - this.#setTime;
  }

  /** How far the clock of the machine is ahead of this one, ms. */
  get wallAheadMs(): number {
    return this.#source.now() - this.now();
  }

  /** Whether the clock of the machine was set, or the machine slept, since the time was last asked for. */
  get isDisturbed(): boolean {
    return Math.abs(this.wallAheadMs - this.#wallAheadMs) > DISTURBED_MS;
  }

  /**
   * How far this clock is behind the exchange at least, ms: the machine slept, by its own clock and by the frames of the
   * exchange. One of the two alone proves nothing: a clock may be set, and a frame may lie. 0 where nothing is proven.
   */
  get lagMs(): number {
    if (!this.#readsMonotonic || !this.isDisturbed) return 0;
    return Math.max(0, Math.min(this.#machineTime, this.#witnessedTime) - this.now());
  }

  /**
   * Takes an instant that the exchange has reached.
   *
   * @param time - As a frame bears it, ms UTC.
   */
  witness(time: number): void {
    if (time <= this.#machineTime + WITNESS_MS_MAX)
      this.#witnessedTime = Math.max(this.#witnessedTime, time);
  }

  /** The instant by the clock of the machine, if that was not set since the exchange was asked. */
  get #machineTime(): number {
    return this.#source.now() - this.#wallAheadMs;
  }

  /**
   * Takes what the exchange says.
   *
   * @param time - What this clock shall show now, ms UTC.
   */
  set(time: number): void {
    if (this.#readsMonotonic) this.#base = time - this.monotonic();
    this.#wallAheadMs = this.wallAheadMs;
    this.#setTime = this.monotonic();
    this.#witnessedTime = Number.NEGATIVE_INFINITY;
  }
}

/** Returns a clock's monotonic time, ms from any origin; that of the clock itself where it has none. */
export function monotonicTime(clock: Pick<Clock, 'now' | 'monotonic'>): number {
  return clock.monotonic?.() ?? clock.now();
}
