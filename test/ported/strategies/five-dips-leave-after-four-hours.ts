import { defineStrategy, series } from '../../../src/strategies/index.js';
import { atrChannel, longOnly, type PortedRun, typicalBands } from '../parts.js';

export const strategy = defineStrategy({
  name: 'FiveDipsLeaveAfterFourHours',
  series: { hour: series.timeframe('1h') },
  warmUp: 200 * 12,
  signals({ candles, series: { hour }, indicators }) {
    const { open, close, volume } = candles;
    const ema = (period: number) => indicators.ema(close, period);
    const [ema5, ema12, ema26, ema50, ema200] = [ema(5), ema(12), ema(26), ema(50), ema(200)];
    const hourly = (period: number) => hour.align(indicators.ema(hour.candles.close, period));
    const [hourly50, hourly200] = [hourly(50), hourly(200)];
    const rsi = indicators.rsi(close, 14);
    const hourlyRsi = hour.align(indicators.rsi(hour.candles.close, 14));
    const channel = hour.align(atrChannel(hour.candles, 20));
    const { lower, middle } = typicalBands(candles);
    const mean = indicators.sma(volume, 30);
    const enter = (i: number): boolean => {
      const steady = mean[i]! > 0.4 * mean[i - 30]!;
      const calm = volume[i]! < 4 * volume[i - 1]!;
      const above = close[i]! > ema200[i]! && close[i]! > hourly200[i]!;
      const gap = ema26[i]! - ema12[i]!;
      const wide = ema26[i - 1]! - ema12[i - 1]! > open[i]! / 100 && calm && close[i]! < lower[i]!;
      return (
        (above && close[i]! < ema50[i]! && close[i]! < 0.99 * lower[i]! && steady) ||
        (close[i]! < ema50[i]! &&
          close[i]! < 0.975 * lower[i]! &&
          calm &&
          hourlyRsi[i]! < 15 &&
          steady) ||
        (above && gap > 0.02 * open[i]! && wide && steady) ||
        (gap > 0.03 * open[i]! && wide) ||
        (close[i]! < ema5[i]! &&
          channel[i] === 1 &&
          ema50[i]! > ema200[i]! &&
          hourly50[i]! > hourly200[i]! &&
          rsi[i]! < hourlyRsi[i]! - 43.276)
      );
    };
    return {
      ...longOnly(
        (i) => volume[i]! > 0 && enter(i),
        (i) => close[i]! > 1.01 * middle[i]! && volume[i]! > 0,
      ),
      columns: { close },
    };
  },
  // A loser of four hours gets a stop 1 % below the price.
  manage: ({ i, profit, closesHeld }, { close }) =>
    profit < 0 && closesHeld > 48 ? { stop: 0.99 * close[i]! } : undefined,
});

export const run: PortedRun = {
  data: 'BTC 5m',
  settings: { profit_targets: '0:0.029,2:0.021,8:0.005' },
};
