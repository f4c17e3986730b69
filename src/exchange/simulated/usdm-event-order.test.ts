import { expect, test } from 'vitest';
import { decimal } from '../../domain/index.js';
import { UsdmExchange } from './usdm-exchange.js';
import { usdmSymbol } from './usdm-symbol.js';

const NOW = Date.UTC(2026, 0, 5);

/** Names of the events of two market orders. */
function eventsOf(tellsAccountFirst: boolean): string[] {
  const exchange = new UsdmExchange({
    symbols: [usdmSymbol('BTCUSDT', 100)],
    balances: { USDT: decimal('100000') },
    startTime: NOW,
    tellsAccountFirst,
  });
  const point = { time: NOW, price: decimal('100'), quantity: decimal('1'), isJump: true };
  exchange.move('BTCUSDT', point);
  exchange.takeEvents();
  for (const side of ['BUY', 'SELL'] as const)
    exchange.place({
      symbol: 'BTCUSDT',
      side,
      type: 'MARKET',
      timeInForce: 'GTC',
      quantity: decimal('1'),
      price: 0n,
      reduceOnly: false,
      goodTillTime: 0,
      clientOrderId: undefined,
    });
  return exchange.takeEvents().map((event) => {
    const { x } = (event.o ?? {}) as { x?: string };
    return x === undefined ? String(event.e) : `${String(event.e)} ${x}`;
  });
}

test.each([
  [false, ['TRADE_LITE', 'ORDER_TRADE_UPDATE TRADE', 'ACCOUNT_UPDATE']],
  [true, ['ACCOUNT_UPDATE', 'TRADE_LITE', 'ORDER_TRADE_UPDATE TRADE']],
])('the account is told of first: %s', (tellsAccountFirst, order) => {
  const told = ['ORDER_TRADE_UPDATE NEW', ...order];
  expect(eventsOf(tellsAccountFirst)).toEqual([...told, ...told]);
});
