import { expect, test } from 'vitest';
import type { Trade } from './trade.js';
import { tradeLogCsv } from './trade-log.js';

const trade: Trade = {
  side: 'short',
  entryIndex: 3,
  exitIndex: 5,
  entryTime: Date.UTC(2023, 0, 1, 3),
  exitTime: Date.UTC(2023, 0, 1, 5),
  entryPrice: 0.1,
  exitPrice: 0.09,
  units: 1000 / 3,
  grossPnl: 3.3333333333333335,
  commission: 0.05,
  netPnl: 3.2833333333333337,
  returnPct: 9.85,
  exitReason: 'take-profit',
  candlesHeld: 2,
  maePct: -1,
  mfePct: 10,
  ambiguous: false,
  exitInsideCandle: true,
  balance: 1003.2833333333333,
  scaleOuts: 0,
};

test('tradeLogCsv() writes one row per trade in the order of SEMANTICS §5', () => {
  expect(tradeLogCsv([trade], { symbol: 'ADAUSDT', strategy: 'My "best", yet' })).toBe(
    [
      'symbol,strategy,side,entry_time,entry_price,exit_time,exit_price,units,gross_pnl,commission,net_pnl,return_pct,exit_reason,candles_held,mae_pct,mfe_pct,ambiguous,exit_inside_candle,balance',
      'ADAUSDT,"My ""best"", yet",short,2023-01-01T03:00:00.000Z,0.1,2023-01-01T05:00:00.000Z,0.09,333.3333333333333,3.3333333333333335,0.05,3.2833333333333337,9.85,take-profit,2,-1,10,false,true,1003.2833333333333',
      '',
    ].join('\n'),
  );
});

test('without trades only the header is written', () => {
  expect(tradeLogCsv([], { symbol: 'X', strategy: 'Y' }).split('\n')).toHaveLength(2);
});

test('a text that a spreadsheet would run as a formula is quoted, numbers keep their minus', () => {
  const row = tradeLogCsv([trade], { symbol: '=1+1', strategy: '@x' }).split('\n')[1];
  expect(row).toMatch(/^'=1\+1,'@x,short,/);
  expect(row).toContain(',-1,10,');
});
