import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { buildOnce } from '../../test/e2e/wus.js';
import { runBacktest } from '../backtest/index.js';
import { type CandleSeries, candleSeriesFromRows } from '../candles/index.js';
import { parseBacktestRunConfig } from '../config/index.js';
import { tryLockFile } from '../files/index.js';
import { METRICS } from '../metrics/index.js';
import { findStrategy, type Parameters } from '../strategies/index.js';
import { normalRandom, seededRandom } from '../util/index.js';
import { luckWords } from './judgement/run-luck.js';
import { metricColumn } from './objective.js';
import { type OptimizeRequest, type OptimizeResult, optimize } from './optimize.js';

beforeAll(() => buildOnce());

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'wus-optimize-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function randomCandles(count: number, seed: number): CandleSeries {
  const random = seededRandom(seed);
  const normal = normalRandom(random);
  let price = 100;
  const rows = Array.from({ length: count }, (_, i) => {
    const open = price;
    const path_ = Array.from({ length: 4 }, () => (price *= Math.exp(0.01 * normal())));
    const spread = [open, ...path_];
    return [i * 3_600_000, open, Math.max(...spread), Math.min(...spread), price, 1 + random()];
  });
  return candleSeriesFromRows({ symbol: 'BTCUSDT', market: 'usdm', timeframe: '1h' }, rows);
}

const candles = randomCandles(400, 3);

const GRID: Record<string, readonly (number | string | boolean | null)[]> = {
  fast_period: [3, 5, 8],
  slow_period: [8, 13],
  trend_filter_period: [null, 30],
  stop_loss_pct: [null, 0.02, 0.04],
  take_profit_pct: [null, 0.05],
  apply_atr_filter: [true, false],
  apply_seasonality: [true, false],
  allowed_trading_hours_utc: ['5-17', '22-4'],
};

function request(change: Partial<OptimizeRequest> = {}, grid = GRID): OptimizeRequest {
  return {
    config: parseBacktestRunConfig({
      strategy: 'MACross',
      market: 'usdm',
      apply_atr_filter: true,
      atr_filter_multiplier: 1,
      atr_filter_sma_period: 20,
      apply_seasonality_filter: true,
      start: '1970-01-03',
    }),
    strategy: findStrategy('MACross'),
    candles,
    dataHash: 'd'.repeat(64),
    grid: { grid, at: (name) => `grid.yaml:${name}` },
    ranking: { metric: 'sharpe_ratio', minTrades: 10 },
    top: 5,
    processes: 1,
    ...change,
  };
}

const details = (resume = false, name?: string): OptimizeRequest['details'] => ({
  folder,
  resume,
  startTime: Date.UTC(2024, 0, 2, 3, 4, 5),
  ...(name === undefined ? {} : { path: path.join(folder, name) }),
});

/** What luck shows with the trials of a run, as words: equal runs have equal bits. */
const luckOf = ({ luck }: OptimizeResult): number[] => [...luckWords(luck.luck)];

const files = (): string[] => readdirSync(folder).sort();
const read = (name: string): string => readFileSync(path.join(folder, name), 'utf8');
const NAME = 'MovingAverageCrossoverStrategy_BTCUSDT_1h_optimize_details_20240102_030405.csv';

test('every row of the reference engine equals a backtest, and the best come first', async () => {
  const result = await optimize(request({ engine: 'reference', details: details() }));
  expect(result).toMatchObject({ isComplete: true, done: 5 * 2 * 6 * 6, known: 0 });
  expect(files()).toEqual([NAME, `${NAME}.identity.json`, `${NAME}.luck`]);
  const [header, ...rows] = read(NAME)
    .trimEnd()
    .split('\n')
    .map((line) => line.split(','));
  expect(rows.length).toBe(360);
  const value = (row: string[], name: string): string => row[header!.indexOf(name)]!;
  const number = (text: string): number | null => (text === '' ? null : Number(text));
  for (let k = 0; k < rows.length; k += 13) {
    const row = rows[k]!;
    const config = parseBacktestRunConfig({
      ...request().config,
      params: {
        fast_period: Number(value(row, 'fast_period')),
        slow_period: Number(value(row, 'slow_period')),
        ma_type: value(row, 'ma_type'),
        trend_filter_period: number(value(row, 'trend_filter_period')),
      },
      stop_loss_pct: number(value(row, 'stop_loss_pct')),
      take_profit_pct: number(value(row, 'take_profit_pct')),
      apply_atr_filter: value(row, 'apply_atr_filter') === 'true',
      apply_seasonality_filter: value(row, 'apply_seasonality_filter') === 'true',
      allowed_trading_hours_utc: value(row, 'allowed_trading_hours_utc') || '5-17',
    });
    const { metrics } = runBacktest(config, candles);
    for (const { key, name } of METRICS) {
      expect(`${name} ${value(row, name)}`).toBe(`${name} ${metrics[key]}`);
    }
  }
  const sharpe = (row: string[]): number => Number(value(row, 'sharpe_ratio'));
  const eligible = rows.filter((row) => Number(value(row, 'total_trades')) >= 10);
  const best = Math.max(...eligible.map(sharpe));
  expect(result.best[0]!.metrics[metricColumn('sharpe_ratio')]).toBe(best);
  expect(result.best[0]!.id).toBe(
    rows.findIndex((row) => eligible.includes(row) && sharpe(row) === best),
  );
  expect(result.best.length).toBe(5);
});

test('the fast engine writes the same rows as the reference engine, metrics to 1e-9', async () => {
  await optimize(request({ engine: 'reference', details: details(false, 'reference.csv') }));
  await optimize(request({ engine: 'fast', details: details(false, 'fast.csv') }));
  const [expected, actual] = ['reference.csv', 'fast.csv'].map((name) =>
    read(name)
      .trimEnd()
      .split('\n')
      .map((line) => line.split(',')),
  );
  expect(actual!.length).toBe(expected!.length);
  const parameters = expected![0]!.length - METRICS.length;
  expected!.forEach((row, k) => {
    expect(actual![k]!.slice(0, parameters)).toEqual(row.slice(0, parameters));
    for (let j = parameters; k > 0 && j < row.length; j++) {
      const [a, b] = [Number(actual![k]![j]), Number(row[j])];
      expect(
        a === b || Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b)),
        `row ${k}`,
      ).toBe(true);
    }
  });
});

test('the bytes of the details do not depend on the number of workers', async () => {
  const texts: string[] = [];
  for (const processes of [1, 2, 3]) {
    await optimize(request({ processes, details: details(false, `p${processes}.csv`) }));
    texts.push(read(`p${processes}.csv`));
  }
  expect(texts[1]).toBe(texts[0]);
  expect(texts[2]).toBe(texts[0]);
});

describe('resume', () => {
  test.each([
    ['a row', (text: string) => text.slice(0, text.indexOf('\n', 9_000) + 20)],
    ['the end of a row', (text: string) => text.slice(0, text.indexOf('\n', 9_000))],
    ['nothing', (text: string) => text.slice(0, text.indexOf('\n', 9_000) + 1)],
    ['the header', (text: string) => text.slice(0, 100)],
    ['everything', () => ''],
    ['nothing at the very end', (text: string) => text],
  ])('a file that lost %s ends up with the same bytes, and the same best', async (_, cut) => {
    const whole = await optimize(request({ details: details(false, 'x.csv') }));
    const text = read('x.csv');
    writeFileSync(path.join(folder, 'x.csv'), cut(text));
    const resumed = await optimize(request({ processes: 3, details: details(true, 'x.csv') }));
    expect(read('x.csv')).toBe(text);
    expect(resumed.best).toEqual(whole.best);
    expect(resumed).toMatchObject({ isComplete: true, done: 360 });
    expect(luckOf(resumed)).toEqual(luckOf(whole));
  });

  test('the newest file with the same data and settings is continued', async () => {
    await optimize(request({ details: details() }));
    writeFileSync(path.join(folder, NAME), read(NAME).slice(0, 5_000));
    const resumed = await optimize(
      request({ details: { folder, resume: true, startTime: Date.UTC(2030, 0) } }),
    );
    expect(resumed.detailsPath).toBe(path.join(folder, NAME));
    expect(resumed.known).toBeGreaterThan(0);
    expect(files()).toEqual([NAME, `${NAME}.identity.json`, `${NAME}.luck`]);
  });

  test('an extended grid reuses rows into a new file that equals a fresh run', async () => {
    const grid = { ...GRID, fast_period: [2, 3, 5, 8], stop_loss_pct: [0.04, null, 0.03] };
    await optimize(request({ details: details(false, 'fresh.csv') }, grid));
    await optimize(request({ details: details(false, 'old.csv') }));
    const old = read('old.csv');
    const result = await optimize(request({ details: details(true, 'old.csv') }, grid));
    expect(result).toMatchObject({ isComplete: true, done: 7 * 2 * 6 * 6, known: 5 * 2 * 6 * 4 });
    expect(result.detailsPath).toBe(path.join(folder, NAME));
    expect(read(NAME)).toBe(read('fresh.csv'));
    expect(read('old.csv')).toBe(old);
  });

  test('reused rows survive a torn line of the older file', async () => {
    await optimize(request({ details: details(false, 'old.csv') }));
    writeFileSync(path.join(folder, 'old.csv'), read('old.csv').slice(0, 20_000));
    const grid = { ...GRID, slow_period: [8, 13, 21] };
    const result = await optimize(request({ details: details(true, 'old.csv') }, grid));
    await optimize(request({ details: details(false, 'fresh.csv') }, grid));
    expect(result.known).toBeGreaterThan(0);
    expect(read(path.basename(result.detailsPath!))).toBe(read('fresh.csv'));
  });

  test.each<[string, Partial<OptimizeRequest>, RegExp]>([
    ['data', { dataHash: 'e'.repeat(64) }, /data_hash is eeeeeeeeeeee… now but was dddddddddddd…/],
    [
      'money',
      { config: { ...request().config, commission_bps: 7 } },
      /commission_bps is 7 now but was 5; run without --resume to write a new file/,
    ],
    [
      'period',
      { config: { ...request().config, start: null } },
      /period_start is 1970-01-01T00:00:00.000Z now but was 1970-01-03T00:00:00.000Z/,
    ],
  ])('other %s is refused with the reason, and nothing changes', async (_, change, reason) => {
    await optimize(request({ details: details() }));
    const before = files().map(read);
    await expect(optimize(request({ ...change, details: details(true) }))).rejects.toThrow(reason);
    expect(files().map(read)).toEqual(before);
  });

  test('an edited file is refused', async () => {
    await optimize(request({ details: details(false, 'x.csv') }));
    writeFileSync(path.join(folder, 'x.csv'), read('x.csv').replace(/\n3,8/, '\n4,8'));
    await expect(optimize(request({ details: details(true, 'x.csv') }))).rejects.toThrow(
      /x\.csv: row 1 differs from this run, so the file was changed; run without --resume to write a new file/,
    );
  });

  test.each([
    ['fewer cells', (row: string) => row.slice(0, row.lastIndexOf(',')), 'row 2'],
    ['more cells', (row: string) => `${row},1`, 'row 2'],
    ['a cell that is no number', (row: string) => row.replace(/[^,]+$/, 'many'), 'row 2'],
  ])('a row with %s is refused, for reuse as well', async (_, change, where) => {
    await optimize(request({ details: details(false, 'x.csv') }));
    const lines = read('x.csv').split('\n');
    writeFileSync(path.join(folder, 'x.csv'), lines.with(2, change(lines[2]!)).join('\n'));
    await expect(optimize(request({ details: details(true, 'x.csv') }))).rejects.toThrow(where);
    const grid = { ...GRID, slow_period: [8, 13, 21] };
    await expect(optimize(request({ details: details(true, 'x.csv') }, grid))).rejects.toThrow(
      /A row of an older details file was changed: .*; run without --resume/,
    );
  });

  test('a named file whose grid was extended is not started anew by every resume', async () => {
    const grid = { ...GRID, slow_period: [8, 13, 21] };
    await optimize(request({ details: details(false, 'x.csv') }));
    const first = await optimize(request({ details: details(true, 'x.csv') }, grid));
    const whole = read(NAME);
    writeFileSync(path.join(folder, NAME), whole.slice(0, 5_000));
    const again = await optimize(request({ details: details(true, 'x.csv') }, grid));
    expect(again.detailsPath).toBe(first.detailsPath);
    expect(read(NAME)).toBe(whole);
    expect(files().filter((file) => file.endsWith('.csv'))).toEqual([NAME, 'x.csv']);
  });

  test('a file without its identity is refused', async () => {
    await optimize(request({ details: details(false, 'x.csv') }));
    rmSync(path.join(folder, 'x.csv.identity.json'));
    await expect(optimize(request({ details: details(true, 'x.csv') }))).rejects.toThrow(
      /x\.csv cannot be resumed: .*identity\.json is missing/,
    );
  });

  test('without an earlier file it starts anew', async () => {
    let note: string | undefined;
    const result = await optimize(
      request({ details: details(true), onPlan: (_, run) => (note = run?.note) }),
    );
    expect({ note, known: result.known }).toEqual({
      note: 'nothing to resume, writing a new file',
      known: 0,
    });
  });
});

test('a file that exists is not overwritten, a file in use is refused', async () => {
  writeFileSync(path.join(folder, 'x.csv'), 'mine');
  await expect(optimize(request({ details: details(false, 'x.csv') }))).rejects.toThrow(
    /x\.csv exists: continue it with --resume, or give another --details-file/,
  );
  expect(read('x.csv')).toBe('mine');
  const lock = tryLockFile(path.join(folder, 'y.csv.lock'));
  await expect(optimize(request({ details: details(false, 'y.csv') }))).rejects.toThrow(
    /y\.csv is in use by another run/,
  );
  lock?.release();
});

test('two runs that start in the same second write two files', async () => {
  const [a, b] = await Promise.all([
    optimize(request({ details: details() })),
    optimize(request({ details: details() })),
  ]);
  expect(a.detailsPath).not.toBe(b.detailsPath);
  expect(readFileSync(a.detailsPath!)).toEqual(readFileSync(b.detailsPath!));
});

test('a folder that cannot be made is named', async () => {
  writeFileSync(path.join(folder, 'file'), '');
  await expect(optimize(request({ details: details(false, 'file/x.csv') }))).rejects.toThrow(
    /Cannot write .*file\/x\.csv: part of the path is a file, not a folder/,
  );
});

test('a stopped run keeps what is finished and can be resumed', async () => {
  const stop = new AbortController();
  const result = await optimize(
    request({
      details: details(false, 'x.csv'),
      signal: stop.signal,
      onProgress: () => stop.abort(),
    }),
  );
  expect(result.isComplete).toBe(false);
  expect(result.done).toBeGreaterThan(0);
  expect(read('x.csv').split('\n').length).toBe(result.done + 2);
  await optimize(request({ details: details(true, 'x.csv') }));
  await optimize(request({ details: details(false, 'fresh.csv') }));
  expect(read('x.csv')).toBe(read('fresh.csv'));
});

test('parameters of the best are complete, with null where something is off', async () => {
  const { best } = await optimize(request({ top: 1 }));
  const { parameters, filters, stops } = best[0]! as {
    [key: string]: Parameters;
  } & (typeof best)[0];
  expect(Object.keys(parameters)).toEqual(Object.keys(findStrategy('MACross').parameters));
  expect(Object.keys(filters).length).toBe(7);
  expect(Object.keys(stops)).toEqual([
    'stop_loss_pct',
    'take_profit_pct',
    'trailing_stop_loss_pct',
  ]);
  if (parameters.trend_filter_period === null) expect(parameters.trend_filter_use_ema).toBeNull();
});
