// A change of shape changes nothing that anybody sees: the same days give the same orders, fills and journals.
import { createHash, type Hash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Market } from '../../domain/index.js';
import { toJournalText } from '../core/index.js';
import { randomDay, runRandomDay } from './random-days.contract.js';

/** `WUS_SEEDS=1-200` chooses the days, `WUS_MARKET=usdm` one market. */
const [first, last] = (process.env.WUS_SEEDS ?? '1-200').split('-').map(Number) as [number, number];
const markets = (['spot', 'usdm'] as const).filter(
  (market) => (process.env.WUS_MARKET ?? market) === market,
);

/** What is compared of a day: words may change where nothing else does. */
const PARTS = ['orders', 'trades', 'journal', 'alerts', 'words'] as const;
type DayHashes = Readonly<Record<(typeof PARTS)[number], string>>;
/** By market and seed. */
type Hashes = Record<string, DayHashes>;

/** Runs a random day and returns a hash of each part of what it did. */
async function hashDay(seed: number, market: Market): Promise<DayHashes> {
  const world = randomDay(seed, market);
  const journal = createHash('sha256');
  const append = world.disk.append.bind(world.disk);
  world.disk.append = (name, data) => {
    journal.update(`${name}\n`).update(data);
    return append(name, data);
  };
  await runRandomDay(world);
  const hashOf = (...texts: readonly string[]): Hash =>
    texts.reduce((hash, text) => hash.update(text), createHash('sha256'));
  const short = (hash: Hash): string => hash.digest('hex').slice(0, 16);
  return {
    // Every request with its order, and what the exchange made of it.
    orders: short(hashOf(toJournalText(world.requests), world.venue.snapshot())),
    trades: short(hashOf(toJournalText(world.trades))),
    journal: short(journal),
    alerts: short(
      hashOf(...world.alerts.map(({ time, level, code }) => `${time} ${level} ${code}\n`)),
    ),
    words: short(hashOf(...world.alerts.map(({ text }) => `${text}\n`))),
  };
}

/** Hashes of before: `WUS_HASHES=file`, which is written where it does not exist. */
function readHashes(file: string | undefined): Hashes | undefined {
  if (file === undefined) return undefined;
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Hashes;
  } catch {
    return undefined;
  }
}

test.each(markets)(`%s: hashes of the days ${first} to ${last}`, async (market) => {
  const file = process.env.WUS_HASHES?.replace('%', market);
  const before = readHashes(file);
  const hashes: Hashes = {};
  for (let seed = first; seed <= last; seed++) {
    hashes[`${market} ${seed}`] = await hashDay(seed, market);
  }
  const whole = createHash('sha256').update(JSON.stringify(hashes)).digest('hex');
  console.info(`${market} ${first}-${last}: ${whole}`);
  if (before === undefined) {
    if (file !== undefined) writeFileSync(file, `${JSON.stringify(hashes, undefined, 1)}\n`);
    return;
  }
  const differences = Object.entries(hashes).flatMap(([day, now]) =>
    PARTS.filter((part) => now[part] !== before[day]?.[part]).map((part) => `${day}: ${part}`),
  );
  expect(differences).toEqual([]);
});
