import { defineStrategy, series } from '../../../src/strategies/index.js';
import {
  before,
  column,
  longOnly,
  mostly,
  type PortedRun,
  relativeMomentum,
  smoothedChange,
  tableInTrend,
  typicalBands,
  volumeFlow,
} from '../parts.js';

const targets = tableInTrend(
  [
    [0, 0.143],
    [2, 0.022],
    [4, 0.011],
    [11, 0],
  ],
  0.009,
);

export const strategy = defineStrategy({
  name: 'HourlySmoothedExtremes',
  series: { hour: series.timeframe('1h') },
  warmUp: 60 * 12,
  signals({ candles, series: { hour }, indicators }) {
    const { close, volume } = candles;
    const hours = hour.candles;
    const fast = indicators.stochastic(hours, { period: 5, smoothing: 1, signal: 3 });
    const rsi = indicators.stochRsi(hours.close, { rsi: 14, period: 14, smoothing: 3, signal: 3 });
    const bands = typicalBands(hours, 20, 1);
    const width = bands.upper.map((value, j) => (value - bands.lower[j]!) / bands.middle[j]!);
    const widest = before(indicators.highest(width, 3));
    const ha = indicators.heikinAshi(hours);
    const [haLow, haHigh] = [indicators.ema(ha.low, 4), indicators.ema(ha.high, 4)];
    const bodies = indicators.sma(
      column(
        hours.length,
        (j) => (hours.open[j]! + hours.high[j]! + hours.low[j]! + hours.close[j]!) / 4,
      ),
      6,
    );
    const opens = indicators.sma(
      column(hours.length, (j) => (hours.open[j - 2]! + hours.close[j - 2]!) / 2),
      6,
    );
    const outer = indicators.bollingerBands(hours.close, 20, 2);
    const range = indicators.keltner(hours);
    const at = {
      d: hour.align(fast.d),
      k: hour.align(fast.k),
      rsiK: hour.align(rsi.k),
      rsiD: hour.align(rsi.d),
      lower: hour.align(bands.lower),
      wider: hour.align(width.map((value, j) => Number(value > 1.1 * widest[j]!))),
      haLow: hour.align(haLow),
      haHigh: hour.align(haHigh),
      bodies: hour.align(bodies),
      opens: hour.align(opens),
      money: hour.align(indicators.mfi(hours, 14)),
      squeeze: hour.align(
        outer.upper.map((value, j) =>
          Number(value < range.upper[j]! && outer.lower[j]! > range.lower[j]!),
        ),
      ),
      flow: hour.align(volumeFlow(hours, 14)),
      plus: hour.align(indicators.adx(hours, 14).plusDI),
      minus: hour.align(indicators.adx(hours, 14).minusDI),
      sar: hour.align(indicators.psar(hours).line),
    };
    const turn = indicators.cross(at.minus, at.plus);
    const momentum = relativeMomentum(hours.close, { period: 24, momentum: 5 });
    const rises = mostly(momentum, 1, { of: 5, least: 3 });
    return {
      ...longOnly(
        (i) => {
          if (!(close[i]! < at.haLow[i]! && at.bodies[i]! < at.opens[i]!)) return false;
          const stochastic = at.d[i]! > at.k[i]!;
          return (
            (at.wider[i] === 1 &&
              at.squeeze[i] === 0 &&
              (at.money[i]! < 20 || at.minus[i]! > 30)) ||
            (close[i]! < at.sar[i]! &&
              at.rsiD[i]! >= at.rsiK[i]! &&
              at.rsiD[i]! < 30 &&
              stochastic &&
              at.d[i]! < 23 &&
              at.money[i]! < 30) ||
            (((at.minus[i]! > 30 && turn[i] === 1 && close[i]! < at.lower[i]!) ||
              (at.squeeze[i] === 1 && stochastic && at.d[i]! < 20)) &&
              at.flow[i]! < 0 &&
              volume[i]! > 0)
          );
        },
        (i) =>
          close[i]! > at.haHigh[i]! &&
          at.bodies[i]! > at.opens[i]! &&
          at.wider[i] === 1 &&
          (at.money[i]! > 80 || at.plus[i]! > 30) &&
          at.flow[i]! > 0 &&
          volume[i]! > 0,
      ),
      columns: {
        close,
        change: hour.align(smoothedChange(hours.close)),
        rises: hour.align(column(hours.length, (j) => Number(rises(j)))),
      },
    };
  },
  manage: (view, { close, change, rises }) => {
    const { i, profit } = view;
    const result = targets(view, rises[i] === 1);
    return profit < 0 && change[i]! <= -0.01 ? { ...result, stop: 0.999 * close[i]! } : result;
  },
});

export const run: PortedRun = {
  data: 'BTC 5m',
  settings: {
    take_profit_pct: 0.143,
    stop_loss_pct: 0.299,
    trailing_stop_loss_pct: 0.024,
    trailing_activation_pct: 0.117,
  },
};
