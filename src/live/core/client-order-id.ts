import type { Market } from '../../domain/index.js';
import type { Leg } from './risk.js';
import { shortHash } from './short-hash.js';

const LEG_LETTERS: Readonly<Record<Leg | 'pair', string>> = {
  entry: 'e',
  stop: 's',
  'take-profit': 't',
  exit: 'x',
  pair: 'p',
};
const LEGS = Object.entries(LEG_LETTERS) as [Leg | 'pair', string][];

/** What makes one bot another than all others, also than those of other processes on the same account. */
export interface BotIdentity {
  readonly market: Market;
  readonly symbol: string;
  /** Name of the bot. */
  readonly bot: string;
  /** Of its saved state: random, made with the state; empty where there is but one. */
  readonly instance: string;
}

/**
 * Returns the letters that tell the orders of one bot from those of all others.
 *
 * @param identity - Of the bot.
 * @returns Eight characters of `a-z 0-9`.
 */
export function orderTag({ market, symbol, bot, instance }: BotIdentity): string {
  return shortHash([market, symbol, bot, instance]);
}

/** First characters of every order id of a bot: how it knows its own orders on the exchange. */
export function orderIdPrefix(bot: string): string {
  return `wus-${bot}-`;
}

/** Whether an id may be one that a bot made, whichever. */
export function isTraderOrderId(id: string): boolean {
  return id.startsWith(orderIdPrefix('').slice(0, -1));
}

/**
 * Returns the id of an order: the same bot in the same state always makes the same one, and no id comes twice, since
 * the epoch grows with each start and the counter with each order.
 *
 * @param parts - Order tag of the bot, open time of the signal candle, leg (or the pair of two), epoch and counter.
 * @returns At most 36 characters.
 */
export function clientOrderId(parts: {
  readonly bot: string;
  readonly signalTime: number;
  readonly leg: Leg | 'pair';
  readonly epoch: number;
  readonly counter: number;
}): string {
  const minute = Math.floor(parts.signalTime / 60_000).toString(36);
  const count = `${parts.epoch.toString(36)}-${parts.counter.toString(36)}`;
  return `${orderIdPrefix(parts.bot)}${minute}${LEG_LETTERS[parts.leg]}-${count}`;
}

type OrderIdParts = Omit<Parameters<typeof clientOrderId>[0], 'bot'>;

/**
 * Reads the parts of an id that `clientOrderId` made.
 *
 * @param bot - Order tag of the bot whose order it is.
 * @param id - Any id.
 * @returns `undefined` if it is not one of this bot's.
 */
export function readClientOrderId(bot: string, id: string): OrderIdParts | undefined {
  const prefix = orderIdPrefix(bot);
  const parts = /^([0-9a-z]+)([a-z])-([0-9a-z]+)-([0-9a-z]+)$/.exec(
    id.startsWith(prefix) ? id.slice(prefix.length) : '',
  );
  const leg = LEGS.find(([, letter]) => letter === parts?.[2])?.[0];
  if (parts === null || leg === undefined) return undefined;
  const [minute, epoch, counter] = [parts[1], parts[3], parts[4]].map((part) =>
    Number.parseInt(part ?? '', 36),
  ) as [number, number, number];
  return { signalTime: minute * 60_000, leg, epoch, counter };
}

/** Order tags of a bot: the one in use, and those that it used before. */
export interface OrderTags {
  readonly tag: string;
  readonly formerTags: readonly string[];
}

/** Whether an order bears a name of the bot, present or former. */
export function isOwnOrderId({ tag, formerTags }: OrderTags, id: string): boolean {
  return [tag, ...formerTags].some((one) => id.startsWith(orderIdPrefix(one)));
}

/** Reads the parts of an id of the bot, whichever of its tags the order bears; see `readClientOrderId`. */
export function readOwnOrderId(
  { tag, formerTags }: OrderTags,
  id: string,
): OrderIdParts | undefined {
  for (const one of [tag, ...formerTags]) {
    const parts = readClientOrderId(one, id);
    if (parts !== undefined) return parts;
  }
  return undefined;
}
