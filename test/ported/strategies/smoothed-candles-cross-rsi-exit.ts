import { defineStrategy } from '../../../src/strategies/index.js';
import { longOnly, type PortedRun } from '../parts.js';

export const strategy = defineStrategy({
  name: 'SmoothedCandlesCrossRsiExit',
  warmUp: 100,
  signals({ candles, indicators }) {
    const ema = [20, 50, 100].map((period) => indicators.ema(candles.close, period));
    const [fast, middle, slow] = ema as [Float64Array, Float64Array, Float64Array];
    const { open, close } = indicators.heikinAshi(candles);
    const [up, down] = [indicators.cross(fast, middle), indicators.cross(middle, slow)];
    return {
      ...longOnly(
        (i) => up[i] === 1 && close[i]! > fast[i]! && open[i]! < close[i]!,
        (i) => down[i] === 1 && close[i]! < fast[i]! && open[i]! > close[i]!,
      ),
      columns: { rsi: indicators.rsi(candles.close, 14) },
    };
  },
  manage: ({ i, profit }, { rsi }) => (rsi[i]! > 70 && profit > 0 ? { exit: true } : undefined),
});

export const run: PortedRun = {
  data: 'BTC 5m',
  settings: {
    profit_targets: '0:0.05,4:0.04,6:0.03,12:0.01',
    stop_loss_pct: 0.1,
    exit_min_profit_pct: 0,
  },
};
