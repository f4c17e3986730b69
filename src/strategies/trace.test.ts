import { describe, expect, test } from 'vitest';
import { type CandleSeries, candleRange, candleSeriesFromRows } from '../candles/index.js';
import { checkHistory } from './check-history.js';
import { checkStrategy } from './check-strategy.js';
import { defineStrategy, type StrategyContext } from './define-strategy.js';
import { resolveParameters } from './resolve-parameters.js';
import type { SignalResult } from './signal-column.js';
import { STRATEGIES } from './strategy-map.js';
import { TraceRecorder, type TraceValue } from './trace.js';

const HOUR = 3_600_000;

function series(length: number): CandleSeries {
  const rows = Array.from({ length }, (_, i) => {
    const close = 100 + (i % 7) - (i % 11);
    return [i * HOUR, 100, Math.max(100, close) + 1, Math.min(100, close) - 1, close, 1];
  });
  return candleSeriesFromRows({ symbol: 'ETHUSDT', market: 'usdm', timeframe: '1h' }, rows);
}

type Context = StrategyContext<Record<never, never>>;
const strategyOf = (signals: (context: Context) => SignalResult) =>
  defineStrategy({ name: 'Traced', warmUp: 2, signals });

describe('symbol, timeframe and market', () => {
  const seen = new Set<string>();
  const strategy = strategyOf(({ candles, symbol, timeframe, market }) => {
    seen.add(`${symbol} ${timeframe} ${market}`);
    return (i) => (symbol === 'ETHUSDT' && candles.close[i]! > 100 ? 1 : 0);
  });
  const parameters = resolveParameters(strategy);
  const candles = series(300);
  const ways: readonly [string, () => unknown][] = [
    ['a run', () => strategy.signals(candles, parameters)],
    ['a search', () => strategy.signalRuns!(candles, parameters)],
    [
      'the look-ahead check',
      () => checkStrategy(strategy, parameters, candles, { cold: strategy }),
    ],
    ['the check of the history', () => checkHistory(strategy, parameters, candles)],
    ['the watch on inputs', () => strategy.undefinedAtNewest!(candles, parameters)],
    ['a window', () => strategy.signals(candleRange(candles, 10, 200), parameters)],
  ];
  test.each(ways)('are those of the candles in %s', (_, run) => {
    seen.clear();
    run();
    expect([...seen]).toEqual(['ETHUSDT 1h usdm']);
  });

  test('are refused where candles are bare columns, and only when they are read', () => {
    const { length, openTime, open, high, low, close, volume } = candles;
    const bare = { length, openTime, open, high, low, close, volume };
    expect(() => strategy.signals(bare, parameters)).toThrow(
      'Strategy "Traced" reads symbol, but these candles are plain columns; pass a candle series',
    );
    for (const builtIn of STRATEGIES) {
      expect(builtIn.signals(bare, resolveParameters(builtIn))).toHaveLength(300);
    }
  });
});

describe('trace()', () => {
  const candles = series(5);
  const run = (signals: (context: Context) => SignalResult) => {
    const recorder = new TraceRecorder(candles.length, ['signal']);
    strategyOf(signals).signals(candles, {}, undefined, recorder.trace);
    return recorder;
  };
  const column = (recorder: TraceRecorder, name: string) =>
    Array.from({ length: candles.length }, (_, i) => recorder.cell(name, i));
  const trace = (i: number, values: Record<string, TraceValue>) =>
    run((context) => {
      context.trace(i, values);
      return () => 0;
    });

  test('keeps a value per candle and name; what is undefined is an empty cell', () => {
    const recorder = run(({ trace, candles: { close } }) => (i) => {
      trace(i, { close2: 2 * close[i]!, mean: i < 3 ? Number.NaN : i / 4, isHigh: i > 3 });
      return 0;
    });
    expect(recorder.names).toEqual(['close2', 'mean', 'isHigh']);
    expect(column(recorder, 'mean')).toEqual(['', '', '', 0.75, 1]);
    expect(column(recorder, 'isHigh')).toEqual(['', '', 'false', 'false', 'true']);
  });

  test('takes several calls for a candle, in any order; the last value of a name counts', () => {
    const recorder = run(({ trace }) => {
      for (const i of [4, 0, 4]) trace(i, { a: i, [`b${i}`]: 'word' });
      trace(0, { a: -1.5 });
      trace(4, { a: undefined });
      return () => 0;
    });
    expect(column(recorder, 'a')).toEqual([-1.5, '', '', '', '']);
    expect(column(recorder, 'b4')).toEqual(['', '', '', '', 'word']);
  });

  test('a column may begin with nothing and mix numbers and words', () => {
    const recorder = run(({ trace }) => {
      trace(0, { why: undefined });
      trace(1, { why: 3 });
      trace(2, { why: 'too low' });
      trace(3, { why: null });
      return () => 0;
    });
    expect(column(recorder, 'why')).toEqual(['', 3, 'too low', '', '']);
  });

  test('changes no signal and is inert in every run that no file was asked for', () => {
    const strategy = strategyOf(({ trace, candles: { close } }) => (i) => {
      trace(i, { x: close[i], wrong: Number.POSITIVE_INFINITY, ['n'.repeat(99)]: 1 });
      trace(-7, { x: 1 });
      return close[i]! > 100 ? 1 : 0;
    });
    const parameters = resolveParameters(strategy);
    const long = series(400);
    expect(checkStrategy(strategy, parameters, long, { cold: strategy }).runs).toBeGreaterThan(10);
    expect(strategy.signals(long, parameters)).toHaveLength(400);
    expect(strategy.signalRuns!(long, parameters)).toHaveLength(400);
    expect(strategy.undefinedAtNewest!(long, parameters)).toEqual([]);
  });

  const RANGE = 'i must be a candle, an integer from 0 to 4: current value is';
  const VALUE =
    'must be a finite number, a boolean or a text (NaN and undefined leave the cell empty): current value is';
  test.each<readonly [string, unknown, unknown, string]>([
    ['i below the first', -1, { a: 1 }, `trace(i, …): ${RANGE} -1`],
    ['i after the last', 5, { a: 1 }, `trace(i, …): ${RANGE} 5`],
    ['i between two', 1.5, { a: 1 }, `trace(i, …): ${RANGE} 1.5`],
    ['i not a number', Number.NaN, { a: 1 }, `trace(i, …): ${RANGE} NaN`],
    ['i a text', '1', { a: 1 }, `trace(i, …): ${RANGE} "1"`],
    ['no i', { a: 1 }, undefined, `trace(i, …): ${RANGE} an object`],
    [
      'no values',
      1,
      undefined,
      'trace(1, …): pass the values by name, trace(i, { rsi: rsi[i] }): current value is undefined',
    ],
    ['a bare value', 1, 7, 'current value is 7'],
    ['a list', 1, [7], 'current value is an array'],
    ['infinite', 1, { a: Number.POSITIVE_INFINITY }, `trace(1, …): "a" ${VALUE} Infinity`],
    [
      'a function',
      1,
      { a: () => 1 },
      `trace(1, …): "a" ${VALUE} a function (call it and trace its result)`,
    ],
    ['a column', 1, { a: new Float64Array(5) }, `${VALUE} an array`],
    ['an object', 1, { a: {} }, `${VALUE} an object`],
    ['a Promise', 1, { a: Promise.resolve(1) }, `${VALUE} a Promise`],
    ['a bigint', 1, { a: 10n }, `${VALUE} 10`],
    ['a symbol', 1, { a: Symbol('x') }, `${VALUE} Symbol(x)`],
    [
      'a long text',
      1,
      { a: 'x'.repeat(101) },
      'the text of "a" has 101 characters; at most 100 are kept',
    ],
    [
      'a name with a line end',
      1,
      { 'a\nb': 1 },
      'trace(): "a\\nb" cannot name a column; use at most 40',
    ],
    ['a name like a formula', 1, { '=a': 1 }, 'trace(): "=a" cannot name a column'],
    ['no name', 1, { '': 1 }, 'trace(): "" cannot name a column'],
    [
      'a name of the file',
      1,
      { signal: 1 },
      'trace(): the file already has a column "signal"; choose another name',
    ],
  ])('refuses %s in one sentence with the place', (_, i, values, sentence) => {
    const call = (): unknown => trace(i as number, values as Record<string, TraceValue>);
    expect(call).toThrow(sentence);
    expect(call).toThrow(/^Strategy "Traced" at [^\n]*trace\.test\.ts:\d+: trace\([^\n]*$/);
  });

  test('refuses the forty-first name: a name per candle would be a column per candle', () => {
    const call = (): unknown =>
      run(({ trace }) => {
        for (let k = 0; k <= 40; k++) trace(0, { [`n${k}`]: k });
        return () => 0;
      });
    expect(call).toThrow('trace(): "n40" would be column 41; trace at most 40');
  });
});
