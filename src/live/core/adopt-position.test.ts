import { describe, expect, test } from 'vitest';
import { decimal } from '../../domain/index.js';
import type { Fill, InstrumentRules, OrderReport } from '../../exchange/index.js';
import { busySettings } from '../simulation/worlds.contract.js';
import {
  type AdoptFacts,
  adoptedMemory,
  livedThroughAll,
  rebuildPosition,
} from './adopt-position.js';
import { initialMemory } from './memory.js';
import { entryPriceOf, heldQuantity } from './position.js';

const MINUTE = 60_000;
const SIGNAL = Date.UTC(2026, 10, 1);
const name = (leg: string, counter: number): string =>
  `wus-oldtag-${(SIGNAL / MINUTE).toString(36)}${leg}-1-${counter}`;
const rulesOf = (market: 'spot' | 'usdm'): InstrumentRules =>
  ({
    ...{ symbol: 'BTCUSDT', market, baseAsset: 'BTC', quoteAsset: 'USDT' },
    quantityMin: decimal('0.001'),
  }) as InstrumentRules;
/** `+1 100` bought 1 at 100; the number after it is the order. */
const fillsOf = (rows: readonly string[], asset = 'USDT', fee = '0'): Fill[] =>
  rows.map((row, i) => {
    const [quantity = '', price = '', order = ''] = row.split(' ');
    const isBuy = !quantity.startsWith('-');
    return {
      symbol: 'BTCUSDT',
      tradeId: String(i + 1),
      orderId: order,
      clientOrderId: '',
      side: isBuy ? 'buy' : 'sell',
      price: decimal(price),
      quantity: decimal(quantity.replace(/[+-]/, '')),
      commission: decimal(fee),
      commissionAsset: asset,
      isMaker: false,
      time: SIGNAL + 5 * MINUTE + i,
    };
  });
const NAMES = new Map<string, string>([
  ['1', name('e', 1)],
  ['2', name('x', 2)],
  ['3', name('e', 3)],
  ['4', name('x', 4)],
  ['5', name('e', 5)],
  ['hand', 'web_123'],
]);
const look = (
  market: 'spot' | 'usdm',
  shown: string,
  fills: readonly Fill[],
  openOrders: readonly OrderReport[] = [],
): AdoptFacts => ({
  rules: rulesOf(market),
  fills,
  names: NAMES,
  openOrders,
  shown: decimal(shown),
  time: SIGNAL + 100 * MINUTE,
});
const memoryOf = (market: 'spot' | 'usdm') =>
  initialMemory(busySettings({ market, ...(market === 'usdm' && { direction: 'both' }) }));
const order = (clientOrderId: string, part: Partial<OrderReport>): OrderReport => ({
  ...{
    symbol: 'BTCUSDT',
    orderId: '9',
    clientOrderId,
    side: 'sell',
    type: 'limit',
    status: 'new',
  },
  ...{
    quantity: decimal('1'),
    executedQuantity: 0n,
    executedNotional: 0n,
    price: 0n,
    triggerPrice: 0n,
  },
  ...{ updateTime: 0, fills: [] },
  ...part,
});

describe('rebuildPosition()', () => {
  const held = (
    market: 'spot' | 'usdm',
    shown: string,
    rows: readonly string[],
    ...fees: string[]
  ) => {
    const adoption = rebuildPosition(memoryOf(market), look(market, shown, fillsOf(rows, ...fees)));
    if ('refusal' in adoption) return adoption.refusal;
    const { position } = adoption;
    return [position.side, heldQuantity(position), entryPriceOf(position), position.orders.length];
  };

  test.each([
    ['spot', '1', ['+1 100 1'], [1, decimal('1'), 100, 1]],
    ['spot', '3', ['+1 100 1', '+1 110 1'], [1, decimal('2'), 105, 1]],
    // The trade before is over; what a person bought is a person's.
    ['spot', '9', ['+1 90 1', '-1 95 2', '+5 99 hand', '+2 100 3'], [1, decimal('2'), 100, 1]],
    ['spot', '9', ['+2 100 3', '-0.5 105 4'], [1, decimal('1.5'), 100, 2]],
    ['usdm', '-2', ['+1 90 1', '-1 95 2', '-2 100 3'], [-1, decimal('2'), 100, 1]],
    ['usdm', '1.5', ['+2 100 3', '-0.5 105 4'], [1, decimal('1.5'), 100, 2]],
    ['usdm', '1', ['+1 100 hand'], [1, decimal('1'), 100, 1]],
  ] as const)('on %s with %s and %j', (market, shown, rows, expected) => {
    expect(held(market, shown, rows)).toEqual(expected);
  });

  test('commission in the coins that were bought is missing from them', () => {
    expect(held('spot', '0.999', ['+1 100 1'], 'BTC', '0.001')).toEqual([
      1,
      decimal('0.999'),
      100,
      1,
    ]);
  });

  test.each([
    ['spot', '1', [], /no fill belongs/],
    ['spot', '1', ['+1 100 hand'], /no fill belongs/],
    ['spot', '1', ['+1 100 1', '-1 105 2'], /no fill belongs/],
    ['spot', '0.4', ['+1 100 1'], /add up to 1 BTC, but the account holds 0.4/],
    ['usdm', '0', ['+1 100 1', '-1 105 2'], /no open position/],
    ['usdm', '3', ['+1 100 1'], /do not explain the position of 3/],
    // One fill that closed a long and opened a short: nobody knows what it cost.
    ['usdm', '-1', ['+1 100 1', '-2 105 2'], /do not explain the position of -1/],
  ] as const)('refuses to guess on %s with %s and %j', (market, shown, rows, text) => {
    expect(held(market, shown, rows)).toMatch(text);
  });

  test('takes a stop and a take-profit that a trader made, and names the others', () => {
    const stop = order(name('s', 7), {
      type: 'stop-loss',
      triggerPrice: decimal('95'),
      updateTime: 2,
    });
    const older = order(name('s', 6), {
      type: 'stop-loss',
      triggerPrice: decimal('94'),
      updateTime: 1,
    });
    const profit = order(name('t', 8), { price: decimal('120') });
    const hand = order('web_1', { price: decimal('130') });
    const facts = look('spot', '1', fillsOf(['+1 100 1']), [older, stop, profit, hand]);
    const adoption = rebuildPosition(memoryOf('spot'), facts);
    if ('refusal' in adoption) throw new Error(adoption.refusal);
    const legs = adoption.orders.map(({ leg, request }) => [leg, request.clientOrderId]);
    expect(legs).toEqual([
      ['stop', stop.clientOrderId],
      ['take-profit', profit.clientOrderId],
    ]);
    expect(adoption.left).toEqual([older]);
    const memory = adoptedMemory({ ...memoryOf('spot'), mismatch: 'x', dust: 7n }, adoption, {
      ...facts,
      lastOpenTime: SIGNAL + 15 * MINUTE,
    });
    expect(memory).toMatchObject({
      ...{ mismatch: null, dust: 0n, foreignBase: 0n, enteredSignalTime: SIGNAL },
      ...{ formerTags: ['oldtag'], lastOpenTime: SIGNAL + 15 * MINUTE },
      // So that news of the adopted orders is no news of orders that nobody made.
      ...{ epoch: 1, orderCounter: 8 },
      order: { leg: 'stop', phase: 'open' },
      position: { unprotectedSince: null },
      others: [{ leg: 'take-profit' }],
    });
  });

  test('an exit that was executed in part is counted once', () => {
    const stop = order(name('s', 2), {
      orderId: '2',
      triggerPrice: decimal('95'),
      quantity: decimal('2'),
    });
    const facts = look('spot', '1.5', fillsOf(['+2 100 1', '-0.5 95 2']), [stop]);
    const adoption = rebuildPosition(memoryOf('spot'), facts);
    if ('refusal' in adoption) throw new Error(adoption.refusal);
    expect(heldQuantity(adoption.position)).toBe(decimal('1.5'));
    const half = decimal('0.5');
    expect(adoption.orders).toMatchObject([{ executed: half, booked: half, tradeIds: ['2'] }]);
  });

  test('the best price follows the candles since the entry', () => {
    const adoption = rebuildPosition(memoryOf('spot'), look('spot', '1', fillsOf(['+1 100 1'])));
    if ('refusal' in adoption) throw new Error(adoption.refusal);
    const candle = (high: number, low: number) => ({
      openTime: 0,
      open: 100,
      high,
      low,
      close: 100,
      volume: 1,
    });
    const position = livedThroughAll(adoption.position, [
      candle(103, 99),
      candle(108, 97),
      candle(105, 101),
    ]);
    expect(position).toMatchObject({ peak: 108, highest: 108, lowest: 97, signalTime: SIGNAL });
  });
});
