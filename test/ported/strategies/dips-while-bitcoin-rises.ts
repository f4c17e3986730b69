import { defineStrategy, series } from '../../../src/strategies/index.js';
import { averageBand, column, emaGap, longOnly, type PortedRun, sampleBands } from '../parts.js';

export const strategy = defineStrategy({
  name: 'DipsWhileBitcoinRises',
  series: { hour: series.timeframe('1h'), btc: series.symbol('BTCUSDT') },
  warmUp: 170 * 12,
  signals({ candles, series: { hour, btc }, indicators }) {
    const { open, high, low, close, volume, length } = candles;
    const ema = (period: number) => indicators.ema(close, period);
    const sma = (period: number) => indicators.sma(close, period);
    const [dip, top, exitFast, exitSlow, hook] = [ema(17), ema(8), ema(9), ema(12), ema(5)];
    const [ema75, ema100, hull, sma9] = [ema(75), ema(100), indicators.hma(close, 50), sma(9)];
    const waves = emaGap(close, low);
    const [rsi4, rsi14, rsi20, rsi36] = [4, 14, 20, 36].map((period) =>
      indicators.rsi(close, period),
    ) as [Float64Array, Float64Array, Float64Array, Float64Array];
    const angle = indicators
      .linearRegression(close, 72)
      .slope.map((slope) => ((Math.atan(slope) * 180) / Math.PI + 35) / 70);
    const line = angle.map((value, i) => value / angle[i - 12]!);
    const [lowest, highest] = [indicators.lowest(close, 192), indicators.highest(close, 192)];
    const dayHigh = indicators.highest(close, 288);
    const falls = (
      [
        [96, 0.85, 6],
        [144, 0.8, 8],
        [288, 0.75, 12],
        [432, 0.7, 24],
      ] as const
    ).map(([period, share, of]) => [indicators.highest(close, period), share, sma(of)] as const);
    const [sma18, sma24] = [sma(18), sma(24)];
    const isWarned = (i: number) =>
      falls.some(([most, share, mean]) => share * most[i]! > mean[i]!) ||
      (1.42 * sma24[i - 288]! < sma18[i]! && 1.42 * sma24[i - 432]! < sma18[i]!);

    const ha = indicators.heikinAshi(candles);
    const [haOpen, haHigh, haLow] = [ha.open, ha.high, ha.low].map((values) =>
      indicators.ema(values, 4),
    ) as [Float64Array, Float64Array, Float64Array];
    const bands = sampleBands(indicators.typicalPrice(ha), 40, 2);
    const haSlow = indicators.ema(ha.close, 50);
    const hourlyClose = indicators.heikinAshi(hour.candles).close;
    const week = hour.align(hourlyClose.map((value, j) => value / hourlyClose[j - 168]!));
    const middle = column(
      length,
      (i) => (ha.open[i]! + ha.high[i]! + ha.low[i]! + ha.close[i]!) / 4,
    );
    const average = indicators.ema(middle, 9);
    const band = averageBand(average, indicators.atr(ha, 10), 2.7);
    const price = indicators.ema(
      column(length, (i) => (open[i]! + high[i]! + low[i]! + close[i]!) / 4),
      9,
    );
    const [zema25, zema53] = [indicators.dema(close, 25), indicators.dema(close, 53)];
    const market = btc.align(indicators.rsi(btc.candles.close, 14));

    const enter = (i: number): boolean => {
      const now = close[i]!;
      const isLow = rsi4[i]! < 35 && now < 1.01 * top[i]!;
      const isWave =
        isLow &&
        ((rsi36[i]! < 45 && now < 0.985 * dip[i]! && waves[i]! > 3.33 && rsi14[i]! < 71) ||
          (now < 0.935 * dip[i]! && waves[i]! > -0.444 && rsi14[i]! < 25) ||
          (now < 0.985 * dip[i]! && waves[i]! < -12.788));
      const isForbidden =
        hour.close(i) < 1.016 * now ||
        line[i]! < 0.995 ||
        (now - lowest[i]!) / (highest[i]! - lowest[i]!) > 0.51;
      if (isWave && !isForbidden) return true;
      const height = Math.abs(bands.middle[i]! - bands.lower[i]!);
      const haChange = ha.close[i]! - ha.close[i - 1]!;
      const isCrash =
        (bands.lower[i - 1]! > 0 &&
          height > 0.02206 * ha.close[i]! &&
          Math.abs(haChange) > 0.04401 * ha.close[i]! &&
          ha.close[i]! - ha.low[i]! < 1.02515 * height &&
          ha.close[i]! < bands.lower[i - 1]! &&
          haChange <= 0) ||
        (ha.close[i]! < haSlow[i]! && ha.close[i]! < 0.03669 * bands.lower[i]!);
      if (week[i]! > 0.47782 && isCrash) return true;
      const isCalm = band[i]! <= price[i]!;
      return (
        (isCalm ? now < 0.958 * zema25[i]! : now < 0.961 * zema53[i]!) &&
        !isWarned(i) &&
        line[i]! > 0.996 &&
        market[i]! > 49 &&
        now < haLow[i]! &&
        now < 0.994 * hook[i]! &&
        dayHigh[i]! >= 1.1 * now &&
        haOpen[i - 1]! < haHigh[i - 1]! &&
        rsi4[i]! < 35 &&
        (isCalm
          ? now < 1.067 * exitFast[i]! &&
            (waves[i]! < -19.632 || (waves[i]! > 2.615 && rsi14[i]! < 60))
          : now < 0.973 * ema75[i]! &&
            (waves[i]! < -19.955 || (waves[i]! > 2.188 && rsi14[i]! < 45)))
      );
    };
    return {
      ...longOnly(
        (i) => volume[i]! > 0 && enter(i),
        (i) => {
          const isFall = 1.149 * hull[i]! > ema100[i]! && close[i]! < 0.951 * ema100[i]!;
          const strong = close[i]! > sma9[i]! && close[i]! > 1.406 * top[i]! && rsi14[i]! > 50;
          const weak = close[i]! < hull[i]! && close[i]! > 1.01 * top[i]!;
          return (
            (strong || weak) &&
            volume[i]! > 0 &&
            exitFast[i]! > exitSlow[i]! &&
            rsi4[i]! > rsi20[i]! &&
            !isFall
          );
        },
      ),
      columns: { close },
    };
  },
  // The stop follows the close, the nearer the larger the profit.
  manage: ({ i, profit }, { close }) => {
    if (profit > 0.051) return { stop: close[i]! * (1 - 0.021) };
    const distance = profit > 0.018 ? 0.005 + ((profit - 0.018) * 0.016) / 0.033 : 0.15;
    return { stop: close[i]! * (1 - distance) };
  },
});

export const run: PortedRun = { data: 'DOGE 1h', settings: { stop_loss_pct: 0.15 } };
