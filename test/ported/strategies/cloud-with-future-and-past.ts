import { defineStrategy } from '../../../src/strategies/index.js';
import { atrChannel, longOnly, type PortedRun, relativeMomentum } from '../parts.js';

export const strategy = defineStrategy({
  name: 'CloudWithFutureAndPast',
  warmUp: 180,
  signals({ candles, indicators }) {
    const { close } = candles;
    const cloud = indicators.ichimoku(candles, {
      conversion: 20,
      base: 60,
      span: 120,
      displacement: 30,
    });
    const { conversion, base, spanA, spanB, leadingSpanA, leadingSpanB } = cloud;
    const channel = atrChannel(candles, 10);
    const change = indicators.rateOfChange(close, 28);
    const index = relativeMomentum(close, { period: 9, momentum: 3 });
    const rises = (i: number): boolean =>
      conversion[i]! > base[i]! &&
      close[i]! > spanA[i]! &&
      close[i]! > spanB[i]! &&
      leadingSpanA[i]! > leadingSpanB[i]! &&
      close[i]! > spanA[i - 30]! &&
      close[i]! > spanB[i - 30]! &&
      channel[i] === 1 &&
      change[i]! > change[i - 1]! &&
      index[i]! > index[i - 2]!;
    return longOnly(
      (i) => rises(i) && !rises(i - 1),
      (i) => channel[i] !== 1 && (conversion[i]! < base[i]! || close[i]! < base[i]!),
    );
  },
});

export const run: PortedRun = {
  data: 'BTC 1h',
  settings: { stop_loss_pct: 0.075, trailing_stop_loss_pct: 0.005, trailing_activation_pct: 0.03 },
};
