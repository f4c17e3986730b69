// A week of real candles, all four strategies at once, as processes: what wus trader is for.
import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { type CandleSeries, candleSeriesFromRows, resample } from '../../src/candles/index.js';
import type { Market } from '../../src/domain/index.js';
import { loadCandles } from '../../src/history/index.js';
import { TRADED_STRATEGIES } from './traded-strategies.js';
import {
  calmEnd,
  type Mishap,
  onBothMarkets,
  type SessionBot,
  tradeThrough,
} from './trading-session.js';

const DATA = '../shared/data';
const REAL = {
  spot: `${DATA}/spot/15m/BTCUSDT_15m_2022_2023.csv.gz`,
  usdm: `${DATA}/usdm/1m/BTCUSDT_1m_2025-05.csv.gz`,
  funding: `${DATA}/usdm/funding/BTCUSDT_funding.csv.gz`,
};
const hasData = Object.values(REAL).every((file) => existsSync(file));
if (!hasData) console.warn(`SKIPPED: a week of real candles, because ${DATA} is missing`);

const SEED = Number(process.env.WUS_SEED ?? 1);
const CANDLE_MS = 900_000;
const DAY_MS = 86_400_000;
/** Six days: whole days keep the hours of funding. */
const HISTORY = 576;
const WEEK = 672;
/** A week in about half an hour; a machine with nothing else to do takes more. */
const SPEED = Number(process.env.WUS_WEEK_SPEED ?? 300);
/** Where every session is put on the calendar. */
const START_TIME = Date.UTC(2026, 0, 5);

/** Each bot has a week of its own, told under its own name: its first day, counted from the first one of the file. */
const FIRST_DAYS: Readonly<Record<Market, readonly number[]>> = {
  spot: [20, 200, 400, 600],
  usdm: [0, 5, 10, 15],
};

const MISHAPS: readonly Mishap[] = [
  ...Array.from({ length: 5 }, () => ['kill', 'kill-amid-order', 'cut', 'cut'] as const).flat(),
  ...(['reply-lost', 'reply-lost', 'answer-unknown', 'event-lost', 'event-twice'] as const),
  ...(['sockets-dropped', 'hold', 'candle-lost', 'exchange-stalls', 'rest-down'] as const),
  ...(['terminated', 'streams-silent'] as const),
];

async function realCandles(market: Market): Promise<CandleSeries> {
  const { candles } = await loadCandles({ files: [REAL[market]], market });
  if (candles.timeframe === '15m') return candles;
  return { ...candles, ...resample(candles, candles.timeframe, '15m').columns, timeframe: '15m' };
}

/** History, a week, and one candle more, moved to the calendar of the session by whole days. */
function stretch(all: CandleSeries, symbol: string, day: number) {
  const begin = Math.ceil(all.openTime[0]! / DAY_MS + day) * DAY_MS;
  const from = all.openTime.findIndex((time) => time >= begin);
  const shiftMs = START_TIME - HISTORY * CANDLE_MS - begin;
  const rows = Array.from({ length: HISTORY + WEEK + 1 }, (_, i) => {
    const { openTime, open, high, low, close, volume } = all;
    const columns = [openTime, open, high, low, close, volume];
    const [time = 0, ...values] = columns.map((column) => column[from + i]!);
    return [time + shiftMs, ...values];
  });
  const { market, timeframe } = all;
  const candles = calmEnd(candleSeriesFromRows({ symbol, market, timeframe }, rows));
  return { candles, shiftMs };
}

/** What was really paid in that week, at its new place on the calendar. */
function fundingOf(shiftMs: number): string {
  const [header = '', ...rows] = gunzipSync(readFileSync(REAL.funding))
    .toString()
    .trim()
    .split('\n');
  const shifted = rows.map((row) => {
    const [time, ...rest] = row.split(',');
    return [Number(time) + shiftMs, ...rest];
  });
  const isNear = ([time]: (string | number)[]): boolean =>
    Math.abs(Number(time) - START_TIME) < 30 * DAY_MS;
  return `${[header, ...shifted.filter(isNear).map((row) => row.join(','))].join('\n')}\n`;
}

describe.skipIf(!hasData)('a replayed week of real candles', () => {
  test('four strategies trade it on spot and USD-M through crashes and disconnects, and every difference to the backtest has a cause', async () => {
    console.info(`seed ${SEED}, ${SPEED} times as fast as the clock`);
    await onBothMarkets(async (market) => {
      const all = await realCandles(market);
      const funding: Record<string, string> = {};
      const bots = TRADED_STRATEGIES.map(([symbol, config], i): SessionBot => {
        const week = stretch(all, symbol, FIRST_DAYS[market][i]!);
        funding[symbol] = fundingOf(week.shiftMs);
        const money = { interval: '15m', units: 0.05, initial_balance: 20_000 };
        const sides = market === 'usdm' ? { direction: 'both', leverage: 2 } : {};
        return { config: { symbol, ...money, ...sides, ...config }, candles: week.candles };
      });
      const { results, happened } = await tradeThrough({
        ...{ market, bots, mishaps: MISHAPS, speed: SPEED, startTime: START_TIME, seed: SEED },
        ...(market === 'usdm' ? { funding } : {}),
      });
      console.info([market, ...happened].join('\n'));
      for (const { text, report } of results) {
        console.info(text);
        expect(report.matched).toBeGreaterThan(report.liveTrades / 2);
      }
    });
  });
});
