import { describe, expect, test } from 'vitest';
import { candleSeriesFromRows } from '../../candles/index.js';
import { candlesOnGrid } from './price-grid.js';
import { spotSymbol } from './spot-symbol.js';
import { tickSizeOf } from './tick-size.js';
import { usdmSymbol } from './usdm-symbol.js';

const amount = (value: bigint): number => Number(value) / 1e8;

describe('rules of a symbol that nobody knows', () => {
  test.each([
    ['LOWUSDT', 2.5e-7, 1],
    ['PEPEUSDT', 1.2e-5, 1],
    ['ONEUSDT', 1, 1],
    ['DEARUSDT', 87_000, 1],
    ['EURUSDC', 1.1, 1],
    ['XRPBNB', 0.0009, 600],
    ['ETHBTC', 0.05, 60_000],
    ['SHIBBTC', 2e-8, 60_000],
    ['BNBTRY', 25_000, 0.03],
  ])('%s at %d: orders of a few dollars up to many thousands fit', (symbol, price, dollars) => {
    for (const rules of [spotSymbol(symbol, price), usdmSymbol(symbol, price)]) {
      const worth = (quantity: bigint): number => amount(quantity) * price * dollars;
      expect(worth(rules.minQuantity)).toBeLessThan(5);
      expect(amount(rules.minNotional) * dollars).toBeLessThanOrEqual(10);
      expect(worth(rules.marketMaxQuantity)).toBeGreaterThan(100_000);
      expect(rules.maxQuantity).toBeGreaterThanOrEqual(rules.marketMaxQuantity);
      expect(rules.maxQuantity % rules.stepSize).toBe(0n);
    }
  });
});

describe('candlesOnGrid()', () => {
  const candles = (market: 'spot' | 'usdm', price: number) =>
    candleSeriesFromRows({ symbol: 'BTCUSDT', market, timeframe: '1m' }, [
      [0, price, price + 0.5, price - 0.5, price, 1],
    ]);

  test.each([
    ['spot', 30_000.01, 30_000.01],
    ['usdm', 30_000.01, 30_000],
    ['usdm', 30_000.07, 30_000.1],
    ['usdm', 0.3, 0.3],
  ] as const)('%s: %d becomes %d', (market, price, expected) => {
    expect(candlesOnGrid(candles(market, price)).close[0]).toBe(expected);
  });

  test('leaves candles alone that are on the grid', () => {
    const own = candles('usdm', 30_000.1);
    expect(candlesOnGrid(own)).toBe(own);
  });

  test('the steps of the two markets differ', () => {
    expect([tickSizeOf('spot', 'BTCUSDT', 1), tickSizeOf('usdm', 'BTCUSDT', 1)]).toEqual([
      0.01, 0.1,
    ]);
  });
});
