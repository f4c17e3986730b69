import fc from 'fast-check';
import { expect, test } from 'vitest';
import { UsageError } from '../domain/index.js';
import { decimalRange } from './decimal-range.js';
import { parseOptimizeParams } from './optimize-params.js';

function grid(lines: string): unknown {
  const text = `BTCUSDT:\n  MACross:\n${lines
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n')}\n`;
  return parseOptimizeParams(text, 'p.yaml').config.BTCUSDT?.MACross;
}

function message(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    return (error as UsageError).message;
  }
  throw new Error('nothing was thrown');
}

test('lists, ranges, null and None become values', () => {
  expect(
    grid(`fast_period: [5, 10]
slow_period: {start: 20, stop: 40, step: 10}
stop_loss_pct: {start: 0.01, stop: 0.05, step: 0.01}
trend_filter_period: [null, 200]
take_profit_pct: [None, 0.1]
trailing_stop_loss_pct: null
apply_seasonality: [true, false]
volume_z_threshold: [[-2, 2], [-1, 1]]
allowed_trading_hours_utc: ["5-17", "22-4"]`),
  ).toEqual({
    fast_period: [5, 10],
    slow_period: [20, 30, 40],
    stop_loss_pct: [0.01, 0.02, 0.03, 0.04, 0.05],
    trend_filter_period: [null, 200],
    take_profit_pct: [null, 0.1],
    trailing_stop_loss_pct: [null],
    apply_seasonality: [true, false],
    volume_z_threshold: [
      [-2, 2],
      [-1, 1],
    ],
    allowed_trading_hours_utc: ['5-17', '22-4'],
  });
});

test.each([
  [
    'fast_period: 9',
    'p.yaml:3:5: BTCUSDT.MACross.fast_period: expected a list or a range, found 9; write [9]',
  ],
  [
    'fast_period: []',
    'p.yaml:3:5: BTCUSDT.MACross.fast_period: the list is empty; give at least one value',
  ],
  [
    'fast_period: [5, "x"]',
    'p.yaml:3:22: BTCUSDT.MACross.fast_period.1: mixed types: "x" is text, the one before it is a number; write all of them alike',
  ],
  [
    'fast_period: [5, true]',
    'p.yaml:3:22: BTCUSDT.MACross.fast_period.1: mixed types: true is true/false, the one before it is a number; write all of them alike',
  ],
  [
    'fast_period: {start: 1, stop: 5}',
    'p.yaml:3:5: BTCUSDT.MACross.fast_period: the range has no step; a range is {start, stop, step}',
  ],
  [
    'fast_period: {start: 1, end: 5, step: 1}',
    'p.yaml:3:5: BTCUSDT.MACross.fast_period: unknown key "end"; a range is {start, stop, step}',
  ],
  [
    'fast_period: {start: 1, stop: 5, step: 0}',
    'p.yaml:3:5: BTCUSDT.MACross.fast_period: step must be above 0: current value is 0',
  ],
  [
    'fast_period: {start: 9, stop: 5, step: 1}',
    'p.yaml:3:5: BTCUSDT.MACross.fast_period: stop 5 lies below start 9',
  ],
  [
    'fast_period: {start: a, stop: 5, step: 1}',
    'p.yaml:3:5: BTCUSDT.MACross.fast_period: start, stop and step must be numbers',
  ],
  [
    'fast_period: {start: 0, stop: 1, step: 1e-9}',
    'p.yaml:3:5: BTCUSDT.MACross.fast_period: the range has 1000000001 values; at most 100000 are allowed, use a larger step',
  ],
  [
    'fast_period: [.inf]',
    'p.yaml:3:19: BTCUSDT.MACross.fast_period.0: Infinity is not a number, text, true, false or null',
  ],
  ['fast_period: [5]\nfast_period: [6]', 'p.yaml:4:5: duplicate key; keep one'],
  ['fast_period: [5, 6', 'p.yaml:3:18: this [ is not closed; add ]'],
])('says where %j is wrong', (line, expected) => {
  expect(message(() => grid(line))).toBe(expected);
});

test('names tabs', () => {
  expect(message(() => parseOptimizeParams('BTCUSDT:\n\tMACross:\n', 'p.yaml'))).toBe(
    'p.yaml:2:1: a tab is used as indentation; use spaces',
  );
});

test.each([
  [
    'btcusdt:\n  MACross: {fast_period: [1]}',
    'p.yaml:1:1: btcusdt: symbols are uppercase without spaces; write BTCUSDT',
  ],
  ['- 1', 'p.yaml:1:1: expected SYMBOL, then strategy, then parameters'],
  ['BTCUSDT: 5', 'p.yaml:1:1: BTCUSDT: expected strategies with their parameters'],
  ['BTCUSDT:\n  MACross: 7', 'p.yaml:2:3: BTCUSDT.MACross: expected parameters with their values'],
])('says where the shape of %j is wrong', (text, expected) => {
  expect(message(() => parseOptimizeParams(text, 'p.yaml'))).toBe(expected);
});

test('decimalRange() writes decimals as a person does, for any decimal start and step', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -5000, max: 5000 }),
      fc.integer({ min: 1, max: 700 }),
      fc.integer({ min: 0, max: 40 }),
      fc.integer({ min: 0, max: 9 }),
      (start, step, count, digits) => {
        const decimal = (units: number): number => Number(`${units}e-${digits}`);
        const values = decimalRange({
          start: decimal(start),
          stop: decimal(start + count * step),
          step: decimal(step),
        });
        expect(values).toEqual(
          Array.from({ length: count + 1 }, (_, k) => decimal(start + k * step)),
        );
      },
    ),
  );
  expect(decimalRange({ start: 0.01, stop: 0.035, step: 0.01 })).toEqual([0.01, 0.02, 0.03]);
  expect(decimalRange({ start: 1e-7, stop: 3e-7, step: 1e-7 })).toEqual([1e-7, 2e-7, 3e-7]);
  expect(decimalRange({ start: 1e21, stop: 1e21, step: 1 })).toEqual([1e21]);
});
