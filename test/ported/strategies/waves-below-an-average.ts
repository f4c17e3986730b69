import { defineStrategy } from '../../../src/strategies/index.js';
import { emaGap, longOnly, type PortedRun, tableUnless } from '../parts.js';

const targets = tableUnless([
  [0, 0.154],
  [4, 0.074],
  [10, 0.039],
  [33, 0.02],
]);

export const strategy = defineStrategy({
  name: 'WavesBelowAnAverage',
  warmUp: 210,
  signals({ candles: { close, volume }, indicators }) {
    const [dip, top] = [indicators.ema(close, 31), indicators.ema(close, 99)];
    const waves = emaGap(close, close);
    const rsi = indicators.rsi(close, 14);
    const enter = (i: number): boolean =>
      volume[i]! > 0 &&
      close[i]! < 0.978 * dip[i]! &&
      ((waves[i]! > 4.471 && rsi[i]! < 63) || waves[i]! < -13.043);
    return {
      ...longOnly(enter, (i) => close[i]! > 1.054 * top[i]! && volume[i]! > 0),
      columns: { again: (i: number) => Number(enter(i)) },
    };
  },
  manage: (view, { again }) => targets(view, again[view.i] === 1),
});

export const run: PortedRun = {
  data: 'DOGE 1h',
  settings: {
    take_profit_pct: 0.154,
    stop_loss_pct: 0.179,
    trailing_stop_loss_pct: 0.01,
    trailing_activation_pct: 0.049,
  },
};
