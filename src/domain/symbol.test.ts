import { expect, test } from 'vitest';
import { UsageError } from './errors.js';
import { parseSymbol } from './symbol.js';

test.each(['btcusdt', 'BTCUSDT', '1000SHIBUSDT', 'BTCUSDT_250627', 'SYNTHETIC', '币安人生USDT'])(
  'parseSymbol() takes %s, in capitals',
  (text) => {
    expect(parseSymbol(text)).toBe(text.toUpperCase());
  },
);

test.each(['', 'B', '../../etc', 'BTC USDT', 'BTC_USDT', 'A'.repeat(31)])(
  'parseSymbol() refuses "%s"',
  (text) => {
    expect(() => parseSymbol(text)).toThrow(UsageError);
    expect(() => parseSymbol(text)).not.toThrow('did you mean');
  },
);

test.each(['BTC/USDT', 'btc-usdt'])('parseSymbol() says how Binance writes %s', (text) => {
  expect(() => parseSymbol(text)).toThrow(`current value is "${text}"; did you mean BTCUSDT?`);
});
