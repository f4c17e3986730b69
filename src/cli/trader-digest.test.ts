import { expect, test } from 'vitest';
import { daySummary, heartbeatText } from './trader-digest.js';

const DAY = 20_000;
const at = (hours: number): number => DAY * 86_400_000 + hours * 3_600_000;
const trades = [
  { symbol: 'BTCUSDT', exitFillTime: at(-1), netPnl: 99 },
  { symbol: 'BTCUSDT', exitFillTime: at(0), netPnl: 10 },
  { symbol: 'BTCUSDT', exitFillTime: at(23.9), netPnl: -2.5 },
  { symbol: 'ETHUSDT', exitFillTime: at(12), netPnl: 1 },
  { symbol: 'XRPUSDT', exitFillTime: at(12), netPnl: 7 },
  { symbol: 'BTCUSDT', exitFillTime: at(24), netPnl: 50 },
];
const btc = { symbol: 'BTCUSDT', position: 'flat', netPnl: 1_234.5 };
const eth = { symbol: 'ETHUSDT', position: 'long 0.5 from 3,000.00', netPnl: 0 };

test('the summary of a day has the trades that ended in it, of these bots', () => {
  expect(daySummary(DAY, trades, [btc, eth])).toBe(
    [
      'day 2024-10-04',
      'all bots: 3 trades, 2 won, +8.50',
      'BTCUSDT: 2 trades, 1 won, +7.50 USDT; now flat; closed in total +1,234.50 USDT',
      'ETHUSDT: 1 trade, 1 won, +1.00 USDT; now long 0.5 from 3,000.00; closed in total +0.00 USDT',
    ].join('\n'),
  );
});

test('a day without trades says so, and several quotes are not added up', () => {
  const bnb = { symbol: 'ETHBTC', position: 'flat', netPnl: 0.0001 };
  expect(daySummary(DAY + 5, trades, [btc, bnb])).toBe(
    [
      'day 2024-10-09',
      'BTCUSDT: no trades; now flat; closed in total +1,234.50 USDT',
      'ETHBTC: no trades; now flat; closed in total +0.0001 BTC',
    ].join('\n'),
  );
});

test('a sign of life says since when, and how the bots stand', () => {
  expect(heartbeatText(at(14), [btc])).toBe(
    'still running, since 2024-10-04 14:00 UTC\nBTCUSDT: flat; closed in total +1,234.50',
  );
});
