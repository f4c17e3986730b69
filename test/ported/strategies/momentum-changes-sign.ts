import { defineStrategy } from '../../../src/strategies/index.js';
import { longOnly, type PortedRun } from '../parts.js';

export const strategy = defineStrategy({
  name: 'MomentumChangesSign',
  warmUp: 11,
  signals({ candles: { close, volume } }) {
    const isUp = (i: number) => close[i]! > close[i - 10]! && volume[i]! > 0;
    return longOnly(
      (i) => isUp(i) && !isUp(i - 1),
      (i) => !isUp(i) && isUp(i - 1),
    );
  },
});

export const run: PortedRun = { data: 'BTC 1h', settings: { profit_targets: '0:0.04,1:0.01' } };
