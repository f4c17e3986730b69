import { createHash } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { candleSeriesFromRows } from '../../candles/index.js';
import { decimal, type Market } from '../../domain/index.js';
import {
  encodeQuery,
  hmacSigner,
  type RequestParameters,
  signedQuery,
  signedSocketParameters,
} from '../binance/signing.js';
import {
  type ExchangeServer,
  type ExchangeServerOptions,
  startExchangeServer,
} from './exchange-server.js';
import { fundingSchedule } from './funding-schedule.js';

const HOUR_MS = 3_600_000;
const DAY = Date.UTC(2025, 2, 1);
const START = DAY + 40 * 24 * HOUR_MS;
const SIGNER = hmacSigner('k'.repeat(64), 'secret');
const KEY = {
  apiKey: SIGNER.apiKey,
  secret: 'secret',
  canTrade: true,
  canWithdraw: false,
  isIpRestricted: true,
};

/** Hourly candles from DAY on, each one point higher than the one before. */
function candles(market: Market = 'usdm') {
  const rows = Array.from({ length: 24 * 60 }, (_, i) => {
    const open = 20_000 + i;
    return [DAY + i * HOUR_MS, open, open + 2, open - 2, open + 1, 10];
  });
  return candleSeriesFromRows({ symbol: 'BTCUSDT', market, timeframe: '1h' }, rows);
}

let server: ExchangeServer | undefined;
const sockets: WebSocket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.terminate();
  await server?.close();
  server = undefined;
});

async function start(options: Partial<ExchangeServerOptions> = {}): Promise<ExchangeServer> {
  server = await startExchangeServer({
    series: [candles()],
    startTime: START,
    pace: { kind: 'stepped' },
    keys: [KEY],
    balances: { USDT: decimal('10000') },
    ...options,
  });
  return server;
}

type Body = Record<string, unknown> & unknown[];

async function request(
  method: string,
  target: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: Body; headers: Headers }> {
  const response = await fetch(server!.url + target, { method, headers });
  const text = await response.text();
  const body = (text.startsWith('<') ? { text } : JSON.parse(text)) as Body;
  return { status: response.status, body, headers: response.headers };
}
const get = (path: string, parameters: RequestParameters = {}) =>
  request('GET', `${path}?${encodeQuery(parameters)}`);
const keyed = (method: string, path: string) =>
  request(method, path, { 'X-MBX-APIKEY': SIGNER.apiKey });
const signed = (method: string, path: string, parameters: RequestParameters = {}) =>
  request(method, `${path}?${signedQuery(SIGNER, { ...parameters, timestamp: server!.now() })}`, {
    'X-MBX-APIKEY': SIGNER.apiKey,
  });
async function control(path: string, body: unknown, method = 'POST'): Promise<Body> {
  const init = { method, body: JSON.stringify(body) };
  const response = await fetch(`${server!.url}/control/${path}`, init);
  expect(response.status).toBe(200);
  return (await response.json()) as Body;
}

/** A socket and everything it received so far. */
async function connect(path: string): Promise<{ socket: WebSocket; frames: Body[] }> {
  const socket = new WebSocket(server!.url.replace('http', 'ws') + path);
  sockets.push(socket);
  const frames: Body[] = [];
  socket.on('message', (data: Buffer) => frames.push(JSON.parse(data.toString()) as Body));
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  return { socket, frames };
}

async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 500 && !condition(); i++) await new Promise((wait) => setTimeout(wait, 5));
  expect(condition()).toBe(true);
}

const ORDER = { symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET', quantity: '0.1' };

describe('market data', () => {
  test('klines, mark price, funding and rules', async () => {
    await start({
      fundingRate: fundingSchedule({
        BTCUSDT: [{ time: START - 8 * HOUR_MS + 5, rate: decimal('0.0007') }],
      }),
    });
    server!.advanceTo(START + 1);
    const klines = await get('/fapi/v1/klines', { symbol: 'BTCUSDT', interval: '1h', limit: 2 });
    expect(klines.body.map((row) => (row as unknown[])[0])).toEqual([START - HOUR_MS, START]);
    expect(
      (await get('/fapi/v1/klines', { symbol: 'BTCUSDT', interval: '1h', limit: 1501 })).body,
    ).toEqual({
      code: -1130,
      msg: "Data sent for parameter 'limit' is not valid.",
    });
    expect((await get('/fapi/v1/premiumIndex', { symbol: 'BTCUSDT' })).body).toMatchObject({
      markPrice: '20960.00000000',
      lastFundingRate: '0.00010000',
      nextFundingTime: START + 8 * HOUR_MS,
    });
    const funding = await get('/fapi/v1/fundingRate', {
      symbol: 'BTCUSDT',
      startTime: START - 16 * HOUR_MS,
    });
    expect(funding.body).toMatchObject([
      { fundingTime: START - 16 * HOUR_MS, fundingRate: '0.00010000', markPrice: '20944.00000000' },
      { fundingTime: START - 8 * HOUR_MS, fundingRate: '0.00070000', rateType: 'Regular' },
      { fundingTime: START, fundingRate: '0.00010000' },
    ]);
    const { body } = await get('/fapi/v1/exchangeInfo', { symbol: 'NOPE' });
    expect(body.rateLimits).toEqual([
      { rateLimitType: 'REQUEST_WEIGHT', interval: 'MINUTE', intervalNum: 1, limit: 2400 },
      { rateLimitType: 'ORDERS', interval: 'SECOND', intervalNum: 10, limit: 300 },
      { rateLimitType: 'ORDERS', interval: 'MINUTE', intervalNum: 1, limit: 1200 },
    ]);
    expect(body.symbols).toMatchObject([{ symbol: 'BTCUSDT', contractType: 'PERPETUAL' }]);
  });

  test.each([
    ['/fapi/v1/depth', { symbol: 'BTCUSDT', limit: 3 }, -4021, '3 is not valid depth limit'],
    ['/fapi/v1/klines', { symbol: 'NOPE', interval: '1h' }, -1121, 'Invalid symbol.'],
    ['/fapi/v1/klines', { symbol: 'BTCUSDT', interval: '1s' }, -1120, 'Invalid interval.'],
  ])('%s %j answers as Binance does', async (path, parameters, code, msg) => {
    await start();
    expect((await get(path, parameters)).body).toEqual({ code, msg });
  });

  test('archives have a header and milliseconds', async () => {
    await start();
    const path = '/data/futures/um/daily/klines/BTCUSDT/1h/BTCUSDT-1h-2025-03-01.zip';
    const zip = Buffer.from(await (await fetch(server!.url + path)).arrayBuffer());
    const checksum = await (await fetch(`${server!.url}${path}.CHECKSUM`)).text();
    expect(checksum).toBe(
      `${createHash('sha256').update(zip).digest('hex')}  BTCUSDT-1h-2025-03-01.zip\n`,
    );
    expect((await fetch(server!.url + path.replace('futures/um', 'spot'))).status).toBe(404);
  });
});

describe('trading', () => {
  test('an order answers new by default and filled when asked for the result', async () => {
    await start();
    const acked = await signed('POST', '/fapi/v1/order', ORDER);
    expect(acked.body).toMatchObject({ status: 'NEW', executedQty: '0' });
    expect(acked.headers.get('x-mbx-order-count-10s')).toBe('1');
    expect(acked.headers.get('x-mbx-order-count-1m')).toBe('1');
    const full = await signed('POST', '/fapi/v1/order', { ...ORDER, newOrderRespType: 'RESULT' });
    expect(full.body).toMatchObject({ status: 'FILLED', executedQty: '0.1', avgPrice: '20960.1' });
    const risk = await signed('GET', '/fapi/v3/positionRisk');
    expect(risk.body).toMatchObject([
      { symbol: 'BTCUSDT', positionAmt: '0.2', positionSide: 'BOTH' },
    ]);
    expect((await signed('GET', '/fapi/v2/positionRisk')).body).toMatchObject([
      { leverage: '20', marginType: 'cross' },
    ]);
    const account = await signed('GET', '/fapi/v3/account');
    expect(account.body).toMatchObject({
      totalWalletBalance: '9997.90399',
      totalPositionInitialMargin: '209.6',
    });
    expect((await signed('GET', '/fapi/v1/userTrades', { symbol: 'BTCUSDT' })).body).toHaveLength(
      2,
    );
    expect(
      (await signed('GET', '/fapi/v1/income', { incomeType: 'COMMISSION' })).body,
    ).toMatchObject([{ income: '-1.048005', symbol: 'BTCUSDT' }, { income: '-1.048005' }]);
  });

  test('conditional orders go to the algo service', async () => {
    await start();
    await signed('POST', '/fapi/v1/order', ORDER);
    const stop = {
      symbol: 'BTCUSDT',
      side: 'SELL',
      type: 'STOP_MARKET',
      quantity: '0.1',
      stopPrice: '20000',
    };
    expect((await signed('POST', '/fapi/v1/order', stop)).body.code).toBe(-4120);
    const algo = {
      ...stop,
      algoType: 'CONDITIONAL',
      triggerPrice: '20000',
      reduceOnly: 'true',
      clientAlgoId: 's-1',
    };
    expect((await signed('POST', '/fapi/v1/algoOrder', algo)).body).toMatchObject({
      clientAlgoId: 's-1',
      algoStatus: 'NEW',
      activatePrice: '',
    });
    expect(
      (await signed('GET', '/fapi/v1/openAlgoOrders', { symbol: 'BTCUSDT' })).body,
    ).toHaveLength(1);
    await control('price', { symbol: 'BTCUSDT', price: '19999', jump: false });
    const { body } = await signed('GET', '/fapi/v1/algoOrder', { clientAlgoId: 's-1' });
    expect(body).toMatchObject({ algoStatus: 'FINISHED', actualPrice: '20000' });
    const order = await signed('GET', '/fapi/v1/order', {
      symbol: 'BTCUSDT',
      orderId: String(body.actualOrderId),
    });
    expect(order.body).toMatchObject({
      clientOrderId: 's-1',
      status: 'FILLED',
      executedQty: '0.1',
    });
    expect((await signed('DELETE', '/fapi/v1/algoOrder', { clientAlgoId: 's-1' })).body.code).toBe(
      -2011,
    );
  });

  test('forgotten orders leave no event and no query finds them', async () => {
    await start();
    await signed('POST', '/fapi/v1/order', ORDER);
    const rest = { symbol: 'BTCUSDT', side: 'SELL', reduceOnly: 'true', quantity: '0.1' };
    const limit = { ...rest, type: 'LIMIT', timeInForce: 'GTC', price: '30000' };
    const { body: placed } = await signed('POST', '/fapi/v1/order', limit);
    const stop = { ...rest, type: 'STOP_MARKET', algoType: 'CONDITIONAL', triggerPrice: '20000' };
    await signed('POST', '/fapi/v1/algoOrder', { ...stop, clientAlgoId: 's-1' });
    expect(await control('forget', { symbol: 'BTCUSDT' })).toEqual({ orders: 2 });
    for (const path of ['openOrders', 'openAlgoOrders'])
      expect((await signed('GET', `/fapi/v1/${path}`, { symbol: 'BTCUSDT' })).body).toEqual([]);
    const order = { symbol: 'BTCUSDT', orderId: String(placed.orderId) };
    expect((await signed('GET', '/fapi/v1/order', order)).body.code).toBe(-2013);
    expect((await signed('GET', '/fapi/v1/algoOrder', { clientAlgoId: 's-1' })).body.code).toBe(
      -2013,
    );
    // The price may reach them: nothing happens.
    await control('price', { symbol: 'BTCUSDT', price: '19000', jump: false });
    const { body: positions } = await signed('GET', '/fapi/v3/positionRisk', { symbol: 'BTCUSDT' });
    expect(positions).toMatchObject([{ positionAmt: '0.1' }]);
  });

  test('other account modes last until they are cleared', async () => {
    await start({ faults: [{ name: 'hedge-mode' }, { name: 'multi-assets' }] });
    const modes = { dualSidePosition: true, multiAssetsMargin: true };
    expect((await signed('GET', '/fapi/v1/accountConfig')).body).toMatchObject(modes);
    expect((await signed('POST', '/fapi/v1/order', ORDER)).body.code).toBe(-4061);
    await control('faults', {}, 'DELETE');
    expect((await signed('GET', '/fapi/v1/positionSide/dual')).body).toEqual({
      dualSidePosition: false,
    });
    expect((await signed('POST', '/fapi/v1/order', ORDER)).body.orderId).toBeGreaterThan(0);
  });

  test('leverage, margin type, position mode and brackets', async () => {
    await start();
    const symbol = 'BTCUSDT';
    expect((await signed('POST', '/fapi/v1/leverage', { symbol, leverage: 5 })).body).toEqual({
      symbol,
      leverage: 5,
      maxNotionalValue: '480000000',
    });
    expect(
      (await signed('POST', '/fapi/v1/marginType', { symbol, marginType: 'ISOLATED' })).body,
    ).toEqual({
      code: 200,
      msg: 'success',
    });
    expect(
      (await signed('POST', '/fapi/v1/marginType', { symbol, marginType: 'ISOLATED' })).body.code,
    ).toBe(-4046);
    expect(
      (await signed('POST', '/fapi/v1/positionSide/dual', { dualSidePosition: 'false' })).body.code,
    ).toBe(-4059);
    expect((await signed('GET', '/fapi/v1/symbolConfig', { symbol })).body).toEqual([
      {
        symbol,
        marginType: 'ISOLATED',
        isAutoAddMargin: false,
        leverage: 5,
        maxNotionalValue: '480000000',
      },
    ]);
    const { body } = await signed('GET', '/fapi/v1/leverageBracket', { symbol });
    expect((body.brackets as Body)[1]).toEqual({
      bracket: 2,
      initialLeverage: 100,
      notionalCap: 600_000,
      notionalFloor: 50_000,
      maintMarginRatio: 0.005,
      cum: 50,
    });
  });

  test('a batch mixes orders and errors', async () => {
    await start();
    const batchOrders = JSON.stringify([ORDER, { ...ORDER, quantity: '0' }]);
    expect((await signed('POST', '/fapi/v1/batchOrders', { batchOrders })).body).toMatchObject([
      { symbol: 'BTCUSDT', status: 'NEW' },
      { code: -4003 },
    ]);
  });

  test('the WebSocket API signs sorted parameters', async () => {
    await start();
    const { socket, frames } = await connect('/ws-fapi/v1');
    const params = signedSocketParameters(SIGNER, {
      ...ORDER,
      newOrderRespType: 'RESULT',
      timestamp: server!.now(),
    });
    socket.send(JSON.stringify({ id: 'a', method: 'order.place', params }));
    socket.send(
      JSON.stringify({
        id: 'b',
        method: 'userDataStream.start',
        params: { apiKey: SIGNER.apiKey },
      }),
    );
    socket.send(JSON.stringify({ id: 'c', method: 'userDataStream.subscribe.signature', params }));
    await until(() => frames.length === 3);
    expect(frames).toMatchObject([
      { id: 'a', status: 200, result: { status: 'FILLED' } },
      { id: 'b', status: 200, result: { listenKey: expect.stringMatching(/^\w{64}$/) as string } },
      { id: 'c', error: { code: -1135 } },
    ]);
  });
});

describe('user data', () => {
  const listenKey = async (method = 'POST'): Promise<string> =>
    String((await keyed(method, '/fapi/v1/listenKey')).body.listenKey);

  test('a listen key lives for an hour, is renewed, and ends with an event', async () => {
    await start();
    const key = await listenKey();
    expect(await listenKey()).toBe(key);
    const { frames } = await connect(`/private/ws/${key}`);
    server!.advanceTo(START + 50 * 60_000);
    expect(await listenKey('PUT')).toBe(key);
    server!.advanceTo(START + 100 * 60_000);
    await signed('POST', '/fapi/v1/order', ORDER);
    await until(() => frames.length === 4);
    expect(frames.map(({ e }) => e)).toEqual([
      'ORDER_TRADE_UPDATE',
      'TRADE_LITE',
      'ORDER_TRADE_UPDATE',
      'ACCOUNT_UPDATE',
    ]);
    server!.advanceTo(START + 111 * 60_000);
    expect((await keyed('PUT', '/fapi/v1/listenKey')).body).toEqual({
      code: -1125,
      msg: 'This listenKey does not exist.',
    });
    await until(() => frames.length === 5);
    expect(frames[4]).toMatchObject({ e: 'listenKeyExpired', listenKey: key });
    await signed('POST', '/fapi/v1/order', ORDER);
    expect(await listenKey()).not.toBe(key);
    expect(frames).toHaveLength(5);
  });

  test('the address may name the events that are wanted; combined frames name the key', async () => {
    await start();
    const key = await listenKey();
    const some = await connect(`/private/ws?listenKey=${key}&events=ALGO_UPDATE/ACCOUNT_UPDATE`);
    const combined = await connect(`/private/stream?streams=${key}`);
    const unknown = await connect('/private/ws/nobody');
    const late = await connect('/private/stream?streams=');
    late.socket.send(JSON.stringify({ method: 'SUBSCRIBE', params: [key], id: 1 }));
    await until(() => late.frames.length === 1);
    expect(late.frames[0]).toEqual({ result: null, id: 1 });
    await signed('POST', '/fapi/v1/order', ORDER);
    await until(() => some.frames.length === 1 && combined.frames.length === 4);
    expect(some.frames[0]).toMatchObject({
      e: 'ACCOUNT_UPDATE',
      a: { m: 'ORDER', P: [{ s: 'BTCUSDT', pa: '0.1', ps: 'BOTH' }] },
    });
    await until(() => late.frames.length === 5);
    expect(late.frames[1]).toEqual(combined.frames[0]);
    expect(combined.frames[0]).toMatchObject({ stream: key, data: { e: 'ORDER_TRADE_UPDATE' } });
    expect(unknown.frames).toEqual([]);
  });

  test('funding arrives when the clock passes its hour, without any trade', async () => {
    await start();
    await signed('POST', '/fapi/v1/order', ORDER);
    server!.advanceTo(START + 8 * HOUR_MS - 1);
    const { frames } = await connect(`/private/ws/${await listenKey()}`);
    server!.advanceTo(START + 8 * HOUR_MS);
    await until(() => frames.some(({ a }) => (a as Body | undefined)?.m === 'FUNDING_FEE'));
    expect(server!.usdmState.income.at(-1)).toMatchObject({
      type: 'FUNDING_FEE',
      // The mark price is the close of the hour before: 20968.
      amount: decimal('-0.20968'),
    });
  });

  test('losing, delaying and doubling strike by type, status and reason', async () => {
    const faults = [
      { name: 'event-lost', match: 'TRADE_LITE' },
      { name: 'event-twice', match: 'ACCOUNT_UPDATE ORDER' },
      { name: 'event-delayed', match: 'ORDER_TRADE_UPDATE NEW', value: 60 },
    ] as const;
    await start({ faults });
    const { frames } = await connect(`/private/ws/${await listenKey()}`);
    await signed('POST', '/fapi/v1/order', ORDER);
    await until(() => frames.length === 4);
    expect(frames.map(({ e, o }) => [e, (o as Body | undefined)?.x].join(' '))).toEqual([
      'ORDER_TRADE_UPDATE TRADE',
      'ACCOUNT_UPDATE ',
      'ACCOUNT_UPDATE ',
      'ORDER_TRADE_UPDATE NEW',
    ]);
  });
});

describe('streams', () => {
  test('each class of connections has its streams; an unrouted one stays silent for the others', async () => {
    await start();
    const kline = 'btcusdt@kline_1h';
    const market = await connect(`/market/stream?streams=${kline}/btcusdt@markPrice@1s`);
    const publicOne = await connect(`/public/ws/btcusdt@bookTicker/${kline}`);
    const unrouted = await connect(`/ws/${kline}`);
    server!.advanceTo(START + HOUR_MS);
    await until(() => market.frames.length > 3 && publicOne.frames.length > 0);
    const closed = market.frames.find(
      ({ data }) => ((data as Body).k as Body | undefined)?.x === true,
    );
    expect(closed).toMatchObject({
      stream: kline,
      data: { e: 'kline', s: 'BTCUSDT', k: { t: START } },
    });
    expect(market.frames.map(({ data }) => (data as Body).e)).toContain('markPriceUpdate');
    expect(publicOne.frames.every(({ e }) => e === 'bookTicker')).toBe(true);
    expect(publicOne.frames[0]).toMatchObject({ s: 'BTCUSDT', E: expect.any(Number) as number });
    expect(unrouted.frames).toEqual([]);
  });

  test('a mark price of its own releases stops that go by it', async () => {
    await start();
    await signed('POST', '/fapi/v1/order', ORDER);
    const close = { symbol: 'BTCUSDT', side: 'SELL', type: 'STOP_MARKET', algoType: 'CONDITIONAL' };
    await signed('POST', '/fapi/v1/algoOrder', {
      ...close,
      closePosition: 'true',
      triggerPrice: '20500',
      workingType: 'MARK_PRICE',
    });
    await control('price', { symbol: 'BTCUSDT', price: '20960', jump: true });
    await control('mark', { symbol: 'BTCUSDT', price: '20500' });
    expect((await signed('GET', '/fapi/v3/positionRisk')).body).toEqual([]);
  });
});

describe('both markets on one port', () => {
  test('have their own accounts, limits and streams', async () => {
    await start({ series: [candles('spot'), candles('usdm')] });
    await signed('POST', '/api/v3/order', ORDER);
    await signed('POST', '/fapi/v1/order', ORDER);
    expect(server!.state.balances.BTC?.free).toBe(decimal('0.0999'));
    expect(server!.usdmState.positions.BTCUSDT?.quantity).toBe(decimal('0.1'));
    const spot = await connect('/ws/btcusdt@kline_1h');
    const usdm = await connect('/market/ws/btcusdt@kline_1h');
    server!.advanceTo(START + HOUR_MS);
    await until(() => spot.frames.length > 3 && usdm.frames.length > 3);
    expect(spot.frames.length).toBe(usdm.frames.length);
    const status = await request('GET', '/control/status');
    expect(status.body).toMatchObject({ markets: ['spot', 'usdm'] });
    const state = await request('GET', '/control/state?market=usdm');
    expect(state.body).toHaveProperty('positions.BTCUSDT');
  });
});
