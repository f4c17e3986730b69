import { defineStrategy } from './define-strategy.js';
import { integer, number } from './parameter-specs.js';

/** Fades closes at or outside the Bollinger bands. */
export const bollingerBandReversion = defineStrategy({
  name: 'BollingerBandReversionStrategy',
  shortName: 'BBReversion',
  parameters: {
    bb_period: integer({ default: 20, min: 2, description: 'Period of the bands' }),
    bb_std_dev: number({
      default: 2,
      exclusiveMin: 0,
      description: 'Standard deviations between the middle and a band',
    }),
  },
  warmUp: ({ bb_period }) => bb_period - 1,
  signals({ candles, parameters, indicators }) {
    const { close } = candles;
    const { bollingerBands, compare } = indicators;
    const { lower, upper } = bollingerBands(close, parameters.bb_period, parameters.bb_std_dev);
    return (i) => {
      const isLow = compare(close[i], lower[i]) <= 0;
      const isHigh = compare(close[i], upper[i]) >= 0;
      return Number(isLow) - Number(isHigh);
    };
  },
  plots({ candles, parameters, indicators }) {
    const { bb_period, bb_std_dev } = parameters;
    const bands = indicators.bollingerBands(candles.close, bb_period, bb_std_dev);
    return [
      { label: `BB upper ${bb_std_dev}`, pane: 'price', values: bands.upper },
      { label: `BB middle ${bb_period}`, pane: 'price', values: bands.middle },
      { label: `BB lower ${bb_std_dev}`, pane: 'price', values: bands.lower },
    ];
  },
});
