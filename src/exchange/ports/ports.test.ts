import { describe, expect, test } from 'vitest';
import { decimal } from '../../domain/index.js';
import {
  floorQuantity,
  type InstrumentRules,
  instrumentViolations,
  measureClockOffset,
  type OrderRequest,
  WeightBudget,
} from './index.js';

const rules: InstrumentRules = {
  symbol: 'BTCUSDT',
  market: 'spot',
  baseAsset: 'BTC',
  quoteAsset: 'USDT',
  status: 'trading',
  tickSize: decimal('0.01'),
  priceMin: decimal('0.01'),
  priceMax: decimal('1000000'),
  stepSize: decimal('0.00001'),
  quantityMin: decimal('0.00001'),
  quantityMax: decimal('9000'),
  marketStepSize: 0n,
  marketQuantityMin: 0n,
  marketQuantityMax: decimal('120'),
  notionalMin: decimal('5'),
  notionalMax: decimal('9000000'),
  notionalMinAppliesToMarket: true,
  notionalMaxAppliesToMarket: false,
  ordersMax: 200,
  stopOrdersMax: 5,
  orderTypes: ['market', 'limit', 'stop-loss-limit'],
  ocoAllowed: true,
};
const limit = (quantity: string, price: string): OrderRequest => ({
  type: 'limit',
  symbol: 'BTCUSDT',
  side: 'buy',
  clientOrderId: 'a',
  quantity: decimal(quantity),
  price: decimal(price),
});
const market = (quantity: string): OrderRequest => ({
  type: 'market',
  symbol: 'BTCUSDT',
  side: 'sell',
  clientOrderId: 'a',
  quantity: decimal(quantity),
});

describe('instrumentViolations()', () => {
  test.each([
    ['a good limit order', limit('0.001', '60000.01'), []],
    ['a price between two ticks', limit('0.001', '60000.015'), ['tick-size']],
    ['a quantity between two steps', limit('0.000105', '60000'), ['step-size']],
    ['less than the minimum notional', limit('0.00008', '60000'), ['notional']],
    ['a price above the band', limit('0.001', '1000000.01'), ['price-range']],
    ['a small market sell', market('0.00008'), ['notional']],
    ['a large market sell', market('120.00001'), ['quantity-range']],
    [
      'a type that the symbol lacks',
      { ...limit('0.001', '60000'), type: 'limit-maker' } as OrderRequest,
      ['order-type'],
    ],
  ])('%s', (_, order, violations) => {
    expect(instrumentViolations(rules, order, decimal('60000'))).toEqual(violations);
  });

  test('nothing may be sent while the symbol is closed', () => {
    const closed = { ...rules, status: 'cancel-only' } as const;
    expect(instrumentViolations(closed, market('0.001'), decimal('60000'))).toEqual(['status']);
  });

  test('floorQuantity() never rounds up', () => {
    expect(floorQuantity(rules, decimal('0.78921999'))).toBe(decimal('0.78921'));
  });
});

describe('measureClockOffset()', () => {
  test('takes the middle of the round trip and leans backwards', () => {
    expect(measureClockOffset(1_000, 1_200, 5_100)).toEqual({
      offsetMs: 3_950,
      uncertaintyMs: 100,
      measuredTime: 1_200,
    });
  });

  test('refuses measurements across a jump of our clock', () => {
    expect(measureClockOffset(1_000, 900, 5_000)).toBeUndefined();
    expect(measureClockOffset(1_000, 9_000, 5_000)).toBeUndefined();
  });
});

describe('WeightBudget', () => {
  test('keeps a reserve for orders and starts afresh each calendar minute', () => {
    const budget = new WeightBudget({ limit: 100, reserve: 0.2 });
    expect(budget.request(10_000, 80)).toEqual({ kind: 'go' });
    expect(budget.request(10_000, 1)).toEqual({
      kind: 'wait',
      untilTime: 60_000,
      reason: 'budget',
    });
    expect(budget.request(10_000, 20, true)).toEqual({ kind: 'go' });
    expect(budget.request(60_000, 1)).toEqual({ kind: 'go' });
  });

  test('believes the exchange when it counts more than we do', () => {
    const budget = new WeightBudget({ limit: 100, reserve: 0 });
    budget.reportUsed(0, 99);
    expect(budget.request(1, 2)).toMatchObject({ kind: 'wait' });
    budget.reportUsed(1, 10);
    expect(budget.used).toBe(99);
  });

  test('is silent until the end of a ban, orders included', () => {
    const budget = new WeightBudget();
    budget.pauseUntil(5_000);
    budget.banUntil(120_000);
    expect(budget.request(119_999, 1, true)).toEqual({
      kind: 'wait',
      untilTime: 120_000,
      reason: 'banned',
    });
    expect(budget.request(120_000, 1)).toEqual({ kind: 'go' });
  });
});
