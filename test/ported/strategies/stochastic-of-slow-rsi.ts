import { defineStrategy } from '../../../src/strategies/index.js';
import { longOnly, type PortedRun } from '../parts.js';

export const strategy = defineStrategy({
  name: 'StochasticOfSlowRsi',
  warmUp: 50,
  signals({ candles, indicators }) {
    const { k, d } = indicators.stochRsi(candles.close, {
      rsi: 30,
      period: 14,
      smoothing: 3,
      signal: 3,
    });
    return longOnly(
      (i) => k[i]! < 15 && k[i]! >= d[i]!,
      (i) => k[i]! > 75 && d[i]! >= k[i]!,
    );
  },
});

export const run: PortedRun = {
  data: 'BTC 1m',
  settings: { take_profit_pct: 0.012, stop_loss_pct: 0.15 },
};
