import type { Leg } from './risk.js';

const LEG_LETTERS: Readonly<Record<Leg | 'pair', string>> = {
  entry: 'e',
  stop: 's',
  'take-profit': 't',
  exit: 'x',
  pair: 'p',
};
const LEGS = Object.entries(LEG_LETTERS) as [Leg | 'pair', string][];

/** First characters of every order id of a bot: how it knows its own orders on the exchange. */
export function orderIdPrefix(bot: string): string {
  return `wus-${bot}-`;
}

/**
 * Returns the id of an order: the same bot in the same state always makes the same one, and no id comes twice, since
 * the epoch grows with each start and the counter with each order.
 *
 * @param parts - Bot, open time of the signal candle, leg (or the pair of two), epoch and counter.
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

/**
 * Reads the parts of an id that `clientOrderId` made.
 *
 * @param bot - The bot whose order it is.
 * @param id - Any id.
 * @returns `undefined` if it is not one of this bot's.
 */
export function readClientOrderId(
  bot: string,
  id: string,
): Omit<Parameters<typeof clientOrderId>[0], 'bot'> | undefined {
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
