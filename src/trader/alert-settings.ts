import { UsageError } from '../domain/index.js';
import type { NotifierTargets } from './alert-targets.js';

/** Environment variables that say where alerts go: addresses and tokens are secrets, so that no flag takes them. */
export const ALERT_VARIABLES = {
  WUS_ALERT_WEBHOOK: 'address that receives {"text": …, "level": …} by POST',
  WUS_TELEGRAM_TOKEN: 'token of a Telegram bot, from @BotFather',
  WUS_TELEGRAM_CHAT: 'chat id for messages and commands',
  WUS_TELEGRAM_URL: 'address of its API, if not https://api.telegram.org',
  WUS_DISCORD_WEBHOOK: 'webhook of a Discord channel',
  WUS_NTFY_URL: 'an ntfy topic, such as https://ntfy.sh/my-topic',
  WUS_NTFY_TOKEN: 'access token of that topic, if it needs one',
} as const;

type Variable = keyof typeof ALERT_VARIABLES;

export interface AlertSettings {
  readonly targets: NotifierTargets;
  /** Texts that must appear nowhere. */
  readonly secrets: readonly string[];
}

/** A path shorter than this is no secret, and would be taken out of texts that have nothing to do with it. */
const SECRET_PATH_MIN = 8;

/**
 * Reads where alerts go.
 *
 * @param environment - Of the process.
 * @throws {UsageError} If a variable cannot be what it should; its value is never shown.
 */
export function alertSettings(
  environment: Readonly<Record<string, string | undefined>>,
): AlertSettings {
  const of = (name: Variable): string | undefined => environment[name]?.trim() || undefined;
  const token = of('WUS_TELEGRAM_TOKEN');
  const chat = of('WUS_TELEGRAM_CHAT');
  if ((token === undefined) !== (chat === undefined)) {
    throw new UsageError('Telegram needs both WUS_TELEGRAM_TOKEN and WUS_TELEGRAM_CHAT');
  }
  if (token !== undefined && !/^[\w:-]+$/.test(token)) {
    throw new UsageError(
      'WUS_TELEGRAM_TOKEN is not a token: a token looks like 123456789:AAE…, without spaces or quotes',
    );
  }
  const apiUrl = addressOf('WUS_TELEGRAM_URL', of('WUS_TELEGRAM_URL'));
  const webhookUrl = addressOf('WUS_ALERT_WEBHOOK', of('WUS_ALERT_WEBHOOK'));
  const discordUrl = addressOf('WUS_DISCORD_WEBHOOK', of('WUS_DISCORD_WEBHOOK'));
  const ntfyUrl = addressOf('WUS_NTFY_URL', of('WUS_NTFY_URL'));
  const ntfyToken = of('WUS_NTFY_TOKEN');
  if (ntfyToken !== undefined && ntfyUrl === undefined) {
    throw new UsageError('WUS_NTFY_TOKEN needs WUS_NTFY_URL, the address of the topic');
  }
  const urls = [webhookUrl, discordUrl, ntfyUrl].filter((url) => url !== undefined);
  return {
    targets: {
      ...(webhookUrl !== undefined && { webhookUrl }),
      ...(token !== undefined && chat !== undefined && { telegram: { token, chat, apiUrl } }),
      ...(discordUrl !== undefined && { discordUrl }),
      ...(ntfyUrl !== undefined && { ntfy: { url: ntfyUrl, token: ntfyToken } }),
    },
    secrets: [...urls, ...urls.flatMap(secretPath), token, ntfyToken].filter(
      (text) => text !== undefined,
    ),
  };
}

function addressOf(name: Variable, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  throw new UsageError(`${name} is not an address: it must begin with https:// or http://`);
}

function secretPath(url: string): string[] {
  const { pathname, search } = new URL(url);
  const path = `${pathname}${search}`;
  return path.length < SECRET_PATH_MIN ? [] : [path];
}
