import { describe, expect, test } from 'vitest';
import { compareBooks } from './compare-books.js';
import type { BookEntry, Client, ExchangeState } from './side-by-side.js';

const CLIENT: Client = {
  name: 'client',
  symbol: 'BTCUSDT',
  command: [],
  stopSignal: 'SIGKILL',
  markets: ['spot'],
};
const amount = (text: string): { $decimal: string } => ({ $decimal: text });
const TRADE = {
  symbol: 'BTCUSDT',
  tradeId: 1,
  orderId: 7,
  isBuyer: true,
  price: amount('60000'),
  quantity: amount('0.001'),
  commission: amount('0.000001'),
  commissionAsset: 'BTC',
};
const STATE: ExchangeState = {
  balances: { BTC: { free: amount('0.000999'), locked: amount('0') } },
  orders: [{ symbol: 'BTCUSDT', orderId: 7, status: 'FILLED', executedQuantity: amount('0.001') }],
  trades: [TRADE, { ...TRADE, symbol: 'ETHUSDT', tradeId: 2 }],
};
const FILL = {
  kind: 'fill',
  market: 'spot',
  trade: 1,
  order: 7,
  side: 'BUY',
  price: '60000.00',
  quantity: '1e-3',
  fee: '0.00000100',
  feeAsset: 'BTC',
};
const BOOKS = [
  { kind: 'start' },
  FILL,
  { ...FILL, kind: 'event' },
  { kind: 'order', market: 'spot', order: 7, executed: '0.001' },
  { kind: 'end', base: '0.000999', position: '0', openOrders: 0 },
];

function differences(books: readonly object[], spot: ExchangeState = STATE): string {
  const usdm = { orders: [], trades: [] };
  return compareBooks(CLIENT, books as BookEntry[], { spot, usdm }).differences.join('\n');
}

describe('compareBooks()', () => {
  test('finds nothing where all agree, however amounts are printed', () => {
    expect(differences(BOOKS)).toBe('');
  });

  const without = (kind: string): object[] => BOOKS.filter((entry) => entry.kind !== kind);
  test.each<[string, readonly object[], RegExp]>([
    ['a fill that is not booked', without('fill'), /trade 1: .* booked nothing/],
    ['a fill booked twice', [...BOOKS, FILL], /booked twice/],
    ['a fill that was never made', [...BOOKS, { ...FILL, trade: 9 }], /trade 9: .* never made/],
    ['another price', [{ ...FILL, price: '60001' }, ...without('fill')], /at 60000/],
    ['another fee', [{ ...FILL, fee: '0' }, ...without('fill')], /trade 1/],
    ['another side', [{ ...FILL, side: 'SELL' }, ...without('fill')], /trade 1/],
    ['a wrong event', [...BOOKS, { ...FILL, kind: 'event', quantity: '1' }], /event 1/],
    [
      'a wrong order',
      [...BOOKS, { kind: 'order', market: 'spot', order: 7, executed: '0' }],
      /order 7: executed 0.00100000, believed 0/,
    ],
    ['trouble', [...BOOKS, { kind: 'trouble', what: 'round', error: 'no' }], /round: no/],
    ['no end', without('end'), /no last line/],
    [
      'other coins',
      [...without('end'), { kind: 'end', base: '1', position: '0' }],
      /the exchange has 0.00099900, the client 1/,
    ],
  ])('finds %s', (_, books, message) => {
    expect(differences(books)).toMatch(message);
  });

  test('finds coins that no fill explains, and orders that are open', () => {
    const open = { ...STATE.orders[0]!, orderId: 8, status: 'NEW' };
    const state: ExchangeState = {
      ...STATE,
      orders: [...STATE.orders, open],
      balances: { BTC: { free: amount('2'), locked: amount('0') } },
    };
    expect(differences(BOOKS, state)).toMatch(/its fills make 0.00099900/);
    expect(differences(BOOKS, state)).toMatch(/1 orders are still open/);
  });
});
