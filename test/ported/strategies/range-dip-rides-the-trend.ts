import { defineStrategy, series } from '../../../src/strategies/index.js';
import { longOnly, mostly, type PortedRun, relativeMomentum, tableUnless } from '../parts.js';

const targets = tableUnless([
  [0, 0.05],
  [2, 0.025],
  [4, 0.015],
  [6, 0.01],
  [144, 0.005],
  [288, 0],
]);

/** From `start` to `end` as `share` goes from 0 to 1. */
function growth(start: number, end: number, share: number): number {
  return Math.min(end, start + (end - start) * Math.max(0, share));
}

export const strategy = defineStrategy({
  name: 'RangeDipRidesTheTrend',
  series: { hour: series.timeframe('1h') },
  warmUp: 72 * 12,
  signals({ candles: { close, volume }, series: { hour }, indicators }) {
    const slow = relativeMomentum(close, { period: 21, momentum: 5 });
    const fast = relativeMomentum(close, { period: 8, momentum: 4 });
    const pace = indicators.rsi(indicators.rateOfChange(close, 6), 6);
    const rises = mostly(slow, 1, { of: 3, least: 2 });
    const falls = mostly(slow, -1, { of: 3, least: 2 });
    const { close: hours } = hour.candles;
    const rsi = hour.align(indicators.rsi(hours, 14));
    const high = hour.align(indicators.highest(hours, 24));
    const low = hour.align(indicators.lowest(hours, 72));
    const [below50, below10] = [indicators.cross(slow, 50), indicators.cross(slow, 10)];
    return {
      ...longOnly(
        (i) =>
          close[i]! <= low[i]! + 0.83534 * (high[i]! - low[i]!) &&
          rsi[i]! >= 57 &&
          falls(i) &&
          slow[i]! >= 24 &&
          fast[i]! <= 49 &&
          pace[i]! <= 64 &&
          volume[i]! > 0,
      ),
      columns: {
        slow,
        rises: (i: number) => Number(rises(i)),
        falls: (i: number) => Number(falls(i)),
        below50: (i: number) => Number(below50[i] === -1),
        below10: (i: number) => Number(below10[i] === -1),
      },
    };
  },
  manage: (view, { slow, rises, falls, below50, below10 }) => {
    const { i, profit, peakProfit, closesHeld } = view;
    const minutes = 5 * closesHeld;
    const cutoff = growth(-0.03, 0, minutes / 300);
    const turned = peakProfit > 0 ? below50[i] === 1 : below10[i] === 1;
    if (profit < cutoff && falls[i] === 1 && turned) return { exit: true };
    const rides =
      rises[i] === 1 &&
      profit > peakProfit * (1 - slow[i]! / 400) &&
      slow[i]! >= growth(30, 70, (minutes - 180) / 540);
    return targets(view, rides);
  },
});

export const run: PortedRun = {
  data: 'BTC 5m',
  settings: { take_profit_pct: 0.05, stop_loss_pct: 0.3 },
};
