import { defineStrategy, integer, series } from 'mista-wus-algo-trader';

// Scores of any origin say on which side to trade; each counts from the time at which it became known.
export const strategy = defineStrategy({
  name: 'ScoresFromFile',
  parameters: {
    period: integer({ default: 20, min: 2, description: 'Length of the average that is crossed' }),
  },
  series: { mood: series.table('./scores.csv', ['score']) },
  history: 500,
  warmUp: ({ period }) => period,
  signals({ candles: { close }, parameters: { period }, series: { mood }, indicators }) {
    const score = mood.align(mood.score);
    const average = indicators.sma(close, period);
    return {
      enter: (i) => {
        if (score[i]! > 0 && close[i]! > average[i]!) return 1;
        return score[i]! < 0 && close[i]! < average[i]! ? -1 : 0;
      },
      exit: (i) => (score[i]! > 0 ? 'short' : 'long'),
      // A score of 3 or more trades the whole size.
      size: (i) => Math.min(1, Math.max(0.1, Math.abs(score[i]!) / 3)),
    };
  },
});
