import { describe, expect, test } from 'vitest';
import type { BacktestResult } from '../backtest/index.js';
import { runBacktest } from '../backtest/index.js';
import { syntheticCandles } from '../candles/index.js';
import { parseBacktestRunConfig } from '../config/index.js';
import { monteCarloOfRun } from './monte-carlo-of-run.js';

const candles = syntheticCandles({ length: 24 * 90, timeframe: '1h', hasTimeGaps: false });

function backtest(given: object = {}): BacktestResult {
  const config = parseBacktestRunConfig({ strategy: 'RSIReversion', ...given });
  return runBacktest(config, candles);
}

describe('monteCarloOfRun()', () => {
  test('ends, in the actual lines, where the run ended', () => {
    const result = backtest();
    const found = monteCarloOfRun(result)!;
    expect(found.dailyEquity.at(-1)! / result.run.finalBalance).toBeCloseTo(1, 12);
    expect(found.tradeBalances.at(-1)! / result.run.finalBalance).toBeCloseTo(1, 12);
    expect([found.dailyEquity[0], found.tradeBalances[0]]).toEqual([10_000, 10_000]);
    expect(found.blockBootstrap!.steps.at(-1)).toBe(90);
    expect(found.tradeShuffle!.steps.at(-1)).toBe(result.run.trades.length);
    expect(found.predictive!.steps.at(-1)).toBe(90);
    expect([found.runs, found.dayUnit, found.seed]).toEqual([2_000, 'day', 1]);
  });

  test('says nothing of a run without trades, nor of money that did not exist', () => {
    const idle = { rsi_period: 14, oversold_threshold: 0.001, overbought_threshold: 99.999 };
    expect(monteCarloOfRun(backtest({ params: idle }))).toBeUndefined();
    expect(monteCarloOfRun(backtest({ units: 1, allow_overdraft: true }))).toBeUndefined();
  });
});
