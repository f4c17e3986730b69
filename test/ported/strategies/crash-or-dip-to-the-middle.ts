import { defineStrategy } from '../../../src/strategies/index.js';
import { longOnly, type PortedRun, sampleBands, typicalBands } from '../parts.js';

export const strategy = defineStrategy({
  name: 'CrashOrDipToTheMiddle',
  warmUp: 50,
  signals({ candles, indicators }) {
    const { close, low, volume } = candles;
    const wide = sampleBands(close, 40, 2);
    const narrow = typicalBands(candles, 20, 2);
    const slow = indicators.ema(close, 50);
    const volumes = indicators.sma(volume, 30);
    return longOnly(
      (i) => {
        const height = Math.abs(wide.middle[i]! - wide.lower[i]!);
        const change = close[i]! - close[i - 1]!;
        return (
          (wide.lower[i - 1]! > 0 &&
            height > 0.00703 * close[i]! &&
            Math.abs(change) > 0.01476 * close[i]! &&
            close[i]! - low[i]! < 0.03632 * height &&
            close[i]! < wide.lower[i - 1]! &&
            change <= 0) ||
          (close[i]! < slow[i]! &&
            close[i]! < 0.98863 * narrow.lower[i]! &&
            volume[i]! < 34 * volumes[i - 1]!)
        );
      },
      (i) => close[i]! > narrow.middle[i]!,
    );
  },
});

export const run: PortedRun = {
  data: 'BTC 1m',
  settings: {
    take_profit_pct: 0.015,
    stop_loss_pct: 0.0658,
    trailing_stop_loss_pct: 0.0198,
    trailing_activation_pct: 0.03082,
  },
};
