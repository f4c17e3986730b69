import { defineStrategy } from '../../../src/strategies/index.js';
import { longOnly, type PortedRun } from '../parts.js';

export const strategy = defineStrategy({
  name: 'FisherOfRsiDip',
  warmUp: 100,
  signals({ candles, indicators }) {
    const { close } = candles;
    const rsi = indicators.rsi(close, 14);
    const fisher = rsi.map((value) => Math.tanh(0.1 * (value - 50)));
    const money = indicators.mfi(candles, 14);
    const { k, d } = indicators.stochastic(candles, { period: 5, smoothing: 1, signal: 3 });
    const average = indicators.sma(close, 40);
    const [ema50, ema100] = [indicators.ema(close, 50), indicators.ema(close, 100)];
    const turn = indicators.cross(indicators.ema(close, 5), indicators.ema(close, 10));
    const { line } = indicators.psar(candles);
    return longOnly(
      (i) =>
        rsi[i]! < 28 &&
        rsi[i]! > 0 &&
        close[i]! < average[i]! &&
        fisher[i]! < -0.94 &&
        money[i]! < 16 &&
        (ema50[i]! > ema100[i]! || turn[i] === 1) &&
        d[i]! > k[i]! &&
        d[i]! > 0,
      (i) => line[i]! > close[i]! && fisher[i]! > 0.3,
    );
  },
});

export const run: PortedRun = {
  data: 'BTC 5m',
  settings: {
    profit_targets: '0:0.05,4:0.04,6:0.03,12:0.01',
    stop_loss_pct: 0.1,
    exit_min_profit_pct: 0,
  },
};
