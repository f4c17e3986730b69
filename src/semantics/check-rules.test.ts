import { describe, expect, test } from 'vitest';
import { UsageError } from '../domain/index.js';
import {
  checkTradeRules,
  type EngineRules,
  entrySizeOf,
  parseProfitTargets,
  parseScaleOut,
  profitTargetsText,
  scaleOutText,
} from './index.js';
import { PLAIN_RULES } from './plain-rules.contract.js';

const RULES: EngineRules = PLAIN_RULES;
const TARGETS = [{ fromCandle: 0, fraction: 1 }];
const PARTS = [{ fraction: 1, share: 0.5 }];

describe('checkTradeRules()', () => {
  test.each<[string, Partial<EngineRules>]>([
    ['stop_loss_atr must be a multiple above 0: current value is 0', { stopLossAtr: 0 }],
    ['take_profit_atr must be a multiple above 0: current value is -1', { takeProfitAtr: -1 }],
    ['trailing_stop_atr must be a multiple', { trailingStopAtr: Number.POSITIVE_INFINITY }],
    ['exit_atr_period must be an integer of 1 or more', { exitAtrPeriod: 1.5 }],
    ['trailing_activation_pct must be a fraction above 0', { trailingActivation: 0 }],
    ['trailing_activation_pct needs a trailing stop', { trailingActivation: 0.1, stopLoss: 0.1 }],
    ['break_even_pct must be a fraction above 0', { breakEven: Number.NaN }],
    ['break_even_offset_pct needs break_even_pct', { breakEvenOffset: 0 }],
    ['below break_even_pct, which is 0.1', { breakEven: 0.1, breakEvenOffset: 0.1 }],
    ['break_even_offset_pct must be above -1', { breakEven: 0.1, breakEvenOffset: -1 }],
    ['max_candles_held must be an integer of 1 or more', { maxCandlesHeld: 0 }],
    ['exit_min_profit_pct must be a fraction', { exitMinProfit: Number.NaN }],
    ['cooldown_candles must be an integer of 0 or more', { cooldownCandles: -1 }],
    ['risk_fraction must be a fraction above 0 and below 1', { size: { riskFraction: 1 } }],
    ['risk_fraction needs a stop', { size: { riskFraction: 0.1 } }],
    [
      'risk_fraction needs a stop',
      { size: { riskFraction: 0.1 }, trailingStop: 0.1, trailingActivation: 0.1 },
    ],
    [
      'allow_overdraft needs a fixed size',
      { size: { riskFraction: 0.1 }, stopLoss: 0.1, allowOverdraft: true },
    ],
    [
      'profit_targets replaces take_profit_pct, which is 1: keep one (0:1 is the same)',
      { profitTargets: TARGETS, takeProfit: 1 },
    ],
    ['profit_targets must have fractions below 1', { profitTargets: TARGETS }],
    ['scale_out must have fractions below 1', { scaleOut: PARTS }],
  ])('says: %s', (message, rules) => {
    const check = (): void => checkTradeRules({ ...RULES, ...rules });
    expect(check).toThrow(UsageError);
    expect(check).toThrow(message);
  });

  test('a strategy with an exit column does not leave on neutral', () => {
    const given = { exit: true, stopDistance: false };
    expect(() => checkTradeRules({ ...RULES, exitOnNeutral: true }, given)).toThrow(
      'exit_on_neutral contradicts an exit column',
    );
    expect(() => checkTradeRules({ ...RULES, exitOnNeutral: true })).not.toThrow();
  });

  test.each<[string, Partial<EngineRules>]>([
    ['nothing', {}],
    ['far targets of longs alone', { direction: 'long', profitTargets: TARGETS, scaleOut: PARTS }],
    ['far targets on spot', { market: 'spot', profitTargets: TARGETS, scaleOut: PARTS }],
    ['a trailing stop that stands at once', { size: { riskFraction: 0.1 }, trailingStopAtr: 1 }],
    ['a loss beyond the entry', { breakEven: 0.1, breakEvenOffset: -0.99, exitMinProfit: -2 }],
  ])('takes %s', (_name, rules) => {
    expect(() => checkTradeRules({ ...RULES, ...rules })).not.toThrow();
  });

  test('a stop distance of the strategy is a stop to be at risk over', () => {
    const rules: EngineRules = { ...RULES, size: { riskFraction: 0.1 } };
    expect(() => checkTradeRules(rules, { exit: false, stopDistance: true })).not.toThrow();
  });
});

describe('the texts of rules', () => {
  test.each([
    ['0:0.05,24:0.02,72:0', '0:0.05,24:0.02,72:0'],
    [' 0 : 5e-2 ', '0:0.05'],
    ['0:1.5', '0:1.5'],
  ])('parseProfitTargets(%s) reads %s', (text, written) => {
    expect(profitTargetsText(parseProfitTargets(text))).toBe(written);
  });

  test('parseProfitTargets() counts minutes in candles where the timeframe is known', () => {
    expect(profitTargetsText(parseProfitTargets('0:0.05,60m:0.02', '15m'))).toBe('0:0.05,4:0.02');
  });

  test.each([
    ['', 'must be pairs such as 0:0.05,24:0.02,72:0'],
    ['0', 'must be pairs'],
    ['0:0.1:1', 'must be pairs'],
    ['0:0.1,', 'must be pairs'],
    ['0:x', '"x" is none'],
    ['0x10:1', '"0x10" is none'],
    ['1:0.1', 'must begin with candle 0'],
    ['0:0.1,1.5:0', 'must count whole candles'],
    ['0:0.1,0:0.2', 'must have ascending candles'],
    ['0:0.1,5:0.05,3:0', 'must have ascending candles'],
    ['0:0', 'must have a first fraction above 0'],
    ['0:-0.1', 'must have fractions of 0 or more'],
    ['0:0.1,60m:0', 'must count candles here'],
  ])('parseProfitTargets(%s) says: %s', (text, message) => {
    expect(() => parseProfitTargets(text)).toThrow(UsageError);
    expect(() => parseProfitTargets(text)).toThrow(message);
  });

  test('parseProfitTargets() names both neighbours of minutes that are no whole candles', () => {
    expect(() => parseProfitTargets('0:0.1,100m:0', '1h')).toThrow(
      '100m is 1.67 candles of 1h; write 1 or 2',
    );
  });

  test.each([
    ['0.02:0.5,0.04:0.25', '0.02:0.5,0.04:0.25'],
    ['0.1:0.999', '0.1:0.999'],
  ])('parseScaleOut(%s) reads %s', (text, written) => {
    expect(scaleOutText(parseScaleOut(text))).toBe(written);
  });

  test.each([
    ['', 'must be pairs such as 0.02:0.5,0.04:0.25'],
    ['0:0.5', 'must have fractions above 0'],
    ['0.2:0.1,0.1:0.1', 'must have ascending fractions'],
    ['0.1:0.1,0.1:0.1', 'must have ascending fractions'],
    ['0.1:0', 'must have shares above 0'],
    [
      '0.1:0.5,0.2:0.5',
      'must have shares with a sum below 1 (the other exits close the remainder)',
    ],
    [
      '0.1:0.9999999999',
      'must have shares with a sum below 1 (the other exits close the remainder)',
    ],
    ['0.1:Infinity', '"Infinity" is none'],
  ])('parseScaleOut(%s) says: %s', (text, message) => {
    expect(() => parseScaleOut(text)).toThrow(UsageError);
    expect(() => parseScaleOut(text)).toThrow(message);
  });
});

describe('entrySizeOf()', () => {
  test('is the whole balance when nothing is given', () => {
    expect(entrySizeOf({})).toEqual({ equityFraction: 1 });
    expect(entrySizeOf({ units: 2 })).toEqual({ units: 2 });
    expect(entrySizeOf({ riskFraction: 0.01 })).toEqual({ riskFraction: 0.01 });
  });

  test.each([
    [{ units: 1, riskFraction: 0.1 }, 'risk_fraction is 0.1 and units is 1: keep one'],
    [{ units: 1, equityFraction: 0.5 }, 'equity_fraction is 0.5 and units is 1: keep one'],
    [{ equityFraction: 1, riskFraction: 0.1 }, 'risk_fraction is 0.1 and equity_fraction is 1'],
  ])('%o is refused', (given, message) => {
    expect(() => entrySizeOf(given)).toThrow(message);
  });
});
