import { expect, test } from 'vitest';
import { syntheticCandles } from '../../candles/index.js';
import { both, compare, HISTORY, STRATEGIES } from './parity.contract.js';

test.each(STRATEGIES)(
  '%s: the trader takes the trades of the backtest',
  async (strategy, config) => {
    const candles = syntheticCandles({
      length: HISTORY + 300,
      seed: 11,
      symbol: 'BTCUSDT',
      timeframe: '5m',
      hasTimeGaps: false,
    });
    const { live, backtest, differences } = await both(candles, strategy, config);
    compare(live, backtest);
    expect(live.length).toBeGreaterThan(1);
    expect(differences).toEqual([]);
  },
);
