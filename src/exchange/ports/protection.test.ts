import { describe, expect, test } from 'vitest';
import { decimal } from '../../domain/index.js';
import {
  type Broker,
  type InstrumentRules,
  type OrderReport,
  type OrderRequest,
  type ProtectionRequest,
  placeProtection,
  RequestRefused,
} from './index.js';

const STOP = { clientOrderId: 's', triggerPrice: decimal('90'), limitPrice: decimal('85') };
const PROFIT = { clientOrderId: 'p', price: decimal('120') };
const exits = (legs: Partial<ProtectionRequest>): ProtectionRequest => ({
  symbol: 'BTCUSDT',
  side: 'sell',
  quantity: decimal('1'),
  listClientOrderId: 'l',
  ...legs,
});
const rules = (part: Partial<InstrumentRules>): InstrumentRules =>
  ({
    market: 'spot',
    ocoAllowed: true,
    orderTypes: ['limit', 'stop-loss'],
    ...part,
  }) as InstrumentRules;

/** A broker that notes what it is asked, and refuses one client id. */
function broker(refused = ''): { broker: Broker; sent: unknown[] } {
  const sent: unknown[] = [];
  const place = (order: OrderRequest): Promise<OrderReport> => {
    if (order.clientOrderId === refused) {
      return Promise.reject(new RequestRefused('filter', 'too small'));
    }
    sent.push(order);
    return Promise.resolve({ clientOrderId: order.clientOrderId } as OrderReport);
  };
  const placeOCO: Broker['placeOCO'] = (request) => {
    sent.push(request);
    return Promise.resolve([{ clientOrderId: 's' }, { clientOrderId: 'p' }] as OrderReport[]);
  };
  return { broker: { place, placeOCO } as unknown as Broker, sent };
}

describe('placeProtection()', () => {
  test('spot links two exits as an OCO pair', async () => {
    const { broker: spot, sent } = broker();
    const report = await placeProtection(
      spot,
      rules({}),
      exits({ stopLoss: STOP, takeProfit: PROFIT }),
    );
    expect(report.isLinked).toBe(true);
    expect(sent).toEqual([
      {
        symbol: 'BTCUSDT',
        side: 'sell',
        quantity: decimal('1'),
        listClientOrderId: 'l',
        takeProfit: PROFIT,
        stopLoss: { clientOrderId: 's', triggerPrice: decimal('90') },
      },
    ]);
  });

  test('an instrument without market stops gets the worst price as limit', async () => {
    const old = rules({ orderTypes: ['limit', 'stop-loss-limit'] });
    const { broker: spot, sent } = broker();
    await placeProtection(spot, old, exits({ stopLoss: STOP }));
    await placeProtection(spot, old, exits({ stopLoss: STOP, takeProfit: PROFIT }));
    expect(sent).toMatchObject([
      { type: 'stop-loss-limit', triggerPrice: decimal('90'), price: decimal('85') },
      { stopLoss: { triggerPrice: decimal('90'), price: decimal('85') } },
    ]);
  });

  test('USD-M places two reduce-only orders, the stop first', async () => {
    const usdm = rules({ market: 'usdm', ocoAllowed: false });
    const { broker: futures, sent } = broker();
    const report = await placeProtection(
      futures,
      usdm,
      exits({ stopLoss: STOP, takeProfit: PROFIT, triggeredBy: 'mark' }),
    );
    expect(report).toMatchObject({
      isLinked: false,
      legs: [{ clientOrderId: 's' }, { clientOrderId: 'p' }],
    });
    expect(sent).toMatchObject([
      { type: 'stop-loss', reduceOnly: true, triggeredBy: 'mark' },
      { type: 'limit', reduceOnly: true, price: decimal('120') },
    ]);
  });

  test('a take-profit that fails leaves the stop, and says so; a stop that fails leaves nothing', async () => {
    const usdm = rules({ market: 'usdm', ocoAllowed: false });
    const both = exits({ stopLoss: STOP, takeProfit: PROFIT });
    const half = await placeProtection(broker('p').broker, usdm, both);
    expect(half.legs).toMatchObject([{ clientOrderId: 's' }]);
    expect(half.failed).toMatchObject({ clientOrderId: 'p', error: { reason: 'filter' } });
    const none = broker('s');
    await expect(placeProtection(none.broker, usdm, both)).rejects.toMatchObject({
      reason: 'filter',
    });
    expect(none.sent).toEqual([]);
  });

  test.each([
    ['no exit at all', rules({}), exits({})],
    ['no stop type', rules({ orderTypes: ['limit'] }), exits({ stopLoss: STOP })],
    ['no OCO on spot', rules({ ocoAllowed: false }), exits({ stopLoss: STOP, takeProfit: PROFIT })],
  ])('%s is refused before anything is sent', async (_, given, request) => {
    const { broker: spot, sent } = broker();
    await expect(placeProtection(spot, given, request)).rejects.toMatchObject({
      reason: 'malformed',
    });
    expect(sent).toEqual([]);
  });
});
