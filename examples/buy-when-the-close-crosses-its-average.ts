import { defineStrategy, integer } from 'mista-wus-algo-trader';

export const strategy = defineStrategy({
  name: 'AboveAverage',
  parameters: { period: integer({ default: 50, min: 1, description: 'Length of the average' }) },
  warmUp: ({ period }) => period - 1,
  signals({ candles: { close }, parameters, indicators }) {
    const average = indicators.sma(close, parameters.period);
    return (i) => indicators.compare(close[i], average[i]);
  },
});
