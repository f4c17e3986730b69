import { defineStrategy, integer, series } from 'mista-wus-algo-trader';

// Another coin is bought only while Bitcoin, in candles of four hours, is above its average.
// The candles of BTCUSDT are those in the data folder, of the interval of the run.
export const strategy = defineStrategy({
  name: 'WhileBitcoinRises',
  parameters: {
    period: integer({ default: 30, min: 2, description: 'Length of the own average' }),
    filter: integer({ default: 20, min: 2, description: 'Length of the average of Bitcoin' }),
  },
  series: { btc: series.symbol('BTCUSDT', '4h') },
  history: 1_000,
  warmUp: ({ period }) => period,
  signals({ candles: { close }, parameters: { period, filter }, series: { btc }, indicators }) {
    const average = indicators.sma(close, period);
    const market = btc.align(indicators.sma(btc.candles.close, filter));
    return {
      enter: (i) => (close[i]! > average[i]! && btc.close(i) > market[i]! ? 1 : 0),
      exit: (i) => (close[i]! < average[i]! || btc.close(i) < market[i]!) && 'long',
    };
  },
});
