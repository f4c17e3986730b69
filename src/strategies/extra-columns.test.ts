import { describe, expect, test } from 'vitest';
import { type CandleSeries, candleRange, syntheticCandles } from '../candles/index.js';
import { UsageError } from '../domain/index.js';
import { checkHistory } from './check-history.js';
import { checkStrategy } from './check-strategy.js';
import { defineStrategy } from './define-strategy.js';
import { resolveParameters } from './resolve-parameters.js';
import type { Strategy } from './strategy.js';

const plain = syntheticCandles({ length: 1_500, symbol: 'BTCUSDT' });
const candles: CandleSeries = {
  ...plain,
  takerBuyVolume: plain.volume.map((volume, i) => volume * (0.5 + 0.4 * Math.sin(i))),
};
const none = (strategy: Strategy) => resolveParameters(strategy);

const takers = (at: number): Strategy =>
  defineStrategy({
    name: 'Takers',
    extraColumns: ['takerBuyVolume'],
    warmUp: 1,
    signals:
      ({ candles: { takerBuyVolume, volume } }) =>
      (i) =>
        takerBuyVolume[i + at]! > 0.6 * volume[i]! ? 1 : -1,
  });

describe('a strategy that reads an extra column', () => {
  test('sees it, in the check and in windows of its history, too', () => {
    const strategy = takers(0);
    expect(strategy.extraColumns).toEqual(['takerBuyVolume']);
    const signals = strategy.signals(candles, none(strategy));
    expect(new Set(signals.subarray(1))).toEqual(new Set([1, -1]));
    expect(checkStrategy(strategy, none(strategy), candles).cuts).toBeGreaterThan(100);
    expect(checkHistory(strategy, none(strategy), candles).differing).toBe(0);
    expect(candleRange(candles, 5, 9).takerBuyVolume).toEqual(
      candles.takerBuyVolume!.subarray(5, 9),
    );
  });

  test('is caught when it looks ahead there', () => {
    expect(() => checkStrategy(takers(1), none(takers(1)), candles)).toThrow('looks ahead');
  });

  test('is caught when it writes there', () => {
    const strategy = defineStrategy({
      name: 'Writer',
      extraColumns: ['takerBuyVolume'],
      warmUp: 0,
      signals: ({ candles: { takerBuyVolume } }) => {
        takerBuyVolume.sort();
        return () => 0;
      },
    });
    const own = { ...candles, takerBuyVolume: candles.takerBuyVolume!.slice() };
    expect(() => checkStrategy(strategy, none(strategy), own)).toThrow(
      'modifies its input candles (takerBuyVolume',
    );
  });

  test('is refused on candles that do not have it', () => {
    const strategy = takers(0);
    expect(() => strategy.signals(plain, none(strategy))).toThrow(
      `Strategy "Takers" needs takerBuyVolume, which these candles do not have; load them with loadCandles({ extraColumns: ['takerBuyVolume'] })`,
    );
  });

  test('has a type for what it declares', () => {
    const strategy = defineStrategy({
      name: 'Typed',
      extraColumns: ['takerBuyVolume'],
      warmUp: 0,
      signals: ({ candles: { takerBuyVolume, quoteVolume } }) => {
        // @ts-expect-error it is not declared, so it may be absent
        expect(() => quoteVolume.length).toThrow(TypeError);
        return takerBuyVolume.map(() => 1);
      },
    });
    expect(strategy.signals(candles, none(strategy))[0]).toBe(1);
  });

  test('is refused when it did not declare it', () => {
    const strategy = defineStrategy({
      name: 'Silent',
      warmUp: 0,
      signals:
        ({ candles: { quoteVolume } }) =>
        (i) =>
          quoteVolume![i]! > 0 ? 1 : 0,
    });
    expect(() => checkStrategy(strategy, none(strategy), plain)).toThrow(
      `reads candles.quoteVolume without declaring it; add extraColumns: ['quoteVolume'] to its definition`,
    );
  });

  test.each([['takerVolume'], ['count', 'count'], 'count'].map((names) => [names]))(
    'must name columns that exist, each once: %j',
    (names) => {
      const definition = { name: 'X', warmUp: 0, signals: () => () => 0, extraColumns: names };
      expect(() =>
        defineStrategy(
          definition as unknown as { name: string; warmUp: number; signals: () => () => number },
        ),
      ).toThrow(
        new UsageError(
          `Strategy "X": extraColumns must be a list of quoteVolume, count, takerBuyVolume, takerBuyQuoteVolume, each at most once: it is ${JSON.stringify(names)}`,
        ),
      );
    },
  );
});
