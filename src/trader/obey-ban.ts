import { mkdir, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Market } from '../domain/index.js';
import { type Clock, ExchangeError, RequestRefused, sleep } from '../exchange/index.js';
import { writeFileAtomic } from '../files/index.js';
import { readSavedMemory } from '../live/index.js';

/** Ends of bans by host, so that a process that is started during one sends nothing. */
const BAN_FILE = 'bans.json';
/** The longest ban that Binance documents: what is later is of a clock that was wrong. */
const BAN_MS_MAX = 3 * 86_400_000;
/** A clock that is set must not make a wait longer. */
const SLEEP_MS_MAX = 60_000;

/** Which bans concern a process. */
export interface BanSubject {
  /** Folder of all bots of one environment. */
  readonly root: string;
  readonly market: Market;
  readonly hosts: readonly string[];
}

/**
 * Returns until when nothing may be sent, as the last processes left it: in the memories of their bots, and in the file of
 * bans.
 *
 * @param subject - Which bots and hosts.
 * @param now - By the clock that the bots go by, ms UTC.
 * @returns ms UTC; `undefined` if nothing forbids it.
 */
export async function savedQuietUntil(
  { root, market, hosts }: BanSubject,
  now: number,
): Promise<number | undefined> {
  const bans = await readBans(root);
  const folders = (await namesIn(root)).filter((name) => name.startsWith(`${market}-`));
  const quiet = await Promise.all(
    folders.map((name) =>
      readSavedMemory(path.join(root, name)).then(
        (memory) => memory?.quietUntil ?? 0,
        // What cannot be read is refused where the bot is opened.
        () => 0,
      ),
    ),
  );
  const until = Math.max(0, ...hosts.map((host) => bans[host] ?? 0), ...quiet);
  return until <= now ? undefined : Math.min(until, now + BAN_MS_MAX);
}

/** Keeps the end of a ban for the next process. Never fails: a ban that cannot be kept is still obeyed by this one. */
export async function keepBan(root: string, host: string, untilTime: number): Promise<void> {
  try {
    await mkdir(root, { recursive: true });
    const bans = { ...(await readBans(root)), [host]: untilTime };
    await writeFileAtomic(path.join(root, BAN_FILE), `${JSON.stringify(bans)}\n`);
  } catch {
    // The bots keep it in their memory as well.
  }
}

/** What waits, and how that is reported. */
export interface Patience {
  readonly clock: Clock;
  readonly host: string;
  /** Gets one line per wait. */
  readonly say: (text: string) => void;
  /** Resolves when what the next process must know is on the disk. */
  readonly kept?: () => Promise<void>;
}

/** Waits for the end of a ban or a limit, and says until when. */
export async function waitOut(
  { clock, host, say, kept }: Patience,
  untilTime: number,
  reason = `${host} banned this address`,
): Promise<void> {
  await kept?.();
  const end = new Date(untilTime).toISOString().slice(0, 19).replace('T', ' ');
  say(
    `${reason}: no requests are sent until ${end} UTC. The trader waits and then continues; stops on the exchange stay there`,
  );
  for (let restMs = untilTime - clock.now(); restMs > 0; restMs = untilTime - clock.now()) {
    await sleep(clock, Math.min(restMs, SLEEP_MS_MAX));
  }
}

/**
 * Does something that the exchange may forbid for a while: it is waited for, and done again.
 *
 * @param patience - What waits.
 * @param action - Asks the exchange.
 */
export async function patiently<T>(patience: Patience, action: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await action();
    } catch (error) {
      const until = limitOf(error);
      if (until === undefined) throw error;
      await waitOut(patience, until, (error as Error).message.replace(/\.$/, ''));
    }
  }
}

/** When the exchange may be asked again, where an error says that it forbids it now. */
export function limitOf(error: unknown): number | undefined {
  const source =
    error instanceof Error && error.cause instanceof ExchangeError ? error.cause : error;
  const isLimit =
    source instanceof RequestRefused &&
    (source.reason === 'banned' || source.reason === 'rate-limit');
  return isLimit ? source.retryTime : undefined;
}

async function readBans(root: string): Promise<Record<string, number>> {
  try {
    const bans = JSON.parse(await readFile(path.join(root, BAN_FILE), 'utf8')) as unknown;
    if (typeof bans !== 'object' || bans === null) return {};
    const known = Object.entries(bans).filter(([, until]) => Number.isSafeInteger(until));
    return Object.fromEntries(known);
  } catch {
    return {};
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch {
    return [];
  }
}
