import { choice, defineStrategy, integer, number } from 'mista-wus-algo-trader';

// Plain JavaScript works, too. `findConflict` rejects combinations, `plots` adds a pane to the report.
export const strategy = defineStrategy({
  name: 'FadeStretchedMoves',
  parameters: {
    score_period: integer({ default: 48, min: 2, description: 'Period of the z-score' }),
    trend_period: integer({ default: 200, min: 2, description: 'Period of the trend average' }),
    threshold: number({
      default: 2,
      exclusiveMin: 0,
      description: 'Absolute score of a signal',
    }),
    sides: choice({
      choices: ['both', 'with-trend'],
      default: 'both',
      description: 'Allowed trades',
    }),
  },
  findConflict: ({ score_period, trend_period }) =>
    score_period < trend_period
      ? undefined
      : `score_period must be less than trend_period: current values are ${score_period} and ${trend_period}`,
  warmUp: ({ trend_period }) => trend_period - 1,
  signals({ candles: { close }, parameters, indicators }) {
    const score = indicators.zScore(close, parameters.score_period);
    const trend = indicators.sma(close, parameters.trend_period);
    return (i) => {
      const isUp = indicators.compare(close[i], trend[i]) > 0;
      if (score[i] <= -parameters.threshold) return parameters.sides === 'both' || isUp ? 1 : 0;
      if (score[i] >= parameters.threshold) return parameters.sides === 'both' || !isUp ? -1 : 0;
      return 0;
    };
  },
  plots: ({ candles, parameters, indicators }) => [
    {
      label: 'Trend',
      pane: 'price',
      values: indicators.sma(candles.close, parameters.trend_period),
    },
    {
      label: 'z-score',
      pane: 'score',
      values: indicators.zScore(candles.close, parameters.score_period),
    },
  ],
});
