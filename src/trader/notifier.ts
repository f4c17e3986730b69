import { printable } from '../domain/index.js';
import { AlertBudget } from './alert-budget.js';
import type { AlertFetch } from './alert-http.js';
import { AlertQueue } from './alert-queue.js';
import { alertTargets, type NotifierTargets } from './alert-targets.js';
import type { LineLevel } from './bot-session.js';

export interface NotifierOptions {
  readonly targets: NotifierTargets;
  /** Takes out secrets; the last thing before a text leaves. */
  readonly redact: (text: string) => string;
  /** Told when a target takes no messages, at most once in ten minutes, and when it takes them again. */
  readonly onFailure: (text: string) => void;
  readonly fetch?: AlertFetch;
  /** ms; default a clock that nobody sets. */
  readonly now?: () => number;
  /** Where `targets.telegram` names no address; default https://api.telegram.org. */
  readonly telegramUrl?: string;
  /** Waits between tries, ms. */
  readonly retryDelaysMs?: readonly number[];
  /** For one try, ms; default 5,000. */
  readonly timeLimitMs?: number;
}

/** What a message is about, where its text does not say so. */
export interface NewsSubject {
  /** Messages of one topic are repeats of each other; default the text. */
  readonly topic?: string;
  /** Whose message it is; default the first word of the text. */
  readonly source?: string;
}

/** For one try, ms. */
export const ALERT_TIME_LIMIT_MS = 5_000;

/**
 * Sends messages to people. It never throws, never waits for anybody who calls it, and never sends more than a few messages a
 * minute: what repeats itself becomes one message with a number, and alarms have room of their own.
 */
export class Notifier {
  readonly #options: NotifierOptions;
  readonly #budget = new AlertBudget();
  readonly #queues: readonly AlertQueue[];
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(options: NotifierOptions) {
    this.#options = options;
    const { targets, telegramUrl } = options;
    const { telegram } = targets;
    const queueOptions = {
      fetch: options.fetch ?? ((url, init) => fetch(url, init)),
      now: () => this.#now(),
      onFailure: (text: string) => options.onFailure(options.redact(text)),
      timeLimitMs: options.timeLimitMs ?? ALERT_TIME_LIMIT_MS,
      retryDelaysMs: options.retryDelaysMs,
    } satisfies ConstructorParameters<typeof AlertQueue>[1];
    this.#queues = alertTargets({
      ...targets,
      ...(telegram !== undefined && { telegram: { apiUrl: telegramUrl, ...telegram } }),
    }).map((target) => new AlertQueue(target, queueOptions));
  }

  /**
   * Sends a text as soon as possible.
   *
   * @param level - How important it is.
   * @param text - For people.
   * @param subject - What it is about.
   */
  send(level: LineLevel, text: string, { topic = text, source }: NewsSubject = {}): void {
    if (this.#queues.length === 0 || this.#isStopped) return;
    const news = { level, text, topic, source: source ?? text.split(' ', 1)[0] ?? '' };
    const message = this.#budget.take(news, this.#now());
    if (message !== undefined) this.#pass(message);
    this.#sleep();
  }

  /** Lets what waits go out, for a few seconds at most. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    if (!this.#isStopped) for (const message of this.#budget.rest(this.#now())) this.#pass(message);
    this.#isStopped = true;
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, this.#options.timeLimitMs ?? ALERT_TIME_LIMIT_MS);
    });
    await Promise.race([Promise.all(this.#queues.map((queue) => queue.settled())), patience]);
    clearTimeout(timer);
    for (const queue of this.#queues) queue.end();
  }

  #pass({ level, text }: { readonly level: LineLevel; readonly text: string }): void {
    const shown = printable(this.#options.redact(text), 'lines');
    for (const queue of this.#queues) queue.send({ level, text: shown });
  }

  /** Looks again when the budget has something to say by itself. */
  #sleep(): void {
    clearTimeout(this.#timer);
    const { dueTime } = this.#budget;
    if (dueTime === undefined) return;
    this.#timer = setTimeout(
      () => {
        for (const message of this.#budget.due(this.#now())) this.#pass(message);
        this.#sleep();
      },
      Math.max(dueTime - this.#now(), 0) + 1,
    );
    this.#timer.unref();
  }

  #now(): number {
    return (this.#options.now ?? performance.now.bind(performance))();
  }
}
