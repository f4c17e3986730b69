import { Spot, TimeUnit } from '@binance/spot';
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

const KEYS = { apiKey: API_KEY, apiSecret: API_SECRET };

function clientOf(exchange: ExchangeServer, timeUnit: TimeUnit = TimeUnit.MILLISECOND): Spot {
  const sockets = exchange.url.replace('http', 'ws');
  return new Spot({
    configurationRestAPI: { ...KEYS, basePath: exchange.url, timeUnit },
    configurationWebsocketAPI: { ...KEYS, wsURL: `${sockets}/ws-api/v3`, timeUnit },
    configurationWebsocketStreams: { wsURL: sockets, timeUnit },
  });
}

describe('@binance/spot over REST', () => {
  test('rules, candles, prices and the used weight', async () => {
    const { restAPI } = clientOf(server);
    const info = await restAPI.exchangeInfo({ symbol: 'BTCUSDT' });
    expect((await info.data()).symbols?.[0]).toMatchObject({ symbol: 'BTCUSDT' });
    expect(info.rateLimits).toContainEqual(
      expect.objectContaining({
        rateLimitType: 'REQUEST_WEIGHT',
        interval: 'MINUTE',
        intervalNum: 1,
      }),
    );
    const candles = await (
      await restAPI.klines({ symbol: 'BTCUSDT', interval: '1m' as never, limit: 10 })
    ).data();
    expect(candles).toHaveLength(10);
    expect(Number(candles[9]![0]) - Number(candles[0]![0])).toBe(9 * 60_000);
    const trades = await (await restAPI.getTrades({ symbol: 'BTCUSDT', limit: 1 })).data();
    expect(trades[0]).toMatchObject({ isBestMatch: true });
  });

  test('an order is placed, queried and cancelled; a market order is filled', async () => {
    const { restAPI } = clientOf(server);
    const { price } = await (await restAPI.avgPrice({ symbol: 'BTCUSDT' })).data();
    const placed = await (
      await restAPI.newOrder({
        symbol: 'BTCUSDT',
        side: 'BUY' as never,
        type: 'LIMIT' as never,
        timeInForce: 'GTC' as never,
        quantity: 0.01,
        price: Number((Number(price) * 0.9).toFixed(2)),
        newClientOrderId: 'spot-limit',
      })
    ).data();
    expect(placed).toMatchObject({ status: 'NEW', clientOrderId: 'spot-limit' });
    const key = { symbol: 'BTCUSDT', origClientOrderId: 'spot-limit' };
    expect(await (await restAPI.getOrder(key)).data()).toMatchObject({ status: 'NEW' });
    expect(await (await restAPI.getOpenOrders({ symbol: 'BTCUSDT' })).data()).toHaveLength(1);
    expect(await (await restAPI.deleteOrder(key)).data()).toMatchObject({ status: 'CANCELED' });
    const bought = await (
      await restAPI.newOrder({
        symbol: 'BTCUSDT',
        side: 'BUY' as never,
        type: 'MARKET' as never,
        quantity: 0.01,
      })
    ).data();
    expect(bought.fills?.[0]).toMatchObject({ commissionAsset: 'BTC', commission: '0.00001000' });
    const { balances } = await (await restAPI.getAccount({ omitZeroBalances: true })).data();
    expect(balances?.map(({ asset }) => asset).sort()).toEqual(['BTC', 'USDT']);
    expect(await (await restAPI.myTrades({ symbol: 'BTCUSDT' })).data()).toHaveLength(1);
  });

  test('times in microseconds', async () => {
    const { restAPI } = clientOf(server, TimeUnit.MICROSECOND);
    const { serverTime } = await (await restAPI.time()).data();
    expect(Math.abs(Number(serverTime) / 1_000 - Date.now())).toBeLessThan(60_000);
    const [candle] = await (
      await restAPI.klines({ symbol: 'BTCUSDT', interval: '1m' as never, limit: 1 })
    ).data();
    expect(Number(candle![6]) - Number(candle![0])).toBe(59_999_999);
    expect((await (await restAPI.getAccount()).data()).updateTime).toBeGreaterThan(1e15);
  });

  test('a refusal is a typed error', async () => {
    const { restAPI } = clientOf(server);
    await expect(restAPI.getOrder({ symbol: 'BTCUSDT', orderId: 123 })).rejects.toThrow(
      'Order does not exist.',
    );
  });
});

describe('@binance/spot over WebSocket', () => {
  test.each([
    [TimeUnit.MILLISECOND, 60_000],
    [TimeUnit.MICROSECOND, 60_000_000],
  ])('candles form and end, times in %s', async (timeUnit, minute) => {
    const other = await startLocalExchange({ startTime: beforeMinuteEnd(1_500) });
    const connection = await clientOf(other, timeUnit).websocketStreams.connect();
    const frames: { x: boolean; t: number }[] = [];
    connection
      .kline({ symbol: 'btcusdt', interval: '1m' as never })
      .on('message', ({ k }) => void frames.push(k as unknown as (typeof frames)[0]));
    const ended = await eventually(() => frames.find(({ x }) => x));
    await eventually(() => frames.find(({ t }) => Number(t) === Number(ended.t) + minute));
    await connection.disconnect();
    await other.close();
  });

  test('orders over the WebSocket API, and their events', async () => {
    const connection = await clientOf(server).websocketAPI.connect();
    const { stream } = await connection.userDataStreamSubscribeSignature();
    const events: Record<string, unknown>[] = [];
    stream.on('message', (event) => void events.push(event as unknown as Record<string, unknown>));
    const ticker = await connection.tickerPrice({ symbol: 'ETHUSDT' });
    const price = Number((ticker.data as { price?: string }).price);
    const placed = await connection.orderPlace({
      symbol: 'ETHUSDT',
      side: 'BUY' as never,
      type: 'LIMIT' as never,
      timeInForce: 'GTC' as never,
      quantity: 0.01,
      price: Number((price * 0.95).toFixed(2)),
      newClientOrderId: 'spot-ws',
    });
    expect(placed.data).toMatchObject({ status: 'NEW' });
    expect(placed.rateLimits).not.toHaveLength(0);
    const query = { symbol: 'ETHUSDT', origClientOrderId: 'spot-ws' };
    expect((await connection.orderStatus(query)).data).toMatchObject({ status: 'NEW' });
    await eventually(() => events.find(({ c, x }) => c === 'spot-ws' && x === 'NEW'));
    await setPrice(server, 'ETHUSDT', price * 0.94);
    await eventually(() => events.find(({ c, x }) => c === 'spot-ws' && x === 'TRADE'));
    await expect(connection.orderCancel(query)).rejects.toMatchObject({ code: -2011 });
    await connection.disconnect();
  });
});
