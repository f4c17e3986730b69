import { defineStrategy } from '../../../src/strategies/index.js';
import { longOnly, type PortedRun } from '../parts.js';

export const strategy = defineStrategy({
  name: 'MoneyFlowExtremes',
  warmUp: 15,
  signals({ candles, indicators }) {
    const money = indicators.mfi(candles, 14);
    return longOnly(
      (i) => money[i - 1]! <= 14,
      (i) => money[i]! >= 75,
    );
  },
});

export const run: PortedRun = {
  data: 'BTC 5m',
  settings: { profit_targets: '0:0.05,4:0.04,8:0.03,16:0.02,288:0.01', stop_loss_pct: 0.1 },
};
