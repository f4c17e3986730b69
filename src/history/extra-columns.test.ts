import { mkdtemp, open, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ExtraColumn } from '../candles/index.js';
import { UserError } from '../domain/index.js';
import { loadCandles } from './load-candles.js';

const BASIC = 'open_time,open,high,low,close,volume';
const ALL = `${BASIC},close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume`;
const T0 = Date.UTC(2022, 0, 1);
const M = 60_000;

/** A candle of Binance: quote volume 2 × volume, and so on. */
const full = (minute: number, taker: number | string = minute + 0.5): string =>
  `${T0 + minute * M},2,3,1,2,${minute + 5},${T0 + minute * M + M - 1},${2 * (minute + 5)},${minute + 3},${taker},${minute + 1}`;
const basic = (minute: number): string => full(minute).split(',').slice(0, 6).join(',');

let folder: string;
const savedCacheHome = process.env.XDG_CACHE_HOME;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wus-extra-'));
  process.env.XDG_CACHE_HOME = join(folder, 'user-cache');
});
afterEach(async () => {
  if (savedCacheHome === undefined) delete process.env.XDG_CACHE_HOME;
  else process.env.XDG_CACHE_HOME = savedCacheHome;
  await rm(folder, { recursive: true, force: true });
});

const put = async (name: string, ...lines: string[]): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, `${lines.join('\n')}\n`);
  return path;
};
const load = (files: string[], extraColumns?: readonly ExtraColumn[] | 'present', cache = true) =>
  loadCandles({ files, symbol: 'BTCUSDT', timeframe: '1m', extraColumns, cache });
const failure = async (promise: Promise<unknown>): Promise<string> => {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(UserError);
  return (error as Error).message.replaceAll(`${folder}/`, '');
};

describe('loadCandles({ extraColumns })', () => {
  test('gives the columns that were asked for, on shared memory or not, and no others', async () => {
    const path = await put('a.csv', ALL, full(0), full(1));
    const { candles } = await load([path], ['takerBuyVolume', 'count']);
    expect([...candles.takerBuyVolume!]).toEqual([0.5, 1.5]);
    expect([...candles.count!]).toEqual([3, 4]);
    expect(candles).not.toHaveProperty('quoteVolume');
    expect(await load([path])).not.toHaveProperty('candles.count');
  });

  test.each([
    ['a file that is its own cache entry', ['a.csv'], true],
    ['files one after the other', ['b.csv', 'a.csv'], true],
    ['files that overlap', ['a.csv', 'c.csv', 'b.csv'], true],
    ['files that overlap, without cache', ['a.csv', 'c.csv', 'b.csv'], false],
  ])('reads the same again: %s', async (_, names, cache) => {
    await put('a.csv', ALL, full(0), full(1));
    await put('b.csv', ALL, full(2), full(3));
    await put('c.csv', ALL, full(1), full(2));
    const files = names.map((name) => join(folder, name));
    const first = await load(files, ['takerBuyVolume', 'quoteVolume'], cache);
    const again = await load(files, ['takerBuyVolume', 'quoteVolume'], cache);
    const minutes = Array.from({ length: names.length === 1 ? 2 : 4 }, (_, i) => i);
    for (const { candles } of [first, again]) {
      expect([...candles.volume]).toEqual(minutes.map((i) => i + 5));
      expect([...candles.takerBuyVolume!]).toEqual(minutes.map((i) => i + 0.5));
      expect([...candles.quoteVolume!]).toEqual(minutes.map((i) => 2 * (i + 5)));
    }
    expect(again.dataHash).toBe(first.dataHash);
  });

  test('reads them from JSON, too', async () => {
    const rows = [0, 1].map((minute) => full(minute).split(',').map(Number));
    const path = await put('a.json', JSON.stringify(rows));
    const { candles } = await load([path], ['count', 'takerBuyQuoteVolume']);
    expect([...candles.count!, ...candles.takerBuyQuoteVolume!]).toEqual([3, 4, 1, 2]);
  });

  test('a cache entry without them is renewed, one with them serves everybody', async () => {
    const path = await put('a.csv', ALL, full(0), full(1));
    await load([path]);
    expect([...(await load([path], ['count'])).candles.count!]).toEqual([3, 4]);
    expect([...(await load([path])).candles.volume]).toEqual([5, 6]);
    expect([...(await load([path], ['takerBuyQuoteVolume'])).candles.takerBuyQuoteVolume!]).toEqual(
      [1, 2],
    );
  });

  test('a damaged cache entry is read anew', async () => {
    const path = await put('a.csv', ALL, full(0), full(1));
    await load([path], ['count']);
    const places = (await readdir(folder, { recursive: true })).filter((name) =>
      name.endsWith('.candles'),
    );
    expect(places).toHaveLength(1);
    const entry = await open(join(folder, places[0]!), 'r+');
    const { size } = await entry.stat();
    await entry.write(new Uint8Array(8).fill(77), 0, 8, size - 24);
    await entry.close();
    expect([...(await load([path], ['takerBuyVolume'])).candles.takerBuyVolume!]).toEqual([
      0.5, 1.5,
    ]);
  });

  test('the hash of the data covers them, and only them', async () => {
    const path = await put('a.csv', ALL, full(0), full(1));
    const other = await put('b.csv', ALL, full(0), full(1, 9));
    const hash = async (file: string, names?: readonly ExtraColumn[]) =>
      (await load([file], names)).dataHash;
    expect(await hash(path)).toBe(await hash(other));
    expect(await hash(path, ['count'])).toBe(await hash(other, ['count']));
    expect(await hash(path, ['count'])).not.toBe(await hash(path));
    expect(await hash(path, ['takerBuyVolume'])).not.toBe(await hash(other, ['takerBuyVolume']));
  });

  test('`present` gives those that every file has', async () => {
    const one = await put('a.csv', ALL, full(0));
    const two = await put('b.csv', `${BASIC},count`, `${basic(1)},7`);
    const three = await put('c.csv', BASIC, basic(2));
    for (let k = 0; k < 2; k++) {
      const { candles } = await load([one, two], 'present');
      expect([...candles.count!]).toEqual([3, 7]);
      expect(candles).not.toHaveProperty('takerBuyVolume');
      expect((await load([one, three], 'present')).candles).not.toHaveProperty('count');
    }
  });

  test('names the file that lacks one', async () => {
    const one = await put('a.csv', ALL, full(0));
    const two = await put('b.csv', BASIC, basic(1));
    expect(await failure(load([one, two], ['takerBuyVolume']))).toBe(
      'b.csv: no column taker_buy_volume (takerBuyVolume); fetch the candles with wus fetch-data, or give a file that has it',
    );
  });

  test('names file, line and value of one that is no quantity', async () => {
    const path = await put('a.csv', ALL, full(0), full(1, -2));
    expect(await failure(load([path], ['takerBuyVolume']))).toBe(
      'a.csv:3: taker_buy_volume -2 is not a quantity >= 0; fix the line, or download the file again',
    );
    expect([...(await load([path], ['count'])).candles.count!]).toEqual([3, 4]);
  });

  test('says so when files disagree about one', async () => {
    const one = await put('a.csv', ALL, full(0), full(1));
    const two = await put('b.csv', ALL, full(1, 9), full(2));
    expect(await failure(load([one, two], ['takerBuyVolume']))).toContain(
      'takerBuyVolume is 1.5 at a.csv',
    );
    expect((await load([one, two])).candles.length).toBe(3);
  });
});
