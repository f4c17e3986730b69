import { defineStrategy } from '../../../src/strategies/index.js';
import { emaGap, longOnly, type PortedRun } from '../parts.js';

export const strategy = defineStrategy({
  name: 'WavesBelowAShortAverage',
  warmUp: 200,
  signals({ candles: { close, volume }, indicators }) {
    const average = indicators.ema(close, 17);
    const waves = emaGap(close, close);
    const rsi = indicators.rsi(close, 14);
    return longOnly(
      (i) =>
        close[i]! < 0.98 * average[i]! &&
        ((waves[i]! > 2.139 && rsi[i]! < 65) || waves[i]! < -19.767) &&
        volume[i]! > 0,
      (i) => close[i]! > 0.99 * average[i]! && volume[i]! > 0,
    );
  },
});

export const run: PortedRun = {
  data: 'DOGE 1h',
  settings: { profit_targets: '0:0.114,8:0.063,19:0.037,32:0', stop_loss_pct: 0.5 },
};
