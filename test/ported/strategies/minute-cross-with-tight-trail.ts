import { defineStrategy } from '../../../src/strategies/index.js';
import { longOnly, type PortedRun } from '../parts.js';

export const strategy = defineStrategy({
  name: 'MinuteCrossWithTightTrail',
  warmUp: 10,
  signals({ candles: { close, volume }, indicators }) {
    const turn = indicators.cross(indicators.ema(close, 5), indicators.ema(close, 10));
    return longOnly((i) => turn[i] === 1 && volume[i]! > 0);
  },
});

export const run: PortedRun = {
  data: 'BTC 1m',
  settings: {
    profit_targets: '0:0.01,2:0.005,4:0.002',
    stop_loss_pct: 0.01,
    trailing_stop_loss_pct: 0.0005,
    trailing_activation_pct: 0.001,
  },
};
