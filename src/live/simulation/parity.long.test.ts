import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { loadCandles } from '../../history/index.js';
import { both, compare, HISTORY, STRATEGIES, slice } from './parity.contract.js';

const REAL = '../shared/data/spot/15m/BTCUSDT_15m_2022_2023.csv.gz';
const isThere = existsSync(REAL);
if (!isThere) console.warn(`SKIPPED: parity on real candles needs ${REAL}`);

test.skipIf(!isThere).each(STRATEGIES)(
  '%s: the trader takes the trades of the backtest on real candles',
  async (strategy, config) => {
    const { candles } = await loadCandles({ files: [REAL] });
    const { live, backtest, differences } = await both(
      slice(candles, 0, HISTORY + 672),
      strategy,
      config,
    );
    compare(live, backtest);
    console.info(`${strategy}: ${live.length} trades equal`);
    expect(live.length).toBeGreaterThan(0);
    expect(differences).toEqual([]);
  },
);
