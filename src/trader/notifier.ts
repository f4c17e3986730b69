import type { LineLevel } from './bot-session.js';

/** Where alerts go besides the log. */
export interface NotifierTargets {
  /** Gets `{"text": …, "level": …}` by POST. */
  readonly webhookUrl?: string | undefined;
  readonly telegram?: { readonly token: string; readonly chat: string } | undefined;
}

export interface NotifierOptions {
  readonly targets: NotifierTargets;
  /** Takes out secrets; the last thing before a text leaves. */
  readonly redact: (text: string) => string;
  /** Told when texts do not get through, at most once in ten minutes. */
  readonly onFailure: (text: string) => void;
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
  readonly now?: () => number;
  /** Default https://api.telegram.org. */
  readonly telegramUrl?: string;
  /** Waits between tries, ms; default 1,000 and 5,000. */
  readonly retryDelaysMs?: readonly number[];
}

/** Messages in a minute; more are counted and told with the next. */
const MESSAGES_PER_MINUTE = 15;
const MINUTE_MS = 60_000;
const SEND_MS = 5_000;
const RETRY_DELAYS_MS = [1_000, 5_000];
/** Messages that wait while a target is slow. */
const WAITING_MAX = 50;
const FAILURE_TOLD_MS = 600_000;
const TEXT_MAX = 1_000;

/**
 * Sends alerts to people. It never throws, never waits for anybody who calls it, and never sends more than a few messages a minute:
 * a storm of alerts becomes one message with a number.
 */
export class Notifier {
  readonly #options: NotifierOptions;
  readonly #waiting: { text: string; level: LineLevel }[] = [];
  readonly #sentTimes: number[] = [];
  #skipped = 0;
  #failureToldTime = Number.NEGATIVE_INFINITY;
  #sending: Promise<void> | undefined;
  #isStopped = false;

  constructor(options: NotifierOptions) {
    this.#options = options;
  }

  /** Sends a text as soon as possible. */
  send(level: LineLevel, text: string): void {
    const { webhookUrl, telegram } = this.#options.targets;
    if ((webhookUrl ?? telegram) === undefined || this.#isStopped) return;
    if (!this.#isPermitted() || this.#waiting.length >= WAITING_MAX) {
      this.#skipped++;
      return;
    }
    const more = this.#skipped === 0 ? '' : `\n(${this.#skipped} more were not sent)`;
    this.#skipped = 0;
    const shown = this.#options.redact(`${text}${more}`).slice(0, TEXT_MAX);
    this.#waiting.push({ text: shown, level });
    this.#sending ??= this.#drain().finally(() => {
      this.#sending = undefined;
    });
  }

  /** Lets what waits go out, for a few seconds at most. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, SEND_MS);
    });
    await Promise.race([this.#sending ?? Promise.resolve(), patience]);
    clearTimeout(timer);
  }

  #isPermitted(): boolean {
    const now = this.#now();
    while ((this.#sentTimes[0] ?? now) <= now - MINUTE_MS) this.#sentTimes.shift();
    if (this.#sentTimes.length >= MESSAGES_PER_MINUTE) return false;
    this.#sentTimes.push(now);
    return true;
  }

  async #drain(): Promise<void> {
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      const { webhookUrl, telegram } = this.#options.targets;
      const { text, level } = next;
      if (webhookUrl !== undefined) await this.#post('the webhook', webhookUrl, { text, level });
      if (telegram === undefined) continue;
      const base = this.#options.telegramUrl ?? 'https://api.telegram.org';
      await this.#post('Telegram', `${base}/bot${telegram.token}/sendMessage`, {
        chat_id: telegram.chat,
        text,
      });
    }
  }

  async #post(name: string, url: string, body: object): Promise<void> {
    const send = this.#options.fetch ?? fetch;
    const delays = [...(this.#options.retryDelaysMs ?? RETRY_DELAYS_MS)];
    for (;;) {
      const problem = await send(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(SEND_MS),
        redirect: 'error',
      }).then(
        ({ ok, status }) => (ok ? undefined : `HTTP ${status}`),
        (error: unknown) => (error instanceof Error ? error.name : 'failed'),
      );
      if (problem === undefined) return;
      const delayMs = delays.shift();
      if (delayMs === undefined || this.#isStopped) {
        this.#tell(`${name} took no alert: ${problem}`);
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, delayMs));
    }
  }

  /** Never with the address: it may be a secret. */
  #tell(text: string): void {
    const now = this.#now();
    if (now - this.#failureToldTime < FAILURE_TOLD_MS) return;
    this.#failureToldTime = now;
    this.#options.onFailure(text);
  }

  #now(): number {
    return (this.#options.now ?? Date.now)();
  }
}
