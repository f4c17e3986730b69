import { defineStrategy } from '../../../src/strategies/index.js';
import { emaGap, longOnly, type PortedRun } from '../parts.js';

export const strategy = defineStrategy({
  name: 'OffsetAveragesAndWaves',
  warmUp: 210,
  signals({ candles: { close, low, volume }, indicators }) {
    const [dip, top] = [indicators.ema(close, 16), indicators.ema(close, 10)];
    const waves = emaGap(close, low);
    const [fast, rsi, slow] = [4, 14, 20].map((period) => indicators.rsi(close, period)) as [
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    const hull = indicators.hma(close, 50);
    const [sma9, ema100] = [indicators.sma(close, 9), indicators.ema(close, 100)];
    return longOnly(
      (i) =>
        fast[i]! < 35 &&
        volume[i]! > 0 &&
        close[i]! < 1.014 * top[i]! &&
        ((close[i]! < 0.966 * dip[i]! && waves[i]! > 3.422 && rsi[i]! < 52) ||
          (close[i]! < 0.951 * dip[i]! && waves[i]! > -4.58 && rsi[i]! < 25) ||
          (close[i]! < 0.966 * dip[i]! && waves[i]! < -8.562)),
      (i) => {
        const isCrash = 1.149 * hull[i]! > ema100[i]! && close[i]! < 0.951 * ema100[i]!;
        const strong = close[i]! > sma9[i]! && close[i]! > 1.002 * top[i]! && rsi[i]! > 50;
        const weak = close[i]! < hull[i]! && close[i]! > 1.014 * top[i]!;
        return (strong || weak) && fast[i]! > slow[i]! && volume[i]! > 0 && !isCrash;
      },
    );
  },
});

export const run: PortedRun = {
  data: 'DOGE 1h',
  settings: {
    profit_targets: '0:0.289,5:0.105,16:0.038,28:0',
    stop_loss_pct: 0.35,
    trailing_stop_loss_pct: 0.005,
    trailing_activation_pct: 0.03,
  },
};
