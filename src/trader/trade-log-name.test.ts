import { expect, test } from 'vitest';
import {
  isLogOf,
  readTradeLogName,
  sessionName,
  stateFolderOf,
  tradeLogName,
} from './trade-log-name.js';

test.each([
  ['paper', 'spot', 'BTCUSDT', '15m', 'MovingAverageCrossoverStrategy'],
  ['testnet-127.0.0.1-9180', 'usdm', 'BTCUSDT_250926', '1h', 'My_Own'],
  ['live', 'usdm', '币安人生USDT', '1m', 'Flip'],
])(
  'a name tells what it was made of: %s %s %s',
  (environment, market, symbol, interval, strategy) => {
    const subject = { environment, market, symbol, interval, strategy };
    const name = tradeLogName(subject);
    expect(name).toMatch(/^[A-Za-z0-9._~-]+$/);
    const read = readTradeLogName(`results/live_trades/${name}`)!;
    expect(read).toMatchObject({ environment, market, interval });
    expect(isLogOf(read, symbol)).toBe(true);
    expect(isLogOf(read, 'ETHUSDT')).toBe(false);
  },
);

test('another name tells nothing', () => {
  expect(readTradeLogName('trades.csv')).toBeUndefined();
  expect(readTradeLogName('MACross_trades.csv')).toBeUndefined();
});

test('a session is part of the name, and later ones come later in the alphabet', () => {
  const session = sessionName(Date.UTC(2026, 10, 30, 16, 15));
  const subject = {
    ...{ environment: 'paper-synthetic', market: 'spot', symbol: 'BTCUSDT', interval: '1m' },
    ...{ strategy: 'My_Flip', session },
  };
  const name = tradeLogName(subject);
  expect(name).toMatch(/^[A-Za-z0-9._~-]+$/);
  expect(readTradeLogName(name)).toMatchObject({ session, environment: 'paper-synthetic' });
  expect(stateFolderOf(readTradeLogName(name)!)).toBe('paper-synthetic/spot-BTCUSDT');
  expect(sessionName(Date.UTC(2026, 10, 30, 16, 15, 1)) > session).toBe(true);
});

test('the state of a bot is found by the name of its log', () => {
  const subject = readTradeLogName('paper_spot_BTCUSDT_1m_Flip_trades.csv')!;
  expect(stateFolderOf(subject)).toBe('paper/spot-BTCUSDT');
});
