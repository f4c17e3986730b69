import ccxt from 'ccxt';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ExchangeServer } from '../../src/exchange/index.js';
import { redirectCcxt } from './ccxt-addresses.mjs';
import { API_KEY, API_SECRET, setPrice, startLocalExchange } from './local-exchange.js';

let server: ExchangeServer;
beforeAll(async () => {
  server = await startLocalExchange({ market: 'usdm' });
});
afterAll(() => server.close());

const SYMBOL = 'BTC/USDT:USDT';
const OPTIONS = {
  apiKey: API_KEY,
  secret: API_SECRET,
  options: {
    fetchMarkets: { types: ['linear'] },
    fetchCurrencies: false,
    fetchMargins: false,
    defaultType: 'swap',
  },
};

describe('ccxt on USD-M over REST', () => {
  const client = new ccxt.binanceusdm(OPTIONS);
  beforeAll(() => redirectCcxt(client, server.url));

  test('markets with their rules', async () => {
    await client.loadMarkets();
    expect(client.symbols).toEqual(['BTC/USDT:USDT', 'ETH/USDT:USDT']);
    expect(client.market(SYMBOL)).toMatchObject({
      id: 'BTCUSDT',
      active: true,
      swap: true,
      linear: true,
      settle: 'USDT',
      precision: { amount: 0.001, price: 0.1 },
      limits: { cost: { min: 50 } },
    });
  });

  test('candles, ticker, book, mark price and funding', async () => {
    const candles = await client.fetchOHLCV(SYMBOL, '1m', undefined, 10);
    expect(candles).toHaveLength(10);
    expect(await client.fetchOHLCV(SYMBOL, '1m', undefined, 10, { price: 'mark' })).toHaveLength(
      10,
    );
    const ticker = await client.fetchTicker(SYMBOL);
    expect(ticker.last!).toBeGreaterThan(0);
    const book = await client.fetchOrderBook(SYMBOL, 5);
    expect(book.bids[0]![0]!).toBeLessThan(book.asks[0]![0]!);
    const funding = await client.fetchFundingRate(SYMBOL);
    expect(funding).toMatchObject({ symbol: SYMBOL, fundingRate: 0.0001 });
    expect(funding.markPrice).toBeCloseTo(ticker.last!, -2);
    const history = await client.fetchFundingRateHistory(SYMBOL);
    expect(history.length).toBeGreaterThan(3);
  });

  test('leverage, margin mode, brackets and position mode', async () => {
    expect(await client.setLeverage(10, SYMBOL)).toMatchObject({ leverage: 10 });
    expect(await client.setMarginMode('isolated', SYMBOL)).toMatchObject({ code: 200 });
    await client.setMarginMode('cross', SYMBOL);
    expect(await client.fetchPositionMode()).toMatchObject({ hedged: false });
    const tiers = await client.fetchLeverageTiers([SYMBOL]);
    expect(tiers[SYMBOL]![0]).toMatchObject({ maxLeverage: 125, maintenanceMarginRate: 0.004 });
  });

  test('a position is opened, seen, and closed by a reduce-only order', async () => {
    const order = await client.createOrder(SYMBOL, 'market', 'buy', 0.05);
    expect(order).toMatchObject({ status: 'closed', filled: 0.05, remaining: 0 });
    const [position] = await client.fetchPositions([SYMBOL]);
    expect(position).toMatchObject({
      symbol: SYMBOL,
      side: 'long',
      contracts: 0.05,
      hedged: false,
    });
    expect(position!.liquidationPrice ?? 0).toBeGreaterThanOrEqual(0);
    const trades = await client.fetchMyTrades(SYMBOL);
    expect(trades.at(-1)).toMatchObject({ order: order.id, fee: { currency: 'USDT' } });
    const balance = await client.fetchBalance();
    expect(balance.USDT!.total).toBeLessThan(10_000);
    await client.createOrder(SYMBOL, 'market', 'sell', 0.05, undefined, { reduceOnly: true });
    expect(await client.fetchPositions([SYMBOL])).toEqual([]);
    await expect(
      client.createOrder(SYMBOL, 'market', 'sell', 0.05, undefined, { reduceOnly: true }),
    ).rejects.toThrow('-2022');
  });

  test('an order is placed, queried, listed and cancelled', async () => {
    const { last } = await client.fetchTicker(SYMBOL);
    const price = Number(client.priceToPrecision(SYMBOL, last! * 0.97));
    const placed = await client.createOrder(SYMBOL, 'limit', 'buy', 0.02, price, {
      newClientOrderId: 'ccxt-limit',
    });
    expect(placed).toMatchObject({ status: 'open', clientOrderId: 'ccxt-limit', price });
    expect(await client.fetchOrder(placed.id!, SYMBOL)).toMatchObject({ remaining: 0.02 });
    expect((await client.fetchOpenOrders(SYMBOL)).map(({ id }) => id)).toEqual([placed.id]);
    expect(await client.cancelOrder(placed.id!, SYMBOL)).toMatchObject({ status: 'canceled' });
    await client.createOrder(SYMBOL, 'limit', 'buy', 0.02, price);
    await client.cancelAllOrders(SYMBOL);
    expect(await client.fetchOpenOrders(SYMBOL)).toEqual([]);
  });

  test('a stop goes to the algo service, is listed, and is released by the market', async () => {
    await client.createOrder(SYMBOL, 'market', 'buy', 0.05);
    const { last } = await client.fetchTicker(SYMBOL);
    const stopLossPrice = Number(client.priceToPrecision(SYMBOL, last! * 0.95));
    const stop = await client.createOrder(SYMBOL, 'market', 'sell', 0.05, undefined, {
      stopLossPrice,
      reduceOnly: true,
    });
    expect(stop).toMatchObject({ status: 'open', triggerPrice: stopLossPrice });
    const open = await client.fetchOpenOrders(SYMBOL, undefined, undefined, { trigger: true });
    expect(open.map(({ id }) => id)).toEqual([stop.id]);
    await setPrice(server, 'BTCUSDT', last! * 0.94);
    expect(await client.fetchPositions([SYMBOL])).toEqual([]);
    const again = await client.createOrder(SYMBOL, 'market', 'sell', 0.05, undefined, {
      stopLossPrice: Number(client.priceToPrecision(SYMBOL, last! * 0.8)),
    });
    await client.cancelOrder(again.id!, SYMBOL, { trigger: true });
    expect(await client.fetchOpenOrders(SYMBOL, undefined, undefined, { trigger: true })).toEqual(
      [],
    );
  });

  test('refusals become the right errors of ccxt', async () => {
    // ccxt chooses its table of errors by the address, which is another one here: the codes are what counts.
    await expect(client.createOrder(SYMBOL, 'market', 'buy', 50)).rejects.toThrow('-2019');
    await expect(client.cancelOrder('123456789', SYMBOL)).rejects.toThrow(ccxt.OrderNotFound);
  });
});

describe('ccxt on USD-M over WebSocket', () => {
  test('candles, own orders and positions are watched', async () => {
    const client = new ccxt.pro.binanceusdm(OPTIONS);
    redirectCcxt(client, server.url);
    await client.loadHttpProxyAgent();
    await client.loadMarkets();
    const candles = await client.watchOHLCV(SYMBOL, '1m');
    expect(candles[0]![4]!).toBeGreaterThan(0);
    const watched = client.watchOrders('ETH/USDT:USDT');
    await new Promise((wait) => setTimeout(wait, 800));
    const { last } = await client.fetchTicker('ETH/USDT:USDT');
    const price = Number(client.priceToPrecision('ETH/USDT:USDT', last! * 0.98));
    const { id } = await client.createOrder('ETH/USDT:USDT', 'limit', 'buy', 0.01, price);
    expect((await watched).map((order) => [order.id, order.status])).toContainEqual([id, 'open']);
    const next = client.watchOrders('ETH/USDT:USDT');
    await setPrice(server, 'ETHUSDT', price * 0.99);
    expect((await next).map((order) => [order.id, order.status])).toContainEqual([id, 'closed']);
    await client.close();
  });
});
