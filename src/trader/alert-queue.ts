import type { AlertFetch } from './alert-http.js';
import type { AlertMessage, AlertTarget, Delivery } from './alert-targets.js';
import { pause } from './pause.js';

export interface AlertQueueOptions {
  readonly fetch: AlertFetch;
  readonly now: () => number;
  /** Told when the target fails, at most once in ten minutes, and when it works again. */
  readonly onFailure: (text: string) => void;
  /** For one try, ms. */
  readonly timeLimitMs: number;
  /** Waits between tries, ms; default more of them for alarms than for notices. */
  readonly retryDelaysMs?: readonly number[] | undefined;
}

/** Messages that wait while a target is slow. */
const WAITING_MAX = 50;
const FAILURE_TOLD_MS = 600_000;
const NOTICE_DELAYS_MS = [1_000, 5_000];
/** An alarm outlives an outage of the network of a quarter of an hour. */
const ALARM_DELAYS_MS = [1_000, 5_000, 30_000, 120_000, 300_000, 600_000];
/** Failures in a row after which somebody is told. */
const TRIES_QUIET = 3;
const WAIT_MS_MAX = 600_000;

/** Delivers messages to one target, one after the other, alarms first; it never throws and nobody waits for it. */
export class AlertQueue {
  readonly target: AlertTarget;
  readonly #options: AlertQueueOptions;
  readonly #waiting: AlertMessage[] = [];
  readonly #stop = new AbortController();
  #dropped = 0;
  #toldTime: number | undefined;
  #isFailing = false;
  #sending: Promise<void> | undefined;

  constructor(target: AlertTarget, options: AlertQueueOptions) {
    this.target = target;
    this.#options = options;
  }

  /** Takes a message. */
  send(message: AlertMessage): void {
    if (this.#stop.signal.aborted) return;
    if (this.#waiting.length >= WAITING_MAX) this.#makeRoom();
    this.#waiting.push(message);
    this.#sending ??= this.#drain().finally(() => {
      this.#sending = undefined;
    });
  }

  /** Returns when all that waits is delivered or given up. */
  async settled(): Promise<void> {
    await this.#sending;
  }

  /** Gives up what waits. */
  end(): void {
    this.#waiting.length = 0;
    this.#stop.abort();
  }

  /** A notice goes before an alarm does. */
  #makeRoom(): void {
    const at = this.#waiting.findIndex(({ level }) => level !== 'alarm');
    this.#waiting.splice(Math.max(at, 0), 1);
    this.#dropped++;
  }

  #next(): AlertMessage | undefined {
    const at = this.#waiting.findIndex(({ level }) => level === 'alarm');
    return this.#waiting.splice(Math.max(at, 0), 1)[0];
  }

  async #drain(): Promise<void> {
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      const more = this.#dropped === 0 ? '' : `\n(${this.#dropped} more were not sent)`;
      this.#dropped = 0;
      await this.#deliver({ ...next, text: `${next.text}${more}` });
    }
  }

  async #deliver(message: AlertMessage): Promise<void> {
    const isAlarm = message.level === 'alarm';
    const delays = [
      ...(this.#options.retryDelaysMs ?? (isAlarm ? ALARM_DELAYS_MS : NOTICE_DELAYS_MS)),
    ];
    for (let tries = 1; ; tries++) {
      const delivery = await this.#try(message);
      if (delivery.kind === 'delivered') {
        this.#works();
        return;
      }
      const delayMs = delivery.isFinal ? undefined : delays.shift();
      const isOver = delayMs === undefined || this.#stop.signal.aborted;
      if (isOver || tries >= TRIES_QUIET) this.#fails(delivery.why);
      if (isOver) {
        this.#dropped++;
        return;
      }
      const waitMs = Math.min(Math.max(delayMs, delivery.retryAfterMs ?? 0), WAIT_MS_MAX);
      await pause(waitMs, this.#stop.signal);
    }
  }

  async #try(message: AlertMessage): Promise<Delivery> {
    const { fetch, timeLimitMs } = this.#options;
    const { signal } = this.#stop;
    try {
      return await this.target.deliver(message, { fetch, timeLimitMs, signal });
    } catch {
      return { kind: 'failed', why: 'the request failed', isFinal: true };
    }
  }

  #fails(why: string): void {
    this.#isFailing = true;
    const now = this.#options.now();
    if (this.#toldTime !== undefined && now - this.#toldTime < FAILURE_TOLD_MS) return;
    this.#toldTime = now;
    this.#options.onFailure(`alert not delivered to ${this.target.name}: ${why}`);
  }

  #works(): void {
    if (!this.#isFailing) return;
    this.#isFailing = false;
    if (this.#toldTime !== undefined)
      this.#options.onFailure(`${this.target.name} accepts alerts again`);
    this.#toldTime = undefined;
  }
}
