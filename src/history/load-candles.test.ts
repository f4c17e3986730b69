import { chmod, mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { encodeCsvCandles, syntheticCandles } from '../candles/index.js';
import { UsageError, UserError } from '../domain/index.js';
import { candleDataHash } from './candle-data-hash.js';
import { findCandleFiles } from './find-candle-files.js';
import { loadCandleFile } from './load-candle-file.js';
import { loadCandles } from './load-candles.js';
import type { LoadCandlesOptions, LoadedCandles } from './loaded-candles.js';

const HEADER = 'open_time,open,high,low,close,volume';
const T0 = Date.UTC(2022, 0, 1);
const M = 60_000;
const line = (minute: number, close = 2): string => `${T0 + minute * M},2,3,1,${close},5`;
const csv = (...lines: string[]): string => `${[HEADER, ...lines].join('\n')}\n`;

let folder: string;
let userCache: string;
const savedCacheHome = process.env.XDG_CACHE_HOME;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wus-load-'));
  userCache = join(folder, 'user-cache');
  process.env.XDG_CACHE_HOME = userCache;
});
afterEach(async () => {
  if (savedCacheHome === undefined) delete process.env.XDG_CACHE_HOME;
  else process.env.XDG_CACHE_HOME = savedCacheHome;
  await rm(folder, { recursive: true, force: true });
});

const put = async (name: string, content: string | Uint8Array): Promise<string> => {
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
  return path;
};
const load = (
  files: string | string[],
  options: Partial<LoadCandlesOptions> = {},
): Promise<LoadedCandles> => loadCandles({ files: [files].flat(), ...options });
const failure = async (promise: Promise<unknown>): Promise<string> => {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(UserError);
  return (error as Error).message.replaceAll(`${folder}/`, '');
};

describe('loadCandles()', () => {
  test('tells symbol, market and timeframe from the path', async () => {
    const path = await put('usdm/1m/BTCUSDT_1m.csv', csv(line(0), line(1), line(5)));
    const { candles, gaps, warnings, files } = await load(path);
    expect([candles.symbol, candles.market, candles.timeframe]).toEqual(['BTCUSDT', 'usdm', '1m']);
    expect([...candles.openTime]).toEqual([T0, T0 + M, T0 + 5 * M]);
    expect(candles.close.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(gaps).toEqual([{ startTime: T0 + 2 * M, endTime: T0 + 5 * M, missing: 3 }]);
    expect([warnings, files]).toEqual([[], [path]]);
  });

  test('takes what is said over what the path tells, with a warning', async () => {
    const path = await put('usdm/1m/BTCUSDT_1m.csv', csv(line(0), line(1)));
    const { candles, warnings } = await load(path, { symbol: 'ethusdt', market: 'spot' });
    expect([candles.symbol, candles.market]).toEqual(['ETHUSDT', 'spot']);
    expect(warnings.map((warning) => warning.replace(`${folder}/`, ''))).toEqual([
      'usdm/1m/BTCUSDT_1m.csv: the file seems to contain BTCUSDT, not ETHUSDT',
      'usdm/1m/BTCUSDT_1m.csv: the path is for usdm, not spot',
    ]);
  });

  test('joins files in time order, and equal overlaps count once', async () => {
    const late = await put('X1_1m_b.csv', csv(line(2), line(3), line(4)));
    const early = await put('X1_1m_a.csv.gz', gzipSync(csv(line(0), line(1), line(3))));
    const { candles, files, gaps } = await load([late, early, late]);
    expect([...candles.openTime].map((time) => (time - T0) / M)).toEqual([0, 1, 2, 3, 4]);
    expect([files, gaps]).toEqual([[early, late], []]);
  });

  test('refuses overlaps that disagree, naming both places and values', async () => {
    const one = await put('X1_1m_a.csv', csv(line(0), line(1)));
    const other = await put('X1_1m_b.csv', csv(line(1, 2.5), line(2)));
    const message =
      'The files differ in the candle of 2022-01-01 00:01: close is 2 at X1_1m_a.csv:3 and 2.5 at X1_1m_b.csv:2; omit one file, or download both again';
    expect(await failure(load([one, other]))).toBe(message);
    const fromCache = await failure(load([one, other]));
    expect(fromCache).toContain('close is 2 at X1_1m_a.csv');
    expect(fromCache).toContain('2.5 at X1_1m_b.csv');
  });

  test('gives one hash for the same candles, whatever the format and the files', async () => {
    const candles = syntheticCandles({ length: 500, timeframe: '1m', seed: 3 });
    const rows = [...encodeCsvCandles(candles)].join('').split('\n').slice(1, -1);
    const whole = await put('A1_1m.csv', `${[HEADER, ...rows].join('\r\n')}\r\n`);
    const first = await put('B1_1m_1.csv', `${rows.slice(0, 300).join('\n')}\n`);
    const second = await put('B1_1m_2.csv.gz', gzipSync(`${rows.slice(290).join('\n')}\n`));
    const json = await put('C1_1m.json', `[${rows.map((row) => `[${row}]`).join(',')}]`);
    const hash = candleDataHash(candles);
    for (const files of [[whole], [second, first], [json]]) {
      for (const run of ['decoded', 'cached']) {
        expect((await load(files)).dataHash, `${files.join()} ${run}`).toBe(hash);
      }
    }
    const changed = await put('A1_1m_x.csv', csv(...rows.slice(0, -1)));
    expect((await load(changed)).dataHash).not.toBe(hash);
  });

  test('reports progress up to all bytes', async () => {
    const path = await put('X1_1m.csv', csv(line(0), line(1)));
    for (const run of ['decoded', 'cached']) {
      const seen: number[] = [];
      await load(path, { onProgress: ({ done, total }) => seen.push(done / total) });
      expect(seen.at(-1), run).toBe(1);
    }
  });

  test.each<[string, string, string | Uint8Array, Partial<LoadCandlesOptions>, string]>([
    ['an empty file', 'X1_1m.csv', '', {}, 'X1_1m.csv: the file is empty; check'],
    ['a header only', 'X1_1m.csv', csv(), {}, 'X1_1m.csv: only a header, no candles'],
    [
      'a broken candle',
      'X1_1m.csv',
      csv(line(0), line(1, 9)),
      {},
      'X1_1m.csv:3: high 3 is below close 9; fix or remove the line, or download the file again',
    ],
    [
      'several broken candles',
      'X1_1m.csv',
      csv(line(0, 9), line(1, 9)),
      {},
      'X1_1m.csv:2: high 3 is below close 9 (and 1 more; wus data check lists them)',
    ],
    [
      'the wrong timeframe',
      'X1_1m.csv',
      csv(line(0), line(1), line(2)),
      { timeframe: '1h' },
      'X1_1m.csv: the candles are 1m apart, not 1h; use --interval 1m or another file',
    ],
    [
      'a name of another timeframe',
      'X1_1h.csv',
      csv(line(0), line(1), line(2)),
      {},
      'X1_1h.csv: the candles are 1m apart, not 1h',
    ],
    [
      'no timeframe',
      'X1.csv',
      csv(line(0)),
      {},
      'X1.csv: cannot determine the interval of the candles; add --interval',
    ],
    [
      'no symbol',
      'x.csv',
      csv(line(0), line(1)),
      {},
      'Cannot determine the symbol from "x.csv"; add --symbol',
    ],
    [
      'a cut gzip',
      'X1_1m.csv.gz',
      gzipSync(csv(line(0), line(1))).subarray(0, 40),
      {},
      'X1_1m.csv.gz: the gzip file is truncated',
    ],
    [
      'a damaged gzip',
      'X1_1m.csv.gz',
      gzipSync(csv(line(0))).fill(7, 12, 20),
      {},
      'X1_1m.csv.gz: the gzip file is damaged',
    ],
    ['a cut zip', 'X1_1m.zip', 'PK\u0003\u0004', {}, 'X1_1m.zip: the zip archive is damaged'],
    ['UTF-16', 'X1_1m.csv', Buffer.from('\uFEFFopen', 'utf16le'), {}, 'X1_1m.csv: UTF-16 text'],
  ])('refuses %s', async (_, name, content, options, message) => {
    const path = await put(name, content);
    expect(await failure(load(path, options))).toContain(message);
  });

  test('refuses missing files, folders, no files and different instruments', async () => {
    expect(await failure(load(join(folder, 'none.csv')))).toBe(
      'Cannot read none.csv: it does not exist; check the path',
    );
    expect(await failure(load(folder))).toContain('it is a folder; give a file');
    await expect(load([])).rejects.toThrow(UsageError);
    const one = await put('AAA_1m.csv', csv(line(0), line(1)));
    const other = await put('BBB_1m.csv', csv(line(2), line(3)));
    expect(await failure(load([one, other]))).toBe(
      'The file names have different symbols: AAA (AAA_1m.csv) and BBB (BBB_1m.csv); load them one by one',
    );
  });
});

describe('the cache', () => {
  const name = 'X1_1m.csv';
  const cacheFile = (): string => join(folder, '.wus-cache', `${name}.candles`);
  const old = new Date('2024-01-01T00:00:00Z');
  const putOld = async (content: string, time = old): Promise<string> => {
    const path = await put(name, content);
    await utimes(path, time, time);
    return path;
  };
  const closes = async (path: string): Promise<number[]> => [...(await load(path)).candles.close];
  /** Replaces the source by rubbish of the same size and time: only the cache can still give candles. */
  const spoilSource = async (path: string): Promise<void> => {
    await writeFile(path, 'x'.repeat((await readFile(path)).length));
    await utimes(path, old, old);
  };

  test('is used while size and time match', async () => {
    const path = await putOld(csv(line(0), line(1, 1.5)));
    expect(await closes(path)).toEqual([2, 1.5]);
    expect(
      (await readdir(join(folder, '.wus-cache'))).filter((n) => n.endsWith('.candles')),
    ).toEqual([`${name}.candles`]);
    expect(await readFile(join(folder, '.wus-cache/.gitignore'), 'utf8')).toBe('*\n');
    expect(await closes(path)).toEqual([2, 1.5]);
    await spoilSource(path);
    expect(await closes(path)).toEqual([2, 1.5]);
    await rm(cacheFile());
    await expect(load(path)).rejects.toThrow(UserError);
  });

  test('is not used when the content changed, whether or not the size did', async () => {
    const path = await putOld(csv(line(0), line(1, 1.5)));
    await load(path);
    await putOld(csv(line(0), line(1, 1.7)), new Date('2024-02-01T00:00:00Z'));
    expect(await closes(path)).toEqual([2, 1.7]);
    await putOld(csv(line(0), line(1, 1.25)), new Date('2024-02-01T00:00:00Z'));
    expect(await closes(path)).toEqual([2, 1.25]);
  });

  test('is used after a touch, and learns the new time', async () => {
    const path = await putOld(csv(line(0), line(1)));
    await load(path);
    const before = await readFile(cacheFile());
    await utimes(path, new Date('2024-03-01'), new Date('2024-03-01'));
    await load(path);
    const after = await readFile(cacheFile());
    expect(after.subarray(4096).equals(before.subarray(4096))).toBe(true);
    expect(after.equals(before)).toBe(false);
    await load(path);
    expect((await readFile(cacheFile())).equals(after)).toBe(true);
  });

  test('does not trust the time of a file that has just been written', async () => {
    const path = await put(name, csv(line(0), line(1, 1.5)));
    await load(path);
    await writeFile(path, csv(line(0), line(1, 1.7)));
    expect(await closes(path)).toEqual([2, 1.7]);
  });

  test('is not used for another timeframe', async () => {
    const path = await putOld(csv(line(0), line(60)));
    expect((await load(path, { timeframe: '1m', symbol: 'X1' })).gaps).toHaveLength(1);
    const hourly = await load(path, { timeframe: '1h', symbol: 'X1' });
    expect([hourly.candles.timeframe, hourly.gaps.length]).toEqual(['1h', 0]);
  });

  test.each<[string, (bytes: Buffer) => Buffer]>([
    ['empty', () => Buffer.alloc(0)],
    ['cut off', (bytes) => bytes.subarray(0, bytes.length - 8)],
    ['of an older version', (bytes) => Buffer.concat([Buffer.from('WUSC0LE '), bytes.subarray(8)])],
    ['damaged in its head', (bytes) => Buffer.from(bytes).fill(0x41, 20, 30)],
    [
      'damaged in its columns',
      (bytes) => Buffer.from(bytes).fill(0x41, bytes.length - 20, bytes.length - 12),
    ],
  ])('is rebuilt when it is %s', async (_, damage) => {
    const path = await putOld(csv(line(0), line(1, 1.5)));
    const { dataHash } = await load(path);
    const sound = await readFile(cacheFile());
    await writeFile(cacheFile(), damage(sound));
    const again = await load(path);
    expect([...again.candles.close]).toEqual([2, 1.5]);
    expect(again.dataHash).toBe(dataHash);
    expect((await readFile(cacheFile())).equals(sound)).toBe(true);
  });

  test('lies in the user folder when the folder of the source is read-only', async () => {
    const path = await putOld(csv(line(0), line(1)));
    await chmod(folder, 0o555);
    try {
      process.env.XDG_CACHE_HOME = await mkdtemp(join(tmpdir(), 'wus-user-cache-'));
      await load(path);
      expect((await readdir(folder)).sort()).toEqual([name]);
      const entries = await readdir(join(process.env.XDG_CACHE_HOME, 'wus/candles'));
      expect(entries.map((entry) => entry.replace(/^[0-9a-f]+/, '')).sort()).toEqual([
        expect.stringMatching(/^\.[0-9a-f]{16}\.hash$/),
        '.candles',
      ]);
      await load(path);
    } finally {
      await chmod(folder, 0o755);
      await rm(process.env.XDG_CACHE_HOME!, { recursive: true, force: true });
    }
  });

  test('never fails a run, even when no place can be written', async () => {
    const path = await putOld(csv(line(0), line(1)));
    await put('.wus-cache', 'a file where the folder should be');
    process.env.XDG_CACHE_HOME = '/dev/null';
    expect(await closes(path)).toEqual([2, 2]);
    expect(await closes(path)).toEqual([2, 2]);
  });

  test('is left alone on request', async () => {
    const path = await putOld(csv(line(0), line(1)));
    await load(path, { cache: false });
    expect(await readdir(folder)).toEqual([name]);
  });
});

describe('loadCandleFile()', () => {
  test('keeps the extra columns', async () => {
    const path = await put('X1_1m.csv', `${HEADER},count\n${line(0)},7\n${line(1)},8\n`);
    const { extras, timeframe, symbol } = await loadCandleFile(path);
    expect([[...extras.count!], timeframe, symbol]).toEqual([[7, 8], '1m', 'X1']);
  });
});

describe('findCandleFiles()', () => {
  test('lists the files of one instrument, sorted', async () => {
    for (const name of [
      'BTCUSDT_1m_2023.csv.gz',
      'BTCUSDT_1m.csv',
      'BTCUSDT_1m_2022.csv',
      'BTCUSDT_1mx.csv',
      'BTCUSDT_15m.csv',
      'ETHUSDT_1m.csv',
      'BTCUSDT_1m.csv.part',
    ]) {
      await put(`spot/1m/${name}`, '');
    }
    const instrument = { market: 'spot', timeframe: '1m', symbol: 'BTCUSDT' } as const;
    const found = await findCandleFiles(folder, instrument);
    expect(found.map((path) => path.slice(folder.length))).toEqual([
      '/spot/1m/BTCUSDT_1m.csv',
      '/spot/1m/BTCUSDT_1m_2022.csv',
      '/spot/1m/BTCUSDT_1m_2023.csv.gz',
    ]);
    expect(await findCandleFiles(folder, { ...instrument, market: 'usdm' })).toEqual([]);
  });
});
