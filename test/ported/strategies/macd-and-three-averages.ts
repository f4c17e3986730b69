import { defineStrategy } from '../../../src/strategies/index.js';
import { longOnly, type PortedRun } from '../parts.js';

export const strategy = defineStrategy({
  name: 'MacdAndThreeAverages',
  warmUp: 34,
  signals({ candles: { close }, indicators }) {
    const { macd, signal } = indicators.macd(close);
    const [a, b, c] = [6, 14, 26].map((period) => indicators.sma(close, period)) as [
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    const [turn, averages] = [indicators.cross(macd, signal), indicators.cross(a, b)];
    return longOnly(
      (i) => turn[i] === 1 && averages[i] === 1 && c[i]! > a[i]!,
      (i) => turn[i] === -1 && averages[i] === -1 && c[i]! < a[i]! && c[i]! < b[i]!,
    );
  },
});

export const run: PortedRun = {
  data: 'BTC 5m',
  settings: {
    profit_targets: '0:0.15825,6:0.08491,9:0.04,18:0.0194,24:0',
    stop_loss_pct: 0.03,
    trailing_stop_loss_pct: 0.1455,
    trailing_activation_pct: 0.15434,
  },
};
