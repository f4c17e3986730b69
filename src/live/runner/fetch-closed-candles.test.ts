import { describe, expect, test } from 'vitest';
import type { CandleSource, ExchangeCandle } from '../../exchange/index.js';
import { fetchClosedCandles } from './fetch-closed-candles.js';

const MINUTE = 60_000;
const START = Date.UTC(2026, 0, 5);
const row = (i: number): ExchangeCandle =>
  ({
    openTime: START + i * MINUTE,
    open: '1',
    high: '1',
    low: '1',
    close: '1',
    volume: '1',
    closeTime: START + (i + 1) * MINUTE - 1,
  }) as ExchangeCandle;
/** An exchange that also gives the candle that forms. */
const sourceAt = (time: number): CandleSource => ({
  pageCandlesMax: 1_000,
  serverTime: () => Promise.resolve(time),
  candles: ({ startTime, endTime }) =>
    Promise.resolve(
      Array.from({ length: 20 }, (_, i) => row(i)).filter(
        ({ openTime }) => openTime >= startTime && openTime <= endTime && openTime <= time,
      ),
    ),
  fundingRates: () => Promise.resolve([]),
});
const query = { symbol: 'X', timeframe: '1m', candlesMax: 3 } as const;
const at = START + 5 * MINUTE;

describe('whether a candle is closed is the clock of the exchange', () => {
  test.each<[string, number, number]>([
    ['just before the close', at - 1, 3],
    ['at the close', at, 4],
    ['half a minute later', at + 30_000, 4],
  ])('%s', async (_, time, newest) => {
    const candles = await fetchClosedCandles(sourceAt(time), { ...query, fromOpenTime: START });
    expect(candles.at(-1)?.openTime).toBe(START + newest * MINUTE);
  });

  test('whatever the caller says of its own clock', async () => {
    const options = { ...query, fromOpenTime: START + 3 * MINUTE, now: at + 4_000 };
    const candles = await fetchClosedCandles(sourceAt(at - 700), options);
    expect(candles.map(({ openTime }) => openTime)).toEqual([START + 3 * MINUTE]);
  });

  test('a caller that knows it does not ask', async () => {
    const source = { ...sourceAt(at), serverTime: () => Promise.reject(new Error('not asked')) };
    const options = { ...query, fromOpenTime: undefined, exchangeNow: at - 1 };
    const candles = await fetchClosedCandles(source, options);
    expect(candles).toHaveLength(3);
  });
});
