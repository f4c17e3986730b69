import { defineStrategy } from '../../../src/strategies/index.js';
import { longOnly, type PortedRun } from '../parts.js';

export const strategy = defineStrategy({
  name: 'MacdUpAndDeepChannelIndex',
  warmUp: 76,
  signals({ candles, indicators }) {
    const { macd, signal } = indicators.macd(candles.close);
    const [low, high] = [indicators.cci(candles, 13), indicators.cci(candles, 76)];
    const { volume } = candles;
    return longOnly(
      (i) => macd[i]! > signal[i]! && low[i]! <= -188 && volume[i]! > 0,
      (i) => macd[i]! < signal[i]! && high[i]! >= 231 && volume[i]! > 0,
    );
  },
});

export const run: PortedRun = {
  data: 'BTC 5m',
  settings: {
    profit_targets: '0:0.16035,5:0.03218,11:0.01182,35:0',
    stop_loss_pct: 0.22274,
    trailing_stop_loss_pct: 0.08,
    trailing_activation_pct: 0.1,
  },
};
