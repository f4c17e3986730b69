import { describe, expect, test } from 'vitest';
import { DAY_MS } from '../../domain/index.js';
import type { Fill } from '../ports/index.js';
import { allFills, PAGE_FILLS, timeWindows } from './fill-pages.js';
import { spotBroker } from './spot-broker.js';
import { usdmBroker } from './usdm-broker.js';

const fillAt = (time: number, tradeId: number): Fill =>
  ({ time, tradeId: String(tradeId), orderId: '1' }) as Fill;
/** Answers as an exchange does: the oldest from an instant on. */
const pagesOf = (all: readonly Fill[]) => {
  const asked: number[] = [];
  const page = (from: number): Promise<readonly Fill[]> => {
    asked.push(from);
    return Promise.resolve(all.filter(({ time }) => time >= from).slice(0, PAGE_FILLS));
  };
  return { asked, page };
};

describe('allFills', () => {
  test.each<[string, (i: number) => number, number, number]>([
    ['none', () => 0, 0, 1],
    ['less than a page', (i) => 100 + i, PAGE_FILLS - 1, 1],
    ['exactly a page', (i) => 100 + i, PAGE_FILLS, 2],
    ['three pages, of which each begins with the last of the one before', (i) => 100 + i, 2_500, 3],
    ['several of one ms at the end of a page', (i) => 100 + Math.floor(i / 7), 2_500, 3],
  ])('%s', async (_, timeOf, count, requests) => {
    const all = Array.from({ length: count }, (_, i) => fillAt(timeOf(i), i));
    const { asked, page } = pagesOf(all);
    const found = await allFills(50, page);
    expect(found.map(({ tradeId }) => tradeId)).toEqual(all.map(({ tradeId }) => tradeId));
    expect(asked).toHaveLength(requests);
    expect(asked[0]).toBe(50);
  });

  test('more of one ms than a page holds do not keep it asking for ever', async () => {
    const all = Array.from({ length: 1_500 }, (_, i) => fillAt(100, i));
    const { page } = pagesOf([...all, fillAt(101, 1_500)]);
    const found = await allFills(100, page);
    expect(found.map(({ time }) => time)).toContain(101);
    expect(found).toHaveLength(PAGE_FILLS + 1);
  });
});

test.each([
  [
    0,
    10,
    [
      [0, 9],
      [10, 19],
    ],
  ],
  [5, 5, [[5, 14]]],
  [5, 3, [[5, 14]]],
  [
    0,
    19,
    [
      [0, 9],
      [10, 19],
    ],
  ],
])('windows of 10 from %i to %i', (from, to, windows) => {
  expect(timeWindows(from, to, 10).map(({ startTime, endTime }) => [startTime, endTime])).toEqual(
    windows,
  );
});

const TRADE = {
  ...{ symbol: 'BTCUSDT', price: '1', qty: '1', quoteQty: '1', commission: '0' },
  ...{ commissionAsset: 'USDT', isBuyer: false, isMaker: false, isBestMatch: true },
  ...{
    orderListId: -1,
    realizedPnl: '0',
    side: 'SELL',
    positionSide: 'BOTH',
    maker: false,
    buyer: false,
  },
};
const NOW = 20 * DAY_MS;

test('USD-M fills of a position that is older than a week are asked for week by week', async () => {
  const asked: unknown[] = [];
  const broker = usdmBroker({
    call: ({ path, parameters = {} }) => {
      if (path === '/fapi/v1/time') return Promise.resolve({ serverTime: NOW });
      asked.push([parameters.startTime, parameters.endTime]);
      const start = Number(parameters.startTime);
      return Promise.resolve([{ ...TRADE, id: start + 1, orderId: start, time: start }]);
    },
  });
  const week = 7 * DAY_MS;
  expect(await broker.fills({ symbol: 'BTCUSDT', startTime: DAY_MS })).toHaveLength(3);
  expect(asked).toEqual([
    [DAY_MS, DAY_MS + week - 1],
    [DAY_MS + week, DAY_MS + 2 * week - 1],
    [DAY_MS + 2 * week, DAY_MS + 3 * week - 1],
  ]);
});

test('spot fills that do not fit into one answer are asked for from the last one on', async () => {
  const asked: unknown[] = [];
  const broker = spotBroker({
    call: ({ parameters = {} }) => {
      asked.push(parameters.startTime);
      const start = Number(parameters.startTime);
      const length = start === 100 ? PAGE_FILLS : 3;
      const trades = Array.from({ length }, (_, i) => ({
        ...TRADE,
        ...{ id: start + i, orderId: 1, time: start + i },
      }));
      return Promise.resolve(trades);
    },
  });
  expect(await broker.fills({ symbol: 'BTCUSDT', startTime: 100 })).toHaveLength(PAGE_FILLS + 2);
  expect(asked).toEqual([100, 100 + PAGE_FILLS - 1]);
});
