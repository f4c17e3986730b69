import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type CandleSeries, candleSeriesFromRows } from '../../candles/index.js';
import { decimal, MARKETS, type Market } from '../../domain/index.js';
import {
  type ExchangeServer,
  type FaultRule,
  fundingSchedule,
  startExchangeServer,
} from '../server/index.js';
import { zipFile } from '../server/zip-writer.js';
import { DamagedArchive, fetchArchive, readArchiveCsv } from './archive-source.js';
import { type FetchDataOptions, fetchData } from './fetch-data.js';
import { readFundingRates } from './fetch-funding.js';
import { readFundingCsv } from './funding-archive.js';

const MINUTE = 60_000;
const DAY = 86_400_000;
/** The archives of the first days are in microseconds, those of the last are not published yet. */
const FIRST = Date.UTC(2024, 11, 30);
const NOW = FIRST + 3 * DAY + 6.5 * 3_600_000;
/** An outage of the exchange, and where it is in the market. */
const OUTAGE = { from: FIRST + DAY + 100 * MINUTE, to: FIRST + DAY + 140 * MINUTE };

let folder: string;
let server: ExchangeServer;
const warnings: string[] = [];
let kind: Market = 'spot';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wus-fetch-'));
  warnings.length = 0;
});
afterEach(async () => {
  await server?.close();
  await rm(folder, { recursive: true, force: true });
});

function market(): CandleSeries {
  const rows = Array.from({ length: 4 * 1_440 }, (_, i) => {
    const open = 40_000 + (i % 500);
    return [FIRST + i * MINUTE, open, open + 1.5, open - 0.25, open + 1, i % 7];
  }).filter(([time]) => time! < OUTAGE.from || time! >= OUTAGE.to);
  return candleSeriesFromRows({ symbol: 'BTCUSDT', market: kind, timeframe: '1m' }, rows);
}

async function serve(
  faults: readonly FaultRule[] = [],
  now = NOW + 1_000,
  options: Partial<Parameters<typeof startExchangeServer>[0]> = {},
): Promise<void> {
  server = await startExchangeServer({
    series: [market()],
    startTime: now,
    pace: { kind: 'stepped' },
    keys: [],
    balances: {},
    faults,
    ...options,
  });
}

function fetchAll(options: Partial<FetchDataOptions> = {}) {
  return fetchData({
    symbols: ['BTCUSDT'],
    timeframes: ['1m'],
    market: kind,
    startTime: FIRST,
    dataFolder: folder,
    processes: 2,
    source: 'auto',
    retryMs: 5,
    funding: false,
    restUrl: server.url,
    archiveUrl: server.url,
    signal: new AbortController().signal,
    onWarning: (text) => warnings.push(text),
    ...options,
  });
}

const csv = (timeframe = '1m') =>
  readFile(join(folder, kind, timeframe, `BTCUSDT_${timeframe}.csv`), 'utf8');

/** What the file has to hold: every candle that was closed, each once, in order. */
function expectedTimes(until = NOW): number[] {
  return [...market().openTime].filter((time) => time + MINUTE <= until);
}

const timesIn = (text: string) =>
  text
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => Number.parseInt(line, 10));

describe.each(MARKETS)('fetchData() of %s against the local exchange', (servedMarket) => {
  beforeEach(() => {
    kind = servedMarket;
  });

  test('takes days from archives and today from REST, closed candles only, and records the real gap', async () => {
    await serve();
    const { series } = await fetchAll();
    expect(series[0]).toMatchObject({
      rows: expectedTimes().length,
      added: expectedTimes().length,
      firstTime: FIRST,
      lastTime: NOW - MINUTE,
      gaps: 1,
      missing: 40,
      unverifiedGaps: 0,
      repaired: 0,
    });
    const text = await csv();
    expect(timesIn(text)).toEqual(expectedTimes());
    expect(text.split('\n').slice(0, 3)).toEqual([
      'open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume',
      `${FIRST},40000,40001.5,39999.75,40001,0,${FIRST + MINUTE - 1},0,0,0,0`,
      `${FIRST + MINUTE},40001,40002.5,40000.75,40002,1,${FIRST + 2 * MINUTE - 1},40001.5625,1,0.5,20000.78125`,
    ]);
    const sidecar = JSON.parse(
      await readFile(join(folder, kind, '1m/BTCUSDT_1m.fetch.json'), 'utf8'),
    ) as Record<string, unknown>;
    expect(sidecar).toMatchObject({
      real_gaps: [{ start_time: OUTAGE.from, end_time: OUTAGE.to }],
      archives: { 'BTCUSDT-1m-2024-12-30.zip': expect.stringMatching(/^[0-9a-f]{64}$/) as string },
    });
    expect((await readdir(join(folder, kind, '1m'))).sort()).toEqual([
      'BTCUSDT_1m.csv',
      'BTCUSDT_1m.fetch.json',
    ]);
    expect(warnings).toEqual([]);
  });

  test('archives and REST give the same bytes', async () => {
    await serve();
    await fetchAll();
    const mixed = await csv();
    await rm(folder, { recursive: true });
    await fetchAll({ source: 'rest' });
    expect(await csv()).toBe(mixed);
  });

  test('a second run fetches only what is new, and an earlier start what came before', async () => {
    await serve();
    const day = FIRST + DAY;
    await fetchAll({ startTime: day, endTime: day + 3_600_000 });
    expect(timesIn(await csv())).toHaveLength(60);
    const { series } = await fetchAll();
    expect(series[0]!.added).toBe(expectedTimes().length - 60);
    server.advanceTo(NOW + 5 * MINUTE + 1_000);
    expect((await fetchAll()).series[0]).toMatchObject({
      added: 5,
      rows: expectedTimes().length + 5,
    });
    expect((await fetchAll()).series[0]).toMatchObject({ added: 0 });
    expect(timesIn(await csv())).toEqual(expectedTimes(NOW + 5 * MINUTE));
  });

  test('one flipped bit in an archive is noticed, fetched again and never written', async () => {
    await serve([{ name: 'archive-bit-flip' }]);
    await fetchAll();
    const flawless = await csv();
    expect(warnings).toEqual([expect.stringMatching(/^Damaged archive, fetched again: .*SHA-256/)]);
    await rm(folder, { recursive: true });
    server.faults.arm({ name: 'archive-bit-flip', count: 0 });
    await fetchAll();
    expect(await csv()).toBe(flawless);
    expect(warnings.at(-1)).toMatch(/^Damaged archive, not used/);
  });

  test('a transfer that breaks off is repeated', async () => {
    await serve([
      { name: 'archive-truncated', count: 2 },
      { name: 'request-lost', match: 'klines' },
    ]);
    await fetchAll();
    expect(timesIn(await csv())).toEqual(expectedTimes());
    expect(warnings.filter((text) => text.includes('was interrupted'))).toHaveLength(2);
    expect(warnings.filter((text) => /klines.*retrying in 1 s/.test(text))).toHaveLength(1);
  });

  test('an archive that stays damaged is no success: its candles are counted as missing', async () => {
    await serve([{ name: 'archive-bit-flip', match: '2024-12-31', count: 0 }]);
    const { series } = await fetchAll({ source: 'archive' });
    expect(series[0]!.damaged.map(({ name }) => name)).toEqual(['BTCUSDT-1m-2024-12-31.zip']);
    expect(series[0]!.damaged[0]!.missing).toBeGreaterThan(1_000);
    server.faults.arm({ name: 'archive-bit-flip', match: '2024-12-31', count: 0 });
    expect((await fetchAll({ source: 'auto' })).series[0]!.damaged).toEqual([]);
    expect(timesIn(await csv())).toEqual(expectedTimes());
  });

  test('an interrupted download goes on where it was', async () => {
    await serve([{ name: 'archive-slow', match: '2025-01-01', value: 60_000 }]);
    const controller = new AbortController();
    const interrupted = fetchAll({ signal: controller.signal, processes: 1 });
    const parts = join(folder, kind, '1m/.BTCUSDT_1m.csv.parts');
    for (let i = 0; i < 400 && (await readdir(parts).catch(() => [])).length < 2; i++) {
      await new Promise((wait) => setTimeout(wait, 10));
    }
    controller.abort();
    await expect(interrupted).rejects.toThrow(
      'Interrupted; fetched candles are kept, run the same command to continue',
    );
    await expect(csv()).rejects.toThrow('ENOENT');
    await server.close();
    await serve([{ name: 'archive-bit-flip', match: '2024-12', count: 0 }]);
    await fetchAll();
    // The first two days were not asked for again: a damaged archive would have been told.
    expect(warnings).toEqual([]);
    expect(timesIn(await csv())).toEqual(expectedTimes());
  });

  test('429 is waited for; every candle comes all the same', async () => {
    await serve([{ name: 'rate-limited', match: 'klines', value: 1, count: 2 }]);
    await fetchAll({ startTime: NOW - 3_600_000 });
    expect(timesIn(await csv())).toHaveLength(60);
    expect(warnings).toHaveLength(2);
    expect(warnings[0]).toContain('requests a pause until');
  });

  test('418 is silence until its end, also for the next process', async () => {
    await serve([{ name: 'banned', value: 1 }]);
    const banned = fetchAll({ startTime: NOW - 3_600_000 });
    await banned;
    expect(warnings[0]).toContain('banned this address; no requests are sent until');
    expect(server.faults.strikes).toHaveLength(1);
    expect(timesIn(await csv())).toHaveLength(60);
    const until = Date.now() + 400;
    const { host } = new URL(server.url);
    await writeFile(join(folder, '.binance-ban.json'), JSON.stringify({ host, until }));
    await fetchAll({ startTime: NOW - 3_600_000 });
    expect(Date.now()).toBeGreaterThanOrEqual(until);
  });

  test('a page of the firewall is waited for, until Ctrl-C', async () => {
    await serve([{ name: 'waf' }]);
    const stop = new AbortController();
    const fetched = fetchAll({ signal: stop.signal, retryMs: 1 });
    await expect.poll(() => warnings.join()).toMatch(/127\.0\.0\.1:\d+ requests a pause until/);
    expect(server.faults.strikes).toHaveLength(1);
    stop.abort();
    await expect(fetched).rejects.toThrow(/^Interrupted/);
  });

  test.each([
    [
      { name: 'region-blocked' } as const,
      {},
      /^Binance is not available here: 127\.0\.0\.1:\d+ answered HTTP 451/,
    ],
    [{ name: 'html-answer', count: 0 } as const, {}, /^Cannot reach .*web page \(HTML\)/],
    [
      undefined,
      { symbols: ['NOPEUSDT'] },
      /^Binance (spot|usdm): unknown symbol among NOPEUSDT: Invalid symbol\./,
    ],
    [
      undefined,
      { restUrl: 'http://127.0.0.1:64999' },
      /^Cannot reach 127\.0\.0\.1:64999: .*ECONNREFUSED/,
    ],
  ])(
    '%o %o says so',
    async (fault, options, message) => {
      await serve(fault === undefined ? [] : [fault]);
      await expect(fetchAll(options)).rejects.toThrow(message);
      expect(await readdir(folder)).toEqual([]);
    },
    20_000,
  );

  test('several symbols and intervals at once; files of others are not touched', async () => {
    await serve();
    await fetchAll({ timeframes: ['5m', '1h'], startTime: FIRST + 30 * MINUTE });
    expect(timesIn(await csv('1h'))[0]).toBe(FIRST + 3_600_000);
    expect(timesIn(await csv('5m'))).toHaveLength((NOW - FIRST - 30 * MINUTE) / (5 * MINUTE) - 8);
    await writeFile(join(folder, kind, '1h/BTCUSDT_1h.csv'), 'time,open\n1,2\n');
    await expect(fetchAll({ timeframes: ['1h'] })).rejects.toThrow('not written by wus fetch-data');
  });
});

describe('archives', () => {
  const row = (time: number, more = '') =>
    `${time},1.5,2,1,1.75,10,${time + 59_999}${more},15,3,5,7.5,0`;
  const span = { startTime: FIRST, endTime: FIRST + DAY };
  const readAll = (text: string) => readArchiveCsv(Buffer.from(text), span, '1m', 'x.zip');
  const read = (text: string) => readAll(text).candles;

  test('a row between two minutes is left out and counted', () => {
    const text = [row(FIRST), row(FIRST + 1), row(FIRST + MINUTE)].join('\n');
    expect(readAll(text)).toMatchObject({
      candles: [{ openTime: FIRST }, { openTime: FIRST + MINUTE }],
      offGrid: [FIRST + 1],
    });
  });

  test('with and without header, in milli- and microseconds', () => {
    const plain = read(`${row(FIRST)}\n${row(FIRST + MINUTE)}\n`);
    expect(plain).toHaveLength(2);
    expect(read(`open_time,open,high\r\n${row(FIRST)}\r\n`)).toEqual(plain.slice(0, 1));
    const micro = `${FIRST}000,1.50000000,2.0,1,1.75,10,${FIRST + 59_999}999,15,3,5,7.5,0`;
    expect(read(micro)).toEqual(plain.slice(0, 1));
  });

  test.each([
    ['a row of another day', row(FIRST - MINUTE), 'x.zip, line 1: open time'],
    ['only rows between two minutes', row(FIRST + 1), 'x.zip: no row starts on the 1m time grid'],
    ['a row twice', `${row(FIRST)}\n${row(FIRST)}`, 'line 2: open time'],
    ['a high below the close', row(FIRST).replace(',2,', ',1.6,'), 'line 1: open 1.5, high 1.6'],
    ['a torn row', row(FIRST).slice(0, 20), 'is not a candle'],
    ['a price of zero', row(FIRST).replace(',1,', ',0,'), 'price 0'],
  ])('%s is damage', (_, text, message) => {
    expect(() => read(text)).toThrow(DamagedArchive);
    expect(() => read(text)).toThrow(message);
  });

  test('every flipped bit of a zip is noticed by the checksum, and by the CRC where it hits the content', async () => {
    const zip = zipFile('X-1m-2024-12-30.csv', Buffer.from(`${row(FIRST)}\n`));
    const url = 'http://archive/X-1m-2024-12-30.zip';
    const { createHash } = await import('node:crypto');
    const serveBytes = (bytes: Buffer, checksumOf: Buffer) => (address: string) => {
      const digest = createHash('sha256').update(checksumOf).digest('hex');
      const body = address.endsWith('.CHECKSUM') ? `${digest}  X.zip\n` : new Uint8Array(bytes);
      return Promise.resolve(new Response(body));
    };
    const open = (bytes: Buffer, checksumOf: Buffer) =>
      fetchArchive(serveBytes(bytes, checksumOf), url, span, '1m', new AbortController().signal);
    expect((await open(zip, zip))!.candles).toHaveLength(1);
    for (let bit = 0; bit < zip.length * 8; bit += 13) {
      const flipped = Buffer.from(zip);
      flipped[bit >> 3] = flipped[bit >> 3]! ^ (1 << (bit & 7));
      await expect(open(flipped, zip)).rejects.toThrow('SHA-256');
      // Even a checksum that fits a damaged file does not let wrong candles through.
      const content = await open(flipped, flipped).catch((error: unknown) => error);
      if (!(content instanceof DamagedArchive)) {
        expect(content).toMatchObject({ candles: [{ openTime: FIRST, close: '1.75' }] });
      }
    }
  });
});

describe('USD-M funding', () => {
  beforeEach(() => {
    kind = 'usdm';
  });

  let futures: Server | undefined;
  afterEach(() => void futures?.close());

  test('comes from the local exchange with the candles, and a replay pays what was fetched', async () => {
    const paid = FIRST + 8 * 3_600_000;
    const fundingRate = fundingSchedule({ BTCUSDT: [{ time: paid, rate: decimal('-0.0003') }] });
    await serve([], NOW + 1_000, { fundingRate });
    expect((await fetchAll({ funding: true })).funding).toMatchObject([{ rows: 10, added: 10 }]);
    const path = join(folder, 'usdm/funding/BTCUSDT_funding.csv');
    expect((await readFile(path, 'utf8')).split('\n').slice(0, 3)).toEqual([
      'funding_time,funding_rate,mark_price',
      `${FIRST},0.0001,40000`,
      `${paid},-0.0003,40480`,
    ]);
    const replayed = fundingSchedule({ BTCUSDT: await readFundingRates(path) });
    expect(replayed('BTCUSDT', paid)).toBe(decimal('-0.0003'));
  });

  test('comes from monthly archives alone, a flipped bit noticed, and REST goes on from there', async () => {
    const flipped: FaultRule = { name: 'archive-bit-flip', match: 'fundingRate', count: 1 };
    await serve([flipped], Date.UTC(2025, 0, 8));
    const { funding } = await fetchAll({ funding: true, source: 'archive' });
    expect(funding).toMatchObject([{ rows: 6, added: 6 }]);
    expect(warnings.filter((text) => text.includes('fundingRate-2024-12'))).toHaveLength(1);
    const path = join(folder, 'usdm/funding/BTCUSDT_funding.csv');
    expect((await readFile(path, 'utf8')).split('\n').slice(0, 2)).toEqual([
      'funding_time,funding_rate,mark_price',
      `${FIRST},0.0001,`,
    ]);
    expect((await fetchAll({ funding: true })).funding).toMatchObject([{ rows: 13, added: 7 }]);
  });

  test('a start in the future is said', async () => {
    await serve();
    await expect(fetchAll({ startTime: NOW + 2_000 })).rejects.toThrow(
      'The start 2025-01-02T06:30:02.000Z is in the future: the exchange has 2025-01-02T06:30:01.000Z',
    );
  });

  test('and candles need no REST where archives alone are asked', async () => {
    await serve([{ name: 'region-blocked' }], Date.UTC(2025, 0, 8));
    const endTime = FIRST + 2 * DAY;
    const { series, funding } = await fetchAll({ funding: true, source: 'archive', endTime });
    expect(series).toMatchObject([{ rows: 2 * 1_440 - 40, gaps: 1, unverifiedGaps: 1 }]);
    expect(funding).toMatchObject([{ rows: 6, added: 6 }]);
  });

  test.each([
    ['another header', 'time,rate\n1735516800000,0.1\n', 'line 1'],
    ['a rate that is none', 'H\n1735516800000,8,abc\n', 'line 2'],
    ['a payment of another month', 'H\n1738368000000,8,0.0001\n', 'line 2'],
    ['two payments at once', 'H\n1735516800000,8,0.1\n1735516800000,8,0.1\n', 'line 3'],
  ])('an archive with %s is damaged', (_, text, where) => {
    const header = 'calc_time,funding_interval_hours,last_funding_rate';
    const month = { startTime: Date.UTC(2024, 11, 1), endTime: Date.UTC(2025, 0, 1) };
    const content = Buffer.from(text.replace('H', header));
    expect(() => readFundingCsv(content, month, 'x.zip')).toThrow(where);
  });

  test.each([
    ['another file', 'time,rate\n1,0\n', 'not written by wus fetch-data'],
    ['no rows', 'funding_time,funding_rate,mark_price\n', 'no funding rates'],
    [
      'a broken rate',
      'funding_time,funding_rate,mark_price\n1,1e-4,\n',
      'is not a time and a rate',
    ],
  ])('%s is said', async (_, text, message) => {
    const path = join(folder, 'BTCUSDT_funding.csv');
    await writeFile(path, text);
    await expect(readFundingRates(path)).rejects.toThrow(message);
  });

  test('is paged, appended and kept in order', async () => {
    const rows = Array.from({ length: 1_500 }, (_, i) => ({
      symbol: 'BTCUSDT',
      fundingTime: FIRST + i * 8 * 3_600_000 + (i % 3),
      fundingRate: '0.00010000',
      markPrice: '40000.10000000',
    }));
    let visible = 1_200;
    futures = createServer((request, response) => {
      const url = new URL(request.url!, 'http://x');
      const from = Number(url.searchParams.get('startTime'));
      const body = url.pathname.endsWith('/time')
        ? { serverTime: FIRST + 600 * DAY }
        : url.pathname.endsWith('/klines')
          ? []
          : rows
              .slice(0, visible)
              .filter(({ fundingTime }) => fundingTime >= from)
              .slice(0, 1_000);
      response.end(JSON.stringify(body));
    });
    const listening = futures;
    await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
    await serve();
    const restUrl = `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;
    const run = () => fetchAll({ funding: true, restUrl, timeframes: ['1h'] });
    expect((await run()).funding).toMatchObject([{ rows: 1_200, added: 1_200 }]);
    visible = 1_500;
    expect((await run()).funding).toMatchObject([{ rows: 1_500, added: 300 }]);
    const lines = (await readFile(join(folder, 'usdm/funding/BTCUSDT_funding.csv'), 'utf8')).split(
      '\n',
    );
    expect(lines.slice(0, 2)).toEqual([
      'funding_time,funding_rate,mark_price',
      `${FIRST},0.0001,40000.1`,
    ]);
    expect(lines).toHaveLength(1_502);
  });
});
