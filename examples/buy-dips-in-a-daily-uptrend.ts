import { defineStrategy, integer, series } from 'mista-wus-algo-trader';

// Buys weakness while the days rise, and leaves on strength; the target comes nearer with time.
// wus backtest --strategy ./buy-dips-in-a-daily-uptrend.ts --profit-targets 0:0.05,24:0.02,72:0 --stop-loss-atr 3 …
export const strategy = defineStrategy({
  name: 'DipsInUptrend',
  parameters: {
    period: integer({ default: 14, min: 2, description: 'Length of the RSI' }),
    days: integer({ default: 10, min: 2, description: 'Length of the average of daily closes' }),
  },
  series: { day: series.timeframe('1d') },
  history: 1_500,
  warmUp: ({ period }) => period,
  signals({ candles: { close }, parameters: { period, days }, series: { day }, indicators }) {
    const rsi = indicators.rsi(close, period);
    // Computed on days, read at the closes of the run: a day counts once it is complete.
    const trend = day.align(indicators.sma(day.candles.close, days));
    return {
      enter: (i) => (rsi[i]! < 35 && close[i]! > trend[i]! ? 1 : 0),
      exit: (i) => rsi[i]! > 65 && 'long',
    };
  },
});
