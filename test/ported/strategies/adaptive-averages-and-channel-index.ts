import { defineStrategy } from '../../../src/strategies/index.js';
import { longOnly, type PortedRun } from '../parts.js';

export const strategy = defineStrategy({
  name: 'AdaptiveAveragesAndChannelIndex',
  warmUp: 72,
  signals({ candles, indicators }) {
    const { close, volume } = candles;
    const kama = (period: number) => indicators.kama(close, { period });
    const [fast, slow, exitFast, exitSlow] = [kama(11), kama(46), kama(5), kama(41)];
    const index = indicators.cci(candles, 18);
    return longOnly(
      (i) => index[i]! > 198 && fast[i]! > slow[i]! && volume[i]! > 0,
      (i) => exitFast[i]! < exitSlow[i]! && volume[i]! > 0,
    );
  },
});

export const run: PortedRun = {
  data: 'BTC 5m',
  settings: {
    profit_targets: '0:0.11599,4:0.03112,7:0.01895,27:0',
    stop_loss_pct: 0.32982,
    trailing_stop_loss_pct: 0.28596,
    trailing_activation_pct: 0.29771,
    exit_min_profit_pct: 0.01,
  },
};
