import { describe, expect, test } from 'vitest';
import { UsageError } from '../domain/index.js';
import {
  parseParameterAssignments,
  parseParameters,
  resolveParameters,
} from './resolve-parameters.js';
import { findStrategy, STRATEGIES, STRATEGY_MAP } from './strategy-map.js';

describe('STRATEGY_MAP', () => {
  test.each([
    ['MovingAverageCrossoverStrategy', 'MACross'],
    ['RsiMeanReversionStrategy', 'RSIReversion'],
    ['BollingerBandReversionStrategy', 'BBReversion'],
    ['LongShortStrategy', 'LongShort'],
  ])('%s is also %s', (name, shortName) => {
    expect(STRATEGY_MAP[name]).toBe(STRATEGY_MAP[shortName]);
    expect(findStrategy(shortName).name).toBe(name);
    expect(findStrategy(name).shortName).toBe(shortName);
  });

  test('holds nothing else', () => {
    expect(Object.keys(STRATEGY_MAP)).toHaveLength(2 * STRATEGIES.length);
    expect(STRATEGIES).toHaveLength(4);
  });
});

describe('findStrategy()', () => {
  test.each([
    ['MACros', 'Unknown strategy "MACros" (did you mean "MACross"?)'],
    ['longshort', 'Unknown strategy "longshort" (did you mean "LongShort"?)'],
    ['toString', 'Unknown strategy "toString"; use one of MACross RSIReversion'],
    ['', 'Unknown strategy ""; use one of MACross RSIReversion BBReversion LongShort'],
  ])('refuses %j', (name, message) => {
    expect(() => findStrategy(name)).toThrow(UsageError);
    expect(() => findStrategy(name)).toThrow(message);
  });
});

describe('resolveParameters()', () => {
  test.each([
    ['MACross', {}, { fast_period: 9, slow_period: 21, ma_type: 'EMA' }],
    [
      'RSIReversion',
      { atr_threshold_multiplier: 'None' },
      {
        rsi_period: 14,
        oversold_threshold: 30,
        overbought_threshold: 70,
        atr_period: 14,
        atr_threshold_multiplier: null,
      },
    ],
    ['BBReversion', { bb_std_dev: 2.5 }, { bb_period: 20, bb_std_dev: 2.5 }],
    [
      'LongShort',
      { volume_z_threshold: [-1, 3] },
      {
        return_z_period: 20,
        return_z_threshold: 2,
        volume_z_period: 20,
        volume_z_threshold_low: -1,
        volume_z_threshold_high: 3,
      },
    ],
    ['MACross', { ma_type: 'sma' }, { fast_period: 9, slow_period: 21, ma_type: 'SMA' }],
  ])('%s with %j is complete', (name, given, expected) => {
    const resolved = resolveParameters(findStrategy(name), given);
    const trend = { trend_filter_period: null, trend_filter_use_ema: true };
    expect(resolved).toEqual({ ...expected, ...trend });
    expect(Object.keys(resolved)).toEqual(Object.keys(findStrategy(name).parameters));
    expect(Object.isFrozen(resolved)).toBe(true);
  });

  test.each([
    [
      'MACross',
      { fast_perod: 9 },
      'MovingAverageCrossoverStrategy has no parameter "fast_perod" (did you mean "fast_period"?)',
    ],
    ['MACross', { fast_period: 0 }, 'fast_period must be an integer >= 1: current value is 0'],
    ['MACross', { fast_period: 9.5 }, 'fast_period must be an integer >= 1: current value is 9.5'],
    ['MACross', { fast_period: '9' }, 'fast_period must be an integer >= 1: current value is "9"'],
    [
      'MACross',
      { fast_period: null },
      'fast_period must be an integer >= 1: current value is null',
    ],
    ['MACross', { fast_period: [9] }, 'fast_period must be an integer >= 1: current value is [9]'],
    ['MACross', { fast_period: Number.NaN }, 'must be an integer >= 1: current value is NaN'],
    ['MACross', { ma_type: 'WMA' }, 'ma_type must be one of EMA, SMA: current value is "WMA"'],
    [
      'MACross',
      { fast_period: 21 },
      'fast_period must be less than slow_period: current values are 21 and 21',
    ],
    [
      'MACross',
      { trend_filter_period: 0 },
      'trend_filter_period must be an integer >= 1, or null: current value is 0',
    ],
    [
      'MACross',
      { trend_filter_use_ema: 1 },
      'trend_filter_use_ema must be true or false: current value is 1',
    ],
    ['MACross', { constructor: 1 }, 'has no parameter "constructor"'],
    [
      'RSIReversion',
      { oversold_threshold: 0 },
      'oversold_threshold must be a number > 0 and < 100: current value is 0',
    ],
    [
      'RSIReversion',
      { overbought_threshold: 100 },
      'overbought_threshold must be a number > 0 and < 100',
    ],
    [
      'RSIReversion',
      { oversold_threshold: 70 },
      'oversold_threshold must be less than overbought_threshold: current values are 70 and 70',
    ],
    [
      'RSIReversion',
      { atr_threshold_multiplier: Number.POSITIVE_INFINITY },
      'must be a number, or null: current value is Infinity',
    ],
    ['BBReversion', { bb_period: 1 }, 'bb_period must be an integer >= 2: current value is 1'],
    ['BBReversion', { bb_std_dev: 0 }, 'bb_std_dev must be a number > 0: current value is 0'],
    ['LongShort', { return_z_period: 1 }, 'return_z_period must be an integer >= 2'],
    ['LongShort', { return_z_threshold: 0 }, 'return_z_threshold must be a number > 0'],
    [
      'LongShort',
      { volume_z_threshold: [2, -2] },
      'volume_z_threshold_low must be less than volume_z_threshold_high: current values are 2 and -2',
    ],
    [
      'LongShort',
      { volume_z_threshold: 2 },
      'volume_z_threshold must be a pair [low, high]: current value is 2',
    ],
    [
      'LongShort',
      { volume_z_threshold: [-2, 2], volume_z_threshold_low: -1 },
      'volume_z_threshold_low is given twice',
    ],
  ])('%s refuses %j', (name, given, message) => {
    const resolve = () => resolveParameters(findStrategy(name), given);
    expect(resolve).toThrow(UsageError);
    expect(resolve).toThrow(message);
  });
});

describe('parseParameters()', () => {
  test.each([
    ['MACross', { fast_period: ' 7 ', ma_type: 'SMA' }, { fast_period: 7, ma_type: 'SMA' }],
    ['MACross', { trend_filter_use_ema: 'False' }, { trend_filter_use_ema: false }],
    ['MACross', { trend_filter_period: 'None' }, { trend_filter_period: null }],
    ['RSIReversion', { atr_threshold_multiplier: 'null' }, { atr_threshold_multiplier: null }],
    ['RSIReversion', { atr_threshold_multiplier: '-1.5e-1' }, { atr_threshold_multiplier: -0.15 }],
    ['LongShort', { volume_z_threshold: '[-2, 2.5]' }, { volume_z_threshold: [-2, 2.5] }],
    ['LongShort', { volume_z_threshold: '-1,1' }, { volume_z_threshold: [-1, 1] }],
  ])('%s reads %j', (name, texts, values) => {
    expect(parseParameters(findStrategy(name), texts)).toEqual(values);
  });

  test.each([
    [
      'MACross',
      { fast_period: 'nine' },
      'fast_period must be an integer >= 1: current value is "nine"',
    ],
    ['MACross', { fast_period: '' }, 'current value is ""'],
    ['MACross', { fast_period: '0x10' }, 'current value is "0x10"'],
    ['MACross', { trend_filter_use_ema: 'yes' }, 'must be true or false: current value is "yes"'],
    ['MACross', { slowperiod: '3' }, 'did you mean "slow_period"?'],
    ['LongShort', { volume_z_threshold: '2' }, 'must be a pair low,high: current value is "2"'],
  ])('%s refuses %j', (name, texts, message) => {
    const parse = () => parseParameters(findStrategy(name), texts);
    expect(parse).toThrow(UsageError);
    expect(parse).toThrow(message);
  });
});

describe('parseParameterAssignments()', () => {
  const strategy = findStrategy('MACross');

  test('reads name=value texts', () => {
    const assignments = ['fast_period=5', 'ma_type=SMA'];
    expect(parseParameterAssignments(strategy, assignments)).toEqual({
      fast_period: 5,
      ma_type: 'SMA',
    });
  });

  test.each([
    [['fast_period'], 'Parameter "fast_period": write name=value'],
    [['=5'], 'Parameter "=5": write name=value'],
    [['fast_period=5', 'fast_period=6'], 'fast_period is given twice'],
  ])('refuses %j', (assignments, message) => {
    expect(() => parseParameterAssignments(strategy, assignments)).toThrow(message);
  });
});
