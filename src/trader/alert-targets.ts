import { type HostAnswer, type Post, type PostOptions, post } from './alert-http.js';
import type { LineLevel } from './bot-session.js';

/** Where alerts go besides the log. */
export interface NotifierTargets {
  /** Gets `{"text": …, "level": …}` by POST. */
  readonly webhookUrl?: string | undefined;
  readonly telegram?:
    | {
        readonly token: string;
        readonly chat: string;
        /** Address of the API; default https://api.telegram.org. */
        readonly apiUrl?: string | undefined;
      }
    | undefined;
  /** Webhook of a Discord channel. */
  readonly discordUrl?: string | undefined;
  /** Address of a topic, and its access token where it needs one. */
  readonly ntfy?: { readonly url: string; readonly token?: string | undefined } | undefined;
}

export interface AlertMessage {
  readonly level: LineLevel;
  readonly text: string;
}

/** What became of a message. */
export type Delivery =
  | { readonly kind: 'delivered'; readonly answer: string }
  | {
      readonly kind: 'failed';
      /** In words, without the address. */
      readonly why: string;
      /** The same message would be refused again. */
      readonly isFinal: boolean;
      /** How long the host wants to be left alone, ms. */
      readonly retryAfterMs?: number;
    };

/** One place that takes alerts. */
export interface AlertTarget {
  /** For people: `the webhook`, `Telegram`, … */
  readonly name: string;
  /** Without path and query, which are secrets. */
  readonly host: string;
  /** Sends a message once. */
  readonly deliver: (
    message: AlertMessage,
    options: Omit<PostOptions, 'readsBody'>,
  ) => Promise<Delivery>;
}

export const TELEGRAM_URL = 'https://api.telegram.org';
const JSON_HEADERS = { 'content-type': 'application/json' };
/** The least of what the services take: Discord 2,000 characters, Telegram 4,096, ntfy 4,096 bytes. */
const TEXT_MAX = 1_900;
const REASON_MAX = 200;
const NTFY_BYTES_MAX = 4_000;

/**
 * Returns the places that take alerts.
 *
 * @param targets - As configured.
 */
export function alertTargets(targets: NotifierTargets): readonly AlertTarget[] {
  const { webhookUrl, telegram, discordUrl, ntfy } = targets;
  return [
    ...(webhookUrl === undefined ? [] : [webhook(webhookUrl)]),
    ...(telegram === undefined ? [] : [telegramChat(telegram)]),
    ...(discordUrl === undefined ? [] : [discord(discordUrl)]),
    ...(ntfy === undefined ? [] : [ntfyTopic(ntfy)]),
  ];
}

interface TargetParts {
  readonly name: string;
  readonly url: string;
  readonly request: (message: AlertMessage) => Omit<Post, 'url'>;
  /** Why an answer with a good status is no success all the same. */
  readonly flaw?: (body: string) => string | undefined;
  /** The reason that a refusal gives in its body. */
  readonly reason?: (body: Readonly<Record<string, unknown>>) => unknown;
  /** What to do about a status. */
  readonly advice?: Readonly<Record<number, string>>;
}

function target({ name, url, request, flaw, reason, advice = {} }: TargetParts): AlertTarget {
  return {
    name,
    host: new URL(url).host,
    deliver: async ({ level, text }, options) => {
      const message = request({ level, text: cutText(text, TEXT_MAX) });
      const answer = await post({ url, ...message }, { ...options, readsBody: flaw !== undefined });
      return deliveryOf(answer, { flaw, reason, advice });
    },
  };
}

function deliveryOf(
  answer: HostAnswer,
  {
    flaw,
    reason,
    advice,
  }: { readonly [Part in 'flaw' | 'reason' | 'advice']: TargetParts[Part] | undefined },
): Delivery {
  if (answer.kind === 'none') return { kind: 'failed', why: answer.why, isFinal: false };
  const { status, body = '', retryAfterSeconds } = answer;
  const said = `HTTP ${status}`;
  if (status >= 200 && status < 300) {
    const why = flaw?.(body);
    return why === undefined
      ? { kind: 'delivered', answer: said }
      : { kind: 'failed', why: `${said}, but ${why}`, isFinal: false };
  }
  if (status >= 300 && status < 400) {
    const why = `${said}: it redirects elsewhere; use the target address`;
    return { kind: 'failed', why, isFinal: true };
  }
  const parts = [reasonOf(body, reason), advice?.[status]].filter((part) => part !== undefined);
  const why = [said, ...parts].join(': ');
  if (status === 429) {
    const seconds = retryAfterIn(body) ?? retryAfterSeconds;
    const wait = seconds === undefined ? {} : { retryAfterMs: seconds * 1_000 };
    return { kind: 'failed', why, isFinal: false, ...wait };
  }
  return { kind: 'failed', why, isFinal: status < 500 && status !== 408 && status !== 425 };
}

/** Why a host refused, in its own words: a page is no reason. */
function reasonOf(body: string, reason: TargetParts['reason']): string | undefined {
  const json = jsonObject(body);
  if (json !== undefined) {
    const text = reason?.(json) ?? json.description ?? json.message ?? json.error;
    return typeof text === 'string' && text !== '' ? cutText(text, REASON_MAX) : undefined;
  }
  if (isPage(body)) return 'a web page, not an answer of the service: check the address';
  const line = body.split('\n')[0]?.trim() ?? '';
  return line === '' ? undefined : cutText(line, REASON_MAX);
}

const isPage = (body: string): boolean => /<(!doctype|html|head|body)/i.test(body);

/** Seconds that Telegram and Discord name in the body. */
function retryAfterIn(body: string): number | undefined {
  const json = jsonObject(body);
  const parameters = json?.parameters as Readonly<Record<string, unknown>> | undefined;
  const seconds = Number(parameters?.retry_after ?? json?.retry_after ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : undefined;
}

export function jsonObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

function webhook(url: string): AlertTarget {
  return target({
    name: 'the webhook',
    url,
    request: (message) => ({
      headers: JSON_HEADERS,
      body: JSON.stringify({ text: message.text, level: message.level }),
    }),
  });
}

/** Telegram says in the body whether it took a message. */
function telegramChat({ token, chat, apiUrl }: NonNullable<NotifierTargets['telegram']>) {
  return target({
    name: 'Telegram',
    url: `${(apiUrl ?? TELEGRAM_URL).replace(/\/+$/, '')}/bot${token}/sendMessage`,
    request: ({ text }) => ({
      headers: JSON_HEADERS,
      body: JSON.stringify({ chat_id: chat, text }),
    }),
    flaw: (body) => {
      if (isPage(body)) return 'with a web page, not an answer of Telegram';
      const json = jsonObject(body);
      return json?.ok === false
        ? (reasonOf(body, undefined) ?? 'Telegram did not accept it')
        : undefined;
    },
    advice: {
      400: 'check WUS_TELEGRAM_CHAT, and send the bot one message so that it may write to you',
      401: 'check WUS_TELEGRAM_TOKEN',
      403: 'the bot may not write to WUS_TELEGRAM_CHAT: send it one message, or add it to the group',
      404: 'check WUS_TELEGRAM_TOKEN',
    },
  });
}

function discord(url: string): AlertTarget {
  return target({
    name: 'Discord',
    url,
    request: ({ text }) => ({
      headers: JSON_HEADERS,
      // Text of an exchange must not call people, and its underscores are no italics.
      body: JSON.stringify({
        content: cutText(text.replace(/[\\*_~`|>#]/g, '\\$&'), TEXT_MAX + 100),
        allowed_mentions: { parse: [] },
      }),
    }),
    advice: {
      401: 'check WUS_DISCORD_WEBHOOK',
      404: 'the webhook no longer exists, check WUS_DISCORD_WEBHOOK',
    },
  });
}

/** How loud an alert is on a phone: 3 is the default, 5 goes on ringing. */
const NTFY_PRIORITIES: Readonly<Record<LineLevel, string>> = {
  info: '3',
  warning: '4',
  alarm: '5',
};
const NTFY_TAGS: Readonly<Record<LineLevel, string>> = {
  info: 'chart_with_upwards_trend',
  warning: 'warning',
  alarm: 'rotating_light',
};

function ntfyTopic({ url, token }: NonNullable<NotifierTargets['ntfy']>): AlertTarget {
  return target({
    name: 'ntfy',
    url,
    request: ({ level, text }) => ({
      headers: {
        'content-type': 'text/plain; charset=utf-8',
        title: `wus ${level}`,
        priority: NTFY_PRIORITIES[level],
        tags: NTFY_TAGS[level],
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      body: cutBytes(text, NTFY_BYTES_MAX),
    }),
    advice: {
      401: 'check WUS_NTFY_TOKEN',
      403: 'the topic needs another token, check WUS_NTFY_URL and WUS_NTFY_TOKEN',
    },
  });
}

/** Never in the middle of a letter of two code units. */
export function cutText(text: string, lengthMax: number): string {
  if (text.length <= lengthMax) return text;
  const cut = text.slice(0, lengthMax - 1);
  return `${/[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
}

/** A longer text would become a file. */
function cutBytes(text: string, bytesMax: number): string {
  let cut = text;
  while (Buffer.byteLength(cut) > bytesMax) cut = cutText(cut, Math.floor(cut.length * 0.9));
  return cut;
}
