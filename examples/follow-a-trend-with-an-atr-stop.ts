import { defineStrategy, integer, number } from 'mista-wus-algo-trader';

// Enters where two averages cross and leaves where they cross back; the stop is as far away as the market moves.
// wus backtest --strategy ./follow-a-trend-with-an-atr-stop.ts --risk-fraction 0.01 --trailing-stop-atr 4 …
export const strategy = defineStrategy({
  name: 'TrendWithAtrStop',
  parameters: {
    fast: integer({ default: 20, min: 2, description: 'Length of the fast average' }),
    slow: integer({ default: 50, min: 3, description: 'Length of the slow average' }),
    stop: number({ default: 3, exclusiveMin: 0, description: 'Distance of the stop in ATR' }),
  },
  findConflict: ({ fast, slow }) => (fast < slow ? undefined : 'fast must be less than slow'),
  warmUp: ({ slow }) => slow,
  signals({ candles, parameters: { fast, slow, stop }, indicators }) {
    const quick = indicators.ema(candles.close, fast);
    const calm = indicators.ema(candles.close, slow);
    const cross = indicators.cross(quick, calm);
    const range = indicators.atr(candles, 14);
    return {
      enter: cross,
      exit: (i) => (cross[i] === -1 ? 'long' : cross[i] === 1 && 'short'),
      stopDistance: (i) => stop * range[i]!,
    };
  },
});
