import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findOddities, resample, timeText } from '../candles/index.js';
import { loadCandleFile } from './load-candle-file.js';
import { loadCandles } from './load-candles.js';
import type { LoadedCandles } from './loaded-candles.js';

const DATA = '../shared/data';
const hasData = existsSync(DATA);
if (!hasData) console.warn(`SKIPPED: real candles, because ${DATA} is missing`);

const load = (...files: string[]): Promise<LoadedCandles> =>
  loadCandles({ files: files.map((file) => join(DATA, file)), cache: false });

describe.skipIf(!hasData)('recorded candles', () => {
  test.each([
    ['spot/1h/BTCUSDT_1h.csv.gz', 'BTCUSDT', 'spot', '1h', 55_740, 28],
    ['spot/1h/ETHUSDT_1h.csv.gz', 'ETHUSDT', 'spot', '1h', 55_740, 28],
    ['spot/1h/BNBUSDT_1h.csv.gz', 'BNBUSDT', 'spot', '1h', 53_775, undefined],
    ['spot/1h/ADAUSDT_1h.csv.gz', 'ADAUSDT', 'spot', '1h', 49_920, undefined],
    ['spot/1h/DOGEUSDT_1h.csv.gz', 'DOGEUSDT', 'spot', '1h', 39_300, undefined],
    ['spot/1h/SOLUSDT_1h.csv.gz', 'SOLUSDT', 'spot', '1h', 29_686, undefined],
    ['spot/1h/AVAXUSDT_1h.csv.gz', 'AVAXUSDT', 'spot', '1h', 23_987, undefined],
    ['spot/15m/BTCUSDT_15m_2022_2023.csv.gz', 'BTCUSDT', 'spot', '15m', 70_075, 1],
    ['spot/1h-11col/BTCUSDT_1h_2022_2023.csv.gz', 'BTCUSDT', 'spot', '1h', 17_519, 1],
    ['spot/1d/ETHUSDT_1d.csv.gz', 'ETHUSDT', 'spot', '1d', 730, 0],
    ['spot/8h/BTCUSDT_8h.csv.gz', 'BTCUSDT', 'spot', '8h', 7_458, undefined],
    ['usdm/8h/BTCUSDT_8h.csv.gz', 'BTCUSDT', 'usdm', '8h', 7_456, undefined],
    ['usdm/1m/BTCUSDT_1m_2025-05.csv.gz', 'BTCUSDT', 'usdm', '1m', 43_198, undefined],
    ['usdm/1h/BTCUSDT_1h_2025-09_2026-03.csv.gz', 'BTCUSDT', 'usdm', '1h', 4_499, undefined],
    [
      'raw-formats/spot-archive-csv-ms-to-us/BTCUSDT-1h-2025-01.csv.gz',
      'BTCUSDT',
      'spot',
      '1h',
      744,
      0,
    ],
    [
      'raw-formats/spot-archive-csv-with-header/BTCUSDT-1h-2023-01.csv.gz',
      'BTCUSDT',
      'spot',
      '1h',
      744,
      0,
    ],
    [
      'raw-formats/usdm-archive-csv-header/ALGOUSDT-1m-2025-02.csv.gz',
      'ALGOUSDT',
      'spot',
      '1m',
      40_320,
      0,
    ],
    ['raw-formats/freqtrade-json/SOL_USDT-1h.json.gz', 'SOLUSDT', 'spot', '1h', 18_970, undefined],
    [
      'raw-formats/cryptodatadownload-csv-descending/Binance_ADAUSDT_1h.csv.gz',
      'ADAUSDT',
      'spot',
      '1h',
      7_478,
      7,
    ],
  ])('%s', async (file, symbol, market, timeframe, length, gaps) => {
    const loaded = await load(file);
    const { candles } = loaded;
    expect({ ...candles, length: candles.length }).toMatchObject({
      symbol,
      market,
      timeframe,
      length,
    });
    if (gaps !== undefined) expect(loaded.gaps).toHaveLength(gaps);
  });

  test('BTCUSDT has 128 missing hours, the longest gap on 2018-02-08', async () => {
    const { gaps } = await load('spot/1h/BTCUSDT_1h.csv.gz');
    expect(gaps.reduce((sum, gap) => sum + gap.missing, 0)).toBe(128);
    const longest = gaps.reduce((a, b) => (b.missing > a.missing ? b : a));
    expect(timeText(longest.startTime)).toBe('2018-02-08 01:00');
    expect(timeText(longest.endTime)).toBe('2018-02-09 10:00');
  });

  test('the outage of 2023-03-24 shows as 72 minutes without volume and 80 missing ones', async () => {
    const { candles, gaps } = await load('spot/1m/BTCUSDT_1m_2023H1.csv.gz');
    expect(gaps).toEqual([
      {
        startTime: Date.parse('2023-03-24T12:40:00Z'),
        endTime: Date.parse('2023-03-24T14:00:00Z'),
        missing: 80,
      },
    ]);
    const { zeroVolume, frozenPrices } = findOddities(candles);
    expect(zeroVolume.runs.map((run) => [timeText(run.openTime), run.candles])).toEqual([
      ['2023-03-24 11:28', 72],
    ]);
    expect(frozenPrices).toEqual(zeroVolume.runs);
  });

  const halfYears = ['2022H1', '2022H2', '2023H1', '2023H2'].map(
    (half) => `spot/1m/BTCUSDT_1m_${half}.csv.gz`,
  );

  test('the four half-years of minutes join to one series with the outage as its only gap', async () => {
    const shuffled = [2, 0, 3, 1].map((i) => halfYears[i]!);
    const { candles, gaps, files } = await load(...shuffled);
    expect(candles.length).toBe(1_051_120);
    expect(gaps).toHaveLength(1);
    expect(files.map((file) => file.slice(-13))).toEqual(halfYears.map((file) => file.slice(-13)));
    for (const [timeframe, file] of [
      ['15m', 'spot/15m/BTCUSDT_15m_2022_2023.csv.gz'],
      ['1h', 'spot/1h-11col/BTCUSDT_1h_2022_2023.csv.gz'],
    ] as const) {
      const built = resample(candles, '1m', timeframe);
      const downloaded = (await load(file)).candles;
      for (const name of ['openTime', 'open', 'high', 'low', 'close', 'volume'] as const) {
        expect(Buffer.compare(bytes(built.columns[name]), bytes(downloaded[name])), name).toBe(0);
      }
      expect([built.droppedFirst, built.droppedLast]).toEqual([false, false]);
    }
  });

  test('minutes with all eleven columns build hours with all eleven columns', async () => {
    const minutes = await loadCandleFile(join(DATA, halfYears[2]!));
    const hours = await loadCandleFile(join(DATA, 'spot/1h-11col/BTCUSDT_1h_2022_2023.csv.gz'));
    const built = resample(minutes.columns, '1m', '1h', minutes.extras);
    const from = hours.columns.openTime.indexOf(built.columns.openTime[0]!);
    expect(from).toBeGreaterThan(0);
    const different: string[] = [];
    for (const [name, values] of Object.entries(built.extras)) {
      const expected = hours.extras[name as keyof typeof hours.extras]!;
      values.forEach((value, i) => {
        if (value === expected[from + i]) return;
        different.push(
          `${timeText(built.columns.openTime[i]!)} ${name} ${value} ${expected[from + i]}`,
        );
      });
    }
    expect(different).toEqual([]);
  });

  test('the hour of the 2023-02-14 archive and the same hours as freqtrade JSON agree', async () => {
    const csv = (await load('spot/1h/SOLUSDT_1h.csv.gz')).candles;
    const json = (await load('raw-formats/freqtrade-json/SOL_USDT-1h.json.gz')).candles;
    expect(json.openTime[0]).toBe(csv.openTime[0]);
    expect([...json.close.subarray(0, 1000)]).toEqual([...csv.close.subarray(0, 1000)]);
  });

  test('funding rates are refused as candles', async () => {
    await expect(load('usdm/funding/BTCUSDT_funding.csv.gz')).rejects.toThrow(
      /BTCUSDT_funding\.csv\.gz:1: no candles: column open_time, open, high, low, close is missing/,
    );
  });

  test('mark prices load with unknown volume', async () => {
    const { candles, warnings } = await loadCandles({
      files: [join(DATA, 'usdm/mark-8h/BTCUSDT_mark8h.csv.gz')],
      symbol: 'BTCUSDT',
      cache: false,
    });
    expect([candles.length, candles.timeframe, candles.market]).toEqual([4_188, '8h', 'usdm']);
    expect(candles.volume.every(Number.isNaN)).toBe(true);
    expect(warnings.join()).toContain('no volume column');
  });
});

function bytes(column: Float64Array): Uint8Array {
  return new Uint8Array(column.buffer, column.byteOffset, column.byteLength);
}
