import { defineStrategy, integer, number } from '../../../src/strategies/index.js';
import type { PortedRun } from '../parts.js';

export const strategy = defineStrategy({
  name: 'CrossWithStrongTrendBothWays',
  parameters: {
    level: number({ default: 30, min: 15, max: 40, description: 'Least ADX' }),
    fast: integer({ default: 12, min: 4, max: 24, description: 'Fast average' }),
    slow: integer({ default: 48, min: 12, max: 175, description: 'Slow average' }),
  },
  warmUp: ({ slow }) => slow,
  signals({ candles, parameters: { level, fast, slow }, indicators }) {
    const { adx } = indicators.adx(candles, 14);
    const turn = indicators.cross(
      indicators.sma(candles.close, fast),
      indicators.sma(candles.close, slow),
    );
    return {
      enter: (i) => (adx[i]! > level ? turn[i]! : 0),
      exit: (i) => adx[i]! < level && 'both',
    };
  },
});

export const run: PortedRun = {
  data: 'BTC usdm 1h',
  settings: { profit_targets: '0:0.05,1:0.075', stop_loss_pct: 0.05 },
};
