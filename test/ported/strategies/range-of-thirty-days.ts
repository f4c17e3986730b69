import { defineStrategy, series } from '../../../src/strategies/index.js';
import { longOnly, type PortedRun } from '../parts.js';

export const strategy = defineStrategy({
  name: 'RangeOfThirtyDays',
  series: { day: series.timeframe('1d') },
  warmUp: 30 * 24,
  signals({ candles: { close }, series: { day }, indicators }) {
    const low = indicators.cross(close, day.align(indicators.lowest(day.candles.close, 30)));
    const high = indicators.cross(close, day.align(indicators.highest(day.candles.close, 30)));
    return longOnly(
      (i) => low[i] === 1,
      (i) => high[i] === 1,
    );
  },
});

export const run: PortedRun = {
  data: 'BTC 1h',
  settings: { profit_targets: '0:0.1,24:0.2,48:0.3,168:1', exit_min_profit_pct: 0 },
};
