import { defineStrategy, series } from '../../../src/strategies/index.js';
import { longOnly, type PortedRun } from '../parts.js';

export const strategy = defineStrategy({
  name: 'RsiAndWilliamsSlowerExit',
  series: { half: series.timeframe('30m') },
  warmUp: 30,
  signals({ candles, series: { half }, indicators }) {
    const rsi = indicators.rsi(candles.close, 14);
    const place = indicators.williamsR(candles, 14);
    const slowRsi = half.align(indicators.rsi(half.candles.close, 14));
    const slowPlace = half.align(indicators.williamsR(half.candles, 14));
    return longOnly(
      (i) => rsi[i]! < 30 && place[i]! < -80,
      (i) => slowRsi[i]! > 70 && slowPlace[i]! > -20,
    );
  },
});

export const run: PortedRun = {
  data: 'BTC 15m',
  settings: { take_profit_pct: 0.09, exit_min_profit_pct: 0 },
};
