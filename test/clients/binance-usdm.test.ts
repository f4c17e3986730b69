import { USDMClient, WebsocketClient } from 'binance';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ExchangeServer } from '../../src/exchange/index.js';
import { API_KEY, API_SECRET, eventually, startLocalExchange } from './local-exchange.js';

let server: ExchangeServer;
beforeAll(async () => {
  server = await startLocalExchange({ market: 'usdm' });
});
afterAll(() => server.close());

const KEYS = { api_key: API_KEY, api_secret: API_SECRET };
const SILENT = { trace: () => {}, info: () => {}, error: () => {} };
/** The client warns on the console about ids without its broker's prefix. */
const ID = 'x-15PC4ZJy';
const symbol = 'BTCUSDT';

describe('binance USDMClient over REST', () => {
  let client: USDMClient;
  beforeAll(() => {
    client = new USDMClient({ ...KEYS, baseUrl: server.url });
  });

  test('rules, candles, mark price and funding', async () => {
    const { symbols } = await client.getExchangeInfo();
    expect(symbols[0]).toMatchObject({ symbol, contractType: 'PERPETUAL', status: 'TRADING' });
    expect(await client.getKlines({ symbol, interval: '1m', limit: 10 })).toHaveLength(10);
    expect(await client.getMarkPrice({ symbol })).toMatchObject({ symbol });
    expect((await client.getFundingRateHistory({ symbol })).length).toBeGreaterThan(3);
    expect(await client.getNotionalAndLeverageBrackets({ symbol })).toMatchObject({ symbol });
  });

  test('leverage, a position, a stop in the algo service, and the account', async () => {
    expect(await client.setLeverage({ symbol, leverage: 10 })).toMatchObject({ leverage: 10 });
    const bought = await client.submitNewOrder({
      symbol,
      side: 'BUY',
      type: 'MARKET',
      quantity: 0.05,
      newOrderRespType: 'RESULT',
      newClientOrderId: `${ID}-market`,
    });
    expect(bought).toMatchObject({ status: 'FILLED' });
    const [position] = await client.getPositionsV3({ symbol });
    expect(position).toMatchObject({ symbol, positionAmt: '0.05', positionSide: 'BOTH' });
    const mark = Number(position!.markPrice);
    const stop = await client.submitNewAlgoOrder({
      algoType: 'CONDITIONAL',
      symbol,
      side: 'SELL',
      type: 'STOP_MARKET',
      triggerPrice: (mark * 0.95).toFixed(1),
      closePosition: 'true',
      clientAlgoId: `${ID}-stop`,
    });
    expect(stop).toMatchObject({ algoStatus: 'NEW', closePosition: true });
    expect(await client.getOpenAlgoOrders({ symbol })).toHaveLength(1);
    expect(await client.getAccountInformationV3()).toMatchObject({
      positions: [{ symbol, positionAmt: '0.05' }],
    });
    await client.submitNewOrder({
      symbol,
      side: 'SELL',
      type: 'MARKET',
      quantity: 0.05,
      reduceOnly: 'true',
      newClientOrderId: `${ID}-close`,
    });
    expect(await client.getOpenAlgoOrders({ symbol })).toEqual([]);
    expect(await client.getAccountTrades({ symbol })).toHaveLength(2);
    expect(
      (await client.getIncomeHistory({ symbol })).map(({ incomeType }) => incomeType),
    ).toContain('COMMISSION');
  });

  test('an order rests and is cancelled; a refusal keeps its code', async () => {
    const { markPrice } = (await client.getMarkPrice({ symbol })) as { markPrice: string };
    const order = {
      symbol,
      side: 'BUY',
      type: 'LIMIT',
      timeInForce: 'GTC',
      quantity: 0.01,
      price: Number((Number(markPrice) * 0.97).toFixed(1)),
      newClientOrderId: `${ID}-limit`,
    } as const;
    expect(await client.submitNewOrder(order)).toMatchObject({ status: 'NEW' });
    const key = { symbol, origClientOrderId: `${ID}-limit` };
    expect(await client.getOrder(key)).toMatchObject({ status: 'NEW' });
    expect(await client.cancelOrder(key)).toMatchObject({ status: 'CANCELED' });
    await expect(client.cancelOrder(key)).rejects.toMatchObject({ code: -2011 });
    await expect(
      client.submitNewOrder({ symbol, side: 'SELL', type: 'STOP_MARKET' as never, quantity: 1 }),
    ).rejects.toMatchObject({ code: -4120 });
  });
});

describe('binance over routed streams', () => {
  test('candles arrive on a connection of the market class', async () => {
    const wsUrl = `${server.url.replace('http', 'ws')}/market/ws`;
    const client = new WebsocketClient({ ...KEYS, wsUrl }, SILENT);
    const frames: unknown[] = [];
    client.on('message', (data) => frames.push(data));
    client.on('exception', () => {});
    await client.subscribe([`${symbol.toLowerCase()}@kline_1m`], 'usdmMarket' as never);
    const isCandle = (data: unknown): boolean => (data as { e?: string }).e === 'kline';
    await eventually(() => frames.find(isCandle));
    client.closeAll(true);
  });
});
