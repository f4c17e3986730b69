import { defineStrategy } from '../../../src/strategies/index.js';
import { longOnly, type PortedRun } from '../parts.js';

export const strategy = defineStrategy({
  name: 'SlowCloudBaseCross',
  warmUp: 425,
  signals({ candles, indicators }) {
    const { close } = candles;
    const { conversion, base, spanA, spanB } = indicators.ichimoku(candles, {
      conversion: 200,
      base: 350,
      span: 150,
      displacement: 75,
    });
    const turn = indicators.cross(base, conversion);
    return longOnly(
      (i) => close[i]! > spanA[i]! && close[i]! > spanB[i]! && turn[i] === 1,
      (i) => close[i]! < spanA[i]! && close[i]! < spanB[i]! && turn[i] === -1,
    );
  },
});

export const run: PortedRun = {
  data: 'BTC 1h',
  settings: { take_profit_pct: 0.15, stop_loss_pct: 0.1 },
};
