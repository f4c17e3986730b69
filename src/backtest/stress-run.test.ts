import { describe, expect, test } from 'vitest';
import { type CandleSeries, candleSeriesFromRows, syntheticCandles } from '../candles/index.js';
import { parseBacktestRunConfig } from '../config/index.js';
import { runBacktest } from './run-backtest.js';
import { stressConfig, stressSharpe, usualRange } from './stress-run.js';

const candles: CandleSeries = syntheticCandles({
  symbol: 'BTCUSDT',
  timeframe: '4h',
  market: 'usdm',
  length: 3_000,
  seed: 3,
});

const config = (input: object = {}) =>
  parseBacktestRunConfig({
    strategy: 'MACross',
    params: { fast_period: 9, slow_period: 26 },
    market: 'usdm',
    ...input,
  });

describe('stressConfig()', () => {
  test.each([
    [{}, { commission_bps: 10, slippage_bps: 2, stop_slippage_bps: 10 }],
    [{ stop_slippage_bps: 4 }, { stop_slippage_bps: 10 }],
    [{ stop_slippage_bps: 25 }, { stop_slippage_bps: 50 }],
    [
      { commission_bps: 0, slippage_bps: 0 },
      { commission_bps: 0, slippage_bps: 0, stop_slippage_bps: 10 },
    ],
    [
      { commission_bps: 9_000, slippage_bps: 4_000, stop_slippage_bps: 4_000 },
      { commission_bps: 9_999, slippage_bps: 4_999.5, stop_slippage_bps: 4_999.5 },
    ],
  ])('of %j', (input, expected) => {
    const stressed = stressConfig(config(input));
    expect(stressed).toMatchObject(expected);
    // What comes out is a config that could have been asked for.
    expect(() => parseBacktestRunConfig(stressed)).not.toThrow();
  });

  test('stops fill a quarter of what candles span beyond their level, where that is more', () => {
    expect(stressConfig(config(), 0.02).stop_slippage_bps).toBe(50);
    expect(stressConfig(config({ stop_slippage_bps: 40 }), 0.02).stop_slippage_bps).toBe(80);
    expect(stressConfig(config(), 0.0004).stop_slippage_bps).toBe(10);
    expect(stressConfig(config(), 9).stop_slippage_bps).toBe(4_999.5);
  });

  test('what candles span is the median, and 0 without candles', () => {
    const rows = [2, 4, 40].map((span, i) => [i * 3_600_000, 100, 100 + span, 100, 100, 1]);
    const kind = { symbol: 'XUSDT', market: 'spot', timeframe: '1h' } as const;
    expect(usualRange(candleSeriesFromRows(kind, rows))).toBe(0.04);
    expect(usualRange(candleSeriesFromRows(kind, []))).toBe(0);
  });

  test('changes costs and nothing else', () => {
    const given = config({ stop_loss_pct: 0.05, start: '2021-01-01', direction: 'long' });
    const { commission_bps, slippage_bps, stop_slippage_bps, engine, ...rest } =
      stressConfig(given);
    expect(given).toMatchObject(rest);
  });
});

describe('stressSharpe()', () => {
  test('is the Sharpe ratio of the run with the doubled costs, stops beyond their level', () => {
    const own = config({ stop_loss_pct: 0.03, trailing_stop_loss_pct: 0.05 });
    const same = {
      ...own,
      commission_bps: 10,
      slippage_bps: 2,
      stop_slippage_bps: 2_500 * usualRange(candles),
    };
    const stressed = stressSharpe(own, candles);
    expect(stressed).toBe(runBacktest(same, candles).metrics.sharpeRatio);
    expect(stressed).toBeLessThan(runBacktest(own, candles).metrics.sharpeRatio);
  });

  test('costs more the tighter the stop is, by more than the doubled commission alone', () => {
    const loss = (input: object): number => {
      const own = config({ ...input, commission_bps: 0, slippage_bps: 0 });
      return runBacktest(own, candles).metrics.sharpeRatio - stressSharpe(own, candles);
    };
    expect(loss({})).toBe(0);
    expect(loss({ stop_loss_pct: 0.02 })).toBeGreaterThan(0.05);
    expect(loss({ stop_loss_pct: 0.01 })).toBeGreaterThan(loss({ stop_loss_pct: 0.1 }));
  });

  test('of a run that never trades is 0', () => {
    const late = config({ start: new Date(candles.openTime[2_999]!).toISOString() });
    expect(stressSharpe(late, candles)).toBe(0);
  });
});
