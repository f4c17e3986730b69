import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { candleSeriesFromRows } from '../candles/index.js';
import { normalRandom, seededRandom } from '../util/index.js';
import { checkStrategy } from './check-strategy.js';
import { resolveParameters } from './resolve-parameters.js';
import { strategyContract } from './strategy.contract.js';
import { findStrategy, STRATEGIES } from './strategy-map.js';

const IDENTITY = { symbol: 'TEST', market: 'spot', timeframe: '1h' } as const;

/** Candles with the given closes; range and volume can be given too. */
function candlesOf(closes: readonly number[], volumes?: readonly number[], range = 0) {
  return candleSeriesFromRows(
    IDENTITY,
    closes.map((close, i) => [
      i * 3_600_000,
      close,
      close + range / 2,
      close - range / 2,
      close,
      volumes?.[i] ?? 1,
    ]),
  );
}

function signalsOf(
  name: string,
  given: Readonly<Record<string, unknown>>,
  candles: ReturnType<typeof candlesOf>,
): number[] {
  const strategy = findStrategy(name);
  return [...strategy.signals(candles, resolveParameters(strategy, given))];
}

function randomMarket(length: number) {
  const normal = normalRandom(seededRandom(42));
  let price = 100;
  const rows = Array.from({ length }, (_, i) => {
    const open = price;
    price = Math.round(price * Math.exp(0.01 * normal()) * 100) / 100;
    const [top, bottom] = [Math.max(open, price) + 0.3, Math.min(open, price) - 0.3];
    return [i * 3_600_000, open, top, bottom, price, Math.exp(normal())];
  });
  return candleSeriesFromRows(IDENTITY, rows);
}

describe('MovingAverageCrossoverStrategy: +1 while fast > slow, -1 while fast < slow, 0 when equal', () => {
  test.each([
    [
      'SMA 1/2',
      { fast_period: 1, slow_period: 2, ma_type: 'SMA' },
      [1, 2, 3, 3, 2, 2, 5],
      [0, 1, 1, 0, -1, 0, 1],
    ],
    [
      'SMA 2/3',
      { fast_period: 2, slow_period: 3, ma_type: 'SMA' },
      [3, 3, 3, 6, 3, 0],
      [0, 0, 0, 1, 1, -1],
    ],
    // EMA(1) is the close; EMA(3) = 2 at index 2, then half way to the close.
    ['EMA 1/3', { fast_period: 1, slow_period: 3 }, [1, 2, 3, 2.5, 2.25, 1], [0, 0, 1, 1, 0, -1]],
    [
      'flat prices never cross, whatever is rounded',
      { fast_period: 3, slow_period: 7, ma_type: 'EMA' },
      Array(12).fill(0.1),
      Array(12).fill(0),
    ],
    [
      'flat prices after others (SMA)',
      { fast_period: 2, slow_period: 3, ma_type: 'SMA' },
      [7.7, 0.1, 0.1, 0.1, 0.1],
      [0, 0, -1, 0, 0],
    ],
    ['too few candles', { fast_period: 2, slow_period: 9 }, [1, 2, 3], [0, 0, 0]],
  ])('%s', (_, given, closes, expected) => {
    expect(signalsOf('MACross', given, candlesOf(closes as number[]))).toEqual(expected);
  });
});

describe('RsiMeanReversionStrategy: +1 at or below oversold, -1 at or above overbought', () => {
  // RSI(1) is 100 after a rise, 0 after a fall, 50 when nothing moved.
  test.each([
    ['extremes', {}, [5, 6, 5, 5, 7], [0, -1, 1, 0, -1]],
    [
      'a tie with the levels holds',
      { rsi_period: 2, oversold_threshold: 25, overbought_threshold: 75 },
      [10, 11, 14, 13, 13],
      [0, 0, -1, 0, 0],
    ],
  ])('%s', (_, given, closes, expected) => {
    expect(signalsOf('RSIReversion', { rsi_period: 1, ...given }, candlesOf(closes))).toEqual(
      expected,
    );
  });

  // Two periods: RSI 75 at index 2, from gains 3 and losses 1.
  const closes = [10, 13, 12];
  test.each([
    ['RSI 75 is above 70', 70, null, -1],
    ['a tie is at the level', 75, null, -1],
    ['RSI 75 is below 75.1', 75.1, null, 0],
    // ATR(2) at index 2 by hand: ranges 0, 3, 1 → 1.5, then (1.5 + 1) / 2 = 1.25; 100 * 1.25 / 12 = 10.41666…
    ['a positive multiplier moves the level inwards', 80, 1, -1],
    ['but not past the midpoint', 99, 100, -1],
    ['just not far enough', 86, 1, 0],
    ['a negative multiplier demands more', 70, -1, 0],
    ['a level stops at 100', 70, -100, 0],
  ])('%s', (_, overbought, multiplier, expected) => {
    const given = {
      rsi_period: 2,
      oversold_threshold: 20,
      overbought_threshold: overbought,
      atr_period: 2,
      atr_threshold_multiplier: multiplier,
    };
    expect(signalsOf('RSIReversion', given, candlesOf(closes))[2]).toBe(expected);
  });

  test('fixed levels give what levels give that are shifted by nothing, candle by candle', () => {
    const candles = randomMarket(3000);
    const given = { rsi_period: 9, oversold_threshold: 35, overbought_threshold: 60 };
    const shifted = { ...given, atr_period: 1, atr_threshold_multiplier: 0 };
    const fixed = signalsOf('RSIReversion', given, candles);
    expect(fixed).toEqual(signalsOf('RSIReversion', shifted, candles));
    expect(new Set(fixed)).toEqual(new Set([-1, 0, 1]));
  });

  test('both levels at the midpoint and RSI on it: 0', () => {
    const given = {
      rsi_period: 1,
      oversold_threshold: 40,
      overbought_threshold: 60,
      atr_period: 1,
      atr_threshold_multiplier: 100,
    };
    expect(signalsOf('RSIReversion', given, candlesOf([5, 5], undefined, 1))).toEqual([0, 0]);
  });

  test('a level of 100 is still reached by RSI 100, one of 0 by RSI 0', () => {
    const given = { rsi_period: 1, atr_period: 1, atr_threshold_multiplier: -100 };
    expect(signalsOf('RSIReversion', given, candlesOf([5, 6, 5], undefined, 1))).toEqual([
      0, -1, 1,
    ]);
  });

  test('an undefined ATR does not trade', () => {
    const given = { rsi_period: 1, atr_period: 3, atr_threshold_multiplier: 0 };
    expect(signalsOf('RSIReversion', given, candlesOf([5, 6, 7, 8]))).toEqual([0, 0, -1, -1]);
  });
});

describe('BollingerBandReversionStrategy: +1 at or below the lower band, -1 at or above the upper', () => {
  // Two values a, b: mean (a+b)/2, population deviation |a-b|/2: width 1 puts both values on the bands.
  test.each([
    [
      'touching a band is enough',
      { bb_period: 2, bb_std_dev: 1 },
      [1, 3, 2, 2, 4.7],
      [0, -1, 1, 0, -1],
    ],
    [
      'just outside reach',
      { bb_period: 2, bb_std_dev: 1.0001 },
      [1, 3, 2, 2, 4.7],
      [0, 0, 0, 0, 0],
    ],
    [
      'zero deviation never trades',
      { bb_period: 3, bb_std_dev: 0.5 },
      [0.1, 0.1, 0.1, 0.1, 0.2],
      [0, 0, 0, 0, -1],
    ],
  ])('%s', (_, given, closes, expected) => {
    expect(signalsOf('BBReversion', given, candlesOf(closes))).toEqual(expected);
  });
});

describe('LongShortStrategy: fades the return z-score while the volume z-score is usual', () => {
  // Two values: the later one has z = ±1/√2 = ±0.7071…
  const given = { return_z_period: 2, volume_z_period: 2, return_z_threshold: 0.7 };
  const closes = [100, 110, 100, 120, 90];
  const volumes = [1, 2, 1, 2, 1];
  test.each([
    ['wide volume limits', { ...given, volume_z_threshold: [-1, 1] }, volumes, [0, 0, 1, -1, 1]],
    [
      'a threshold that is not reached',
      { ...given, return_z_threshold: 0.71, volume_z_threshold: [-1, 1] },
      volumes,
      [0, 0, 0, 0, 0],
    ],
    ['only falling volume', { ...given, volume_z_threshold: [-1, 0] }, volumes, [0, 0, 1, 0, 1]],
    ['only rising volume', { ...given, volume_z_threshold: [0, 1] }, volumes, [0, 0, 0, -1, 0]],
    [
      'zero volume undefines every window with its two changes',
      { ...given, volume_z_threshold: [-1, 1] },
      [1, 0, 1, 2, 1],
      [0, 0, 0, 0, 1],
    ],
    [
      'an unchanged volume has zero deviation: undefined',
      { ...given, volume_z_threshold: [-9, 9] },
      [1, 1, 1, 1, 1],
      [0, 0, 0, 0, 0],
    ],
  ])('%s', (_, parameters, volume, expected) => {
    expect(signalsOf('LongShort', parameters, candlesOf(closes, volume))).toEqual(expected);
  });
});

describe('first index at which a signal may be non-zero', () => {
  test.each([
    ['MACross', {}, 20],
    ['MACross', { slow_period: 50, fast_period: 10 }, 49],
    ['RSIReversion', {}, 14],
    ['RSIReversion', { atr_period: 99 }, 14],
    ['RSIReversion', { atr_period: 99, atr_threshold_multiplier: 1 }, 98],
    ['RSIReversion', { atr_period: 5, atr_threshold_multiplier: 1 }, 14],
    ['BBReversion', {}, 19],
    ['LongShort', {}, 20],
    ['LongShort', { volume_z_period: 30 }, 30],
    ['LongShort', { return_z_period: 40, trend_filter_period: 500 }, 40],
  ])('%s %j: %i', (name, given, warmUp) => {
    const strategy = findStrategy(name);
    expect(strategy.warmUp(resolveParameters(strategy, given))).toBe(warmUp);
  });
});

describe('the contract', () => {
  const candles = randomMarket(2_000);
  describe('MACross', () =>
    strategyContract(
      findStrategy('MACross'),
      [
        {},
        { ma_type: 'SMA', fast_period: 1, slow_period: 2 },
        { fast_period: 50, slow_period: 300 },
      ],
      candles,
    ));
  describe('RSIReversion', () =>
    strategyContract(
      findStrategy('RSIReversion'),
      [
        {},
        { rsi_period: 2, atr_threshold_multiplier: 2 },
        { atr_threshold_multiplier: -1, rsi_period: 5 },
      ],
      candles,
    ));
  describe('BBReversion', () =>
    strategyContract(
      findStrategy('BBReversion'),
      [{}, { bb_period: 2, bb_std_dev: 0.5 }, { bb_period: 200 }],
      candles,
    ));
  describe('LongShort', () =>
    strategyContract(
      findStrategy('LongShort'),
      [{}, { return_z_period: 100, volume_z_threshold: [-1, 3] }],
      candles,
    ));

  const file = '../shared/data/spot/1h/BTCUSDT_1h.csv.gz';
  if (!existsSync(file))
    console.warn(`SKIPPED: built-in strategies on real candles; missing ${file}`);
  test.skipIf(!existsSync(file))('holds on real candles', () => {
    const lines = gunzipSync(readFileSync(file)).toString().trim().split('\n').slice(1);
    const rows = lines.map((line) => line.split(',').slice(0, 6).map(Number));
    const real = candleSeriesFromRows(IDENTITY, rows);
    expect(real.length).toBe(55_740);
    for (const strategy of STRATEGIES) {
      checkStrategy(strategy, resolveParameters(strategy), real);
    }
  });
});
