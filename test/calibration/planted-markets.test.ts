import { describe, expect, test } from 'vitest';
import { runBacktest } from '../../src/backtest/index.js';
import type { CandleSeries } from '../../src/candles/index.js';
import { parseBacktestRunConfig } from '../../src/config/index.js';
import { chanceOfAtMost, upperBound } from './binomial-bound.js';
import { EDGE_KINDS, edgeMarket } from './edge-markets.js';
import { hourOfDay } from './hour-of-day-strategy.js';
import { NOISE_KINDS, type NoiseKind, noiseMarket } from './noise-markets.js';
import { hasRealMoves } from './real-moves.js';

const KINDS: readonly NoiseKind[] = [
  ...NOISE_KINDS,
  ...(hasRealMoves ? ['blocks-BTC' as const] : []),
];
if (!hasRealMoves)
  console.warn('SKIPPED: noise with real volatility, because ../shared/data is not there');

function faultsOf({ open, high, low, close, length }: CandleSeries): number {
  let faults = 0;
  for (let i = 0; i < length; i++) {
    if (low[i]! > Math.min(open[i]!, close[i]!)) faults++;
    if (high[i]! < Math.max(open[i]!, close[i]!)) faults++;
    if (i > 0 && open[i] !== close[i - 1]) faults++;
  }
  return faults;
}

/** Mean over standard error. */
function statistic(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return mean / Math.sqrt(squares / (values.length - 1) / values.length);
}

function returnsOf({ open, close }: CandleSeries): number[] {
  return Array.from(close, (value, i) => value / open[i]! - 1);
}

describe.each(KINDS)('the noise market %s', (kind) => {
  const markets = [1, 2, 3, 4].map((seed) =>
    noiseMarket({ kind, timeframe: '4h', years: 1, seed }),
  );

  test('has as many sound candles as it should, each from the close before', () => {
    expect(markets[0]!.length).toBe(2_190);
    expect(markets.map(faultsOf)).toEqual([0, 0, 0, 0]);
  });

  test('is a martingale: the mean of its returns is 0 within its error', () => {
    expect(Math.abs(statistic(markets.flatMap(returnsOf)))).toBeLessThan(3.5);
  });

  test('is the same with the same seed and another one with another', () => {
    const again = noiseMarket({ kind, timeframe: '4h', years: 1, seed: 1 });
    expect(again.close).toEqual(markets[0]!.close);
    expect(markets[1]!.close).not.toEqual(markets[0]!.close);
  });
});

describe('noiseMarket()', () => {
  test('drifts by what it is asked to', () => {
    const market = noiseMarket({ kind: 'gbm', timeframe: '1h', years: 2, seed: 5, drift: 0.001 });
    expect(Math.abs(statistic(returnsOf(market).map((value) => value - 0.001)))).toBeLessThan(3.5);
  });

  test('has the extremes of a continuous path: the mean of the highest log price of 4 h is σ√(2T/π)', () => {
    const { open, high, low } = noiseMarket({ kind: 'gbm', timeframe: '4h', years: 6, seed: 6 });
    const wanted = 0.007 * Math.sqrt((2 * 4) / Math.PI);
    const up = Array.from(high, (value, i) => Math.log(value / open[i]!));
    const down = Array.from(low, (value, i) => Math.log(open[i]! / value));
    for (const values of [up, down]) {
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      expect(Math.abs(mean / wanted - 1)).toBeLessThan(0.03);
    }
  });

  test('pays nothing for stops and targets: without costs a rule with both earns 0 within its error', () => {
    const config = parseBacktestRunConfig({
      strategy: 'RSIReversion',
      market: 'usdm',
      commission_bps: 0,
      slippage_bps: 0,
      stop_loss_pct: 0.02,
      take_profit_pct: 0.03,
    });
    const trades = [11, 12, 13, 14].flatMap((seed) => {
      const market = noiseMarket({ kind: 'gbm', timeframe: '1h', years: 4, seed });
      return runBacktest(config, market).run.trades.map(({ returnPct }) => returnPct);
    });
    expect(trades.length).toBeGreaterThan(1_000);
    expect(Math.abs(statistic(trades))).toBeLessThan(3.5);
  });
});

describe.each(EDGE_KINDS)('the edge market %s', (kind) => {
  test('has sound candles and, without strength, a mean of 0', () => {
    const market = edgeMarket({ kind, strength: 0, years: 4, seed: 3 });
    expect(faultsOf(market)).toBe(0);
    const logs = Array.from(market.close, (value, i) => Math.log(value / market.open[i]!));
    expect(Math.abs(statistic(logs))).toBeLessThan(3.5);
  });
});

describe('edgeMarket()', () => {
  test('plants the Sharpe ratio that its strength says: hour of day, 2 s √365', async () => {
    const { strategy } = await hourOfDay();
    const config = parseBacktestRunConfig({
      strategy: 'HourOfDay',
      market: 'usdm',
      commission_bps: 0,
      slippage_bps: 0,
      exit_on_neutral: true,
      engine: 'fast',
    });
    const market = edgeMarket({ kind: 'hour-of-day', strength: 0.12, years: 20, seed: 8 });
    const { metrics } = runBacktest(config, market, { strategy });
    expect(metrics.totalTrades).toBeGreaterThan(7_250);
    expect(Math.abs(metrics.sharpeRatio - 2 * 0.12 * Math.sqrt(365))).toBeLessThan(0.7);
  });

  test.each([
    ['momentum', 'MACross', { fast_period: 20, slow_period: 60 }],
    ['mean-reversion', 'BBReversion', { bb_period: 20, bb_std_dev: 1.5 }],
  ] as const)(
    'plants %s that %s finds, and more of it with more strength',
    (kind, name, params) => {
      const sharpe = (strength: number): number => {
        const market = edgeMarket({ kind, strength, years: 12, seed: 9 });
        const config = { strategy: name, market: 'usdm', params, engine: 'fast' };
        return runBacktest(parseBacktestRunConfig(config), market).metrics.sharpeRatio;
      };
      const [weak, strong] = kind === 'momentum' ? [0.05, 0.15] : [0.25, 0.65];
      expect(sharpe(strong)).toBeGreaterThan(1);
      expect(sharpe(strong)).toBeGreaterThan(sharpe(weak) + 0.5);
    },
  );
});

describe('upperBound()', () => {
  test.each([
    // Worked with the beta quantile: 1 - 0.05^(1/n) without hits.
    [0, 56, 1 - 0.05 ** (1 / 56)],
    [0, 28, 1 - 0.05 ** (1 / 28)],
    [6, 136, 0.08518],
    [1, 136, 0.0344],
    [11, 339, 0.05313],
    [5, 5, 1],
  ])('of %i in %i is %f', (hits, count, expected) => {
    expect(upperBound(hits, count)).toBeCloseTo(expected, 3);
  });

  test('is where so few hits come one time in twenty', () => {
    expect(chanceOfAtMost(3, 70, upperBound(3, 70))).toBeCloseTo(0.05, 9);
  });
});
