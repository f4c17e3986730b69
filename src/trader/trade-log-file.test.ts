import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { TRADE_LOG_COLUMNS } from '../domain/index.js';
import type { LiveTrade } from '../live/index.js';
import { addLiveTrades, liveTradeLogCsv, missingRows } from './trade-log-file.js';

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
  tradeIds: [],
  orders: [`wus-btcusdt-${n}e-1-1`, `wus-btcusdt-${n}s-1-2`],
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

const [header = '', row1 = '', row2 = '', row3 = ''] = liveTradeLogCsv(
  [trade(1), trade(2), trade(3)],
  subject,
).split('\n');
const lines = (...all: string[]): string => all.map((line) => `${line}\n`).join('');
/** Columns of another version, but the same orders. */
const row1Otherwise = `BTCUSDT,${row1.split(',').at(-1)}`;

test.each<[string, string, number[], string, number]>([
  ['no log', '', [1], lines(header, row1), 1],
  ['no log, several trades', '', [1, 2], lines(header, row1, row2), 2],
  ['nothing to log', lines(header, row1), [], lines(header, row1), 0],
  ['the row is missing', lines(header, row1), [2], lines(header, row1, row2), 1],
  ['the row is there', lines(header, row1), [1], lines(header, row1), 0],
  ['one of two is there', lines(header, row1), [1, 2], lines(header, row1, row2), 1],
  ['the same trade twice', lines(header), [1, 1], lines(header, row1), 1],
  ['known by its orders alone', lines(header, row1Otherwise), [1], lines(header, row1Otherwise), 0],
  ['line ends of Windows', `${header}\r\n${row1}\r\n`, [1], `${header}\r\n${row1}\r\n`, 0],
  ['torn: its row', lines(header) + row1.slice(0, 30), [1], lines(header, row1), 1],
  ['torn in the last id', lines(header) + row1.slice(0, -2), [1], lines(header, row1), 1],
  ['torn before the line end', lines(header) + row1, [1], lines(header, row1), 0],
  ['torn: nobody knows its row', lines(header) + row1.slice(0, 30), [2], lines(header, row2), 1],
  ['torn: the second of two', lines(header, row1) + row2[0], [1, 2], lines(header, row1, row2), 1],
  ['torn in the header', header.slice(0, 5), [1], lines(header, row1), 1],
  ['torn after the header', header, [1], lines(header, row1), 1],
  ['no line end, but whole', lines(header) + row1, [3], lines(header, row1, row3), 1],
])('missingRows(): %s', (_, text, numbers, expected, rows) => {
  const found = missingRows(text, numbers.map(trade), subject);
  expect(found.kept + found.added).toBe(expected);
  expect(text.startsWith(found.kept)).toBe(true);
  expect(found.rows).toBe(rows);
});

test('addLiveTrades() leaves each row once, wherever a crash cut the write before', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'wus-log-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'deep', 'log.csv');
  expect(await addLiveTrades(file, [trade(1)], subject)).toBe(1);
  expect(await addLiveTrades(file, [trade(1)], subject)).toBe(0);
  const whole = lines(header, row1, row2);
  for (let length = 0; length <= whole.length; length += 7) {
    await writeFile(file, whole.slice(0, length));
    await addLiveTrades(file, [trade(1), trade(2)], subject);
    expect(await readFile(file, 'utf8'), `cut at ${length}`).toBe(whole);
  }
});
