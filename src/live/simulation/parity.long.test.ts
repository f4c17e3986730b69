import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { candleRange } from '../../candles/index.js';
import { loadCandles } from '../../history/index.js';
import { both, compare, HISTORY, STRATEGIES } from './parity.contract.js';

/** Real candles, and how many of them make a session. */
const REAL = [
  ['spot', '../shared/data/spot/15m/BTCUSDT_15m_2022_2023.csv.gz', 672],
  ['usdm', '../shared/data/usdm/1m/BTCUSDT_1m_2025-05.csv.gz', 1_440],
] as const;
const missing = REAL.filter(([, file]) => !existsSync(file));
for (const [, file] of missing) console.warn(`SKIPPED: parity on real candles needs ${file}`);

const CASES = STRATEGIES.flatMap(([strategy, config]) =>
  REAL.filter((row) => !missing.includes(row)).map(
    ([market, file, length]) => [strategy, market, config, file, length] as const,
  ),
);

test.skipIf(CASES.length === 0).each(CASES)(
  '%s on %s: the trader takes the trades of the backtest on real candles',
  async (strategy, market, config, file, length) => {
    const { candles } = await loadCandles({ files: [file], market });
    const session = candleRange(candles, 0, HISTORY + length);
    const { live, backtest, differences } = await both(session, strategy, config);
    compare(live, backtest);
    console.info(`${strategy} on ${market}: ${live.length} trades equal`);
    expect(live.length).toBeGreaterThan(0);
    expect(differences).toEqual([]);
  },
);
