import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type CandleColumns, candleSeriesFromRows } from '../candles/index.js';
import { INDICATORS } from '../indicators/index.js';
import { normalRandom, seededRandom } from '../util/index.js';
import { checkStrategy } from './check-strategy.js';
import { defineStrategy } from './define-strategy.js';
import { resolveParameters } from './resolve-parameters.js';
import type { SignalResult } from './signal-column.js';
import { StrategyError, type StrategyFault } from './strategy-error.js';
import { STRATEGIES } from './strategy-map.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Hourly candles with trends, quiet and wild times, holes in time and candles without volume. */
function market(length: number, seed = 7) {
  const random = seededRandom(seed);
  const normal = normalRandom(random);
  let price = 20_000;
  let time = Date.UTC(2022, 0, 1);
  const rows = Array.from({ length }, (_, i) => {
    const volatility = i % 400 < 300 ? 0.004 : 0.02;
    const open = price;
    price = Math.max(1, Math.round(price * Math.exp(volatility * normal()) * 100) / 100);
    const high = Math.max(open, price) * (1 + volatility * random());
    const low = Math.min(open, price) * (1 - volatility * random());
    const volume = i % 333 === 0 ? 0 : Math.exp(3 + normal());
    time += random() < 0.002 ? 5 * HOUR : HOUR;
    return [time, open, high, low, price, volume];
  });
  return candleSeriesFromRows({ symbol: 'TEST', market: 'spot', timeframe: '1h' }, rows);
}

const CANDLES = market(3_000);
const MANY_CANDLES = market(20_000, 8);
const { ema, sma, rsi, atr, highest, lowest, compare, bollingerBands, zScore } = INDICATORS;
const sign = (value: number): number => (Number.isNaN(value) ? 0 : Math.sign(value));
const column = (length: number, value: (i: number) => number): Float64Array =>
  Float64Array.from({ length }, (_, i) => value(i));
const mean = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
const dayOf = (time: number): number => Math.floor(time / DAY);

type Signals = (candles: CandleColumns) => SignalResult;
const strategyOf = (signals: Signals, warmUp = 0) =>
  defineStrategy({ name: 'Tested', warmUp, signals: ({ candles }) => signals(candles) });

function faultOf(signals: Signals, warmUp: number, candles: CandleColumns): StrategyFault | 'none' {
  const strategy = strategyOf(signals, warmUp);
  try {
    checkStrategy(strategy, resolveParameters(strategy), candles);
    return 'none';
  } catch (error) {
    if (error instanceof StrategyError) return error.fault;
    throw error;
  }
}

/** Long above a level that is fixed at the end. */
const against = (close: Float64Array, level: number) => (i: number) => sign(close[i]! - level);

let calls = 0;
let remembered: Int8Array | undefined;
let moodCalls = 0;

const LEAKS: readonly [string, Signals, number?][] = [
  [
    'the next close',
    ({ close }) =>
      (i) =>
        sign(close[i + 1]! - close[i]!),
  ],
  [
    'the next close, kept inside the array',
    ({ close, length }) =>
      (i) =>
        sign(close[Math.min(i + 1, length - 1)]! - close[i]!),
  ],
  [
    'the next open',
    ({ open, close }) =>
      (i) =>
        sign(open[i + 1]! - close[i]!),
  ],
  [
    'the next high, for longs only',
    ({ high, close }) =>
      (i) =>
        high[i + 1]! > close[i]! * 1.01 ? 1 : 0,
  ],
  [
    'the next low, for shorts only',
    ({ low, close }) =>
      (i) =>
        low[i + 1]! < close[i]! * 0.99 ? -1 : 0,
  ],
  [
    'the next volume',
    ({ volume }) =>
      (i) =>
        sign(volume[i + 1]! - volume[i]!),
  ],
  [
    'the time of the next candle (a hole in the data)',
    ({ openTime }) =>
      (i) =>
        openTime[i + 1]! - openTime[i]! > HOUR ? -1 : 1,
  ],
  [
    'a close 50 candles ahead',
    ({ close }) =>
      (i) =>
        sign(close[i + 50]! - close[i]!),
  ],
  [
    'a close 500 candles ahead',
    ({ close }) =>
      (i) =>
        sign(close[i + 500]! - close[i]!),
  ],
  [
    'a centred moving average',
    ({ close }) => {
      const average = sma(close, 21);
      return (i) => compare(close[i], average[i + 10]);
    },
  ],
  [
    'a centred highest high (swing points)',
    ({ high }) => {
      const top = highest(high, 11);
      return (i) => (high[i] === top[i + 5] ? -1 : 0);
    },
  ],
  [
    'a pivot confirmed three candles later, marked where it was',
    ({ low, length }) => {
      const signals = new Int8Array(length);
      for (let i = 3; i < length - 3; i++) {
        const around = [1, 2, 3].flatMap((k) => [low[i - k]!, low[i + k]!]);
        if (around.every((value) => value > low[i]!)) signals[i] = 1;
      }
      return signals;
    },
  ],
  ['the maximum of all closes', ({ close }) => against(close, 0.8 * Math.max(...close))],
  ['the mean of all closes', ({ close }) => against(close, mean(close))],
  [
    'a z-score over everything',
    ({ close }) => {
      const average = mean(close);
      const deviation = Math.sqrt(mean(close.map((value) => (value - average) ** 2)));
      return (i) => (Math.abs(close[i]! - average) > deviation ? -sign(close[i]! - average) : 0);
    },
  ],
  [
    'the median of everything, by sorting',
    ({ close, length }) => against(close, close.toSorted()[length >> 1]!),
  ],
  [
    'the rank among everything',
    ({ close, length }) => {
      const sorted = close.toSorted();
      return (i) => (sorted.indexOf(close[i]!) < 0.1 * length ? 1 : 0);
    },
  ],
  ['the last close of the data', ({ close, length }) => against(close, close[length - 1]!)],
  [
    'the direction of the whole data, on the first candle',
    ({ close, length }) =>
      (i) =>
        i === 0 ? sign(close[length - 1]! - close[0]!) : 0,
  ],
  [
    'a loop from the end (EMA backwards)',
    ({ close }) => {
      const backwards = ema(close.toReversed(), 10).toReversed();
      return (i) => compare(close[i], backwards[i]);
    },
  ],
  [
    'a smoothing forwards and backwards',
    ({ close }) => {
      const twice = ema(ema(close, 5).toReversed(), 5).toReversed();
      return (i) => compare(close[i], twice[i]);
    },
  ],
  [
    'gaps filled from behind',
    ({ volume, close, length }) => {
      const filled = volume.slice();
      for (let i = length - 2; i >= 0; i--) if (filled[i] === 0) filled[i] = filled[i + 1]!;
      return (i) => (volume[i] === 0 && filled[i]! > 20 ? sign(close[i]!) : 0);
    },
  ],
  [
    'the close of the same day (resampled without shift)',
    ({ openTime, close }) => {
      const dayClose = new Map<number, number>();
      openTime.forEach((time, i) => void dayClose.set(dayOf(time), close[i]!));
      return (i) => sign(dayClose.get(dayOf(openTime[i]!))! - close[i]!);
    },
  ],
  [
    'the high of the same day',
    ({ openTime, high, close }) => {
      const dayHigh = new Map<number, number>();
      openTime.forEach((time, i) => {
        dayHigh.set(dayOf(time), Math.max(dayHigh.get(dayOf(time)) ?? 0, high[i]!));
      });
      return (i) => (close[i]! > 0.999 * dayHigh.get(dayOf(openTime[i]!))! ? -1 : 0);
    },
  ],
  [
    'the range of the week',
    ({ openTime, low, close }) => {
      const weekLow = new Map<number, number>();
      const week = (i: number) => Math.floor(dayOf(openTime[i]!) / 7);
      low.forEach(
        (value, i) => void weekLow.set(week(i), Math.min(weekLow.get(week(i)) ?? value, value)),
      );
      return (i) => (close[i]! < 1.01 * weekLow.get(week(i))! ? 1 : 0);
    },
  ],
  [
    'flat on the last candle of the data',
    ({ close, length }) =>
      (i) =>
        i === length - 1 ? 0 : sign(close[i]! - 20_000),
  ],
  [
    'the share of the data that has passed',
    ({ length }) =>
      (i) =>
        i < 0.5 * length ? 1 : -1,
  ],
  [
    'the distance to the end',
    ({ length }) =>
      (i) =>
        length - i <= 100 ? -1 : 1,
  ],
  [
    'the number of candles',
    ({ length }) =>
      () =>
        length % 2 === 0 ? 1 : -1,
  ],
  [
    'the future only in the last tenth',
    ({ close, length }) =>
      (i) =>
        i > 0.9 * length ? sign(close[i + 1]! - close[i]!) : 0,
  ],
  [
    'the future only before big moves',
    ({ close }) =>
      (i) => {
        const move = close[i + 1]! / close[i]! - 1;
        return Math.abs(move) > 0.05 ? sign(move) : 0;
      },
  ],
  [
    'an honest average, but the future before big moves',
    ({ close }) => {
      const average = ema(close, 20);
      return (i) => {
        const move = close[i + 1]! / close[i]! - 1;
        return Math.abs(move) > 0.05 ? sign(move) : compare(close[i], average[i]);
      };
    },
  ],
  [
    'the future only after candles without volume',
    ({ close, volume }) =>
      (i) =>
        volume[i] === 0 ? sign(close[i + 2]! - close[i]!) : 0,
  ],
  [
    'the future only on Mondays at noon',
    ({ close, openTime }) =>
      (i) => {
        const time = new Date(openTime[i]!);
        const isNoon = time.getUTCDay() === 1 && time.getUTCHours() === 12;
        return isNoon ? sign(close[i + 1]! - close[i]!) : 0;
      },
  ],
  [
    'a stop that knows the next low',
    ({ close, low }) => {
      const average = ema(close, 30);
      return (i) => (low[i + 1]! < 0.98 * close[i]! ? 0 : compare(close[i], average[i]));
    },
  ],
  [
    'a level fitted on the first half of the data',
    ({ close, length }) => against(close, mean(close.subarray(0, length >> 1))),
  ],
  [
    'a period chosen by what would have paid',
    ({ close }) => {
      const profit = (period: number) => {
        const average = ema(close, period);
        return mean(
          column(
            close.length - 1,
            (i) => sign(close[i]! - (average[i] || close[i]!)) * (close[i + 1]! - close[i]!),
          ),
        );
      };
      const best = [5, 10, 20, 40, 80].toSorted((a, b) => profit(b) - profit(a))[0]!;
      const average = ema(close, best);
      return (i) => compare(close[i], average[i]);
    },
  ],
  [
    'values shifted the wrong way',
    ({ close }) => {
      const shifted = close.subarray(1);
      return (i) => compare(shifted[i], close[i]);
    },
  ],
  [
    'an array-like with one value from the future',
    ({ close, length }) => {
      const signals = new Int8Array(length);
      signals[1500] = sign(close[1501]! - close[1500]!);
      return signals;
    },
  ],
];

const LATE_LEAKS: readonly [string, Signals, number?][] = [
  [
    'the future only in long histories',
    ({ close, length }) =>
      (i) =>
        length > 5_000 ? sign(close[i + 1]! - close[i]!) : 0,
  ],
  [
    'the future only after 15,000 candles',
    ({ close }) =>
      (i) =>
        i > 15_000 ? sign(close[i + 1]! - close[i]!) : 0,
  ],
  [
    'the future only in long histories, kept inside',
    ({ close, length }) =>
      (i) =>
        length > 5_000 ? sign(close[Math.min(i + 3, length - 1)]! - close[i]!) : 0,
  ],
  [
    'the future only late, behind an honest average',
    ({ close }) => {
      const average = ema(close, 50);
      return (i) => (i > 12_000 ? sign(close[i + 1]! - close[i]!) : compare(close[i], average[i]));
    },
  ],
  [
    'the future only in the last candles of long histories',
    ({ close, length }) =>
      (i) =>
        length > 5_000 && i > length - 20 ? sign(close[i + 1]! - close[i]!) : 0,
  ],
];

const OTHER_FAULTS: readonly [StrategyFault, string, Signals, number?][] = [
  ['not-deterministic', 'random numbers', () => () => (Math.random() < 0.5 ? 1 : 0)],
  [
    'not-deterministic',
    'rare random numbers',
    () => (i) =>
      (i === 700 && Math.random() < 0.5 ? 1 : 0) || (i % 50 === 0 && Math.random() < 0.3 ? 1 : 0),
  ],
  ['not-deterministic', 'the weekday of today', () => () => (new Date().getDay() < 3 ? 1 : -1)],
  [
    'not-deterministic',
    'the month of today',
    () => () => (new Date(Date.now()).getMonth() % 3) - 1,
  ],
  ['not-deterministic', 'the clock', () => () => (Date.now() % 2 === 0 ? 1 : -1)],
  [
    'not-deterministic',
    'the stopwatch',
    () => () => (Math.floor(performance.now()) % 2 === 0 ? 1 : -1),
  ],
  [
    'not-deterministic',
    'a counter of calls',
    () => {
      calls++;
      return () => (calls % 2 === 0 ? 1 : -1);
    },
  ],
  [
    'not-deterministic',
    'a position kept since the last call',
    ({ close }) => {
      const before = remembered;
      remembered = Int8Array.from(close, (value) => sign(value - 20_000));
      return before?.length === close.length ? remembered.map((s) => -s) : remembered;
    },
  ],
  [
    'not-deterministic',
    'the next open, through the memory behind the closes',
    ({ close }) => {
      const memory = new Float64Array(close.buffer);
      // Opens lie three columns before closes.
      const opens = close.byteOffset / 8 - memory.length / 2;
      return (i) => sign((memory[opens + i + 1] ?? Number.NaN) - close[i]!);
    },
  ],
  [
    'not-deterministic',
    'the next close, but only of candles without getters: those of the run itself',
    (candles) => (i) =>
      Object.getOwnPropertyDescriptor(candles, 'close')?.get === undefined
        ? sign(candles.close[i + 1]! - candles.close[i]!)
        : 0,
  ],
  [
    'keeps-state',
    'a mood that changes after ten calls',
    () => {
      moodCalls++;
      return () => (moodCalls > 10 ? 1 : -1);
    },
  ],
  [
    'changes-candles',
    'sorting in place',
    ({ close }) => {
      close.sort();
      return () => 0;
    },
  ],
  [
    'changes-candles',
    'normalising in place',
    ({ volume }) => {
      volume.forEach((value, i) => {
        volume[i] = value / 2;
      });
      return () => 0;
    },
  ],
  [
    'changes-candles',
    'one value of one candle',
    ({ high }) => {
      high[1234] = 1;
      return () => 0;
    },
  ],
  [
    'trades-in-warm-up',
    'a signal before the warm-up ends',
    ({ close }) => close.map((_, i) => (i === 9 ? 1 : 0)),
    10,
  ],
  ['trades-in-warm-up', 'a warm-up that is not kept', ({ close }) => close.map(() => 1), 50],
  ['bad-signals', 'a signal of 2', () => (i) => (i === 2_900 ? 2 : 0)],
  ['bad-signals', 'a fraction', () => () => 0.5],
  ['bad-signals', 'too many values', ({ length }) => new Int8Array(length + 1)],
  [
    'threw',
    'an exception late',
    () => (i) => {
      if (i === 2_000) throw new Error('late');
      return 0;
    },
  ],
];

describe('checkStrategy() catches', () => {
  // A clock that stands still shows that the check itself moves it.
  beforeAll(() => {
    vi.useFakeTimers({ toFake: ['Date', 'performance'], now: Date.UTC(2026, 0, 5, 12) });
  });
  afterAll(() => {
    vi.useRealTimers();
  });

  test.each(LEAKS)('look-ahead: %s', (_, signals, warmUp = 0) => {
    expect(faultOf(signals, warmUp, CANDLES)).toBe('looks-ahead');
  });

  test.each(LATE_LEAKS)('look-ahead: %s', (_, signals, warmUp = 0) => {
    expect(faultOf(signals, warmUp, MANY_CANDLES)).toBe('looks-ahead');
  });

  test.each(OTHER_FAULTS)('%s: %s', (fault, _, signals, warmUp = 0) => {
    expect(faultOf(signals, warmUp, CANDLES)).toBe(fault);
  });

  test('and says where', () => {
    const strategy = strategyOf(
      ({ close }) =>
        (i) =>
          sign(close[i + 1]! - close[i]!),
    );
    expect(() => checkStrategy(strategy, resolveParameters(strategy), CANDLES)).toThrow(
      /^Strategy "Tested" looks ahead: its signal at candle 2998 \(2022-.*Z\) is -?1, but 0 when later candles are removed; a signal may use only candles up to its own \(S-01\)$/,
    );
  });
});

const HONEST: readonly [string, Signals, number?][] = [
  ['always flat', () => () => 0],
  ['always long', () => () => 1],
  ['always short', () => () => -1],
  ['always undefined', () => () => Number.NaN],
  ['long once', () => (i) => (i === 2_500 ? 1 : 0)],
  ['every 1,000th candle', () => (i) => (i % 1_000 === 999 ? 1 : 0)],
  ['alternating', () => (i) => (i % 2 === 0 ? 1 : -1)],
  [
    'momentum of one candle',
    ({ close }) =>
      (i) =>
        compare(close[i], close[i - 1]),
    1,
  ],
  [
    'momentum of 500 candles',
    ({ close }) =>
      (i) =>
        compare(close[i], close[i - 500]),
    500,
  ],
  [
    'momentum without a stated warm-up',
    ({ close }) =>
      (i) =>
        compare(close[i], close[i - 30]),
  ],
  [
    'a very long warm-up',
    ({ close }) => {
      const average = sma(close, 2_900);
      return (i) => compare(close[i], average[i]);
    },
    2_899,
  ],
  [
    'a warm-up longer than the data',
    ({ close }) => {
      const average = sma(close, 5_000);
      return (i) => compare(close[i], average[i]);
    },
    4_999,
  ],
  [
    'EMA cross',
    ({ close }) => {
      const [fast, slow] = [ema(close, 9), ema(close, 21)];
      return (i) => compare(fast[i], slow[i]);
    },
    20,
  ],
  [
    'SMA cross',
    ({ close }) => {
      const [fast, slow] = [sma(close, 5), sma(close, 60)];
      return (i) => compare(fast[i], slow[i]);
    },
    59,
  ],
  [
    'EMA with a long memory',
    ({ close }) => {
      const average = ema(close, 1_000);
      return (i) => compare(close[i], average[i]);
    },
    999,
  ],
  [
    'RSI levels',
    ({ close }) => {
      const strength = rsi(close, 14);
      return (i) => Number(strength[i]! <= 30) - Number(strength[i]! >= 70);
    },
    14,
  ],
  [
    'Bollinger reversion',
    ({ close }) => {
      const { lower, upper } = bollingerBands(close, 20, 2);
      return (i) => Number(close[i]! < lower[i]!) - Number(close[i]! > upper[i]!);
    },
    19,
  ],
  [
    'breakout of the channel before',
    ({ close, high, low }) => {
      const [top, bottom] = [highest(high, 20), lowest(low, 20)];
      return (i) => Number(close[i]! > top[i - 1]!) - Number(close[i]! < bottom[i - 1]!);
    },
    20,
  ],
  [
    'z-score of closes',
    ({ close }) => {
      const score = zScore(close, 50);
      return (i) => -sign(Math.trunc(score[i]! / 2));
    },
    49,
  ],
  [
    'ATR expansion',
    (candles) => {
      const range = atr(candles, 14);
      const usual = sma(range, 100);
      return (i) => (range[i]! > 1.5 * usual[i]! ? sign(candles.close[i]! - candles.open[i]!) : 0);
    },
    112,
  ],
  [
    'the colour of the candle',
    ({ open, close }) =>
      (i) =>
        sign(close[i]! - open[i]!),
  ],
  [
    'volume only',
    ({ volume }) => {
      const usual = sma(volume, 20);
      return (i) => (volume[i]! > 2 * usual[i]! ? 1 : 0);
    },
    19,
  ],
  [
    'volume without a change of price',
    ({ volume, close }) =>
      (i) =>
        volume[i]! > 50 && Math.abs(close[i]! / close[i - 1]! - 1) < 0.001 ? 1 : 0,
    1,
  ],
  [
    'candles without volume',
    ({ volume }) =>
      (i) =>
        volume[i] === 0 ? -1 : 0,
  ],
  [
    'a column that is read after big moves only',
    (candles) => (i) =>
      Math.abs(candles.close[i]! / candles.close[i - 1]! - 1) > 0.02 && candles.volume[i]! > 20
        ? sign(candles.high[i]! + candles.low[i]! - 2 * candles.close[i]!)
        : 0,
    1,
  ],
  [
    'the weekday',
    ({ openTime }) =>
      (i) =>
        new Date(openTime[i]!).getUTCDay() === 1 ? 1 : -1,
  ],
  [
    'the hour',
    ({ openTime }) =>
      (i) =>
        (openTime[i]! / HOUR) % 24 < 8 ? 1 : 0,
  ],
  [
    'the first day of the month',
    ({ openTime }) =>
      (i) =>
        new Date(openTime[i]!).getUTCDate() === 1 ? 1 : 0,
  ],
  [
    'a hole in time behind it',
    ({ openTime }) =>
      (i) =>
        openTime[i]! - openTime[i - 1]! > HOUR ? -1 : 0,
    1,
  ],
  [
    'the change since the start of the day',
    ({ openTime, open, close }) => {
      let dayOpen = Number.NaN;
      return (i) => {
        if (dayOf(openTime[i]!) !== dayOf(openTime[i - 1] ?? 0)) dayOpen = open[i]!;
        return compare(close[i], dayOpen);
      };
    },
  ],
  [
    'the close of the day before',
    ({ openTime, close, length }) => {
      const before = column(length, () => Number.NaN);
      for (let i = 1, last = Number.NaN; i < length; i++) {
        if (dayOf(openTime[i]!) !== dayOf(openTime[i - 1]!)) last = close[i - 1]!;
        before[i] = last;
      }
      return (i) => compare(close[i], before[i]);
    },
  ],
  [
    'the highest close so far',
    ({ close }) => {
      let top = 0;
      return (i) => {
        top = Math.max(top, close[i]!);
        return close[i] === top ? 1 : close[i]! < 0.8 * top ? -1 : 0;
      };
    },
  ],
  [
    'the mean of all closes so far',
    ({ close }) => {
      let sum = 0;
      return (i) => {
        sum += close[i]!;
        return sign(close[i]! - sum / (i + 1));
      };
    },
  ],
  [
    'the rank among all closes so far',
    ({ close }) =>
      (i) => {
        const window = close.subarray(Math.max(0, i - 30), i + 1);
        return window.toSorted().indexOf(close[i]!) < 3 ? 1 : 0;
      },
  ],
  [
    'the cumulative volume balance',
    ({ close, volume }) => {
      let balance = 0;
      return (i) => {
        balance += sign(close[i]! - (close[i - 1] ?? close[i]!)) * volume[i]!;
        return sign(balance);
      };
    },
  ],
  [
    'a state machine with a cooldown',
    ({ close }) => {
      let wait = 0;
      return (i) => {
        if (wait-- > 0) return 0;
        if (!(close[i]! > close[i - 1]! * 1.01)) return 0;
        wait = 24;
        return 1;
      };
    },
    1,
  ],
  [
    'a trailing level that only rises',
    ({ close }) => {
      let level = 0;
      return (i) => {
        if (close[i]! < level) {
          level = close[i]! * 0.9;
          return -1;
        }
        level = Math.max(level, close[i]! * 0.95);
        return 1;
      };
    },
  ],
  [
    'a pseudo-random choice seeded per call',
    () => {
      const random = seededRandom(5);
      return () => Math.floor(random() * 3) - 1;
    },
  ],
  [
    'a choice by a hash of the time',
    ({ openTime }) =>
      (i) =>
        ((openTime[i]! / HOUR) * 2_654_435_761) % 7 < 2 ? 1 : 0,
  ],
  [
    'an Int8Array',
    ({ close, length }) => {
      const signals = new Int8Array(length);
      for (let i = 5; i < length; i++) signals[i] = close[i]! > close[i - 5]! ? 1 : -1;
      return signals;
    },
    5,
  ],
  [
    'a plain array with holes of NaN',
    ({ close }) =>
      Array.from(close, (value, i) => (i < 3 ? Number.NaN : sign(value - close[i - 3]!))),
    3,
  ],
  [
    'work on a sorted copy of the past',
    ({ close }) =>
      (i) =>
        i < 20 ? 0 : sign(close[i]! - close.slice(i - 19, i + 1).sort()[10]!),
    49,
  ],
  [
    'results remembered by array',
    (() => {
      const known = new WeakMap<Float64Array, Float64Array>();
      return ({ close }) => {
        const average = known.get(close) ?? ema(close, 20);
        known.set(close, average);
        return (i) => compare(close[i], average[i]);
      };
    })(),
    19,
  ],
  [
    'the number of candles for an allocation',
    ({ close, length }) => {
      const lagged = new Float64Array(length);
      lagged.set(close.subarray(0, length - 1), 1);
      return (i) => compare(close[i], lagged[i]);
    },
    1,
  ],
  [
    'a look ahead that is shifted back in time',
    ({ close }) => {
      const centred = (i: number) => (close[i - 10]! + close[i - 5]! + close[i]!) / 3;
      return (i) => compare(close[i - 5], centred(i));
    },
    10,
  ],
  [
    'a pivot, marked when it is confirmed',
    ({ low }) =>
      (i) =>
        [1, 2, 3].every((k) => low[i - 3 - k]! > low[i - 3]! && low[i - 3 + k]! > low[i - 3]!)
          ? 1
          : 0,
    6,
  ],
  [
    'a regression slope',
    ({ close }) =>
      (i) => {
        let slope = 0;
        for (let k = 0; k < 20; k++) slope += (k - 9.5) * (close[i - 19 + k] ?? Number.NaN);
        return sign(slope);
      },
    19,
  ],
  [
    'a Kalman-like filter',
    ({ close }) => {
      let [estimate, variance] = [close[0]!, 1];
      return (i) => {
        variance += 0.01;
        const gain = variance / (variance + 1);
        estimate += gain * (close[i]! - estimate);
        variance *= 1 - gain;
        return compare(close[i], estimate);
      };
    },
  ],
  [
    'MACD-like difference of averages',
    ({ close }) => {
      const [fast, slow] = [ema(close, 12), ema(close, 26)];
      const difference = fast.map((value, i) => value - slow[i]!);
      const signal = ema(difference, 9);
      return (i) => compare(difference[i], signal[i]);
    },
    33,
  ],
  [
    'a volatility regime with a long memory',
    ({ close }) => {
      const change = INDICATORS.logChange(close);
      const [now, usual] = [
        INDICATORS.sampleDeviation(change, 24),
        INDICATORS.sampleDeviation(change, 720),
      ];
      return (i) => (now[i]! < usual[i]! ? sign(close[i]! - close[i - 24]!) : 0);
    },
    720,
  ],
  [
    'round numbers',
    ({ close }) =>
      (i) =>
        Math.floor(close[i]! / 1_000) !== Math.floor((close[i - 1] ?? close[i]!) / 1_000) ? 1 : 0,
  ],
  [
    'prices at the very edge of a tie',
    ({ close }) => {
      const average = sma(close, 1);
      return (i) => compare(close[i], average[i]);
    },
  ],
  [
    'the clock for nothing but a log',
    ({ close }) => {
      const started = Date.now();
      return (i) => (Date.now() - started < -1e15 ? 1 : sign(close[i]! - 20_000));
    },
  ],
];

describe('checkStrategy() does not accuse', () => {
  test.each(HONEST)('%s', (_, signals, warmUp = 0) => {
    expect(faultOf(signals, warmUp, CANDLES)).toBe('none');
    expect(faultOf(signals, warmUp, market(700, 11))).toBe('none');
  });

  test.each([0, 1, 2, 3, 30])('the built-in strategies on %i candles', (length) => {
    for (const strategy of STRATEGIES) {
      const check = () => checkStrategy(strategy, resolveParameters(strategy), market(length));
      expect(check).not.toThrow();
    }
  });

  test('there are at least 50 of them, and at least 20 leaks', () => {
    expect(HONEST.length).toBeGreaterThanOrEqual(50);
    expect(LEAKS.length + LATE_LEAKS.length).toBeGreaterThanOrEqual(40);
  });
});

describe('checkStrategy() reports', () => {
  test('at least 200 candles after which the future was taken away', () => {
    const strategy = STRATEGIES[0]!;
    const report = checkStrategy(strategy, resolveParameters(strategy), CANDLES);
    expect(report.cutCandles).toBeGreaterThan(200);
    expect(report.cuts).toBeGreaterThan(report.cutCandles);
    expect(report.candles).toBeLessThan(12_000_000);
  });

  test('the same for the same seed', () => {
    const strategy = STRATEGIES[1]!;
    const run = (seed: number) =>
      checkStrategy(strategy, resolveParameters(strategy), CANDLES, { seed });
    expect(run(3)).toEqual(run(3));
  });

  test('and leaves the candles and the clocks alone', () => {
    const before = [...CANDLES.close];
    const { now } = Date;
    const { random } = Math;
    faultOf(
      ({ close }) =>
        (i) =>
          sign(close[i + 1]! - close[i]!),
      0,
      CANDLES,
    );
    expect([...CANDLES.close]).toEqual(before);
    expect(Date.now).toBe(now);
    expect(Math.random).toBe(random);
  });
});
