import { defineStrategy } from '../../../src/strategies/index.js';
import {
  climbingStop,
  column,
  emaGap,
  longOnly,
  type PortedRun,
  trendCorrelation,
  typicalBands,
} from '../parts.js';

const stop = climbingStop(0.02, 0.047, [0.02, 0.046]);

export const strategy = defineStrategy({
  name: 'SmoothedDipsWithoutPump',
  warmUp: 420,
  signals({ candles, indicators }) {
    const { open, close, low, volume, length } = candles;
    const ema = (period: number) => indicators.ema(close, period);
    const [ema13, ema14, ema19, ema26] = [ema(13), ema(14), ema(19), ema(26)];
    const [rsi4, rsi14, rsi20] = [4, 14, 20].map((period) => indicators.rsi(close, period)) as [
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    const trend = trendCorrelation(close, 20);
    const waves = emaGap(close, low);
    const sma15 = indicators.sma(close, 15);
    const { lower } = typicalBands(candles);
    // A pump is a rise of the average volume that is large against those of the last candles.
    const mean = indicators.sma(volume, 200);
    const isRise = (i: number) => mean[i]! > mean[i - 1]! && close[i]! > close[i - 1]!;
    const rise = column(length, (i) => (isRise(i) ? 100 * (mean[i]! / mean[i - 1]! - 1) : 0));
    const largest = indicators.highest(
      indicators.highest(rise, 200).map((value) => Math.max(value, 10)),
      200,
    );
    const share = rise.map((value, i) => (100 * value) / largest[i]!);
    const [day, half, quarter] = [96, 48, 24].map((period) =>
      indicators.highest(share, period),
    ) as [Float64Array, Float64Array, Float64Array];
    const isPump = (i: number) => isRise(i) && (day[i]! > 90 || half[i]! > 10 || quarter[i]! > 5);

    const ha = indicators.heikinAshi(candles);
    const fast = indicators.ema(ha.close, 3);
    const middle = indicators.sma(indicators.typicalPrice(ha), 40);
    return longOnly(
      (i) => {
        const price = close[i]!;
        const gap = ema26[i]! - ema14[i]!;
        const isDip =
          price < 0.981 * ema14[i]! && rsi4[i]! < 44 && rsi14[i]! < 39 && trend[i]! < -0.5;
        const isFall =
          gap > 0.125 * open[i]! &&
          ema26[i - 1]! - ema14[i - 1]! > open[i]! / 100 &&
          price < 0.823 * lower[i]! &&
          Math.abs(price - close[i - 1]!) > 0.019253 * price;
        const isSlow =
          rsi20[i]! < rsi20[i - 1]! &&
          rsi4[i]! < 49 &&
          rsi14[i]! > 49 &&
          price < 0.93391 * sma15[i]! &&
          trend[i]! < -1.09639;
        const isWave =
          rsi4[i]! < 35 &&
          price < 0.97463 * ema13[i]! &&
          waves[i]! < -11.424 &&
          price < 1.04116 * ema19[i]!;
        return (isDip || isFall || isSlow || isWave) && !isPump(i);
      },
      (i) =>
        Math.tanh(0.1 * (rsi14[i]! - 50)) > 0.38414 &&
        ha.high[i]! <= ha.high[i - 1]! &&
        ha.high[i - 1]! <= ha.high[i - 2]! &&
        ha.close[i]! <= ha.close[i - 1]! &&
        fast[i]! > ha.close[i]! &&
        1.07634 * ha.close[i]! > middle[i]! &&
        volume[i]! > 0,
    );
  },
  manage: (view) => stop(view),
});

export const run: PortedRun = {
  data: 'BTC 5m',
  settings: {
    profit_targets: '0:0.05,3:0.04,11:0.03,17:0.02,23:0.01,31:0.0001',
    max_candles_held: 48,
    stop_loss_pct: 0.32,
  },
};
