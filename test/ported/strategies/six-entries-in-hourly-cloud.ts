import { defineStrategy, series } from '../../../src/strategies/index.js';
import {
  atrChannel,
  column,
  longOnly,
  mostly,
  type PortedRun,
  relativeMomentum,
  smoothedChange,
  tableInTrend,
  typicalBands,
} from '../parts.js';

const targets = tableInTrend(
  [
    [0, 0.279],
    [7, 0.109],
    [17, 0.059],
    [38, 0],
  ],
  0.005,
);

export const strategy = defineStrategy({
  name: 'SixEntriesInHourlyCloud',
  series: { hour: series.timeframe('1h') },
  warmUp: 600,
  signals({ candles, series: { hour }, indicators }) {
    const { open, close, length } = candles;
    const ema = (values: Float64Array, period: number) => indicators.ema(values, period);
    const { adx } = indicators.adx(candles, 14);
    const { macd, signal } = indicators.macd(close);
    const middle = column(length, (i) => (candles.high[i]! + candles.low[i]!) / 2);
    const [short, long] = [indicators.sma(middle, 5), indicators.sma(middle, 34)];
    const awesome = indicators.cross(short, long);
    const averages = indicators.cross(indicators.sma(close, 3), indicators.sma(close, 6));
    const turn = indicators.cross(macd, signal);
    const change = indicators.rateOfChange(close, 6);
    const [meanChange, meanOpen] = [indicators.sma(change, 12), indicators.sma(open, 12)];
    const body = indicators.rsi(
      column(length, (i) => (open[i]! + close[i]!) / 2),
      10,
    );
    const [over50, emas] = [
      indicators.cross(body, 50),
      indicators.cross(ema(close, 5), ema(close, 10)),
    ];
    const tema = indicators.tema(close, 9);
    const [sma20, sma200, emaLow] = [
      indicators.sma(close, 20),
      indicators.sma(close, 200),
      ema(candles.low, 5),
    ];
    const { k, d } = indicators.stochastic(candles, { period: 5, smoothing: 1, signal: 3 });
    const fast = indicators.cross(k, d);
    const isRise = (i: number) => close[i]! > open[i]!;

    const hours = hour.candles;
    const cloud = indicators.ichimoku(hours, {
      conversion: 20,
      base: 60,
      span: 120,
      displacement: 30,
    });
    const { conversion, base, spanA, spanB, leadingSpanA, leadingSpanB } = cloud;
    const channel = hour.align(atrChannel(hours, 10));
    const top = indicators.highest(hours.high, 3);
    const flags = (is: (j: number) => boolean) =>
      hour.align(column(hours.length, (j) => Number(is(j))));
    const above = flags(
      (j) =>
        [0, 1, 2, 3, 4].some((lag) => top[j - lag]! > top[j - lag - 1]!) &&
        conversion[j]! > base[j]! &&
        hours.close[j]! > leadingSpanA[j]! &&
        hours.close[j]! > leadingSpanB[j]! &&
        spanA[j - 30]! > spanB[j - 30]! &&
        hours.close[j]! > spanA[j - 30]! &&
        hours.close[j]! > spanB[j - 30]!,
    );
    const [under, closeUnder] = [
      indicators.cross(conversion, base),
      indicators.cross(hours.close, base),
    ];
    const breaks = flags((j) => under[j] === -1 || closeUnder[j] === -1);
    const momentum = mostly(relativeMomentum(hours.close, { period: 24, momentum: 5 }), 1, {
      of: 5,
      least: 3,
    });
    const candlesRise = mostly(hours.close, 1, { of: 5, least: 3 });
    const slowChannel = atrChannel(hours, 21);
    return {
      ...longOnly(
        (i) =>
          channel[i] === 1 &&
          above[i] === 1 &&
          ((macd[i]! > 0 && awesome[i] === 1) ||
            (adx[i]! > 25 && (averages[i] === 1 || (over50[i] === 1 && emas[i] === 1))) ||
            (isRise(i) &&
              isRise(i - 1) &&
              isRise(i - 2) &&
              turn[i] === 1 &&
              change[i]! > meanChange[i]! &&
              close[i]! > meanOpen[i]!) ||
            (adx[i]! > 30 &&
              tema[i]! < sma20[i]! &&
              tema[i]! > tema[i - 1]! &&
              sma200[i]! > close[i]!) ||
            (adx[i]! > 30 && open[i]! < emaLow[i]! && k[i]! < 30 && d[i]! < 30 && fast[i] === 1)),
        (i) => channel[i] === -1 && channel[i - 1] === 1 && breaks[i] === 1 && breaks[i - 1] === 0,
      ),
      columns: {
        close,
        change: hour.align(smoothedChange(hours.close)),
        band: hour.align(typicalBands(hours, 20, 1).lower),
        rises: flags((j) => momentum(j) || candlesRise(j) || slowChannel[j] === 1),
      },
    };
  },
  manage: (view, { close, change, band, rises }) => {
    const { i, profit } = view;
    const price = close[i]!;
    const bails = (profit < -0.036 && change[i]! <= -0.032) || (profit < 0.06 && price <= band[i]!);
    const distance = Math.max(0.025, Math.min(profit / 2, 0.054));
    const stop = bails ? 0.999 * price : profit >= 0.06 ? price * (1 - distance) : Number.NaN;
    return { ...targets(view, rises[i] === 1), stop };
  },
});

export const run: PortedRun = {
  data: 'BTC 15m',
  settings: { take_profit_pct: 0.279, stop_loss_pct: 0.1 },
};
