import ccxt from 'ccxt';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ExchangeServer } from '../../src/exchange/index.js';
import { redirectCcxt } from './ccxt-addresses.mjs';
import {
  API_KEY,
  API_SECRET,
  beforeMinuteEnd,
  setPrice,
  startLocalExchange,
} from './local-exchange.js';

let server: ExchangeServer;
beforeAll(async () => {
  server = await startLocalExchange();
});
afterAll(() => server.close());

const OPTIONS = {
  apiKey: API_KEY,
  secret: API_SECRET,
  options: {
    fetchMarkets: { types: ['spot'] },
    fetchCurrencies: false,
    fetchMargins: false,
    defaultType: 'spot',
  },
};

describe('ccxt over REST', () => {
  const client = new ccxt.binance(OPTIONS);
  beforeAll(() => redirectCcxt(client, server.url));

  test('markets with their rules', async () => {
    await client.loadMarkets();
    expect(client.symbols).toEqual(['BTC/USDT', 'ETH/USDT']);
    expect(client.market('BTC/USDT')).toMatchObject({
      id: 'BTCUSDT',
      active: true,
      spot: true,
      precision: { amount: 0.00001, price: 0.01 },
      limits: { cost: { min: 5 }, amount: { min: 0.00001, max: 9000 } },
    });
  });

  test('candles, ticker and book', async () => {
    const since = Math.floor(Date.now() / 60_000 - 100) * 60_000;
    const candles = await client.fetchOHLCV('BTC/USDT', '1m', since, 10);
    expect(candles.map(([time]) => time)).toEqual(
      Array.from({ length: 10 }, (_, i) => since + i * 60_000),
    );
    for (const [, open, high, low, close, volume] of candles) {
      expect(high!).toBeGreaterThanOrEqual(Math.max(open!, close!));
      expect(low!).toBeLessThanOrEqual(Math.min(open!, close!));
      expect(volume!).toBeGreaterThan(0);
    }
    const hours = await client.fetchOHLCV('BTC/USDT', '1h');
    expect(hours.length).toBeGreaterThan(40);
    const ticker = await client.fetchTicker('BTC/USDT');
    expect(ticker.ask! - ticker.bid!).toBeCloseTo(0.01, 6);
    expect(Object.keys(await client.fetchTickers(['BTC/USDT', 'ETH/USDT']))).toHaveLength(2);
    const book = await client.fetchOrderBook('BTC/USDT', 5);
    expect(book.bids[0]![0]!).toBeLessThan(book.asks[0]![0]!);
    const trades = await client.fetchTrades('BTC/USDT', undefined, 5);
    expect(trades.length).toBeGreaterThan(0);
    for (const { price, amount } of trades) expect(price! * amount!).toBeGreaterThan(0);
  });

  test('a market order is filled and its commission known', async () => {
    const order = await client.createOrder('BTC/USDT', 'market', 'buy', 0.01);
    expect(order).toMatchObject({ status: 'closed', filled: 0.01, remaining: 0 });
    expect((order as unknown as { fees: unknown[] }).fees[0]).toMatchObject({
      currency: 'BTC',
      cost: 0.00001,
    });
    const trades = await client.fetchMyTrades('BTC/USDT');
    expect(trades.map(({ order: id }) => id)).toContain(order.id);
    const balance = await client.fetchBalance();
    expect(balance.BTC!.total).toBeCloseTo(1.00999, 8);
    expect((await client.fetchTradingFee('BTC/USDT')).taker).toBe(0.001);
  });

  test('an order is placed, queried, listed and cancelled', async () => {
    const { bid } = await client.fetchTicker('BTC/USDT');
    const price = Number(client.priceToPrecision('BTC/USDT', bid! * 0.9));
    const placed = await client.createOrder('BTC/USDT', 'limit', 'buy', 0.02, price, {
      newClientOrderId: 'ccxt-limit',
    });
    expect(placed).toMatchObject({ status: 'open', clientOrderId: 'ccxt-limit', price });
    expect(await client.fetchOrder(placed.id!, 'BTC/USDT')).toMatchObject({
      status: 'open',
      remaining: 0.02,
      timeInForce: 'GTC',
    });
    expect((await client.fetchOpenOrders('BTC/USDT')).map(({ id }) => id)).toEqual([placed.id]);
    expect(await client.cancelOrder(placed.id!, 'BTC/USDT')).toMatchObject({ status: 'canceled' });
    expect(await client.fetchOpenOrders('BTC/USDT')).toEqual([]);
    expect(await client.fetchOrders('BTC/USDT')).not.toHaveLength(0);
    await client.createOrder('BTC/USDT', 'limit', 'buy', 0.02, price);
    expect(await client.cancelAllOrders('BTC/USDT')).toHaveLength(1);
  });

  test('a stop order and an edit', async () => {
    const { bid } = await client.fetchTicker('BTC/USDT');
    const at = (factor: number) => Number(client.priceToPrecision('BTC/USDT', bid! * factor));
    const stop = await client.createOrder('BTC/USDT', 'limit', 'sell', 0.01, at(0.8), {
      stopLossPrice: at(0.85),
    });
    expect(await client.fetchOrder(stop.id!, 'BTC/USDT')).toMatchObject({
      status: 'open',
      type: 'limit',
      triggerPrice: at(0.85),
    });
    await client.cancelOrder(stop.id!, 'BTC/USDT');
    const first = await client.createOrder('BTC/USDT', 'limit', 'buy', 0.02, at(0.9));
    const second = await client.editOrder(first.id!, 'BTC/USDT', 'limit', 'buy', 0.02, at(0.91));
    expect(second.id).not.toBe(first.id);
    expect((await client.fetchOrder(first.id!, 'BTC/USDT')).status).toBe('canceled');
    await client.cancelOrder(second.id!, 'BTC/USDT');
  });

  test('refusals become the right errors of ccxt', async () => {
    await expect(client.createOrder('BTC/USDT', 'market', 'buy', 5)).rejects.toThrow(
      ccxt.InsufficientFunds,
    );
    await expect(client.cancelOrder('123456789', 'BTC/USDT')).rejects.toThrow(ccxt.OrderNotFound);
    await expect(client.fetchOrder('123456789', 'BTC/USDT')).rejects.toThrow(ccxt.OrderNotFound);
    const stranger = new ccxt.binance({ ...OPTIONS, secret: 'wrong' });
    redirectCcxt(stranger, server.url);
    await stranger.loadMarkets();
    await expect(stranger.fetchBalance()).rejects.toThrow(ccxt.AuthenticationError);
  });
});

describe('ccxt over WebSocket', () => {
  test('candles and own orders are watched', async () => {
    const client = new ccxt.pro.binance(OPTIONS);
    redirectCcxt(client, server.url);
    await client.loadHttpProxyAgent();
    await client.loadMarkets();
    const candles = await client.watchOHLCV('BTC/USDT', '1m');
    expect(candles[0]![4]!).toBeGreaterThan(0);
    const { last } = await client.fetchTicker('ETH/USDT');
    const watched = client.watchOrders('ETH/USDT');
    await new Promise((wait) => setTimeout(wait, 500));
    const price = Number(client.priceToPrecision('ETH/USDT', last! * 0.95));
    const { id } = await client.createOrder('ETH/USDT', 'limit', 'buy', 0.01, price);
    expect((await watched).map((order) => [order.id, order.status])).toContainEqual([id, 'open']);
    const next = client.watchOrders('ETH/USDT');
    await setPrice(server, 'ETH/USDT'.replace('/', ''), price * 0.99);
    expect((await next).map((order) => [order.id, order.status])).toContainEqual([id, 'closed']);
    await client.close();
  });

  test('the candle that ends and the one that begins', async () => {
    const other = await startLocalExchange({ startTime: beforeMinuteEnd(1_500) });
    const client = new ccxt.pro.binance(OPTIONS);
    redirectCcxt(client, other.url);
    await client.loadHttpProxyAgent();
    const seen = new Set<number>();
    while (seen.size < 2) {
      for (const [time] of await client.watchOHLCV('BTC/USDT', '1m')) seen.add(time!);
    }
    const [first, second] = [...seen];
    expect(second! - first!).toBe(60_000);
    await client.close();
    await other.close();
  });
});
