import { defineStrategy, series } from '../../../src/strategies/index.js';
import { longOnly, type PortedRun } from '../parts.js';

export const strategy = defineStrategy({
  name: 'TwoChannelIndicesAndFlows',
  series: { five: series.timeframe('5m') },
  warmUp: 1_000,
  signals({ candles, series: { five }, indicators }) {
    const [slow, fast] = [indicators.cci(candles, 170), indicators.cci(candles, 34)];
    const flow = indicators.cmf(candles, 20);
    const money = indicators.mfi(candles, 14);
    const [sma25, sma50, sma100, sma200] = [25, 50, 100, 200].map((period) =>
      five.align(indicators.sma(five.candles.close, period)),
    ) as [Float64Array, Float64Array, Float64Array, Float64Array];
    return longOnly(
      (i) =>
        slow[i]! < -100 &&
        fast[i]! < -100 &&
        flow[i]! < -0.1 &&
        money[i]! < 25 &&
        sma50[i]! > sma25[i]! &&
        sma200[i]! < candles.close[i]!,
      (i) =>
        slow[i]! > 100 &&
        fast[i]! > 100 &&
        flow[i]! > 0.3 &&
        sma100[i]! < sma50[i]! &&
        sma50[i]! < sma25[i]!,
    );
  },
});

export const run: PortedRun = {
  data: 'BTC 1m',
  settings: { take_profit_pct: 0.1, stop_loss_pct: 0.02 },
};
