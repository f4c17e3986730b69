import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { compareResults, readTradeLogFile, resultNames } from '../analysis/index.js';
import { parseBacktestRunConfig } from '../config/index.js';
import { tradeLogCsv } from '../domain/index.js';
import { writeFileAtomic } from '../files/index.js';
import type { BotSettings } from '../live/index.js';
import { findStrategy } from '../strategies/index.js';
import { writeLiveRecord } from './trade-log-file.js';

const settings = (fast: number): BotSettings => ({
  bot: 'b',
  run: {
    ...parseBacktestRunConfig({ strategy: 'MACross', params: { fast_period: fast } }),
    symbol: 'BTCUSDT',
    interval: '15m',
    market: 'spot',
  },
  risk: {},
});

test('a bot leaves its complete parameters and settings beside its trade log, and comparisons know them', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'wus-live-record-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const strategy = findStrategy('MACross');
  const results = [];
  for (const [mode, fast] of [
    ['paper', 9],
    ['live', 12],
  ] as const) {
    const file = path.join(folder, `${mode}_spot_BTCUSDT_15m_${strategy.name}_trades.csv`);
    await writeFileAtomic(file, tradeLogCsv([], { symbol: 'BTCUSDT', strategy: strategy.name }));
    await writeLiveRecord(file, settings(fast), strategy, false);
    results.push(readTradeLogFile(file));
  }
  expect(results[0]!.record).toMatchObject({
    kind: 'trader',
    isSynthetic: false,
    parameters: { fast_period: 9, trend_filter_period: null },
    settings: { symbol: 'BTCUSDT', interval: '15m', market: 'spot' },
  });
  const names = resultNames(results);
  expect(names).toEqual(['MACross paper', 'MACross live']);
  const compared = compareResults(results.map((one, k) => ({ ...one, name: names[k]! })));
  expect(compared.settings).toEqual([{ name: 'fast_period', values: ['9', '12'] }]);
});
