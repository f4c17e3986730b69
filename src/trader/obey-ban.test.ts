import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { UserError } from '../domain/index.js';
import { type Clock, RequestNotSent, RequestRefused } from '../exchange/index.js';
import { Journal, openJournalFolder } from '../live/index.js';
import { keepBan, limitOf, patiently, savedQuietUntil, waitOut } from './obey-ban.js';

const NOW = Date.UTC(2026, 10, 30, 12);
const HOUR = 3_600_000;

let root: string;
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'wus-ban-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** A clock that jumps to the end of every wait. */
function jumpingClock() {
  let now = NOW;
  const waits: number[] = [];
  const clock: Clock = {
    now: () => now,
    after: (delayMs, action) => {
      waits.push(delayMs);
      now += delayMs;
      const timer = setImmediate(action);
      return () => clearImmediate(timer);
    },
  };
  const said: string[] = [];
  return {
    clock,
    waits,
    said,
    host: 'api.example.com',
    say: (text: string) => void said.push(text),
  };
}

async function botRemembers(name: string, quietUntil: number): Promise<void> {
  const files = await openJournalFolder(path.join(root, name));
  const settings = {
    bot: 'b',
    run: {
      symbol: 'BTCUSDT',
      interval: '1m',
      market: 'spot',
      strategy: 'MACross',
      initial_balance: 1_000,
    },
    risk: {},
  };
  const journal = await Journal.open(
    files,
    settings as unknown as Parameters<typeof Journal.open>[1],
  );
  await journal.append({ ...journal.memory, quietUntil }, 'test', NOW);
  await journal.sync();
  await files.close();
}

const subject = (market: 'spot' | 'usdm' = 'spot', hosts = ['api.example.com']) => ({
  root,
  market,
  hosts,
});

describe('savedQuietUntil() is the latest of', () => {
  test('nothing, where nobody left anything', async () => {
    expect(await savedQuietUntil(subject(), NOW)).toBeUndefined();
    expect(
      await savedQuietUntil({ ...subject(), root: path.join(root, 'none') }, NOW),
    ).toBeUndefined();
  });

  test('the memories of all bots of the market', async () => {
    await botRemembers('spot-BTCUSDT', NOW + HOUR);
    await botRemembers('spot-ETHUSDT', NOW + 2 * HOUR);
    await botRemembers('usdm-BTCUSDT', NOW + 3 * HOUR);
    expect(await savedQuietUntil(subject(), NOW)).toBe(NOW + 2 * HOUR);
    expect(await savedQuietUntil(subject('usdm'), NOW)).toBe(NOW + 3 * HOUR);
    expect(await savedQuietUntil(subject(), NOW + 2 * HOUR)).toBeUndefined();
  });

  test('what the process kept, by host; a broken file and a broken state forbid nothing', async () => {
    await keepBan(root, 'api.example.com', NOW + HOUR);
    await keepBan(root, 'fapi.example.com', NOW + 2 * HOUR);
    expect(await savedQuietUntil(subject(), NOW)).toBe(NOW + HOUR);
    expect(
      await savedQuietUntil(subject('usdm', ['fapi.example.com', 'api.example.com']), NOW),
    ).toBe(NOW + 2 * HOUR);
    await mkdir(path.join(root, 'spot-BTCUSDT'));
    await writeFile(path.join(root, 'spot-BTCUSDT', 'state-000000000001.json'), '{half');
    expect(await savedQuietUntil(subject(), NOW)).toBe(NOW + HOUR);
    await writeFile(path.join(root, 'bans.json'), '{"api.example.com":"soon"');
    expect(await savedQuietUntil(subject(), NOW)).toBeUndefined();
    await keepBan(root, 'api.example.com', NOW + HOUR);
    expect(JSON.parse(await readFile(path.join(root, 'bans.json'), 'utf8'))).toEqual({
      'api.example.com': NOW + HOUR,
    });
  });

  test('no longer than the longest ban there is', async () => {
    await keepBan(root, 'api.example.com', 9_999_999_999_999);
    expect(await savedQuietUntil(subject(), NOW)).toBe(NOW + 72 * HOUR);
  });
});

test('a wait says until when, once, and lasts until then in steps', async () => {
  const patience = jumpingClock();
  await waitOut(patience, NOW + 150_000);
  expect(patience.said).toEqual([
    'api.example.com banned this address: no requests are sent until 2026-11-30 12:02:30 UTC. The trader waits and then continues; stops on the exchange stay there',
  ]);
  expect(patience.waits).toEqual([60_000, 60_000, 30_000]);
});

test('what the exchange forbids for a while is asked again after it, everything else is passed on', async () => {
  const patience = jumpingClock();
  const errors = [
    new RequestRefused('banned', 'IP banned', { retryTime: NOW + 1_000 }),
    new UserError('not set up', {
      cause: new RequestRefused('rate-limit', 'HTTP 403', { retryTime: NOW + 5_000 }),
    }),
  ];
  const answer = await patiently(patience, () => {
    const error = errors.shift();
    return error === undefined ? Promise.resolve(patience.clock.now()) : Promise.reject(error);
  });
  expect(answer).toBe(NOW + 5_000);
  expect(patience.said).toHaveLength(2);
  expect(patience.said[0]).toContain(
    'IP banned: no requests are sent until 2026-11-30 12:00:01 UTC. The trader waits and then continues; stops on the exchange stay there',
  );
  for (const other of [
    new RequestRefused('key', 'no'),
    new RequestNotSent('no route', { retryTime: NOW + 1_000 }),
    new Error('defect'),
  ]) {
    expect(limitOf(other)).toBeUndefined();
    await expect(patiently(patience, () => Promise.reject(other))).rejects.toBe(other);
  }
});
