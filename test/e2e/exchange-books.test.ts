// What a session compares at its end: each planted disagreement is said, and nothing else.
import { expect, test } from 'vitest';
import { decimal } from '../../src/domain/index.js';
import { type BotBooks, disagreements, type ExchangeBooks } from './exchange-books.js';

const CASH = 1_000;
const LOG = `side,units,net_pnl,order_ids
long,0.5,-3,wus-a-m1e-1-0 wus-a-m1x-1-2
`;

function order(clientOrderId: string, side: 'BUY' | 'SELL', quantity: string) {
  return { symbol: 'AUSDT', side, clientOrderId, executedQuantity: { $decimal: quantity } };
}

const ORDERS = [
  order('wus-a-m1e-1-0', 'BUY', '0.5'),
  order('wus-a-m1s-1-1', 'SELL', '0'),
  order('wus-a-m1x-1-2', 'SELL', '0.5'),
];
const EXCHANGE: ExchangeBooks = {
  orders: ORDERS,
  algoOrders: [{ clientOrderId: 'wus-a-m1s-1-1' }],
  positions: { AUSDT: { quantity: { $decimal: '0' } } },
  wallets: { USDT: { $decimal: '997' } },
};
const RUN = { symbol: 'AUSDT', market: 'usdm' };
const BOT: BotBooks = {
  memory: {
    settings: { run: RUN } as BotBooks['memory']['settings'],
    position: null,
    dust: 0n,
    netPnl: decimal('-3'),
    unreported: [],
  },
  tradeLog: LOG,
};

test.each<[string, ExchangeBooks, BotBooks, string[]]>([
  ['books that agree', EXCHANGE, BOT, []],
  [
    'an order that was sent twice',
    { ...EXCHANGE, orders: [...ORDERS, ORDERS[1]!] },
    BOT,
    ['order wus-a-m1s-1-1 is there twice'],
  ],
  [
    'a stop that was sent twice',
    { ...EXCHANGE, algoOrders: [...EXCHANGE.algoOrders!, ...EXCHANGE.algoOrders!] },
    BOT,
    ['conditional order wus-a-m1s-1-1 is there twice'],
  ],
  [
    'a signal that was entered twice, by orders of two starts',
    { ...EXCHANGE, orders: [...ORDERS, order('wus-a-m1e-2-0', 'BUY', '0.5')] },
    BOT,
    ['wus-a-m1e was entered twice', 'AUSDT: the execution of wus-a-m1e-2-0 is in no trade'],
  ],
  [
    'a position that nobody remembers',
    { ...EXCHANGE, positions: { AUSDT: { quantity: { $decimal: '-0.5' } } } },
    BOT,
    ['position of AUSDT: -0.5 at the exchange, 0 at the bot'],
  ],
  [
    'money that is missing',
    { ...EXCHANGE, wallets: { USDT: { $decimal: '996.5' } } },
    BOT,
    ['cash: 996.5 at the exchange, 997 at the bot'],
  ],
  [
    'a row that is missing',
    EXCHANGE,
    { ...BOT, tradeLog: LOG.split('\n').slice(0, 1).join('\n') },
    [
      'AUSDT: the execution of wus-a-m1e-1-0 is in no trade',
      'AUSDT: the execution of wus-a-m1x-1-2 is in no trade',
      'AUSDT: profit of the log: 0 at the exchange, -3 at the bot',
    ],
  ],
  [
    'a row that is there twice',
    EXCHANGE,
    { ...BOT, tradeLog: LOG + LOG.split('\n')[1]! },
    [
      'AUSDT: wus-a-m1e-1-0 is in two trades',
      'AUSDT: wus-a-m1x-1-2 is in two trades',
      'AUSDT: profit of the log: -6 at the exchange, -3 at the bot',
    ],
  ],
  [
    'a row of another size',
    EXCHANGE,
    { ...BOT, tradeLog: LOG.replace('0.5', '0.4') },
    ['AUSDT: entered by wus-a-m1e-1-0 wus-a-m1x-1-2: 0.5 at the exchange, 0.4 at the bot'],
  ],
  [
    'a trade of orders that the exchange never executed',
    { ...EXCHANGE, orders: ORDERS.slice(0, 2) },
    BOT,
    ['AUSDT: wus-a-m1x-1-2 was never executed at the exchange'],
  ],
])('%s', (_, exchange, bot, said) => {
  expect(disagreements(exchange, [bot], CASH)).toEqual(said);
});
