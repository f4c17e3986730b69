import { defineStrategy } from '../../../src/strategies/index.js';
import { longOnly, type PortedRun, relativeMomentum, tableUnless } from '../parts.js';

const targets = tableUnless([
  [0, 0.15],
  [2, 0.1],
  [4, 0.05],
  [6, 0.025],
  [12, 0.01],
]);

export const strategy = defineStrategy({
  name: 'MomentumIndexHoldsTheTarget',
  warmUp: 60,
  signals({ candles, indicators }) {
    const { close, volume } = candles;
    const index = relativeMomentum(close);
    const [fast, slow] = [
      indicators.kama(close, { period: 3 }),
      indicators.kama(close, { period: 21 }),
    ];
    const { macd, signal, histogram } = indicators.macd(close);
    const volumes = indicators.sma(volume, 24);
    const { line } = indicators.psar(candles);
    return {
      ...longOnly(
        (i) =>
          fast[i]! > slow[i]! &&
          macd[i]! > signal[i]! &&
          macd[i]! > 0 &&
          histogram[i]! > 0 &&
          index[i]! > index[i - 1]! &&
          index[i]! > 50 &&
          volume[i]! < 20 * volumes[i]! &&
          volume[i]! > 0,
      ),
      columns: { index, holds: (i: number) => Number(close[i]! > line[i]! && index[i]! >= 75) },
    };
  },
  manage: (view, { index, holds }) => {
    const { i, profit } = view;
    if (index[i]! < 30 && profit > -0.03) return { exit: true };
    return targets(view, holds[i] === 1);
  },
});

export const run: PortedRun = {
  data: 'BTC 5m',
  settings: {
    take_profit_pct: 0.15,
    trailing_stop_loss_pct: 0.01125,
    trailing_activation_pct: 0.04673,
  },
};
