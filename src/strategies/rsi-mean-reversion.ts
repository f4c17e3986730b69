import { defineStrategy, type StrategyContext } from './define-strategy.js';
import { integer, number, type ParameterSpecs } from './parameter-specs.js';

const parameters = {
  rsi_period: integer({ default: 14, min: 1, description: 'Period of the RSI' }),
  oversold_threshold: number({
    default: 30,
    exclusiveMin: 0,
    exclusiveMax: 100,
    description: 'Long at or below this RSI',
  }),
  overbought_threshold: number({
    default: 70,
    exclusiveMin: 0,
    exclusiveMax: 100,
    description: 'Short at or above this RSI',
  }),
  atr_period: integer({
    default: 14,
    min: 1,
    dependsOn: 'atr_threshold_multiplier',
    description: 'Period of the ATR that shifts the levels',
  }),
  atr_threshold_multiplier: number({
    default: null,
    description:
      'RSI points by which the levels move inwards per percent of ATR; null = fixed levels',
  }),
} satisfies ParameterSpecs;

/** Fades extremes of the RSI; the levels can move with volatility. */
export const rsiMeanReversion = defineStrategy({
  name: 'RsiMeanReversionStrategy',
  shortName: 'RSIReversion',
  parameters,
  findConflict: ({ oversold_threshold, overbought_threshold }) =>
    oversold_threshold < overbought_threshold
      ? undefined
      : `oversold_threshold must be less than overbought_threshold: current values are ${oversold_threshold} and ${overbought_threshold}`,
  warmUp: ({ rsi_period, atr_period, atr_threshold_multiplier }) =>
    atr_threshold_multiplier === null ? rsi_period : Math.max(rsi_period, atr_period - 1),
  signals(context) {
    const { compare, levelRuns, rsi } = context.indicators;
    const p = context.parameters;
    const strength = rsi(context.candles.close, p.rsi_period);
    if (p.atr_threshold_multiplier === null) {
      return levelRuns(strength, p.oversold_threshold, p.overbought_threshold);
    }
    const { oversold, overbought } = levels(context);
    return (i) => {
      const isOversold = compare(strength[i], oversold[i]) <= 0;
      const isOverbought = compare(strength[i], overbought[i]) >= 0;
      return Number(isOversold) - Number(isOverbought);
    };
  },
  plots(context) {
    const { rsi_period } = context.parameters;
    const { oversold, overbought } = levels(context);
    const pane = 'RSI';
    const strength = context.indicators.rsi(context.candles.close, rsi_period);
    return [
      { label: `RSI ${rsi_period}`, pane, values: strength },
      { label: 'Oversold', pane, values: oversold },
      { label: 'Overbought', pane, values: overbought },
    ];
  },
});

/** The two levels per candle; a shift passes neither the midpoint of the thresholds nor 0 and 100. */
function levels({ candles, parameters: p, indicators }: StrategyContext<typeof parameters>) {
  const oversold = new Float64Array(candles.length).fill(p.oversold_threshold);
  const overbought = new Float64Array(candles.length).fill(p.overbought_threshold);
  const multiplier = p.atr_threshold_multiplier;
  if (multiplier === null) return { oversold, overbought };
  const range = indicators.atr(candles, p.atr_period);
  const midpoint = (p.oversold_threshold + p.overbought_threshold) / 2;
  for (let i = 0; i < candles.length; i++) {
    const shift = (multiplier * 100 * range[i]!) / candles.close[i]!;
    oversold[i] = Math.max(0, Math.min(midpoint, p.oversold_threshold + shift));
    overbought[i] = Math.min(100, Math.max(midpoint, p.overbought_threshold - shift));
  }
  return { oversold, overbought };
}
