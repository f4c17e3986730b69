import { defineStrategy } from '../../../src/strategies/index.js';
import { longOnly, type PortedRun } from '../parts.js';

export const strategy = defineStrategy({
  name: 'ThirdLineOfTheStochastic',
  warmUp: 40,
  signals({ candles, indicators }) {
    const { k: place } = indicators.stochastic(candles, { period: 18, smoothing: 1, signal: 1 });
    const k = indicators.rma(place, 4);
    const d = indicators.rma(k, 4);
    const j = k.map((value, i) => 3 * value - 2 * d[i]!);
    const [zero, high, under] = [
      indicators.cross(j, 0),
      indicators.cross(j, 90),
      indicators.cross(j, k),
    ];
    const { volume } = candles;
    return longOnly(
      (i) => zero[i] === 1 && volume[i]! > 0,
      (i) => (high[i] === 1 || (under[i] === -1 && j[i]! > 50)) && volume[i]! > 0,
    );
  },
});

export const run: PortedRun = { data: 'BTC 5m', settings: {} };
