import { defineStrategy } from '../../../src/strategies/index.js';
import { longOnly, type PortedRun } from '../parts.js';

export const strategy = defineStrategy({
  name: 'CloudSpansCross',
  warmUp: 150,
  signals({ candles, indicators }) {
    const { close } = candles;
    const { spanA, spanB } = indicators.ichimoku(candles, {
      conversion: 20,
      base: 60,
      span: 120,
      displacement: 30,
    });
    const turn = indicators.cross(spanA, spanB);
    return longOnly(
      (i) => turn[i] === 1 && close[i]! > spanA[i]! && close[i]! > spanB[i]!,
      (i) => turn[i] === -1 && close[i]! < spanA[i]! && close[i]! < spanB[i]!,
    );
  },
});

export const run: PortedRun = {
  data: 'BTC 4h',
  settings: { trailing_stop_loss_pct: 0.45, trailing_activation_pct: 0.5 },
};
