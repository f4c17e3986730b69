import { defineStrategy, type StrategyContext } from './define-strategy.js';
import { choice, integer, type ParameterSpecs } from './parameter-specs.js';

const parameters = {
  fast_period: integer({ default: 9, min: 1, description: 'Period of the fast average' }),
  slow_period: integer({ default: 21, min: 1, description: 'Period of the slow average' }),
  ma_type: choice({ choices: ['EMA', 'SMA'], default: 'EMA', description: 'Type of average' }),
} satisfies ParameterSpecs;

/** Follows the trend: long while the fast average lies above the slow one, short while below. */
export const movingAverageCrossover = defineStrategy({
  name: 'MovingAverageCrossoverStrategy',
  shortName: 'MACross',
  parameters,
  findConflict: ({ fast_period, slow_period }) =>
    fast_period < slow_period
      ? undefined
      : `fast_period must be less than slow_period: current values are ${fast_period} and ${slow_period}`,
  warmUp: ({ slow_period }) => slow_period - 1,
  signals(context) {
    const { candles, indicators, parameters } = context;
    const { fast_period, slow_period, ma_type } = parameters;
    if (ma_type === 'SMA') return indicators.smaCrossRuns(candles.close, fast_period, slow_period);
    const { fast, slow } = averages(context);
    return indicators.compareRuns(fast, slow);
  },
  plots(context) {
    const { fast_period, slow_period, ma_type } = context.parameters;
    const { fast, slow } = averages(context);
    return [
      { label: `${ma_type} ${fast_period}`, pane: 'price', values: fast },
      { label: `${ma_type} ${slow_period}`, pane: 'price', values: slow },
    ];
  },
});

function averages(context: StrategyContext<typeof parameters>) {
  const { fast_period, slow_period, ma_type } = context.parameters;
  const average = ma_type === 'EMA' ? context.indicators.ema : context.indicators.sma;
  const { close } = context.candles;
  return { fast: average(close, fast_period), slow: average(close, slow_period) };
}
