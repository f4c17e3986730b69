import { describe, expect, test } from 'vitest';
import { type CandleColumns, candleSeriesFromRows } from '../candles/index.js';
import { INDICATORS } from '../indicators/index.js';
import { normalRandom, seededRandom } from '../util/index.js';
import { checkHistory, historyOf } from './check-history.js';
import { checkStrategy } from './check-strategy.js';
import { checkedPlots } from './checked-plots.js';
import { defineStrategy } from './define-strategy.js';
import { resolveParameters } from './resolve-parameters.js';
import type { SignalResult } from './signal-column.js';
import type { Strategy, StrategyPlot } from './strategy.js';
import { StrategyError } from './strategy-error.js';

const HOUR = 3_600_000;

function market(length: number) {
  const normal = normalRandom(seededRandom(5));
  let price = 100;
  const rows = Array.from({ length }, (_, i) => {
    const open = price;
    price *= Math.exp(0.01 * normal());
    const volume = 1 + (i % 7);
    return [
      i * HOUR,
      open,
      Math.max(open, price) * 1.001,
      Math.min(open, price) * 0.999,
      price,
      volume,
    ];
  });
  return candleSeriesFromRows({ symbol: 'TEST', market: 'spot', timeframe: '1h' }, rows);
}

const CANDLES = market(4_000);

type Signals = (candles: CandleColumns) => SignalResult;

/** Makes strategies as modules do: what `make` keeps belongs to one instance. */
const instance = (make: () => Signals, warmUp = 0): Strategy => {
  const signals = make();
  return defineStrategy({ name: 'Tested', warmUp, signals: ({ candles }) => signals(candles) });
};

function faultOf(make: () => Signals, warmUp = 0): string {
  const strategy = instance(make, warmUp);
  try {
    checkStrategy(strategy, resolveParameters(strategy), CANDLES, { cold: instance(make, warmUp) });
    return 'none';
  } catch (error) {
    if (error instanceof StrategyError) return error.fault;
    throw error;
  }
}

const zScores = ({ close }: CandleColumns): Float64Array => {
  const mean = close.reduce((sum, value) => sum + value, 0) / close.length;
  const deviation = Math.sqrt(
    close.reduce((sum, value) => sum + (value - mean) ** 2, 0) / close.length,
  );
  return close.map((value) => (value - mean) / deviation);
};
const sides = (z: Float64Array) => (i: number) => (z[i]! < -0.5 ? 1 : z[i]! > 0.5 ? -1 : 0);
let longest: Float64Array | undefined;

/** What is kept between calls, each by another key. */
const KEEPERS: readonly [string, () => Signals][] = [
  [
    'by the time of the first candle, renewed when it grows',
    () => {
      const kept = new Map<number, Float64Array>();
      return (candles) => {
        const key = candles.openTime[0]!;
        const known = kept.get(key);
        const z = known !== undefined && known.length >= candles.length ? known : zScores(candles);
        kept.set(key, z);
        return sides(z);
      };
    },
  ],
  [
    'by the time of the first candle, for ever',
    () => {
      const kept = new Map<number, Float64Array>();
      return (candles) => {
        const key = candles.openTime[0]!;
        const z = kept.get(key) ?? zScores(candles);
        kept.set(key, z);
        return sides(z);
      };
    },
  ],
  [
    'by the length',
    () => {
      const kept = new Map<number, Float64Array>();
      return (candles) => {
        const z = kept.get(candles.length) ?? zScores(candles);
        kept.set(candles.length, z);
        return sides(z);
      };
    },
  ],
  [
    'by nothing but the parameters',
    () => {
      let kept: Float64Array | undefined;
      return (candles) => {
        kept ??= zScores(candles);
        return sides(kept);
      };
    },
  ],
  [
    'the longest series, outside of all modules',
    () => (candles) => {
      if (longest === undefined || longest.length < candles.length) longest = candles.close.slice();
      const all = longest;
      return (i) => ((all[i + 1] ?? all[i]!) > all[i]! ? 1 : -1);
    },
  ],
];

describe('checkStrategy() with a cold instance', () => {
  test.each(KEEPERS)('catches the future that is kept %s', (_, make) => {
    longest = undefined;
    expect(['looks-ahead', 'keeps-state']).toContain(faultOf(make));
  });

  test.each<[string, () => Signals, number]>([
    [
      'weights that depend on parameters only',
      () => {
        const kept = new Map<number, number[]>();
        return ({ close }) => {
          const weights = kept.get(20) ?? Array.from({ length: 20 }, (_, k) => Math.exp(-k / 20));
          kept.set(20, weights);
          return (i) => {
            let sum = 0;
            for (let k = 0; k < 20; k++) sum += weights[k]! * (close[i - k]! - close[i]!);
            return Math.sign(sum);
          };
        };
      },
      20,
    ],
    [
      'results kept by the array itself',
      () => {
        const kept = new WeakMap<Float64Array, Float64Array>();
        return ({ close }) => {
          const average = kept.get(close) ?? INDICATORS.sma(close, 20);
          kept.set(close, average);
          return (i) => INDICATORS.compare(close[i], average[i]);
        };
      },
      19,
    ],
  ])('does not accuse %s', (_, make, warmUp) => {
    expect(faultOf(make, warmUp)).toBe('none');
  });

  test('calls chance not repeatable, whichever way the dice fall', () => {
    for (let seed = 1; seed <= 40; seed++) {
      const random = seededRandom(seed);
      const make = () => () => {
        const side = random() < 0.5 ? 0 : 1;
        return (i: number) => ((i + side) % 2 === 0 ? 1 : -1);
      };
      expect([seed, faultOf(make)]).toEqual([seed, 'not-deterministic']);
    }
  });
});

describe('checkHistory() (S-63)', () => {
  const countOf = (signals: Signals, warmUp: number, history?: number): number => {
    const strategy = defineStrategy({
      name: 'Tested',
      warmUp,
      ...(history === undefined ? {} : { history }),
      signals: ({ candles }) => signals(candles),
    });
    return checkHistory(strategy, resolveParameters(strategy), CANDLES).differing;
  };
  const anchored: Signals = ({ close, volume }) => {
    let [sum, all] = [0, 0];
    const mean = close.map((price, i) => {
      sum += price * volume[i]!;
      all += volume[i]!;
      return sum / all;
    });
    return (i) => INDICATORS.compare(close[i], mean[i]);
  };
  const crossed: Signals = ({ close }) => {
    const average = INDICATORS.sma(close, 50);
    return (i) => INDICATORS.compare(close[i], average[i]);
  };
  const latched: Signals = ({ close }) => {
    const first = close[0]!;
    return (i) => INDICATORS.compare(close[i], first);
  };

  test.each<[string, Signals, number, number | undefined, boolean]>([
    ['a moving average', crossed, 49, undefined, false],
    ['a moving average with just its history', crossed, 49, 49, false],
    ['a moving average with less than its history', crossed, 49, 20, true],
    ['a mean since the first candle', anchored, 1, undefined, true],
    ['the first price', latched, 0, undefined, true],
  ])('counts decisions that need more: %s', (_, signals, warmUp, history, differs) => {
    expect(countOf(signals, warmUp, history) > 1).toBe(differs);
  });

  test('the default is the larger of 500 and four warm-ups', () => {
    const strategy = (warmUp: number) =>
      defineStrategy({ name: 'Tested', warmUp, signals: () => () => 0 });
    expect([10, 125, 126, 400].map((warmUp) => historyOf(strategy(warmUp), {}))).toEqual([
      500, 500, 504, 1600,
    ]);
  });
});

describe('checkedPlots()', () => {
  const plots = (values: unknown, more: object = {}) =>
    checkedPlots('S', CANDLES, () => [
      { label: 'mean', pane: 'own', values, ...more } as StrategyPlot,
    ]);

  test.each<[string, unknown]>([
    ['a column', CANDLES.close],
    ['a list', [...CANDLES.close]],
    ['a column of 32 bits', Float32Array.from(CANDLES.close)],
  ])('takes %s', (_, values) => expect(plots(values)[0]!.values.length).toBe(CANDLES.length));

  test('what is no number is undefined', () => {
    const values = [...CANDLES.close].map((value, i) => (i === 0 ? null : value));
    expect(plots(values)[0]!.values[0]).toBeNaN();
  });

  test.each<[string, unknown, object, string]>([
    [
      'a short column',
      new Float64Array(10),
      {},
      'the plot "mean" must be one number per candle (4000): it has 10 values',
    ],
    ['nothing', undefined, {}, 'it has undefined'],
    ['no label', CANDLES.close, { label: '' }, 'plot 1 has no label'],
    [
      'a pane that is a number',
      CANDLES.close,
      { pane: 1 },
      'the pane of the plot "mean" must be a text',
    ],
  ])('refuses %s', (_, values, more, message) => {
    expect(() => plots(values, more)).toThrow(message);
  });
});
