import { defineStrategy, type StrategyContext } from './define-strategy.js';
import { integer, number, type ParameterSpecs } from './parameter-specs.js';

const parameters = {
  return_z_period: integer({ default: 20, min: 2, description: 'Period of the return z-score' }),
  return_z_threshold: number({
    default: 2,
    exclusiveMin: 0,
    description: 'Long at or below minus this z-score of the return, short at or above it',
  }),
  volume_z_period: integer({ default: 20, min: 2, description: 'Period of the volume z-score' }),
  volume_z_threshold_low: number({
    default: -2,
    description: 'Minimum z-score of the volume change',
  }),
  volume_z_threshold_high: number({
    default: 2,
    description: 'Maximum z-score of the volume change',
  }),
} satisfies ParameterSpecs;

/** Fades unusual returns that come with a usual change of volume. */
export const longShort = defineStrategy({
  name: 'LongShortStrategy',
  shortName: 'LongShort',
  parameters,
  findConflict: ({ volume_z_threshold_low: low, volume_z_threshold_high: high }) =>
    low < high
      ? undefined
      : `volume_z_threshold_low must be less than volume_z_threshold_high: current values are ${low} and ${high}`,
  warmUp: ({ return_z_period, volume_z_period }) => Math.max(return_z_period, volume_z_period),
  signals(context) {
    const { compare } = context.indicators;
    const { returnScore, volumeScore } = scores(context);
    const {
      return_z_threshold: threshold,
      volume_z_threshold_low: low,
      volume_z_threshold_high: high,
    } = context.parameters;
    return (i) => {
      const isUsual = compare(volumeScore[i], low) >= 0 && compare(volumeScore[i], high) <= 0;
      if (!isUsual) return 0;
      if (compare(returnScore[i], -threshold) <= 0) return 1;
      return compare(returnScore[i], threshold) >= 0 ? -1 : 0;
    };
  },
  plots(context) {
    const { return_z_period, volume_z_period } = context.parameters;
    const { returnScore, volumeScore } = scores(context);
    return [
      { label: `Return z ${return_z_period}`, pane: 'Return z', values: returnScore },
      { label: `Volume z ${volume_z_period}`, pane: 'Volume z', values: volumeScore },
    ];
  },
});

function scores({ candles, parameters: p, indicators }: StrategyContext<typeof parameters>) {
  const { logChange, zScore } = indicators;
  return {
    returnScore: zScore(logChange(candles.close), p.return_z_period),
    volumeScore: zScore(logChange(candles.volume), p.volume_z_period),
  };
}
