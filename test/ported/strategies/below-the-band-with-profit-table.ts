import { defineStrategy } from '../../../src/strategies/index.js';
import { longOnly, type PortedRun, typicalBands } from '../parts.js';

export const strategy = defineStrategy({
  name: 'BelowTheBandWithProfitTable',
  warmUp: 20,
  signals({ candles, indicators }) {
    const { close, volume } = candles;
    const { lower, middle } = typicalBands(candles);
    const rsi = indicators.rsi(close, 14);
    return longOnly(
      (i) => close[i]! < lower[i]! && volume[i]! > 0,
      (i) => rsi[i]! > 90 && close[i]! > middle[i]! && volume[i]! > 0,
    );
  },
});

export const run: PortedRun = {
  data: 'BTC 5m',
  settings: {
    profit_targets: '0:0.03653,2:0.01223,4:0.00756,6:0',
    stop_loss_pct: 0.23936,
    trailing_stop_loss_pct: 0.13595,
    trailing_activation_pct: 0.17493,
  },
};
