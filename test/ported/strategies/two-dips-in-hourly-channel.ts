import { defineStrategy, series } from '../../../src/strategies/index.js';
import {
  atrChannel,
  before,
  longOnly,
  type PortedRun,
  tableUnless,
  typicalBands,
} from '../parts.js';

const targets = tableUnless([
  [0, 0.1],
  [6, 0.05],
  [12, 0.02],
  [24, 0.01],
]);

export const strategy = defineStrategy({
  name: 'TwoDipsInHourlyChannel',
  series: { hour: series.timeframe('1h') },
  warmUp: 50,
  signals({ candles, series: { hour }, indicators }) {
    const { close, low, volume } = candles;
    const trend = hour.align(atrChannel(hour.candles, 25));
    const falling = (values: Float64Array): Float64Array => {
      const mean = before(indicators.sma(values, 3));
      return hour.align(values.map((value, j) => mean[j]! - value));
    };
    const money = falling(indicators.mfi(hour.candles, 30));
    const { k } = indicators.stochRsi(hour.candles.close, {
      rsi: 30,
      period: 35,
      smoothing: 1,
      signal: 2,
    });
    const rsi = falling(k);
    const wide = typicalBands(candles, 40, 2);
    const narrow = typicalBands(candles, 20, 2);
    const slow = indicators.ema(close, 50);
    const volumes = indicators.sma(volume, 30);
    const leave = indicators.cross(close, narrow.upper);
    const enter = (i: number): boolean => {
      const height = Math.abs(wide.middle[i]! - wide.lower[i]!);
      const change = close[i]! - close[i - 1]!;
      const crash =
        wide.lower[i - 1]! > 0 &&
        height > 0.008 * close[i]! &&
        Math.abs(change) > 0.0175 * close[i]! &&
        close[i]! - low[i]! < 0.25 * height &&
        close[i]! < wide.lower[i - 1]! &&
        change <= 0;
      const dip =
        close[i]! < slow[i]! &&
        close[i]! < 0.985 * narrow.lower[i]! &&
        volume[i]! < 20 * volumes[i - 1]!;
      return (trend[i] === 1 && money[i]! > 0 && rsi[i]! > 0 && crash) || dip;
    };
    return {
      ...longOnly(enter, (i) => leave[i] === -1),
      columns: { again: (i: number) => Number(enter(i)) },
    };
  },
  manage: (view, { again }) => targets(view, again[view.i] === 1),
});

export const run: PortedRun = {
  data: 'BTC 5m',
  settings: { take_profit_pct: 0.1, stop_loss_pct: 0.05 },
};
