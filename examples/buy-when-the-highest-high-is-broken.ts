import { defineStrategy, integer, number } from 'mista-wus-algo-trader';

export const strategy = defineStrategy({
  name: 'Breakout',
  parameters: {
    period: integer({ default: 55, min: 2, description: 'Number of candles of the channel' }),
    margin: number({ default: 0, min: 0, max: 0.1, description: 'Fraction beyond the channel' }),
  },
  warmUp: ({ period }) => period,
  signals({ candles, parameters: { period, margin }, indicators }) {
    const top = indicators.highest(candles.high, period);
    const bottom = indicators.lowest(candles.low, period);
    return (i) => {
      const close = candles.close[i] ?? Number.NaN;
      if (close > (top[i - 1] ?? Number.NaN) * (1 + margin)) return 1;
      return close < (bottom[i - 1] ?? Number.NaN) * (1 - margin) ? -1 : 0;
    };
  },
});
