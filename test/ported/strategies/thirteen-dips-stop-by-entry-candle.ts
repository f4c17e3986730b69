import { defineStrategy, series } from '../../../src/strategies/index.js';
import { longOnly, type PortedRun, typicalBands } from '../parts.js';

export const strategy = defineStrategy({
  name: 'ThirteenDipsStopByEntryCandle',
  series: { hour: series.timeframe('1h') },
  warmUp: 200 * 12,
  signals({ candles, series: { hour }, indicators }) {
    const { open, close, low, volume } = candles;
    const ema = (period: number) => indicators.ema(close, period);
    const [ema12, ema26, ema200] = [ema(12), ema(26), ema(200)];
    const { histogram } = indicators.macd(close);
    const rsi = indicators.rsi(close, 14);
    const { lower, middle, upper } = typicalBands(candles);
    const mean = indicators.sma(volume, 48);
    const hours = hour.candles;
    const hourly200 = hour.align(indicators.ema(hours.close, 200));
    const hourlyRsi = hour.align(indicators.rsi(hours.close, 14));
    const hourlyLower = hour.align(typicalBands(hours).lower);
    const enter = (i: number): boolean => {
      const price = close[i]!;
      const steady = mean[i]! > 0.1 * mean[i - 48]! && 0.1 * mean[i]! < mean[i - 48]!;
      const calm = volume[i]! < 10 * volume[i - 1]!;
      const [above, aboveHours] = [price > ema200[i]!, price > hourly200[i]!];
      const short = open[i]! - price < upper[i - 2]! - lower[i - 2]!;
      const falls = open[i]! > price;
      const under = price < lower[i]!;
      const heat = hourlyRsi[i]!;
      const gap = (share: number) =>
        ema26[i]! - ema12[i]! > share * open[i]! && ema26[i - 1]! - ema12[i - 1]! > open[i]! / 100;
      const h = (k: number) => histogram[i - k]!;
      const pause =
        above &&
        h(0) > 0 &&
        h(1) > 0 &&
        h(2) > 0 &&
        h(3) > 0 &&
        h(5) > 0 &&
        middle[i]! - middle[i - 5]! > price / 200 &&
        middle[i]! - middle[i - 10]! > price / 100 &&
        upper[i]! - lower[i]! < 0.115 * price &&
        open[i - 1]! - close[i - 1]! < 0.015 * price &&
        rsi[i]! > 49.19 &&
        open[i]! < price &&
        open[i - 1]! > close[i - 1]! &&
        price > middle[i]! &&
        close[i - 1]! < middle[i - 1]! &&
        low[i - 2]! > middle[i - 2]!;
      return (
        (above &&
          aboveHours &&
          price < 0.994 * lower[i]! &&
          low[i]! < 0.983 * lower[i]! &&
          close[i - 1]! > lower[i]! &&
          heat < 72.5 &&
          falls &&
          steady &&
          calm &&
          short) ||
        pause ||
        (above && rsi[i]! < 34 && 1.044 * price < open[i - 3]! && heat < 73 && steady) ||
        (above &&
          aboveHours &&
          price < 0.951 * lower[i]! &&
          heat < 69 &&
          falls &&
          steady &&
          calm &&
          short) ||
        (above && price < 0.743 * lower[i]! && steady && calm && short) ||
        (aboveHours && under && rsi[i]! < 14.2 && steady && volume[i]! < 4.1 * volume[i - 1]!) ||
        (heat < 20.3 && under && steady && calm) ||
        (above && aboveHours && gap(0.01) && under && calm && steady) ||
        (heat < 35.7 && gap(0.03) && under && steady && calm) ||
        (heat < 17.6 && gap(0.01) && calm && steady) ||
        (heat < 21.4 && rsi[i]! < 28 && calm) ||
        (heat < 36.2 && rsi[i]! < 10 && calm && steady) ||
        (heat < 36.2 &&
          hour.close(i) < hourlyLower[i]! &&
          h(0) > 0 &&
          h(2) < 0 &&
          rsi[i]! < 40.5 &&
          h(0) > 0.0012 * price &&
          open[i]! < price)
      );
    };
    return {
      ...longOnly((i) => volume[i]! > 0 && enter(i)),
      columns: { open, close, ema200, hourlyRsi },
    };
  },
  // After 145 minutes a loser is compared with the candle that stood then.
  manage: ({ i, profit, entryIndex, closesHeld }, { open, close, ema200, hourlyRsi }) => {
    const at = entryIndex + 29;
    if (profit > 0 || closesHeld <= 29 || hourlyRsi[at]! < 30) return undefined;
    const price = close[i]!;
    const fell = (close[at]! > ema200[at]! && 1.056 * price < open[at]!) || price < open[at]!;
    return fell ? { stop: 0.99 * price } : undefined;
  },
});

export const run: PortedRun = {
  data: 'BTC 5m',
  settings: { profit_targets: '0:0.028,2:0.018,8:0.005,36:0.018' },
};
