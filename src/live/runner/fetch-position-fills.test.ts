import { expect, test } from 'vitest';
import type { Fill, OrderReport } from '../../exchange/index.js';
import { fetchPositionFills } from './fetch-position-fills.js';

const fill = (tradeId: number, part: Partial<Fill> = {}): Fill =>
  ({
    tradeId: String(tradeId),
    orderId: `o${tradeId}`,
    side: 'sell',
    time: 100 + tradeId,
    ...part,
  }) as Fill;
const brokerOf = (fills: readonly Fill[], denied = '') => {
  const asked: string[] = [];
  return {
    asked,
    fills: () => Promise.resolve(fills),
    queryById: (_: string, orderId: string) => {
      asked.push(orderId);
      const report = { orderId } as OrderReport;
      return Promise.resolve(orderId === denied ? undefined : report);
    },
  };
};
const ids = (fills: readonly Fill[]): string[] => fills.map(({ tradeId }) => tradeId);

test('only the orders of unknown fills of the side that leaves are asked for, each once', async () => {
  const fills = [
    fill(1, { side: 'buy' }),
    fill(2),
    fill(3),
    fill(4, { orderId: 'o3' }),
    fill(5),
    fill(6, { time: 99 }),
  ];
  const broker = brokerOf(fills, 'o5');
  const unknown = { side: 'sell', tradeIds: ['1', '2'] } as const;
  const answer = await fetchPositionFills(broker, 'BTCUSDT', { fromTime: 100, unknown });
  expect(broker.asked).toEqual(['o3', 'o5']);
  expect(answer.orders.map(({ orderId }) => orderId)).toEqual(['o3']);
  expect(ids(answer.fills)).toEqual(['1', '2', '3', '4', '5', '6']);
});

test('of very many orders the newest are asked for, and fills of the others are left out', async () => {
  const fills = Array.from({ length: 60 }, (_, i) => fill(i));
  const broker = brokerOf([fill(100, { side: 'buy' }), ...fills]);
  const unknown = { side: 'sell', tradeIds: [] } as const;
  const answer = await fetchPositionFills(broker, 'BTCUSDT', { fromTime: 100, unknown });
  expect(broker.asked).toHaveLength(50);
  expect(ids(answer.fills)).toEqual(['100', ...ids(fills.slice(10))]);
});

test('nothing is asked for that nobody wants to know', async () => {
  const broker = brokerOf([fill(1)]);
  const answer = await fetchPositionFills(broker, 'BTCUSDT', { fromTime: 100 });
  expect([broker.asked, answer.orders, ids(answer.fills)]).toEqual([[], [], ['1']]);
});
