import { describe, expect, test } from 'vitest';
import { syntheticCandles } from '../candles/index.js';
import { LEAVE_LONG, LEAVE_SHORT } from '../semantics/index.js';
import { defineStrategy } from './define-strategy.js';
import type { Strategy } from './strategy.js';

const candles = syntheticCandles({ length: 50, timeframe: '1h', seed: 1 });
const n = candles.length;

/** Plain JavaScript gives anything. */
const giving = (result: unknown, manage?: unknown): Strategy =>
  defineStrategy({
    name: 'X',
    warmUp: 10,
    signals: () => result as never,
    ...(manage === undefined ? {} : { manage: manage as never }),
  });

const decide = (result: unknown) => giving(result).decisions!(candles, {});
const refusal = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    return (error as Error).message.replaceAll(/\(\d{4}-[^)]*\)/g, '(…)');
  }
  return 'nothing was refused';
};

describe('signals by name', () => {
  test('functions are called in order from the warm-up on, one candle after the other', () => {
    const calls: string[] = [];
    const noted = (name: string, value: unknown) => (i: number) => {
      calls.push(`${name}${i}`);
      return value;
    };
    decide({ enter: noted('n', 1), exit: noted('x', false), stopDistance: noted('d', 2) });
    expect(calls.slice(0, 6)).toEqual(['n10', 'x10', 'd10', 'n11', 'x11', 'd11']);
    expect(calls).toHaveLength(3 * (n - 10));
  });

  test('before the warm-up nothing is entered or left, and distances are undefined', () => {
    const { signals, exits, columns } = decide({
      enter: () => 1,
      exit: () => 'both',
      stopDistance: () => 2,
      size: () => 0.5,
      rank: (i: number) => i,
    });
    expect((signals as Int8Array).indexOf(1)).toBe(10);
    expect(exits!.indexOf(3)).toBe(10);
    expect(columns!.stopDistance![9]).toBeNaN();
    expect([columns!.stopDistance![10], columns!.size![10], columns!.rank![10]]).toEqual([
      2, 0.5, 10,
    ]);
  });

  test.each<[unknown, number]>([
    ['long', LEAVE_LONG],
    ['short', LEAVE_SHORT],
    ['both', LEAVE_LONG | LEAVE_SHORT],
    [false, 0],
    [undefined, 0],
    [null, 0],
    [Number.NaN, 0],
    [0, 0],
    [1, LEAVE_LONG],
    [2, LEAVE_SHORT],
    [3, LEAVE_LONG | LEAVE_SHORT],
  ])('an exit of %j is %i', (value, bits) => {
    expect(decide({ enter: () => 0, exit: () => value }).exits![20]).toBe(bits);
    expect(decide({ enter: () => 0, exit: Array(n).fill(value) }).exits![20]).toBe(bits);
  });

  test('one column is what it was; columns that nobody gives are not there', () => {
    const decisions = decide(new Int8Array(n).fill(1));
    expect(Object.keys(decisions)).toEqual(['signals']);
    expect(Object.keys(decide({ enter: () => 1 }))).toEqual(['signals']);
  });

  test.each<[string, unknown, string]>([
    [
      'a name that is none',
      { enter: () => 1, stopDistanc: () => 1 },
      'signals() gives "stopDistanc" (did you mean "stopDistance"?); it may give enter, exit, stopDistance, targetDistance, size, rank, columns',
    ],
    ['no entries', { exit: () => 'long' }, 'signals() gives no "enter"; give { enter: (i) => … }'],
    [
      'an array of the wrong length',
      { enter: () => 1, stopDistance: new Float64Array(3) },
      'stopDistance must have one value per candle (50) or be a function of the candle index: it is 3 values',
    ],
    [
      'own columns of the wrong length',
      { enter: () => 1, columns: { lowest: [1] } },
      'columns.lowest must have one value per candle (50)',
    ],
    [
      'what is no column',
      { enter: () => 1, size: 0.5 },
      'size must have one value per candle (50) or be a function of the candle index: it is 0.5',
    ],
    [
      'an undefined stop',
      { enter: () => 1, stopDistance: () => undefined },
      'stopDistance of candle 10 (…) must be a number, NaN where it is undefined: current value is undefined',
    ],
    [
      'a text as size',
      { enter: () => 1, size: () => '1' },
      'size of candle 10 (…) must be a number, NaN where it is undefined: current value is "1"',
    ],
    [
      'a side that is none',
      { enter: () => 1, exit: () => 'lonk' },
      `exit of candle 10 (…) must be 'long', 'short', 'both', false, or 0 to 3: current value is "lonk"`,
    ],
    [
      'an exit that names no side',
      { enter: () => 1, exit: () => true },
      "current value is true; say which side leaves: condition && 'long'",
    ],
    [
      'an entry that is none',
      { enter: () => 2 },
      'enter of candle 10 (…) must be -1, 0 or 1 (NaN counts as 0): current value is 2',
    ],
    [
      'what throws',
      {
        enter: () => 1,
        exit: () => {
          throw new TypeError('oh');
        },
      },
      'TypeError: oh',
    ],
  ])('%s is refused', (_, result, message) => {
    expect(refusal(() => decide(result))).toContain(`Strategy "X"`);
    expect(refusal(() => decide(result))).toContain(message);
  });
});

describe('manage', () => {
  const view = { i: 20, side: 1, stop: 90, target: Number.NaN } as never;
  const manageOf = (manage: unknown, columns: object = { lowest: new Float64Array(n).fill(7) }) =>
    giving({ enter: () => 1, columns }, manage).decisions!(candles, {}).manage!;

  test('reads what signals gave as columns, functions among them', () => {
    const manage = manageOf(
      ({ i }: { i: number }, { lowest, twice }: Record<string, readonly number[]>) => ({
        stop: lowest![i]! + twice![i]!,
      }),
      { lowest: new Float64Array(n).fill(7), twice: (i: number) => 2 * i },
    );
    expect(manage(view)).toEqual({ stop: 47 });
  });

  test.each([[undefined], [null]])('%s changes nothing', (answer) => {
    expect(manageOf(() => answer)(view)).toBeUndefined();
  });

  test.each<[unknown, string]>([
    [
      (_: unknown, columns: Record<string, unknown>) => ({ stop: columns.lowset }),
      'Strategy "X": columns of manage() has no "lowset" (did you mean "lowest"?); there is lowest',
    ],
    [
      () => ({ stpo: 1 }),
      'manage() at candle 20 (…) returns "stpo" (did you mean "stop"?); it may return exit, stop, target',
    ],
    [() => ({ stop: '1' }), 'must return a stop price, NaN where it changes nothing'],
    [() => ({ exit: 1 }), 'must return exit true or false: current value is 1'],
    [() => 5, 'must return { stop, target }, { exit: true } or nothing: it returned 5'],
    [() => Promise.resolve({}), 'it returned a Promise'],
    [
      () => {
        throw new TypeError('oh');
      },
      'threw in manage() at candle 20',
    ],
  ])('%s is refused', (manage, message) => {
    expect(refusal(() => manageOf(manage)(view))).toContain(message);
  });
});

describe('a definition', () => {
  test.each<[object, string]>([
    [{ manage: 5 }, 'manage must be a function (view, columns) => ({ stop })'],
    [{ serie: {} }, 'unknown key "serie" (did you mean "series"?)'],
    [{ series: [], manege: 1 }, 'unknown key "manege" (did you mean "manage"?)'],
    [{ series: { day: '1d' } }, "series.day must be made by series.timeframe('1d')"],
    [
      { series: { day: { kind: 'timeframe', timeframe: 'daily' } } },
      'series.day must have a timeframe such as 4h, 1d or 1w: current value is "daily"',
    ],
    [
      { series: { btc: { kind: 'symbol', symbol: 'btc' } } },
      'series.btc must name a symbol in capitals such as BTCUSDT: current value is "btc"',
    ],
    [
      { series: { mood: { kind: 'table', file: './a.csv', columns: ['time'] } } },
      'series.mood cannot have a column "time": rename it',
    ],
    [
      { series: { mood: { kind: 'table', file: './a.csv', columns: [] } } },
      "series.mood must name the columns that are read, for example ['score']",
    ],
  ])('%j is refused', (more, message) => {
    const make = (): unknown =>
      defineStrategy({ name: 'X', warmUp: 1, signals: () => () => 1, ...more });
    expect(refusal(make)).toContain(message);
  });
});
