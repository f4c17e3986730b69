import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { candleOpenTime, TIMEFRAMES, timeframeMs } from '../domain/index.js';
import { candlesToCsv } from './encode.js';
import { syntheticCandles } from './synthetic.js';

describe('syntheticCandles()', () => {
  test('gives the same candles for the same options, others for another seed or symbol', () => {
    const csv = (options: object) => candlesToCsv(syntheticCandles({ length: 50, ...options }));
    expect(csv({ seed: 7 })).toBe(csv({ seed: 7 }));
    expect(csv({ seed: 7 })).not.toBe(csv({ seed: 8 }));
    expect(csv({ seed: 7 })).not.toBe(csv({ seed: 7, symbol: 'OTHER' }));
  });

  test('a longer market starts with the shorter one', () => {
    const [short, long] = [60, 90].map((length) => candlesToCsv(syntheticCandles({ length })));
    expect(long!.startsWith(short!)).toBe(true);
  });

  test('every candle is valid, on ticks, aligned and later than the one before, whatever is asked for', () => {
    fc.assert(
      fc.property(
        fc.record({
          seed: fc.integer(),
          symbol: fc.constantFrom('SYNTHETIC', 'ADAUSDT'),
          timeframe: fc.constantFrom(...TIMEFRAMES),
          length: fc.integer({ min: 0, max: 400 }),
          startPrice: fc.constantFrom(0.5, 30_000),
        }),
        (options) => {
          const candles = syntheticCandles(options);
          expect(candles).toMatchObject({ length: options.length, symbol: options.symbol });
          const step = timeframeMs(options.timeframe);
          for (let i = 0; i < candles.length; i++) {
            const [open, high, low, close] = [
              candles.open[i]!,
              candles.high[i]!,
              candles.low[i]!,
              candles.close[i]!,
            ];
            expect(low).toBeGreaterThan(0);
            expect(low).toBeLessThanOrEqual(Math.min(open, close));
            expect(high).toBeGreaterThanOrEqual(Math.max(open, close));
            expect(close).toBe(Math.round(close * 100) / 100);
            expect(candles.volume[i]).toBeGreaterThanOrEqual(0);
            const time = candles.openTime[i]!;
            expect(candleOpenTime(time, options.timeframe)).toBe(time);
            if (i === 0) continue;
            const distance = candles.openTime[i]! - candles.openTime[i - 1]!;
            expect(distance).toBeGreaterThan(0);
            expect(distance % step).toBe(0);
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  test('returns have fat tails and clustered volatility, as in real markets', () => {
    const { close, length } = syntheticCandles({ length: 20_000, hasTimeGaps: false });
    const returns = Array.from({ length: length - 1 }, (_, i) =>
      Math.log(close[i + 1]! / close[i]!),
    );
    const squares = returns.map((value) => value * value);
    const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
    const kurtosis = mean(squares.map((value) => value * value)) / mean(squares) ** 2;
    expect(kurtosis).toBeGreaterThan(6);
    const size = returns.map(Math.abs);
    expect(autocorrelation(size, 1)).toBeGreaterThan(0.1);
    expect(autocorrelation(size, 24)).toBeGreaterThan(0.05);
    expect(Math.abs(autocorrelation(returns, 1))).toBeLessThan(0.05);
  });

  test('has price gaps at the open and missing candles, none of the latter when not wanted', () => {
    const candles = syntheticCandles({ length: 20_000 });
    const missing = (series: typeof candles) =>
      (series.openTime[series.length - 1]! - series.openTime[0]!) / 3_600_000 - series.length + 1;
    expect(missing(candles)).toBeGreaterThan(5);
    expect(missing(syntheticCandles({ length: 20_000, hasTimeGaps: false }))).toBe(0);
    let gaps = 0;
    for (let i = 1; i < candles.length; i++)
      if (Math.abs(candles.open[i]! / candles.close[i - 1]! - 1) > 0.002) gaps++;
    expect(gaps).toBeGreaterThan(10);
  });

  test.each([
    [{ length: -1 }, 'Cannot generate -1 candles: the length must be a whole number >= 0'],
    [{ length: 1.5 }, 'Cannot generate 1.5 candles: the length must be a whole number >= 0'],
    [{ length: 5, startPrice: 0 }, 'Cannot generate candles from price 0'],
  ])('refuses %j', (options, message) => {
    expect(() => syntheticCandles(options)).toThrow(message);
  });
});

function autocorrelation(values: readonly number[], lag: number): number {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  let [product, square] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    square += (values[i]! - mean) ** 2;
    if (i >= lag) product += (values[i]! - mean) * (values[i - lag]! - mean);
  }
  return product / square;
}
