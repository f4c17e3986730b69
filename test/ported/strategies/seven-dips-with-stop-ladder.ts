import { defineStrategy } from '../../../src/strategies/index.js';
import {
  before,
  climbingStop,
  emaGap,
  longOnly,
  type PortedRun,
  relativeMomentum,
  trendCorrelation,
  typicalBands,
} from '../parts.js';

const stop = climbingStop(0.019, 0.065, [0.019, 0.062]);

export const strategy = defineStrategy({
  name: 'SevenDipsWithStopLadder',
  warmUp: 210,
  signals({ candles, indicators }) {
    const { open, close, low, volume } = candles;
    const ema = (period: number) => indicators.ema(close, period);
    const [ema8, ema12, ema13, ema16, ema23, ema26] = [
      ema(8),
      ema(12),
      ema(13),
      ema(16),
      ema(23),
      ema(26),
    ];
    const [bands2, bands3] = [typicalBands(candles, 20, 2), typicalBands(candles, 20, 3)];
    const momentum = relativeMomentum(close, { period: 17, momentum: 4 });
    const index = indicators.cci(candles, 25);
    const { k: rsiK } = indicators.stochRsi(close, {
      rsi: 15,
      period: 20,
      smoothing: 1,
      signal: 2,
    });
    const [rsiFast, rsi, rsiSlow] = [4, 14, 20].map((period) => indicators.rsi(close, period)) as [
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    const waves = emaGap(close, low);
    const { k, d } = indicators.stochastic(candles, { period: 5, smoothing: 1, signal: 3 });
    const turn = indicators.cross(k, d);
    const { adx } = indicators.adx(candles, 14);
    const trend = trendCorrelation(close, 20);
    const place = indicators.williamsR(candles, 14);
    const [sma9, sma15] = [indicators.sma(close, 9), indicators.sma(close, 15)];
    const hull = indicators.hma(close, 50);
    const volumes = before(indicators.sma(volume, 4));
    const enter = (i: number): boolean => {
      const [price, lower] = [close[i]!, bands2.lower[i]!];
      const jump = Math.abs(price - close[i - 1]!) > 0.012148 * price;
      const width = (bands2.upper[i]! - lower) / bands2.middle[i]!;
      const isDip = momentum[i]! < 49 && index[i]! <= -116 && rsiK[i]! < 32;
      const isBreak =
        (lower - bands3.lower[i]!) / lower > 0.025 &&
        width > 0.095 &&
        jump &&
        price < 0.999 * bands3.lower[i]!;
      const gap = ema26[i]! - ema12[i]!;
      const isFall =
        gap > 0.022 * open[i]! &&
        ema26[i - 1]! - ema12[i - 1]! > open[i]! / 100 &&
        price < 0.999 * lower &&
        jump;
      const isWave = (under: number, least: number, over: number) =>
        rsiFast[i]! < 45 &&
        price < under * ema8[i]! &&
        waves[i]! > least &&
        price < over * ema16[i]! &&
        rsi[i]! < 35;
      const isTurn =
        open[i]! < 0.98 * ema8[i]! &&
        turn[i] === 1 &&
        k[i]! < 22 &&
        d[i]! < 20 &&
        adx[i]! > 20 &&
        waves[i]! > 4.179;
      const isSlow =
        rsiSlow[i]! < rsiSlow[i - 1]! &&
        rsiFast[i]! < 46 &&
        rsi[i]! > 19 &&
        price < 0.942 * sma15[i]! &&
        trend[i]! < -0.86;
      const isDeep =
        price < 0.978 * ema13[i]! &&
        waves[i]! > 8 &&
        trend[i]! < -0.88 &&
        rsi[i]! < 32 &&
        place[i]! < -98 &&
        volume[i]! < 2.5 * volumes[i]!;
      return (
        (isDip && isBreak) ||
        isFall ||
        isWave(0.942, -5.585, 1.084) ||
        isWave(0.97, 4.179, 1.087) ||
        isTurn ||
        isSlow ||
        isDeep
      );
    };
    return longOnly(enter, (i) => {
      const strong = close[i]! > sma9[i]! && close[i]! > 1.02 * ema23[i]! && rsi[i]! > 50;
      const weak =
        sma9[i]! > 1.005 * sma9[i - 1]! && close[i]! < hull[i]! && close[i]! > 1.051 * ema23[i]!;
      return (strong || weak) && volume[i]! > 0 && rsiFast[i]! > rsiSlow[i]!;
    });
  },
  manage: (view) => stop(view),
});

export const run: PortedRun = {
  data: 'DOGE 1h',
  settings: { take_profit_pct: 0.1, stop_loss_pct: 0.178 },
};
