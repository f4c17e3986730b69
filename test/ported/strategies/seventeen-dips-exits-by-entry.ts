import { defineStrategy, series } from '../../../src/strategies/index.js';
import {
  averageBand,
  before,
  climbingStop,
  column,
  emaGap,
  longOnly,
  type PortedRun,
  relativeMomentum,
  trendCorrelation,
  typicalBands,
} from '../parts.js';

/** An entry that holds alone, by its exits; several at once have those of the others. */
const OTHER = 1;
const TRAILS = 2;
const SCALPS = 3;
const climbs = climbingStop(0.019, 0.05, [0.017, 0.045]);

export const strategy = defineStrategy({
  name: 'SeventeenDipsExitsByEntry',
  series: { hour: series.timeframe('1h') },
  warmUp: 200 * 12,
  signals({ candles, series: { hour }, indicators }) {
    const { open, high, low, close, volume, length } = candles;
    const ema = (period: number) => indicators.ema(close, period);
    const [ema4, ema8, ema12, ema13, ema16] = [ema(4), ema(8), ema(12), ema(13), ema(16)];
    const [ema20, ema24, ema26, ema49] = [ema(20), ema(24), ema(26), ema(49)];
    const [sma9, sma15, sma75] = [
      indicators.sma(close, 9),
      indicators.sma(close, 15),
      indicators.sma(close, 75),
    ];
    const rsiOf = (period: number) => indicators.rsi(close, period);
    const [rsi4, rsi14, rsi20, rsi84, rsi112] = [
      rsiOf(4),
      rsiOf(14),
      rsiOf(20),
      rsiOf(84),
      rsiOf(112),
    ];
    const connors = (values: Float64Array): Float64Array => {
      const sides = values.map((value, i) => Math.sign(value - (values[i - 1] ?? value)));
      const [a, b, c] = [
        indicators.rsi(values, 3),
        indicators.rsi(sides, 2),
        indicators.rateOfChange(values, 100),
      ];
      return a.map((value, i) => (value + b[i]! + 100 * c[i]!) / 3);
    };
    const [bands2, bands3] = [typicalBands(candles, 20, 2), typicalBands(candles, 20, 3)];
    const momentum = relativeMomentum(close, { period: 17, momentum: 4 });
    const index = indicators.cci(candles, 25);
    const { k: rsiK } = indicators.stochRsi(close, {
      rsi: 15,
      period: 20,
      smoothing: 1,
      signal: 2,
    });
    const { k, d } = indicators.stochastic(candles, { period: 5, smoothing: 1, signal: 3 });
    const turn = indicators.cross(k, d);
    const { adx } = indicators.adx(candles, 14);
    const waves = emaGap(close, low);
    const trend = trendCorrelation(close, 20);
    const place = indicators.williamsR(candles, 14);
    const volumes = before(indicators.sma(volume, 4));
    const mood = connors(close);
    const slowMean = indicators.ema(indicators.vwma(candles, 96), 96);
    const top = indicators.highest(open, 4);
    // The price at which a window traded, less its deviation.
    const typical = indicators.typicalPrice(candles);
    const money = indicators.sma(
      typical.map((value, i) => value * volume[i]!),
      20,
    );
    const quantity = indicators.sma(volume, 20);
    const traded = money.map((value, i) => value / quantity[i]!);
    const spread = indicators.sampleDeviation(traded, 20);

    const ha = indicators.heikinAshi(candles);
    const wide = typicalBands({ ...ha, volume }, 40, 2);
    const haSlow = indicators.ema(ha.close, 50);
    const average = indicators.ema(
      column(length, (i) => (ha.open[i]! + ha.high[i]! + ha.low[i]! + ha.close[i]!) / 4),
      9,
    );
    const band = averageBand(average, indicators.atr(ha, 10), 2.7);
    const price = indicators.ema(
      column(length, (i) => (open[i]! + high[i]! + low[i]! + close[i]!) / 4),
      9,
    );

    const hours = hour.candles;
    const hourlyMood = hour.align(connors(hours.close));
    const hourly200 = hour.align(indicators.ema(hours.close, 200));
    const haHours = indicators.heikinAshi(hours).close;
    const week = hour.align(haHours.map((value, j) => value / haHours[j - 168]!));
    const [highest, lowest] = [indicators.highest(hours.high, 5), indicators.lowest(hours.low, 5)];
    const safe = hour.align(
      column(hours.length, (j) =>
        Number(
          highest[j]! / lowest[j]! - 1 < 0.66 ||
            hours.close[j]! < lowest[j - 1]! ||
            hours.close[j]! > hours.open[j]!,
        ),
      ),
    );

    /** Which of the entries hold at a close; `trails` are those with a nearer stop. */
    const kindOf = (i: number) => {
      const now = close[i]!;
      const jump = Math.abs(now - close[i - 1]!) / now;
      const gap = ema26[i]! - ema12[i]!;
      const wasApart = ema26[i - 1]! - ema12[i - 1]! > open[i]! / 100;
      const [lower2, lower3] = [bands2.lower[i]!, bands3.lower[i]!];
      const isFall = (share: number, least: number) =>
        gap > share * open[i]! && wasApart && now < 0.999 * lower2 && jump > least;
      const height = Math.abs(wide.middle[i]! - wide.lower[i]!);
      const tail = ha.close[i]! - ha.low[i]!;
      const haChange = ha.close[i]! - ha.close[i - 1]!;
      const rises = hourly200[i]! > hourly200[i - 12]! && hourly200[i - 12]! > hourly200[i - 24]!;
      const isOver = band[i]! > price[i]!;
      const trails = [
        now < traded[i]! - spread[i]! &&
          top[i]! / now - 1 > 0.04 &&
          trend[i]! < -0.8 &&
          rsi14[i]! < 35 &&
          rsi84[i]! < 60 &&
          rsi112[i]! < 60,
        week[i]! > 0.79492 &&
          wide.lower[i - 1]! > 0 &&
          height > 0.01889 * ha.close[i]! &&
          Math.abs(haChange) > 0.00916 * ha.close[i]! &&
          tail < 0.72235 * height &&
          ha.close[i]! < wide.lower[i - 1]! &&
          haChange <= 0,
        week[i]! > 0.79492 && ha.close[i]! < haSlow[i]! && ha.close[i]! < 0.0127 * wide.lower[i]!,
        isOver &&
          now < 0.98 * sma75[i]! &&
          waves[i]! < -4.4 &&
          trend[i]! < -0.95 &&
          place[i]! < -97 &&
          hourlyMood[i]! > 0.5,
        slowMean[i]! >= slowMean[i - 1]! &&
          trend[i]! < -0.88 &&
          now < 0.988 * ema13[i]! &&
          waves[i]! > 6.4 &&
          rsi14[i]! < 32 &&
          volume[i]! < 2 * volumes[i]!,
        isOver &&
          now < 0.98 * sma75[i]! &&
          waves[i]! > 9.8 &&
          rsi14[i]! < 56 &&
          trend[i]! < -0.7 &&
          safe[i] === 1,
        open[i]! < 1.147 * ema8[i]! &&
          turn[i] === 1 &&
          k[i]! < 39 &&
          d[i]! < 28 &&
          adx[i]! > 13 &&
          waves[i]! > 8.594 &&
          trend[i]! < -0.892 &&
          place[i]! < -85.016,
      ];
      const scalps =
        rises &&
        wide.lower[i - 1]! > 0 &&
        height > 0.056 * now &&
        jump > 0.01 &&
        tail < 0.5 * height &&
        now < wide.lower[i - 1]! &&
        now <= close[i - 1]! &&
        now > 0.912 * ema13[i]!;
      const others = [
        momentum[i]! < 49 &&
          index[i]! <= -116 &&
          rsiK[i]! < 32 &&
          (lower2 - lower3) / lower2 > 0.025 &&
          (bands2.upper[i]! - lower2) / bands2.middle[i]! > 0.095 &&
          jump > 0.017922 &&
          now < 0.999 * lower3,
        isFall(0.022, 0.012148),
        isFall(0.026, 0.017922),
        gap > 0.024 * open[i]! &&
          wasApart &&
          now < 1.014 * ema20[i]! &&
          rsi14[i]! < 21 &&
          mood[i]! > 10 &&
          jump > 0.012044,
        rsi4[i]! < 44 &&
          now < 0.935 * ema8[i]! &&
          waves[i]! > -5.001 &&
          now < 0.968 * ema16[i]! &&
          rsi14[i]! < 23,
        rsi20[i]! < rsi20[i - 1]! &&
          rsi4[i]! < 46 &&
          rsi14[i]! > 19 &&
          now < 0.942 * sma15[i]! &&
          trend[i]! < -0.86,
        now < 0.978 * ema13[i]! &&
          waves[i]! > 8 &&
          trend[i]! < -0.88 &&
          rsi14[i]! < 32 &&
          place[i]! < -98 &&
          volume[i]! < 2.5 * volumes[i]!,
        rises && now < 0.932 * sma75[i]! && waves[i]! > 3.6 && trend[i]! < -0.9 && place[i]! < -97,
        ema26[i - 3]! - ema12[i - 3]! > 0.032 * open[i - 3]! &&
          ema26[i - 9]! - ema12[i - 9]! > open[i - 3]! / 100 &&
          close[i - 3]! < 0.916 * ema20[i - 3]! &&
          rsi14[i - 3]! < 32.5 &&
          mood[i - 3]! > 18 &&
          trend[i]! < -0.105 &&
          place[i]! < -81.827,
      ];
      const count = (flags: readonly boolean[]) => flags.filter(Boolean).length;
      const all = count(trails) + count(others) + Number(scalps);
      const alone = count(trails) === 1 ? TRAILS : scalps ? SCALPS : OTHER;
      return all === 0 ? 0 : all === 1 ? alone : OTHER;
    };
    const kinds = column(length, (i) => (i < 2_400 ? 0 : kindOf(i)));
    return {
      ...longOnly((i) => kinds[i]! > 0),
      columns: {
        close,
        kinds,
        tops: (i: number) => Number(trend[i]! > 0.844 && place[i]! > -19.99),
        fades: (i: number) =>
          Number(
            Math.tanh(0.1 * (rsi14[i]! - 50)) > 0.39075 &&
              ha.high[i]! <= ha.high[i - 1]! &&
              ha.high[i - 1]! <= ha.high[i - 2]! &&
              ha.close[i]! <= ha.close[i - 1]! &&
              ema4[i]! > ha.close[i]! &&
              0.99754 * ha.close[i]! > bands2.middle[i]!,
          ),
        recovers: (i: number) =>
          Number(
            (close[i]! > sma9[i]! &&
              close[i]! > 0.997 * ema24[i]! &&
              rsi14[i]! > 50 &&
              rsi4[i]! > rsi20[i]!) ||
              close[i]! > 1.006 * ema49[i]!,
          ),
      },
    };
  },
  // Exits depend on the entries that held when the trade was decided.
  manage: (view, { close, kinds, tops, fades, recovers }) => {
    const { i, profit, entryIndex } = view;
    const isTrailing = kinds[entryIndex - 1] === TRAILS;
    if (profit < 0) return recovers[i] === 1 ? { exit: true } : undefined;
    if (isTrailing && profit >= 0.01 && profit < 0.019) return { stop: 0.991 * close[i]! };
    if (profit < 0.019) {
      const isOver = tops[i] === 1 || (kinds[entryIndex - 1] === SCALPS && fades[i] === 1);
      return isOver ? { exit: true } : undefined;
    }
    return climbs(view);
  },
});

export const run: PortedRun = { data: 'BTC 5m', settings: {} };
