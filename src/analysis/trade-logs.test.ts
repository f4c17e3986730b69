import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Trade, tradeLogCsv } from '../domain/index.js';
import { groupLoggedTrades, summarizeTrades } from './group-logged-trades.js';
import { runRecordPath, tradeLogName } from './read-trade-log-file.js';
import { findFiles, isTradeLogName, readTradeLogs } from './read-trade-logs.js';
import { parameterText, parseRunRecord } from './run-record.js';
import { analyzeTrades, tradeSummaryCsv, withoutSynthetic } from './trade-analysis.js';
import { readTradeLog } from './trade-log-reader.js';
import { type TradeWorld, worldOfLog } from './trade-world.js';

const HEADER = 'symbol,strategy,side,entry_time,exit_time,net_pnl,return_pct,exit_reason';
const row = (cells: string): string => `BTCUSDT,Demo,${cells}`;
const LOG = [
  HEADER,
  // 2024-01-01 is a Monday.
  row('long,2024-01-01T05:00:00.000Z,2024-01-01T09:00:00.000Z,10,1,signal'),
  row('short,2024-01-02T05:00:00.000Z,2024-01-02T09:00:00.000Z,-4,-2,stop-loss'),
  row('long,2024-01-31T23:00:00.000Z,2024-02-01T02:00:00.000Z,6,4,take-profit'),
  '',
].join('\n');

describe('readTradeLog()', () => {
  test('reads the columns it needs, in any order, with more beside them', () => {
    const text = `extra,${HEADER},parameters\n"=x, y",${row('LONG,1704067200000,2024-01-02,1.5,0.25,')},fast=9\n`;
    const { trades, notes } = readTradeLog(text, 'log.csv');
    expect(notes).toEqual([]);
    expect(trades).toHaveLength(1);
    expect(trades[0]).toMatchObject({
      symbol: 'BTCUSDT',
      parameterSet: 'fast=9',
      side: 'long',
      entryTime: Date.UTC(2024, 0, 1),
      exitTime: Date.UTC(2024, 0, 2),
      netPnl: 1.5,
      returnPct: 0.25,
      exitReason: 'none given',
      commission: Number.NaN,
      ambiguous: false,
    });
  });

  test('reads back what tradeLogCsv() wrote, a formula as a name included', () => {
    const trade: Trade = {
      side: 'short',
      entryIndex: 1,
      exitIndex: 2,
      entryTime: Date.UTC(2024, 0, 1),
      exitTime: Date.UTC(2024, 0, 1, 1),
      entryPrice: 100.1,
      exitPrice: 99.7,
      units: 0.1 + 0.2,
      grossPnl: 0.12,
      commission: 0.06,
      netPnl: 0.06,
      returnPct: 0.2,
      exitReason: 'signal',
      candlesHeld: 1,
      maePct: -0.1,
      mfePct: 0.4,
      ambiguous: true,
      exitInsideCandle: false,
      balance: 10_000.06,
      scaleOuts: 0,
    };
    const text = tradeLogCsv([trade], { symbol: 'ETHUSDT', strategy: '=HYPERLINK("x"),1' });
    expect(readTradeLog(text, 'log.csv').trades[0]).toEqual({
      symbol: 'ETHUSDT',
      strategy: '=HYPERLINK("x"),1',
      parameterSet: 'not recorded',
      side: 'short',
      entryTime: trade.entryTime,
      exitTime: trade.exitTime,
      netPnl: 0.06,
      returnPct: 0.2,
      exitReason: 'signal',
      entryPrice: 100.1,
      exitPrice: 99.7,
      units: 0.1 + 0.2,
      commission: 0.06,
      candlesHeld: 1,
      balance: 10_000.06,
      ambiguous: true,
      world: 'other',
    });
  });

  test('leaves a torn last line out and says so; keeps a whole one without a line end', () => {
    expect(readTradeLog(LOG.slice(0, -13), 'log.csv')).toMatchObject({
      trades: { length: 2 },
      notes: ['the last line is incomplete (7 of 8 cells) and was dropped'],
    });
    expect(readTradeLog(LOG.trimEnd(), 'log.csv')).toMatchObject({
      trades: { length: 3 },
      notes: ['the last line has no line end: if the file is truncated, so is its last cell'],
    });
  });

  test('notes a log without trades', () => {
    expect(readTradeLog(`${HEADER}\n`, 'log.csv')).toEqual({
      trades: [],
      notes: ['the log has no trades'],
    });
  });

  test.each([
    ['', 'log.csv is empty: a trade log starts with the line symbol,strategy,side,'],
    ['a,b\n1,2\n', 'log.csv lacks the columns symbol, strategy, side, entry_time, exit_time'],
    [LOG.replace('exit_reason', 'reason'), 'log.csv lacks the column exit_reason; a trade log'],
    [LOG.replace(',10,1,', ',10,'), 'log.csv, line 2: 7 cells, but the header has 8'],
    [LOG.replace(',-4,', ',minus four,'), 'log.csv, line 3: net_pnl is "minus four"'],
    [LOG.replace('short', 'flat'), 'log.csv, line 3: side is "flat", it must be long or short'],
    [LOG.replace('2024-01-02T05', '2024-02-30T05'), 'line 3: entry_time is "2024-02-30T05'],
  ])('refuses %j', (text, message) => {
    expect(() => readTradeLog(text, 'log.csv')).toThrow(message);
  });
});

describe('groupLoggedTrades()', () => {
  const { trades } = readTradeLog(LOG, 'log.csv', 'fast=9');
  const short = (dimension: Parameters<typeof groupLoggedTrades>[1]) =>
    groupLoggedTrades(trades, dimension).map(({ key, trades, netPnl }) => [key, trades, netPnl]);

  test('groups by every dimension, in the order of people', () => {
    expect(short('strategy')).toEqual([['Demo', 3, 12]]);
    expect(short('parameter_set')).toEqual([['Demo: fast=9', 3, 12]]);
    expect(short('side')).toEqual([
      ['long', 2, 16],
      ['short', 1, -4],
    ]);
    expect(short('exit_reason')).toEqual([
      ['signal', 1, 10],
      ['stop-loss', 1, -4],
      ['take-profit', 1, 6],
    ]);
    expect(short('hour')).toEqual([
      ['05', 2, 6],
      ['23', 1, 6],
    ]);
    expect(short('weekday')).toEqual([
      ['Mon', 1, 10],
      ['Tue', 1, -4],
      ['Wed', 1, 6],
    ]);
    expect(short('month')).toEqual([
      ['2024-01', 2, 6],
      ['2024-02', 1, 6],
    ]);
  });

  test('sums up by hand', () => {
    expect(summarizeTrades(trades, 'all')).toMatchObject({
      trades: 3,
      wins: 2,
      winRate: 200 / 3,
      quoteAsset: 'USDT',
      netPnl: 12,
      meanReturnPct: 1,
      medianReturnPct: 1,
      // Wins 16, losses 4; deviation of 1, -2, 4 is 3.
      profitFactor: 4,
      sqn: Math.sqrt(3) / 3,
      bestTrade: 10,
      worstTrade: -4,
      commission: Number.NaN,
    });
  });

  test('does not add money of different currencies, and has no SQN of equal returns', () => {
    const mixed = [trades[0]!, { ...trades[0]!, symbol: 'ETHBTC' }];
    expect(summarizeTrades(mixed, 'all')).toMatchObject({
      quoteAsset: 'mixed',
      netPnl: Number.NaN,
      profitFactor: Number.NaN,
      meanReturnPct: 1,
      sqn: Number.NaN,
    });
  });
});

describe('tradeSummaryCsv()', () => {
  test('has one line per group and escapes formulas', () => {
    const { trades } = readTradeLog(LOG.replaceAll('Demo', '=1+1'), 'log.csv');
    const analysis = analyzeTrades([{ path: 'log.csv', trades, notes: [], record: undefined }]);
    const lines = tradeSummaryCsv(analysis).trimEnd().split('\n');
    expect(lines[0]).toMatch(/^group,value,trades,wins,win_rate,quote_asset,net_pnl,/);
    expect(lines[1]).toMatch(/^all,all,3,2,66\.6+\d*,USDT,12,1,1,4,/);
    expect(lines.filter((line) => line.startsWith("strategy,'=1+1,3,"))).toHaveLength(1);
    expect(lines).toHaveLength(2 + 1 + 1 + 1 + 1 + 2 + 3 + 2 + 3 + 2);
  });
});

const record = (synthetic: boolean) =>
  parseRunRecord(JSON.stringify({ strategy: 'Demo', synthetic }), 'run.json');

test.each([
  ['paper-synthetic_spot_BTCUSDT_1m_Flip_2026-11-30T16-15-00.123Z_trades.csv', 'SYNTHETIC'],
  ['paper-synthetic_usdm_BTCUSDT_1m_Flip_trades.csv', 'SYNTHETIC'],
  ['paper_spot_BTCUSDT_1m_Flip_trades.csv', 'paper'],
  ['paper-127.0.0.1-9180_spot_BTCUSDT_1m_Flip_trades.csv', 'practice'],
  ['paper-localhost-9180_spot_BTCUSDT_1m_Flip_trades.csv', 'practice'],
  ['paper-192.168.0.7-9180_spot_BTCUSDT_1m_Flip_trades.csv', 'practice'],
  ['testnet_usdm_BTCUSDT_1m_Flip_trades.csv', 'practice'],
  ['testnet-demo-api.binance.com_spot_BTCUSDT_1m_Flip_trades.csv', 'practice'],
  ['live-~5b~3a~3a1~5d-9180_spot_BTCUSDT_1m_Flip_trades.csv', 'practice'],
  ['live_spot_BTCUSDT_1m_Flip_trades.csv', 'live'],
  ['live-api1.binance.com_spot_BTCUSDT_1m_Flip_trades.csv', 'live'],
  ['my_trades.csv', 'other'],
  ['live_trades.csv', 'other'],
] as const)('%s is a log of %s', (name, world) => {
  expect(worldOfLog(name, undefined)).toBe(world);
});

test('a record beside a log says whether its candles were generated', () => {
  expect(worldOfLog('my_trades.csv', record(true))).toBe('SYNTHETIC');
  expect(worldOfLog('my_trades.csv', record(false))).toBe('backtest');
});

describe('withoutSynthetic()', () => {
  const log = (name: string, world: TradeWorld, text = LOG) => ({
    ...{ path: name, record: undefined },
    ...readTradeLog(text, name, 'fast=9', world),
  });
  const shown = ({ logs, leftOut }: ReturnType<typeof withoutSynthetic>) => [
    logs.map((one) => [one.path, one.trades.length]),
    leftOut,
  ];

  test('leaves generated candles out where other trades are there', () => {
    const logs = [log('a', 'SYNTHETIC'), log('b', 'paper'), log('c', 'SYNTHETIC')];
    expect(shown(withoutSynthetic(logs))).toEqual([[['b', 3]], 6]);
  });

  test('goes by the symbol of each row, too', () => {
    const mixed = log('a', 'backtest', LOG.replace('BTCUSDT', 'SYNTHETIC'));
    expect(shown(withoutSynthetic([mixed]))).toEqual([[['a', 2]], 1]);
  });

  test('keeps them where nothing else is there, and logs without trades', () => {
    const empty = log('b', 'paper', `${HEADER}\n`);
    expect(shown(withoutSynthetic([log('a', 'SYNTHETIC'), empty]))).toEqual([
      [
        ['a', 3],
        ['b', 0],
      ],
      0,
    ]);
    expect(shown(withoutSynthetic([log('a', 'live'), empty]))[1]).toBe(0);
  });

  test('groups by world', () => {
    const analysis = analyzeTrades([log('a', 'SYNTHETIC'), log('b', 'live')]);
    expect(analysis.groups.world.map(({ key, trades }) => [key, trades])).toEqual([
      ['SYNTHETIC', 3],
      ['live', 3],
    ]);
  });
});

describe('readTradeLogs()', () => {
  test('names what it cannot read, reads the rest, counts copies once, knows parameters beside a log', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'wus-logs-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const at = (name: string): string => path.join(folder, name);
    mkdirSync(at('deep/er'), { recursive: true });
    writeFileSync(at('a_trades.csv'), LOG);
    writeFileSync(
      runRecordPath(at('a_trades.csv')),
      JSON.stringify({ strategy: 'Demo', parameters: { fast: 9, slow: null }, metrics: {} }),
    );
    writeFileSync(at('deep/er/copy_trades.csv'), LOG);
    writeFileSync(at('deep/broken_trades.csv'), 'a,b\n');
    writeFileSync(at('candles.csv'), 'a,b\n');
    const found = findFiles([folder, at('missing')], isTradeLogName);
    expect(found.files).toHaveLength(3);
    const { logs, refused, notes } = readTradeLogs(found);
    expect(logs.map((log) => [path.basename(log.path), log.trades[0]?.parameterSet])).toEqual([
      ['a_trades.csv', 'fast=9'],
    ]);
    expect(refused.map((file) => path.basename(file.path))).toEqual([
      'missing',
      'broken_trades.csv',
    ]);
    expect(notes).toEqual([
      `${at('deep/er/copy_trades.csv')} is a copy of ${at('a_trades.csv')}: its trades are counted once.`,
    ]);
  });

  test('knows the names of forward tests', () => {
    expect(tradeLogName('x/RsiMean_ETHUSDT_1h_2024-01-01_2024-06-30_trades.csv')).toEqual({
      strategy: 'RsiMean',
      symbol: 'ETHUSDT',
      interval: '1h',
    });
    expect(tradeLogName('trades.csv')).toBeUndefined();
  });
});

describe('parseRunRecord()', () => {
  test('reads what wus backtest --json prints', () => {
    const record = parseRunRecord(
      JSON.stringify({
        strategy: 'Demo',
        parameters: { fast: 9, off: null, names: ['a', 'b'] },
        config: { symbol: 'BTCUSDT', stop_loss_pct: null },
        span: { start: '2024-01-01T00:00:00.000Z', end: '2024-02-01T00:00:00.000Z' },
        data_hash: 'abc',
        metrics: { profit_factor: 'Infinity', sharpe_ratio: 1.5, unknown: 1 },
        equity_curve: { '2024-01-02T00:00:00.000Z': 10, '2024-01-03T00:00:00.000Z': 11 },
        more: {},
      }),
      'run.json',
    );
    expect(record.metrics).toEqual({ profitFactor: Infinity, sharpeRatio: 1.5 });
    expect(record.equity).toEqual({
      times: [Date.UTC(2024, 0, 2), Date.UTC(2024, 0, 3)],
      values: [10, 11],
    });
    expect(record.settings).toMatchObject({ symbol: 'BTCUSDT', data_hash: 'abc' });
    expect(parameterText(record.parameters)).toBe('fast=9 names=a,b');
  });

  test.each([
    ['{', 'run.json is not valid JSON'],
    ['{"a":1}', 'run.json is not the result of a run: strategy'],
    ['[]', 'run.json is not the result of a run: the whole'],
  ])('refuses %s', (text, message) => {
    expect(() => parseRunRecord(text, 'run.json')).toThrow(message);
  });
});
