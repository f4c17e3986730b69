import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { TRADE_LOG_COLUMNS } from '../domain/index.js';
import type { LiveTrade } from '../live/index.js';
import { appendLiveTrade, liveTradeLogCsv } from './trade-log-file.js';

const MINUTE = 60_000;
const trade = (n: number): LiveTrade => ({
  side: 'long',
  signalTime: n * 10 * MINUTE,
  entryTime: (n * 10 + 1) * MINUTE,
  exitTime: (n * 10 + 5) * MINUTE,
  entryFillTime: (n * 10 + 1) * MINUTE + 7,
  exitFillTime: (n * 10 + 5) * MINUTE + 9,
  entryPrice: 100,
  exitPrice: 101,
  units: 2,
  grossPnl: 2,
  commission: 0.4,
  otherCommission: '',
  funding: 0,
  netPnl: 1.6,
  returnPct: 0.8,
  exitReason: 'stop-loss',
  exitInsideCandle: true,
  candlesHeld: 4,
  maePct: -1,
  mfePct: 2,
  balance: 1_001.6,
  dust: 0.002,
  unprotectedMs: 12,
  orders: ['wus-btcusdt-1e-1-1', 'wus-btcusdt-1s-1-2'],
});
const subject = { symbol: 'BTCUSDT', strategy: 'MovingAverageCrossoverStrategy' };

test('liveTradeLogCsv() has the columns of the backtest, then those of live trading', () => {
  const [header = '', row = ''] = liveTradeLogCsv([trade(1)], subject).split('\n');
  expect(header.split(',').slice(0, TRADE_LOG_COLUMNS.length)).toEqual([...TRADE_LOG_COLUMNS]);
  expect(row.split(',').slice(TRADE_LOG_COLUMNS.length)).toEqual([
    '1970-01-01T00:10:00.000Z',
    '1970-01-01T00:11:00.007Z',
    '1970-01-01T00:15:00.009Z',
    '0',
    '',
    '0.002',
    '12',
    'wus-btcusdt-1e-1-1 wus-btcusdt-1s-1-2',
  ]);
});

test('appendLiveTrade() appends, never repeats, and replaces a torn line', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'wus-log-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'deep', 'log.csv');
  await appendLiveTrade(file, trade(1), subject);
  await appendLiveTrade(file, trade(1), subject);
  await appendFile(file, 'BTCUSDT,Moving');
  await appendLiveTrade(file, trade(2), subject);
  const lines = (await readFile(file, 'utf8')).split('\n');
  const rows = liveTradeLogCsv([trade(1), trade(2)], subject).split('\n');
  expect(lines).toEqual([rows[0], rows[1], rows[2], '']);
});
