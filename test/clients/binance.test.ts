import { MainClient, WebsocketAPIClient, WebsocketClient } from 'binance';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ExchangeServer } from '../../src/exchange/index.js';
import {
  API_KEY,
  API_SECRET,
  beforeMinuteEnd,
  eventually,
  setPrice,
  startLocalExchange,
} from './local-exchange.js';

let server: ExchangeServer;
beforeAll(async () => {
  server = await startLocalExchange();
});
afterAll(() => server.close());

const KEYS = { api_key: API_KEY, api_secret: API_SECRET };
const SILENT = { trace: () => {}, info: () => {}, error: () => {} };
/** The client warns on the console about ids without its broker's prefix. */
const ID = 'x-U5D79M5B';
const socketUrl = (target: ExchangeServer) => target.url.replace('http', 'ws');

describe('binance over REST', () => {
  let client: MainClient;
  beforeAll(() => {
    client = new MainClient({ ...KEYS, baseUrl: server.url });
  });

  test('rules, candles and prices', async () => {
    const { symbols } = await client.getExchangeInfo({ symbol: 'BTCUSDT' });
    expect(symbols[0]).toMatchObject({ symbol: 'BTCUSDT', baseAsset: 'BTC', status: 'TRADING' });
    const candles = await client.getKlines({ symbol: 'BTCUSDT', interval: '1m', limit: 10 });
    expect(candles).toHaveLength(10);
    for (let i = 1; i < candles.length; i++) {
      expect(candles[i]![0] - candles[i - 1]![0]).toBe(60_000);
    }
    expect(await client.getAvgPrice({ symbol: 'BTCUSDT' })).toMatchObject({ mins: 5 });
    expect(await client.get24hrChangeStatistics({ symbol: 'BTCUSDT' })).toMatchObject({
      symbol: 'BTCUSDT',
    });
    expect(await client.getRecentTrades({ symbol: 'BTCUSDT', limit: 1 })).toHaveLength(1);
  });

  test('an order is tested, placed, queried and cancelled; another one is filled', async () => {
    const { price } = (await client.getAvgPrice({ symbol: 'BTCUSDT' })) as { price: string };
    const order = {
      symbol: 'BTCUSDT',
      side: 'BUY',
      type: 'LIMIT',
      timeInForce: 'GTC',
      quantity: '0.01' as unknown as number,
      price: (Number(price) * 0.9).toFixed(2) as unknown as number,
      newClientOrderId: `${ID}-limit`,
    } as const;
    expect(await client.testNewOrder(order)).toEqual({});
    expect(await client.submitNewOrder(order)).toMatchObject({ status: 'NEW' });
    const key = { symbol: 'BTCUSDT', origClientOrderId: `${ID}-limit` };
    expect(await client.getOrder(key)).toMatchObject({ status: 'NEW', isWorking: true });
    expect(await client.getOpenOrders({ symbol: 'BTCUSDT' })).toHaveLength(1);
    expect(await client.cancelOrder(key)).toMatchObject({ status: 'CANCELED' });
    const bought = await client.submitNewOrder({
      symbol: 'BTCUSDT',
      side: 'BUY',
      type: 'MARKET',
      quoteOrderQty: 100,
      newClientOrderId: `${ID}-market`,
    });
    expect(bought).toMatchObject({ status: 'FILLED' });
    expect(await client.getAccountTradeList({ symbol: 'BTCUSDT' })).toHaveLength(1);
    const { balances } = await client.getAccountInformation({ omitZeroBalances: true });
    expect(balances.map(({ asset }) => asset).sort()).toEqual(['BTC', 'USDT']);
  });

  test('a refusal keeps its code', async () => {
    const refused = client.getOrder({ symbol: 'BTCUSDT', orderId: 123 });
    await expect(refused).rejects.toMatchObject({ code: -2013 });
  });
});

describe('binance over WebSocket', () => {
  test('candles form and end', async () => {
    const other = await startLocalExchange({ startTime: beforeMinuteEnd(1_500) });
    const client = new WebsocketClient({ wsUrl: socketUrl(other) }, SILENT);
    const frames: { k: { x: boolean; t: number } }[] = [];
    client.on('message', (data) => {
      if ('e' in data && data.e === 'kline') frames.push(data as unknown as (typeof frames)[0]);
    });
    client.on('exception', () => {});
    await client.subscribe(['btcusdt@kline_1m'], 'main');
    const ended = await eventually(() => frames.find(({ k }) => k.x));
    await eventually(() => frames.find(({ k }) => k.t === ended.k.t + 60_000));
    client.closeAll(true);
    await other.close();
  });

  test('orders over the WebSocket API, their events, and both again after a lost connection', async () => {
    const client = new WebsocketAPIClient(
      {
        ...KEYS,
        wsUrl: socketUrl(server),
        attachEventListeners: false,
        muteLatencyWarning: true,
        resubscribeUserDataStreamDelaySeconds: 0.1,
        reconnectTimeout: 100,
      },
      SILENT,
    );
    const events: Record<string, unknown>[] = [];
    const sockets = client.getWSClient();
    for (const name of ['message', 'formattedUserDataMessage'] as const) {
      sockets.on(name, (data: unknown) => {
        const message = data as { e?: string; event?: Record<string, unknown> };
        const event = message.event ?? (data as Record<string, unknown>);
        if (event.e === 'executionReport') events.push(event);
      });
    }
    sockets.on('exception', () => {});
    await client.subscribeUserDataStream('mainWSAPI');
    const { result } = await client.getSpotSymbolPriceTicker({ symbol: 'ETHUSDT' });
    const price = Number((result as { price: string }).price);
    const place = (id: string, factor: number) => {
      // The type of the client lacks the timestamp that the request needs.
      const order = {
        symbol: 'ETHUSDT',
        side: 'BUY',
        type: 'LIMIT',
        timeInForce: 'GTC',
        quantity: '0.01',
        price: (price * factor).toFixed(2),
        newClientOrderId: `${ID}${id}`,
        timestamp: Date.now(),
      } as const;
      return client.submitNewSpotOrder(order);
    };
    const event = (id: string, x: string) =>
      eventually(() => events.find((one) => one.c === `${ID}${id}` && one.x === x));
    expect((await place('a', 0.95)).result).toMatchObject({ status: 'NEW' });
    await event('a', 'NEW');
    await setPrice(server, 'ETHUSDT', price * 0.94);
    await event('a', 'TRADE');
    await fetch(`${server.url}/control/sockets`, {
      method: 'POST',
      body: JSON.stringify({ action: 'drop', kind: 'user' }),
    });
    await eventually(() => (statusOf(server) === 1 ? true : undefined));
    expect((await place('b', 0.9)).result).toMatchObject({ status: 'NEW' });
    await event('b', 'NEW');
    const cancelled = await client.cancelSpotOrder({
      symbol: 'ETHUSDT',
      origClientOrderId: `${ID}b`,
      timestamp: Date.now(),
    });
    expect(cancelled.result).toMatchObject({ status: 'CANCELED' });
    await eventually(() => events.find((one) => one.C === `${ID}b` && one.x === 'CANCELED'));
    await client.disconnectAll();
  });
});

/** User subscriptions that the exchange has. */
function statusOf(exchange: ExchangeServer): unknown {
  return (exchange as unknown as { status(): { userSubscriptions: number } }).status()
    .userSubscriptions;
}
