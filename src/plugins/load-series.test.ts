import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import {
  type CandleSeries,
  candleRange,
  candlesToCsv,
  syntheticCandles,
} from '../candles/index.js';
import { defineStrategy, type SeriesSpecs, series } from '../strategies/index.js';
import { loadSeries } from './load-series.js';

const folder = mkdtempSync(path.join(tmpdir(), 'wus-series-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const eth = syntheticCandles({ length: 400, timeframe: '1h', seed: 1, symbol: 'ETHUSDT' });
const btc = { ...eth, symbol: 'BTCUSDT' };

function store(candles: CandleSeries, name = candles.symbol): void {
  const target = path.join(folder, 'spot', '1h');
  mkdirSync(target, { recursive: true });
  writeFileSync(path.join(target, `${name}_1h.csv`), candlesToCsv(candles));
}

function write(name: string, text: string): void {
  writeFileSync(path.join(folder, name), text);
}

const load = (specs: SeriesSpecs, period: { start?: number; end?: number } = {}) => {
  const strategy = defineStrategy({
    name: 'X',
    series: specs,
    warmUp: 0,
    signals: () => () => 0,
  });
  return loadSeries(strategy, { candles: eth, dataFolder: folder, folder, ...period }).then(
    (loaded) => ({ ...loaded, strategy: loaded.bind(strategy) }),
  );
};

describe('candles of another symbol', () => {
  test('come from the data folder, and are part of the hash', async () => {
    store(btc);
    const { strategy, files, dataHash } = await load({ btc: series.symbol('BTCUSDT') });
    expect(files).toEqual([path.join(folder, 'spot', '1h', 'BTCUSDT_1h.csv')]);
    expect(strategy.seriesSources!.byName.btc).toMatchObject({ candles: { length: 400 } });
    store({ ...btc, volume: btc.volume.map((value) => value + 1) });
    expect((await load({ btc: series.symbol('BTCUSDT') })).dataHash).not.toBe(dataHash);
  });

  test('that are absent or have holes are told; a later beginning is none', async () => {
    await expect(load({ sol: series.symbol('SOLUSDT') })).rejects.toThrow(
      `Strategy "X": series.sol: no candles of SOLUSDT 1h in ${folder}/spot/1h; get them with wus fetch-data --symbols SOLUSDT --interval 1h --start ${new Date(eth.openTime[0]!).toISOString().slice(0, 10)}, or say where they are with --data-dir`,
    );
    store({ ...candleRange(btc, 100, 300), symbol: 'ADAUSDT' }, 'ADAUSDT');
    const ada = { ada: series.symbol('ADAUSDT') };
    await expect(load(ada)).rejects.toThrow(
      `series.ada: ADAUSDT 1h lacks 100 candles that ETHUSDT has, the first at ${new Date(eth.openTime[300]!).toISOString()}`,
    );
    await expect(load(ada, { end: eth.openTime[300]! })).resolves.toBeDefined();
    await expect(load(ada, { end: eth.openTime[50]! })).rejects.toThrow(
      'ADAUSDT 1h has no candles in the period',
    );
  });
});

describe('a table', () => {
  test('has times in ms or as text, and numbers; an empty cell is undefined', async () => {
    write(
      'a.csv',
      'note,score,time\nx,1,2022-01-02\ny,,2022-01-02T08:00:00Z\nz,-2e3,1641168000000\n',
    );
    const { strategy, dataHash } = await load({ mood: series.table('./a.csv', ['score']) });
    expect(strategy.seriesSources!.byName.mood).toEqual({
      kind: 'table',
      table: {
        time: Float64Array.of(Date.UTC(2022, 0, 2), Date.UTC(2022, 0, 2, 8), Date.UTC(2022, 0, 3)),
        columns: { score: Float64Array.of(1, Number.NaN, -2_000) },
      },
    });
    write('a.csv', 'time,score\n2022-01-02,1\n');
    expect((await load({ mood: series.table('./a.csv', ['score']) })).dataHash).not.toBe(dataHash);
  });

  test.each([
    ['', 'b.csv:1: no column "time"; it is empty'],
    ['time,scroe\n', 'b.csv:1: no column "score" (did you mean "scroe"?); it has time, scroe'],
    ['time,score\n2022-01-02,x\n', 'b.csv:2: score must be a number, or empty'],
    ['time,score\n\nsoon,1\n', 'b.csv:3: time must be milliseconds or a UTC time'],
    ['time,score\n1641168000,1\n', 'does it count seconds?'],
    [
      'time,score\n2022-01-02,1\n2022-01-02,2\n',
      'b.csv: row 2 must have a time after the row before it',
    ],
  ])('%j is refused', async (text, message) => {
    write('b.csv', text);
    await expect(load({ mood: series.table('./b.csv', ['score']) })).rejects.toThrow(message);
  });

  test('that does not exist is told', async () => {
    await expect(load({ mood: series.table('./none.csv', ['score']) })).rejects.toThrow(
      'none.csv does not exist; its path is seen from the file of the strategy',
    );
  });
});

test('a higher timeframe of the own symbol needs no data, and changes no hash', async () => {
  const { dataHash, files, strategy } = await load({ day: series.timeframe('1d') });
  expect([dataHash, files, strategy.seriesSources]).toEqual([undefined, [], undefined]);
});
