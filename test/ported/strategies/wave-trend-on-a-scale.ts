import { defineStrategy } from '../../../src/strategies/index.js';
import { longOnly, type PortedRun } from '../parts.js';

export const strategy = defineStrategy({
  name: 'WaveTrendOnAScale',
  warmUp: 1_050,
  history: 3_000,
  signals({ candles, indicators }) {
    const price = indicators.typicalPrice(candles);
    const middle = indicators.ema(price, 10);
    const distance = indicators.ema(
      price.map((value, i) => Math.abs(value - middle[i]!)),
      10,
    );
    const wave = indicators.ema(
      price.map((value, i) => (value - middle[i]!) / (0.0015 * distance[i]!)),
      21,
    );
    const { k } = indicators.stochastic(candles, { period: 14, smoothing: 3 });
    // 0 to 1 within the candles that a bot has loaded, the current one included.
    const scaled = (values: Float64Array): Float64Array => {
      const [low, high] = [indicators.lowest(values, 999), indicators.highest(values, 999)];
      return values.map((value, i) => (value - low[i]!) / (high[i]! - low[i]!));
    };
    const [a, b, place] = [scaled(wave), scaled(indicators.sma(wave, 4)), scaled(k)];
    const turn = indicators.cross(a, b);
    const between = (value: number, low: number, high: number) => value >= low && value <= high;
    return longOnly(
      (i) =>
        turn[i] === 1 &&
        between(a[i]!, 0.0102, 0.8633) &&
        between(place[i]!, 0.6864, 0.9133) &&
        between(place[i]! - a[i]!, 0.0019, 0.9609),
    );
  },
});

export const run: PortedRun = {
  data: 'BTC 30m',
  settings: { profit_targets: '0:0.30873,19:0.16689,108:0.06473,254:0', stop_loss_pct: 0.128 },
};
