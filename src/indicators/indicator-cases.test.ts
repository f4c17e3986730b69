import { describe, expect, test } from 'vitest';
import { COLUMN_INDICATORS, COMPARISONS, INDICATORS } from './catalogue.js';
import { expectForgetting } from './drift.contract.js';
import {
  cutCandles,
  firstsOf,
  INDICATOR_CASES,
  linesOf,
  randomCandles,
} from './indicator-cases.contract.js';
import { rememberIndicators } from './remember.js';

const N = Number.NaN;
const candles = randomCandles(400, 9);

test('every indicator of the catalogue has its row, in order', () => {
  expect(INDICATOR_CASES.map(({ name }) => name)).toEqual(Object.keys(COLUMN_INDICATORS));
  for (const part of [COLUMN_INDICATORS, COMPARISONS]) {
    expect(Object.keys(part)).toEqual(Object.keys(part).sort());
  }
  expect(Object.keys(INDICATORS)).toHaveLength(
    Object.keys(COLUMN_INDICATORS).length + Object.keys(COMPARISONS).length,
  );
});

describe.each(INDICATOR_CASES)('$call', (row) => {
  test('is undefined before its first index and defined from it on', () => {
    const lines = linesOf(row, candles);
    const firsts = Object.entries(lines).map(([line, values]) => {
      expect(values).toHaveLength(400);
      const first = values.findIndex((value) => !Number.isNaN(value));
      expect([line, values.subarray(first).findIndex(Number.isNaN)]).toEqual([line, -1]);
      return [line, first];
    });
    expect(Object.fromEntries(firsts)).toEqual(firstsOf(row));
  });

  test('gives the same bits on a prefix: it does not look ahead', () => {
    const whole = linesOf(row, candles);
    for (const length of [0, 1, 2, 10, 27, 57, 200, 399]) {
      const prefix = linesOf(row, cutCandles(candles, 0, length));
      for (const [line, values] of Object.entries(prefix)) {
        expect([line, ...values]).toEqual([line, ...whole[line]!.subarray(0, length)]);
      }
    }
  });

  test('is the same with a memory, and computed once', () => {
    const remembered = rememberIndicators();
    const lines = linesOf(row, candles, remembered);
    expect(lines).toEqual(linesOf(row, candles));
    const again = linesOf(row, { ...candles }, remembered);
    for (const [line, values] of Object.entries(lines)) expect(again[line]).toBe(values);
  });

  test('leaves what it was given as it was', () => {
    const given = cutCandles(candles, 0, 400);
    linesOf(row, given);
    expect(given).toEqual(candles);
  });

  test('comes back after a candle that is undefined', () => {
    // The level of a sum over everything is lost for good.
    if (row.name === 'onBalanceVolume') return;
    const hurt = cutCandles(candles, 0, 400);
    for (const column of [hurt.open, hurt.high, hurt.low, hurt.close, hurt.volume]) column[150] = N;
    const lines = Object.values(linesOf(row, hurt));
    expect(lines.filter((values) => !values.subarray(150).some(Number.isNaN))).toEqual([]);
    expect(lines.filter((values) => Number.isNaN(values[399]!))).toEqual([]);
  });
});

describe('with a memory', () => {
  test('other periods, options and candles are other columns', () => {
    const use = rememberIndicators();
    const other = randomCandles(400, 10);
    expect(use.adx(candles, 14).adx).toBe(use.adx(candles, 14).adx);
    expect(use.adx(candles, 15)).toEqual(INDICATORS.adx(candles, 15));
    expect(use.adx(other, 14)).toEqual(INDICATORS.adx(other, 14));
    expect(use.keltner(candles, { multiplier: 1 })).toEqual(
      INDICATORS.keltner(candles, { multiplier: 1 }),
    );
    expect(use.keltner(candles)).toEqual(INDICATORS.keltner(candles));
    expect(use.t3(candles.close, 5, 0.6)).toEqual(INDICATORS.t3(candles.close, 5, 0.6));
    expect(use.t3(candles.close, 5)).toEqual(INDICATORS.t3(candles.close, 5));
    expect(use.pivotPoints(candles, { kind: 'camarilla' }).r1).not.toEqual(
      use.pivotPoints(candles).r1,
    );
    expect(use.wma(use.rsi(candles.close, 14), 3)).toBe(use.wma(use.rsi(candles.close, 14), 3));
  });

  test('an error is thrown each time', () => {
    const use = rememberIndicators();
    for (let k = 0; k < 2; k++) expect(() => use.mfi(candles, 0)).toThrow('current value is 0');
  });

  test('copies harm only their owner', () => {
    const use = rememberIndicators({ copies: true });
    use.ichimoku(candles).base.fill(0);
    expect(use.ichimoku(candles)).toEqual(INDICATORS.ichimoku(candles));
  });

  test('what does not fit is computed anew', () => {
    const use = rememberIndicators({ bytesMax: 3 * 400 * 8 });
    for (let k = 0; k < 3; k++) {
      expect(use.pivotPoints(candles)).toEqual(INDICATORS.pivotPoints(candles));
      expect(use.ichimoku(candles)).toEqual(INDICATORS.ichimoku(candles));
    }
  });
});

describe('an indicator says what is wrong with its periods', () => {
  const { close } = candles;
  test.each<[string, () => unknown]>([
    ['MFI as period must be an integer >= 1: current value is 0', () => INDICATORS.mfi(candles, 0)],
    ['ADX as period must be an integer >= 1: current value is 0', () => INDICATORS.adx(candles, 0)],
    ['CCI as period must be an integer >= 2: current value is 1', () => INDICATORS.cci(candles, 1)],
    [
      'CMF as period must be an integer >= 1: current value is 1.5',
      () => INDICATORS.cmf(candles, 1.5),
    ],
    [
      'VWMA as period must be an integer >= 1: current value is -3',
      () => INDICATORS.vwma(candles, -3),
    ],
    [
      'Aroon as period must be an integer >= 1: current value is 0',
      () => INDICATORS.aroon(candles, 0),
    ],
    ['DEMA as period must be an integer >= 1: current value is 0', () => INDICATORS.dema(close, 0)],
    ['TEMA as period must be an integer >= 1: current value is 0', () => INDICATORS.tema(close, 0)],
    ['T3 as period must be an integer >= 1: current value is 0', () => INDICATORS.t3(close, 0)],
    [
      'T3 as volumeFactor must be a number > 0: current value is NaN',
      () => INDICATORS.t3(close, 5, N),
    ],
    ['HMA as period must be an integer >= 2: current value is 1', () => INDICATORS.hma(close, 1)],
    [
      'ZLEMA as period must be an integer >= 1: current value is 0',
      () => INDICATORS.zlema(close, 0),
    ],
    ['TRIX as period must be an integer >= 1: current value is 0', () => INDICATORS.trix(close, 0)],
    [
      'Elder ray as period must be an integer >= 1: current value is 0',
      () => INDICATORS.elderRay(candles, 0),
    ],
    [
      'Fisher transform as period must be an integer >= 1: current value is 0',
      () => INDICATORS.fisher(candles, 0),
    ],
    [
      'Donchian channel as period must be an integer >= 1: current value is 0',
      () => INDICATORS.donchian(candles, 0),
    ],
    [
      'Williams %R as period must be an integer >= 1: current value is 0',
      () => INDICATORS.williamsR(candles, 0),
    ],
    [
      'SSL channel as period must be an integer >= 1: current value is 0',
      () => INDICATORS.ssl(candles, 0),
    ],
    [
      'linear regression as period must be an integer >= 2: current value is 1',
      () => INDICATORS.linearRegression(close, 1),
    ],
    [
      'KAMA as slow must be an integer >= 1: current value is 0',
      () => INDICATORS.kama(close, { slow: 0 }),
    ],
    [
      'KAMA as fast must be an integer >= 1: current value is 0',
      () => INDICATORS.kama(close, { fast: 0 }),
    ],
    [
      'EWO as slow must be an integer >= 1: current value is 0',
      () => INDICATORS.ewo(close, { slow: 0 }),
    ],
    [
      'EWO as average must be sma or ema: current value is wma',
      () => INDICATORS.ewo(close, { average: 'wma' as 'sma' }),
    ],
    [
      'Chaikin oscillator as fast must be an integer >= 1: current value is 0',
      () => INDICATORS.chaikinOscillator(candles, { fast: 0 }),
    ],
    [
      'StochRSI as rsi must be an integer >= 1: current value is 0',
      () => INDICATORS.stochRsi(close, { rsi: 0 }),
    ],
    [
      'StochRSI as signal must be an integer >= 1: current value is 0',
      () => INDICATORS.stochRsi(close, { signal: 0 }),
    ],
    [
      'Ichimoku as span must be an integer >= 1: current value is 0',
      () => INDICATORS.ichimoku(candles, { span: 0 }),
    ],
    [
      'Ichimoku as displacement must be an integer >= 0: current value is -1',
      () => INDICATORS.ichimoku(candles, { displacement: -1 }),
    ],
    [
      'Keltner channel as atrPeriod must be an integer >= 1: current value is 0',
      () => INDICATORS.keltner(candles, { atrPeriod: 0 }),
    ],
    [
      'Keltner channel as multiplier must be a number > 0: current value is 0',
      () => INDICATORS.keltner(candles, { multiplier: 0 }),
    ],
    [
      'SuperTrend as period must be an integer >= 1: current value is 0',
      () => INDICATORS.superTrend(candles, { period: 0 }),
    ],
    [
      'SuperTrend as multiplier must be a number > 0: current value is -1',
      () => INDICATORS.superTrend(candles, { multiplier: -1 }),
    ],
    [
      'PSAR as step must be a number > 0: current value is 0',
      () => INDICATORS.psar(candles, { step: 0 }),
    ],
    [
      'PSAR as max must be a number > 0: current value is Infinity',
      () => INDICATORS.psar(candles, { max: Number.POSITIVE_INFINITY }),
    ],
    [
      'session VWAP as session must be day, week or month: current value is year',
      () => INDICATORS.sessionVwap(candles, 'year' as 'day'),
    ],
    [
      'pivot points as kind must be classic, fibonacci, camarilla: current value is woodie',
      () => INDICATORS.pivotPoints(candles, { kind: 'woodie' as 'classic' }),
    ],
  ])('Cannot compute %s', (message, compute) => {
    expect(compute).toThrow(new RangeError(`Cannot compute ${message}`));
  });

  test('columns of different lengths are not crossed', () => {
    expect(() => INDICATORS.cross(close, close.subarray(1))).toThrow('lengths differ');
  });
});

describe('nothing drifts', () => {
  test('over 60,000 candles around 60,000', () => expectForgetting(60_000));
});
