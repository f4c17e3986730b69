import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Decimal, decimal } from '../domain/index.js';
import type { Broker, InstrumentSource, OrderRequest } from './ports/index.js';
import { RequestRefused } from './ports/index.js';

/** A broker whose account has 10,000 USDT and 1 BTC, on BTCUSDT at 20,000. */
export interface BrokerUnderTest {
  readonly broker: Broker & InstrumentSource;
  /** Lets the market trade at a price, through every price on the way. */
  trade(price: string): Promise<void> | void;
  close(): Promise<void> | void;
}

/**
 * What every spot broker does, whatever is behind it.
 *
 * @param name - What is behind it.
 * @param open - Makes a fresh one.
 */
export function brokerContract(name: string, open: () => Promise<BrokerUnderTest>): void {
  describe(`the broker contract: ${name}`, () => {
    let under: BrokerUnderTest;
    beforeEach(async () => {
      under = await open();
    });
    afterEach(() => under.close());

    const base = { symbol: 'BTCUSDT', side: 'buy', quantity: decimal('0.01') } as const;
    const market = (clientOrderId: string): OrderRequest => ({
      ...base,
      type: 'market',
      clientOrderId,
    });
    const limit = (clientOrderId: string, price = '19000'): OrderRequest => ({
      ...base,
      type: 'limit',
      clientOrderId,
      price: decimal(price),
    });
    const refusal = async (action: Promise<unknown>): Promise<string> => {
      const error = await action.catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(RequestRefused);
      return (error as RequestRefused).reason;
    };
    const free = async (asset: string): Promise<Decimal | undefined> => {
      const { balances } = await under.broker.account();
      return balances.find((balance) => balance.asset === asset)?.free;
    };

    test('a market order is filled, and its fills carry the commission', async () => {
      const report = await under.broker.place(market('m-1'));
      expect(report).toMatchObject({
        clientOrderId: 'm-1',
        type: 'market',
        status: 'filled',
        executedQuantity: decimal('0.01'),
        executedNotional: decimal('200.0001'),
        fills: [{ commission: decimal('0.00001'), commissionAsset: 'BTC', isMaker: false }],
      });
      expect(await free('BTC')).toBe(decimal('1.00999'));
      const fills = await under.broker.fills({ symbol: 'BTCUSDT', orderId: report.orderId });
      expect(fills).toMatchObject([
        { tradeId: report.fills[0]!.tradeId, price: decimal('20000.01'), side: 'buy' },
      ]);
    });

    test('a limit order rests, is found by its client id, and is cancelled', async () => {
      expect(await under.broker.place(limit('l-1'))).toMatchObject({ status: 'new', fills: [] });
      expect(await free('USDT')).toBe(decimal('9810'));
      expect(await under.broker.query('BTCUSDT', 'l-1')).toMatchObject({
        status: 'new',
        price: decimal('19000'),
      });
      expect(await under.broker.openOrders('BTCUSDT')).toHaveLength(1);
      expect(await under.broker.cancel('BTCUSDT', 'l-1')).toMatchObject({
        status: 'canceled',
        clientOrderId: 'l-1',
      });
      expect(await under.broker.openOrders('BTCUSDT')).toEqual([]);
      expect(await refusal(under.broker.cancel('BTCUSDT', 'l-1'))).toBe('nothing-to-cancel');
      expect(await under.broker.query('BTCUSDT', 'l-1')).toMatchObject({ status: 'canceled' });
    });

    test('an order is found by the id that its fills bear', async () => {
      await under.broker.place(market('m-1'));
      const [fill] = await under.broker.fills({ symbol: 'BTCUSDT' });
      expect(await under.broker.queryById('BTCUSDT', fill!.orderId)).toMatchObject({
        orderId: fill!.orderId,
        clientOrderId: 'm-1',
        executedQuantity: decimal('0.01'),
      });
    });

    test('an order that never was is undefined', async () => {
      expect(await under.broker.query('BTCUSDT', 'nobody')).toBeUndefined();
      expect(await under.broker.queryById('BTCUSDT', '987654321')).toBeUndefined();
    });

    test('refusals have reasons, and change nothing', async () => {
      await under.broker.place(limit('l-1'));
      const { broker } = under;
      expect(await refusal(broker.place(limit('l-1')))).toBe('duplicate-client-order-id');
      expect(await refusal(broker.place({ ...market('m-1'), quantity: decimal('2') }))).toBe(
        'insufficient-balance',
      );
      expect(await refusal(broker.place(limit('l-2', '19000.001')))).toBe('filter');
      expect(await refusal(broker.place({ ...limit('l-3'), symbol: 'NOPEUSDT' }))).toBe(
        'unknown-symbol',
      );
      expect(
        await refusal(
          broker.place({
            ...base,
            type: 'stop-loss',
            clientOrderId: 's-1',
            triggerPrice: decimal('19000'),
          }),
        ),
      ).toBe('would-trigger-immediately');
      expect(
        await refusal(
          broker.place({
            ...base,
            type: 'limit-maker',
            clientOrderId: 'p-1',
            price: decimal('20001'),
          }),
        ),
      ).toBe('would-match-immediately');
      await expect(broker.test(limit('l-4'))).resolves.toBeUndefined();
      expect(await refusal(broker.test(limit('l-5', '19000.001')))).toBe('filter');
      expect(await broker.openOrders('BTCUSDT')).toHaveLength(1);
    });

    test('a stop is released by the market', async () => {
      await under.broker.place({
        ...base,
        side: 'sell',
        type: 'stop-loss-limit',
        clientOrderId: 's-1',
        triggerPrice: decimal('19500'),
        price: decimal('19400'),
      });
      await under.trade('19450');
      expect(await under.broker.query('BTCUSDT', 's-1')).toMatchObject({
        status: 'filled',
        triggerPrice: decimal('19500'),
        executedNotional: decimal('195'),
      });
    });

    test('an OCO has two legs, of which one ends the other', async () => {
      const legs = await under.broker.placeOCO({
        symbol: 'BTCUSDT',
        side: 'sell',
        quantity: decimal('1'),
        listClientOrderId: 'o-1',
        takeProfit: { clientOrderId: 'o-1-tp', price: decimal('21000') },
        stopLoss: { clientOrderId: 'o-1-sl', triggerPrice: decimal('19000') },
      });
      expect(legs.map(({ type }) => type).sort()).toEqual(['limit-maker', 'stop-loss']);
      expect(legs[0]!.orderListId).toBe(legs[1]!.orderListId);
      await under.trade('21500');
      expect(await under.broker.query('BTCUSDT', 'o-1-tp')).toMatchObject({
        status: 'filled',
        executedNotional: decimal('21000'),
      });
      expect(await under.broker.query('BTCUSDT', 'o-1-sl')).toMatchObject({
        status: 'expired',
        executedQuantity: 0n,
      });
    });

    test('cancelling one leg of an OCO ends the other', async () => {
      const { broker } = under;
      const legs = await broker.placeOCO({
        symbol: 'BTCUSDT',
        side: 'sell',
        quantity: decimal('0.5'),
        listClientOrderId: 'x-1',
        takeProfit: { clientOrderId: 'x-1-tp', price: decimal('21000') },
        stopLoss: {
          clientOrderId: 'x-1-sl',
          triggerPrice: decimal('19000'),
          price: decimal('18900'),
        },
      });
      expect(legs.map(({ type }) => type).sort()).toEqual(['limit-maker', 'stop-loss-limit']);
      await broker.cancel('BTCUSDT', 'x-1-sl');
      expect(await broker.openOrders('BTCUSDT')).toEqual([]);
      expect(await refusal(broker.cancel('BTCUSDT', 'x-1-tp'))).toBe('nothing-to-cancel');
    });

    test('cancelReplace does both, or says which half failed', async () => {
      await under.broker.place(limit('l-1'));
      const both = await under.broker.cancelReplace('BTCUSDT', 'l-1', limit('l-2', '19100'));
      expect([both.canceled.status, both.placed.status]).toEqual(['canceled', 'new']);
      expect(await refusal(under.broker.cancelReplace('BTCUSDT', 'l-1', limit('l-3')))).toBe(
        'replace-cancel-failed',
      );
      const greedy = { ...limit('l-4'), quantity: decimal('10') } as OrderRequest;
      expect(await refusal(under.broker.cancelReplace('BTCUSDT', 'l-2', greedy))).toBe(
        'replace-order-failed',
      );
      expect(await under.broker.openOrders('BTCUSDT')).toEqual([]);
    });

    test('permissions, rates and rules', async () => {
      expect(await under.broker.keyPermissions()).toMatchObject({
        canTradeSpot: true,
        canWithdraw: false,
      });
      expect(await under.broker.account()).toMatchObject({
        canTrade: true,
        takerRate: decimal('0.001'),
      });
      const rules = await under.broker.instrumentRules(['BTCUSDT']);
      expect(rules.get('BTCUSDT')).toMatchObject({
        status: 'trading',
        tickSize: decimal('0.01'),
        stepSize: decimal('0.00001'),
        notionalMin: decimal('5'),
        notionalMinAppliesToMarket: true,
        ocoAllowed: true,
      });
    });
  });
}
