import { randomInt } from 'node:crypto';
import { printable } from '../domain/index.js';
import type { BotCommand } from '../live/index.js';
import type { AlertFetch } from './alert-http.js';
import { cutText } from './alert-targets.js';
import type { LineLevel } from './bot-session.js';
import { ChatListener, type ChatMessage, MESSAGE_AGE_MS_MAX } from './chat-listener.js';
import { pause } from './pause.js';
import { type TelegramAnswer, TelegramApi } from './telegram-api.js';

export interface TelegramRemoteOptions {
  readonly token: string;
  readonly chat: string;
  readonly apiUrl?: string | undefined;
  readonly isLive: boolean;
  readonly symbols: readonly string[];
  /** Takes out secrets; the last thing before a text leaves. */
  readonly redact: (text: string) => string;
  readonly status: () => string;
  readonly trades: () => Promise<string>;
  /** What a command would do, in words. */
  readonly outlook: (command: BotCommand, symbols: readonly string[]) => string;
  readonly obey: (command: BotCommand, symbols: readonly string[]) => void;
  /** For the log, and for other targets of alerts from `warning` on. */
  readonly onNote: (level: LineLevel, text: string) => void;
  readonly fetch?: AlertFetch;
  readonly now?: () => number;
  /** How long the service waits for a message; default 25. */
  readonly pollSeconds?: number;
  /** How much longer an answer may take, ms; default 10,000. */
  readonly pollGraceMs?: number;
  /** Pause after a poll that brought nothing, ms; default 1,000. */
  readonly idleMs?: number;
  /** Waits after failures, ms. */
  readonly retryDelaysMs?: readonly number[];
  /** What a command may take before the answer shows how the bots stand, ms; default 700. */
  readonly obeyMs?: number;
  /** For calls that wait for nothing, ms; default 5,000. */
  readonly timeLimitMs?: number;
}

const POLL_SECONDS = 25;
const TIME_LIMIT_MS = 5_000;
/** Beyond the time that the service itself waits. */
const POLL_GRACE_MS = 10_000;
const RETRY_DELAYS_MS = [1_000, 2_000, 5_000, 15_000, 60_000];
const RETRY_MS_MAX = 300_000;
/** A trouble that lasts is said again after this. */
const REMINDER_MS = 3_600_000;
/** Failures in a row before anybody is told: networks have hiccups. */
const FAILURES_QUIET = 3;
const IDLE_MS = 1_000;
const UPDATES_MAX = 20;
const OBEY_MS = 700;
const REPLY_MAX = 3_500;
const DROPPED_SHOWN = 5;

/**
 * Takes commands of one Telegram chat: it reads by long polling, obeys nothing old, and answers each command. No message is
 * obeyed twice: what a crash leaves unconfirmed is older than the next start.
 */
export class TelegramRemote {
  readonly #options: TelegramRemoteOptions;
  readonly #api: TelegramApi;
  readonly #listener: ChatListener;
  readonly #stop = new AbortController();
  /** Of the update after the newest one seen. */
  #offset: number | undefined;
  #failures = 0;
  #trouble: { readonly text: string; readonly time: number } | undefined;
  #polling: Promise<void> = Promise.resolve();

  constructor(options: TelegramRemoteOptions) {
    const { token, apiUrl, chat, isLive, symbols } = options;
    this.#options = options;
    this.#api = new TelegramApi({
      ...{ token, apiUrl },
      fetch: options.fetch ?? ((url, init) => fetch(url, init)),
    });
    this.#listener = new ChatListener({
      ...{ chat, isLive, symbols },
      startTime: this.#now(),
      code: () => String(randomInt(1_000, 10_000)),
    });
  }

  /** Begins to read. */
  start(): void {
    this.#polling = this.#poll();
  }

  /** Stops reading; what was obeyed is confirmed, so that the next start does not see it again. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#polling;
    if (this.#offset === undefined) return;
    const body = { offset: this.#offset, timeout: 0, limit: 1 };
    const timeLimitMs = this.#options.timeLimitMs ?? TIME_LIMIT_MS;
    await this.#api.call('getUpdates', body, {
      timeLimitMs,
      signal: AbortSignal.timeout(timeLimitMs),
    });
  }

  async #poll(): Promise<void> {
    const { pollSeconds = POLL_SECONDS, pollGraceMs = POLL_GRACE_MS } = this.#options;
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const answer = await this.#api.call(
        'getUpdates',
        {
          ...(this.#offset !== undefined && { offset: this.#offset }),
          // The first look takes what has gathered, and does not wait.
          timeout: this.#offset === undefined ? 0 : pollSeconds,
          limit: UPDATES_MAX,
          allowed_updates: ['message'],
        },
        { timeLimitMs: pollSeconds * 1_000 + pollGraceMs, signal },
      );
      if (signal.aborted) return;
      if (answer.kind !== 'ok') await this.#fails(answer);
      else {
        this.#works();
        await this.#hear(answer.result);
      }
    }
  }

  async #hear(result: unknown): Promise<void> {
    const updates = Array.isArray(result) ? (result as readonly unknown[]) : [];
    const before = this.#offset;
    this.#offset ??= 0;
    const dropped: string[] = [];
    for (const update of updates.slice(0, UPDATES_MAX)) {
      const { id, message } = readUpdate(update);
      if (id !== undefined) {
        // The same update again, which an answer may repeat, was obeyed already.
        if (id < this.#offset && this.#offset - id <= UPDATES_MAX) continue;
        this.#offset = id + 1;
      }
      if (message !== undefined) await this.#hearMessage(message, dropped);
    }
    if (dropped.length > 0) await this.#reportDropped(dropped);
    // A service that answers at once with nothing new must not be asked without a pause.
    if (this.#offset === before) await this.#wait(this.#options.idleMs ?? IDLE_MS);
  }

  async #hearMessage(message: ChatMessage, dropped: string[]): Promise<void> {
    const heard = this.#listener.hear(message, this.#now());
    switch (heard.kind) {
      case 'ignored':
        if (heard.note !== undefined) this.#options.onNote('warning', heard.note);
        break;
      case 'dropped':
        dropped.push(heard.what);
        break;
      case 'reply':
        await this.#reply(heard.text);
        break;
      case 'status':
        await this.#reply(this.#options.status());
        break;
      case 'trades':
        await this.#reply(await this.#options.trades());
        break;
      case 'confirm': {
        const outlook = this.#options.outlook(heard.command, heard.symbols);
        await this.#reply(`${outlook}\nTo confirm, send within a minute:\n${heard.repeat}`);
        break;
      }
      case 'command': {
        const { command, symbols } = heard;
        this.#options.onNote('info', `Telegram: ${command} of ${symbols.join(', ')} requested`);
        this.#options.obey(command, symbols);
        await this.#wait(this.#options.obeyMs ?? OBEY_MS);
        await this.#reply(`${command}: sent to ${symbols.join(', ')}.\n${this.#options.status()}`);
        break;
      }
    }
  }

  async #reportDropped(dropped: readonly string[]): Promise<void> {
    const more = dropped.length - DROPPED_SHOWN;
    const list = dropped.slice(0, DROPPED_SHOWN).join(', ');
    const what = `${list}${more > 0 ? ` and ${more} more` : ''}`;
    const rule = `only messages sent after the start and less than ${MESSAGE_AGE_MS_MAX / 1_000} s ago are accepted`;
    const text = `Ignored: ${what}; ${rule}. Send it again if it is still valid`;
    this.#options.onNote('info', `Telegram: ${text}`);
    await this.#reply(text);
  }

  async #reply(text: string): Promise<void> {
    const body = {
      chat_id: this.#options.chat,
      text: cutText(printable(this.#options.redact(text), 'lines'), REPLY_MAX),
    };
    const { signal } = this.#stop;
    const timeLimitMs = this.#options.timeLimitMs ?? TIME_LIMIT_MS;
    for (let tries = 1; tries <= 3; tries++) {
      const answer = await this.#api.call('sendMessage', body, { timeLimitMs, signal });
      if (answer.kind === 'ok' || signal.aborted) return;
      if (answer.kind !== 'passing' || tries === 3) {
        this.#options.onNote('warning', `Telegram did not accept an answer: ${answer.why}`);
        return;
      }
      await this.#wait(Math.min(answer.retryAfterMs ?? this.#delayMs(tries), RETRY_MS_MAX));
    }
  }

  /** Says what is wrong, and waits before the next try. */
  async #fails(answer: Exclude<TelegramAnswer, { kind: 'ok' }>): Promise<void> {
    this.#failures++;
    const isSure = answer.kind !== 'passing';
    if (isSure || this.#failures >= FAILURES_QUIET) this.#say(troubleText(answer));
    const delayMs = isSure ? this.#delayMs(4) : this.#delayMs(this.#failures);
    await this.#wait(Math.min(answer.retryAfterMs ?? delayMs, RETRY_MS_MAX));
  }

  #say(text: string): void {
    const now = performance.now();
    const isKnown = this.#trouble?.text === text && now - this.#trouble.time < REMINDER_MS;
    if (isKnown) return;
    this.#trouble = { text, time: now };
    this.#options.onNote('warning', text);
  }

  #works(): void {
    this.#failures = 0;
    if (this.#trouble === undefined) return;
    this.#trouble = undefined;
    this.#options.onNote('info', 'Telegram: commands are read again');
  }

  #delayMs(failures: number): number {
    const delays = this.#options.retryDelaysMs ?? RETRY_DELAYS_MS;
    return delays[Math.min(failures, delays.length) - 1] ?? 0;
  }

  #wait(delayMs: number): Promise<void> {
    return pause(delayMs, this.#stop.signal);
  }

  #now(): number {
    return (this.#options.now ?? Date.now)();
  }
}

function troubleText({ kind, why }: Exclude<TelegramAnswer, { kind: 'ok' }>): string {
  if (kind === 'token')
    return `Telegram commands are not read: ${why}; check WUS_TELEGRAM_TOKEN. Halt and flatten with wus trader halt and wus trader flatten`;
  if (kind === 'passing') return `Telegram commands cannot be read now: ${why}`;
  return /webhook/i.test(why)
    ? `Telegram commands are not read: a webhook receives the messages of this bot (${why}); remove it with deleteWebhook, or use a separate bot for this trader`
    : `Telegram commands are not read: another program reads the messages of this bot with the same token (${why}); stop it, or use a separate bot for this trader`;
}

/** The parts of an update that matter; whatever else it is, it is confirmed and forgotten. */
function readUpdate(update: unknown): {
  readonly id: number | undefined;
  readonly message: ChatMessage | undefined;
} {
  const { update_id, message } = objectOf(update);
  const id = Number.isSafeInteger(update_id) ? (update_id as number) : undefined;
  const { chat, date, text, from, ...rest } = objectOf(message);
  const chatId = objectOf(chat).id;
  const isChat = typeof chatId === 'number' || typeof chatId === 'string';
  if (!isChat || typeof date !== 'number' || typeof text !== 'string') {
    return { id, message: undefined };
  }
  const isForwarded = Object.keys(rest).some((key) => key.startsWith('forward_'));
  const isSecondHand = isForwarded || 'via_bot' in rest || objectOf(from).is_bot === true;
  return { id, message: { chat: String(chatId), time: date * 1_000, text, isSecondHand } };
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
