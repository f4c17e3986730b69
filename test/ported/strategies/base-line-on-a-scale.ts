import { defineStrategy } from '../../../src/strategies/index.js';
import { longOnly, type PortedRun } from '../parts.js';

export const strategy = defineStrategy({
  name: 'BaseLineOnAScale',
  warmUp: 1_040,
  history: 3_000,
  signals({ candles, indicators }) {
    const { base } = indicators.ichimoku(candles, { conversion: 9, base: 26 });
    const part = (change: number, average: number) =>
      indicators.sma(
        indicators.rateOfChange(candles.close, change).map((value) => 100 * value),
        average,
      );
    const [a, b, c, d] = [part(10, 10), part(15, 10), part(20, 10), part(30, 15)];
    const sure = a.map((value, i) => value + 2 * b[i]! + 3 * c[i]! + 4 * d[i]!);
    const signal = indicators.sma(sure, 9);
    // 0 to 1 within the candles that a bot has loaded, the current one included.
    const scaled = (values: Float64Array): Float64Array => {
      const [low, high] = [indicators.lowest(values, 999), indicators.highest(values, 999)];
      return values.map((value, i) => (value - low[i]!) / (high[i]! - low[i]!));
    };
    const [line, sureness] = [scaled(base), scaled(sure.map((value, i) => value - signal[i]!))];
    return longOnly(
      (i) => line[i]! < 0.0128,
      (i) => Math.abs(sureness[i]! - 0.9455) <= 1e-8 + 1e-5 * 0.9455,
    );
  },
});

export const run: PortedRun = {
  data: 'BTC 4h',
  settings: { profit_targets: '0:0.564,3:0.273,12:0.12,32:0', stop_loss_pct: 0.256 },
};
