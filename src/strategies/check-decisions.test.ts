import { describe, expect, test } from 'vitest';
import { syntheticCandles } from '../candles/index.js';
import { checkHistory } from './check-history.js';
import { checkStrategy } from './check-strategy.js';
import { defineStrategy, type StrategyContext } from './define-strategy.js';
import type { Strategy } from './strategy.js';
import type { TradeSignals } from './trade-signals.js';

const candles = syntheticCandles({ length: 2_000, timeframe: '1h', seed: 5 });
type Context = StrategyContext<Record<never, never>>;

/** Enters now and then, always by what is known. */
const enter =
  ({ candles: { close } }: Context) =>
  (i: number): number =>
    Math.floor(close[i]! * 1e4) % 7 === 0 ? 1 : 0;

const strategyOf = (
  give: (context: Context) => Partial<TradeSignals>,
  manage?: (view: { i: number; side: number }, columns: Record<string, Float64Array>) => object,
): Strategy =>
  defineStrategy({
    name: 'X',
    warmUp: 20,
    signals: (context) => ({ enter: enter(context), ...give(context) }),
    ...(manage === undefined ? {} : { manage: manage }),
  });

const lowest = ({ candles: { low }, indicators }: Context): Float64Array =>
  indicators.lowest(low, 5);

describe('the check for look-ahead covers', () => {
  test.each<[string, (context: Context) => Partial<TradeSignals>]>([
    ['exit', ({ candles: { close } }) => ({ exit: (i) => close[i + 1]! < close[i]! && 'long' })],
    [
      'stopDistance',
      ({ candles: { low, close } }) => ({ stopDistance: (i) => close[i]! - (low[i + 1] ?? 0) }),
    ],
    ['targetDistance', ({ candles: { high } }) => ({ targetDistance: (i) => high[i + 1] ?? 1 })],
    ['size', ({ candles: { close } }) => ({ size: (i) => (close[i + 1]! > close[i]! ? 1 : 0.5) })],
    ['rank', ({ candles: { close } }) => ({ rank: (i) => close[i + 2] ?? 0 })],
  ])('%s', (name, give) => {
    expect(() => checkStrategy(strategyOf(give), {}, candles)).toThrow(
      `looks ahead: its ${name} at candle`,
    );
  });

  test.each<
    [string, (view: { i: number; side: number }, columns: Record<string, Float64Array>) => object]
  >([
    ['stop', ({ i }, columns) => ({ stop: columns.lowest![i + 1] ?? Number.NaN })],
    ['exit', ({ i }, columns) => ({ exit: (columns.lowest![i + 1] ?? 0) < columns.lowest![i]! })],
    ['target', ({ i }, columns) => ({ target: columns.lowest!.at(-1)! * 2 + i })],
  ])('what manage answers: %s', (name, manage) => {
    const strategy = strategyOf((context) => ({ columns: { lowest: lowest(context) } }), manage);
    expect(() => checkStrategy(strategy, {}, candles)).toThrow(
      `looks ahead: its ${name} of manage() at candle`,
    );
  });

  test('state that manage keeps', () => {
    let calls = 0;
    const strategy = strategyOf(
      () => ({}),
      () => ({ stop: ++calls }),
    );
    expect(() => checkStrategy(strategy, {}, candles)).toThrow(/not deterministic|keeps state/);
  });

  test('and passes what reads only what is known', () => {
    const strategy = strategyOf(
      (context) => ({
        exit: (i) => context.candles.close[i]! > context.candles.open[i]! && 'both',
        stopDistance: (i) => 1 + (i % 3),
        columns: { lowest: lowest(context) },
      }),
      ({ i }, columns) => ({ stop: columns.lowest![i]! }),
    );
    expect(checkStrategy(strategy, {}, candles).cuts).toBeGreaterThan(200);
    expect(checkHistory(strategy, {}, candles).differing).toBeLessThanOrEqual(100);
  });
});

test('the check of the history compares distances where something is entered, within a tie (S-63)', () => {
  const slow = defineStrategy({
    name: 'X',
    history: 50,
    warmUp: 20,
    signals: ({ candles: { close, length }, indicators }) => ({
      enter: (i) => Number(i % 1 === 0 && length > 0),
      stopDistance: indicators.ema(close, 20),
    }),
  });
  expect(checkHistory(slow, {}, candles).differing).toBeGreaterThan(90);
  const fast = defineStrategy({
    name: 'X',
    history: 50,
    warmUp: 20,
    signals: ({ candles: { close }, indicators }) => ({
      enter: () => 1,
      stopDistance: indicators.sma(close, 20),
    }),
  });
  expect(checkHistory(fast, {}, candles).differing).toBe(0);
});
