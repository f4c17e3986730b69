import { expect, test } from 'vitest';
import { syntheticCandles } from '../candles/index.js';
import { parseBacktestRunConfig } from '../config/index.js';
import { runBacktest } from './run-backtest.js';

const SEEDS = 120;
const CANDLES = 1_500;
/** Seeds are fixed: 3.5 is no matter of luck, and a drift of a tenth of the deviation is far outside. */
const STANDARD_ERRORS = 3.5;

test.each([
  ['a moving-average crossing', { strategy: 'MACross' }],
  ['the same with a trailing stop', { strategy: 'MACross', trailing_stop_loss_pct: 0.02 }],
  [
    'reversion with both stops',
    { strategy: 'BBReversion', stop_loss_pct: 0.02, take_profit_pct: 0.03 },
  ],
])('the synthetic market gives nothing away before costs: %s', (_what, input) => {
  const config = parseBacktestRunConfig({
    ...input,
    market: 'usdm',
    commission_bps: 0,
    slippage_bps: 0,
    equity_fraction: null,
    units: 0.1,
    allow_overdraft: true,
  });
  const profits = Array.from({ length: SEEDS }, (_, seed) => {
    const candles = syntheticCandles({ length: CANDLES, seed, market: 'usdm' });
    return runBacktest(config, candles).metrics.cumulativeProfit;
  });
  const mean = profits.reduce((sum, profit) => sum + profit, 0) / SEEDS;
  const variance = profits.reduce((sum, profit) => sum + (profit - mean) ** 2, 0) / (SEEDS - 1);
  expect(variance).toBeGreaterThan(0);
  expect(Math.abs(mean)).toBeLessThan(STANDARD_ERRORS * Math.sqrt(variance / SEEDS));
});
