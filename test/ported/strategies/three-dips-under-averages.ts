import { defineStrategy } from '../../../src/strategies/index.js';
import { longOnly, type PortedRun, typicalBands } from '../parts.js';

export const strategy = defineStrategy({
  name: 'ThreeDipsUnderAverages',
  warmUp: 240,
  signals({ candles, indicators }) {
    const { close, low, high, volume } = candles;
    const ema = (period: number) => indicators.ema(close, period);
    const [ema3, ema5, ema10, ema20Volume, ema50, ema240] = [
      ema(3),
      ema(5),
      ema(10),
      volumeAverage(20),
      ema(50),
      ema(240),
    ];
    function volumeAverage(period: number): Float64Array {
      const money = indicators.ema(
        close.map((value, i) => value * volume[i]!),
        period,
      );
      const base = indicators.ema(volume, period);
      return money.map((value, i) => value / base[i]!);
    }
    const slow = volumeAverage(26);
    const oscillator = volumeAverage(12).map((value, i) => value - slow[i]!);
    const signal = indicators.ema(oscillator, 9);
    const turn = indicators.cross(ema5, ema10);
    const average = indicators.sma(close, 50);
    const range = indicators.atr(candles, 14);
    const rangeBand = average.map((value, i) => value - 4.236 * range[i]!);
    const deviation = indicators.populationDeviation(close, 64);
    const deviationBand = indicators.sma(close, 49).map((value, i) => value - 3 * deviation[i]!);
    const bands = indicators.cross(rangeBand, deviationBand);
    const { lower } = typicalBands(candles, 20, 3);
    return longOnly(
      (i) =>
        volume[i]! > 0 &&
        ((oscillator[i]! < signal[i]! &&
          low[i]! < ema240[i]! &&
          close[i]! > ema240[i]! &&
          turn[i] === 1 &&
          ema3[i]! < ema50[i]!) ||
          (bands[i] === 1 && close[i]! < 2 * ema50[i]!) ||
          (low[i]! < lower[i]! && high[i]! > ema20Volume[i]! && high[i]! < ema50[i]!)),
    );
  },
});

export const run: PortedRun = {
  data: 'BTC 15m',
  settings: { take_profit_pct: 0.05, stop_loss_pct: 0.2 },
};
