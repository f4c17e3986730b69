import { defineStrategy, series } from '../../../src/strategies/index.js';
import {
  atrChannel,
  longOnly,
  mostly,
  type PortedRun,
  relativeMomentum,
  tableUnless,
  typicalBands,
} from '../parts.js';

const targets = tableUnless([
  [0, 0.18724],
  [4, 0.04751],
  [6, 0.02393],
  [15, 0],
]);

export const strategy = defineStrategy({
  name: 'CrashBoughtInTheRange',
  series: { hour: series.timeframe('1h') },
  warmUp: 72 * 12,
  signals({ candles, series: { hour }, indicators }) {
    const { close, low, volume } = candles;
    const bands = typicalBands(candles, 12, 2);
    const hours = hour.candles.close;
    const bottom = hour.align(indicators.lowest(hours, 72));
    const lows = indicators.lowest(hours, 24);
    const range = hour.align(indicators.highest(hours, 24).map((value, j) => value - lows[j]!));
    const momentum = mostly(relativeMomentum(close, { period: 24, momentum: 5 }), 1, {
      of: 5,
      least: 3,
    });
    const candlesRise = mostly(close, 1, { of: 5, least: 3 });
    const channel = atrChannel(candles, 21);
    return {
      ...longOnly((i) => {
        const height = Math.abs(bands.middle[i]! - bands.lower[i]!);
        const change = close[i]! - close[i - 1]!;
        return (
          close[i]! >= bottom[i]! + 0.172 * range[i]! &&
          bands.lower[i - 1]! > 0 &&
          height > 0.025 * close[i]! &&
          Math.abs(change) > 0.018 * close[i]! &&
          close[i]! - low[i]! < 0.945 * height &&
          close[i]! < bands.lower[i - 1]! &&
          change <= 0 &&
          volume[i]! > 0
        );
      }),
      columns: {
        close,
        rises: (i: number) => Number(momentum(i) || candlesRise(i) || channel[i] === 1),
      },
    };
  },
  manage: (view, { close, rises }) => {
    const { i, profit, closesHeld } = view;
    const result = targets(view, rises[i] === 1);
    return profit < -0.05 && closesHeld > 192 ? { ...result, stop: 0.999 * close[i]! } : result;
  },
});

export const run: PortedRun = {
  data: 'DOGE 1h',
  settings: { take_profit_pct: 0.18724, stop_loss_pct: 0.28819 },
};
