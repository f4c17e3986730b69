import { expect, test } from 'vitest';
import { compareResults, tradeDifferences } from './compare-results.js';
import { parseRunRecord } from './run-record.js';
import { type LoggedTrade, readTradeLog } from './trade-log-reader.js';

const HEADER = 'symbol,strategy,side,entry_time,exit_time,net_pnl,return_pct,exit_reason,balance';
const log = (...rows: string[]): readonly LoggedTrade[] =>
  readTradeLog(`${[HEADER, ...rows].join('\n')}\n`, 'log.csv').trades;
const FIRST = log(
  'BTCUSDT,Demo,long,2024-01-01,2024-01-02,10,1,signal,1010',
  'BTCUSDT,Demo,long,2024-01-03,2024-01-04,-4,-1,stop-loss,1006',
  'BTCUSDT,Demo,long,2024-01-05,2024-01-06,2,1,signal,1008',
);
const SECOND = log(
  'BTCUSDT,Demo,long,2024-01-01,2024-01-02,10,1,signal,1010',
  'BTCUSDT,Demo,long,2024-01-03,2024-01-05,6,1,signal,1016',
  'BTCUSDT,Demo,short,2024-01-05,2024-01-06,3,1,signal,1019',
);

test('tradeDifferences() finds the same, the missing, and other exits', () => {
  const found = tradeDifferences(FIRST, SECOND);
  expect(found.same).toBe(1);
  expect(found.otherExit).toEqual([[FIRST[1], SECOND[1]]]);
  expect(found.onlyFirst).toEqual([FIRST[2]]);
  expect(found.onlySecond).toEqual([SECOND[2]]);
});

test('compareResults() shows only settings that differ, and marks the better metric', () => {
  const record = (fast: number, sharpe: number, drawdown: number) =>
    parseRunRecord(
      JSON.stringify({
        strategy: 'Demo',
        parameters: { fast, slow: 20 },
        config: { symbol: 'BTCUSDT', units: 1 },
        metrics: { sharpe_ratio: sharpe, max_drawdown: drawdown, win_rate: 50, total_trades: fast },
        equity_curve: { '2024-01-02T00:00:00.000Z': 1000 + fast },
      }),
      'a.json',
    );
  const { settings, metrics, equity, trades } = compareResults([
    { name: 'a', path: 'a.json', record: record(9, 1, 0.3), trades: FIRST, notes: [] },
    { name: 'b', path: 'b.json', record: record(12, 2, 0.4), trades: SECOND, notes: [] },
  ]);
  expect(settings).toEqual([{ name: 'fast', values: ['9', '12'] }]);
  expect(metrics).toEqual(
    [
      { key: 'totalTrades', values: [9, 12], best: undefined },
      { key: 'winRate', values: [50, 50], best: undefined },
      { key: 'maxDrawdown', values: [0.3, 0.4], best: 0 },
      { key: 'sharpeRatio', values: [1, 2], best: 1 },
      // Neither record tells these: the trades do.
      { key: 'cumulativeProfit', values: [8, 19], best: 1 },
      { key: 'profitFactor', values: [3, Infinity], best: 1 },
      { key: 'expectancy', values: [1 / 3, 1], best: 1 },
      { key: 'avgTrade', values: [8 / 3, 19 / 3], best: 1 },
    ].sort((x, y) => order.indexOf(x.key) - order.indexOf(y.key)),
  );
  expect(equity[0]).toEqual({ times: [Date.UTC(2024, 0, 2)], values: [1009] });
  expect(trades).toHaveLength(1);
});

const order = [
  'cumulativeProfit',
  'totalTrades',
  'winRate',
  'profitFactor',
  'maxDrawdown',
  'sharpeRatio',
  'expectancy',
  'avgTrade',
];

test('without a record the equity is the balance after each exit', () => {
  const { equity } = compareResults([
    { name: 'a', path: 'a.csv', record: undefined, trades: FIRST, notes: [] },
    { name: 'b', path: 'b.csv', record: undefined, trades: [], notes: [] },
  ]);
  expect(equity[0]?.values).toEqual([1000, 1010, 1006, 1008]);
  expect(equity[1]).toBeUndefined();
});

test('compareResults() tells what a record lacks from what nobody knows', () => {
  const record = (strategy: string, parameters: object) =>
    parseRunRecord(
      JSON.stringify({ strategy, parameters, config: { symbol: 'BTCUSDT' }, metrics: {} }),
      'a.json',
    );
  const { settings } = compareResults([
    { name: 'a', path: 'a', record: record('A', { fast: 9 }), trades: undefined, notes: [] },
    { name: 'b', path: 'b', record: record('B', {}), trades: undefined, notes: [] },
    { name: 'c', path: 'c', record: undefined, trades: FIRST, notes: [] },
  ]);
  expect(settings).toEqual([
    { name: 'strategy', values: ['A', 'B', 'Demo'] },
    { name: 'fast', values: ['9', 'not set', undefined] },
  ]);
});
