import { expect, test } from 'vitest';
import { syntheticCandles } from '../../candles/index.js';
import { both, compare, HISTORY, STRATEGIES } from './parity.contract.js';

const CASES = STRATEGIES.flatMap(([strategy, config]) =>
  (['spot', 'usdm'] as const).map((market) => [strategy, market, config] as const),
);

test.each(CASES)(
  '%s on %s: the trader takes the trades of the backtest',
  async (strategy, market, config) => {
    const candles = syntheticCandles({
      length: HISTORY + 300,
      seed: 11,
      symbol: 'BTCUSDT',
      market,
      timeframe: '5m',
      hasTimeGaps: false,
    });
    const { live, backtest, differences } = await both(candles, strategy, config);
    compare(live, backtest);
    expect(live.length).toBeGreaterThan(1);
    expect(differences).toEqual([]);
  },
);
