import { createHash, generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { candleSeriesFromRows } from '../../candles/index.js';
import { decimal, type Timeframe, timeframeMs } from '../../domain/index.js';
import {
  ed25519Signer,
  encodeQuery,
  hmacSigner,
  type RequestParameters,
  type Signer,
  signedQuery,
  signedSocketParameters,
} from '../binance/signing.js';
import {
  type ExchangeServer,
  type ExchangeServerOptions,
  startExchangeServer,
} from './exchange-server.js';

const DAY = Date.UTC(2023, 2, 1);
const START = DAY + 40 * 86_400_000;
const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const HMAC = hmacSigner('a'.repeat(64), 'secret');
const ED25519 = ed25519Signer(
  'b'.repeat(64),
  privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
);
const READ_ONLY = hmacSigner('c'.repeat(64), 'reader');
const KEYS = [
  {
    apiKey: HMAC.apiKey,
    secret: 'secret',
    canTrade: true,
    canWithdraw: false,
    isIpRestricted: true,
  },
  {
    apiKey: ED25519.apiKey,
    publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }) as string,
    canTrade: true,
    canWithdraw: true,
    isIpRestricted: false,
  },
  {
    apiKey: READ_ONLY.apiKey,
    secret: 'reader',
    canTrade: false,
    canWithdraw: false,
    isIpRestricted: false,
  },
];

/** Hourly candles from DAY on, each one point higher than the one before, with one hour missing. */
function candles(timeframe: Timeframe = '1h', hours = 24 * 60, symbol = 'BTCUSDT') {
  const step = timeframeMs(timeframe);
  const rows = Array.from({ length: (hours * 3_600_000) / step }, (_, i) => {
    const open = 20_000 + i;
    return [DAY + i * step, open, open + 2, open - 2, open + 1, 10];
  }).filter((row) => row[0] !== DAY + 30 * 3_600_000);
  return candleSeriesFromRows({ symbol, market: 'spot', timeframe }, rows);
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
    keys: KEYS,
    balances: { USDT: decimal('10000'), BTC: decimal('1') },
    ...options,
  });
  return server;
}

interface Answer {
  status: number;
  body: Record<string, unknown> & unknown[];
  headers: Headers;
}

async function get(path: string): Promise<Answer> {
  return answer(await fetch(server!.url + path));
}

async function answer(response: Response): Promise<Answer> {
  const text = await response.text();
  const body = (text.startsWith('<') ? { text } : JSON.parse(text)) as Answer['body'];
  return { status: response.status, body, headers: response.headers };
}

async function signed(
  method: string,
  path: string,
  parameters: RequestParameters = {},
  signer: Signer = HMAC,
): Promise<Answer> {
  const query = signedQuery(signer, { ...parameters, timestamp: server!.now() });
  return answer(
    await fetch(`${server!.url}${path}?${query}`, {
      method,
      headers: { 'X-MBX-APIKEY': signer.apiKey },
    }),
  );
}

async function control(path: string, body: unknown = {}, method = 'POST'): Promise<Answer> {
  const init = method === 'GET' ? {} : { body: JSON.stringify(body) };
  return answer(await fetch(`${server!.url}/control/${path}`, { method, ...init }));
}

/** A socket and everything it received so far. */
async function connect(path: string): Promise<{ socket: WebSocket; frames: Answer['body'][] }> {
  const socket = new WebSocket(server!.url.replace('http', 'ws') + path);
  sockets.push(socket);
  const frames: Answer['body'][] = [];
  socket.on('message', (data: Buffer) => {
    try {
      frames.push(JSON.parse(data.toString()) as Answer['body']);
    } catch {
      frames.push({ broken: data.toString() } as unknown as Answer['body']);
    }
  });
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

const MARKET_BUY = { symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET', quantity: '0.01' };
const LIMIT_BUY = {
  ...MARKET_BUY,
  type: 'LIMIT',
  timeInForce: 'GTC',
  price: '20000',
  newClientOrderId: 'limit-1',
};

describe('public REST', () => {
  test('time, ping and exchangeInfo', async () => {
    await start();
    expect((await get('/api/v3/ping')).body).toEqual({});
    expect((await get('/api/v3/time')).body).toEqual({ serverTime: START });
    const { body, headers } = await get('/api/v3/exchangeInfo?symbol=BTCUSDT');
    expect(headers.get('x-mbx-used-weight-1m')).toBe('22');
    expect(body).toMatchObject({
      timezone: 'UTC',
      rateLimits: [{ rateLimitType: 'REQUEST_WEIGHT', limit: 6000 }, {}, {}, {}],
      symbols: [{ symbol: 'BTCUSDT', baseAsset: 'BTC', quoteAsset: 'USDT', ocoAllowed: true }],
    });
  });

  test('klines show closed candles, then the forming one, and never the future', async () => {
    const exchange = await start();
    exchange.advanceTo(START + 1_800_000);
    const { body } = await get('/api/v3/klines?symbol=BTCUSDT&interval=1h&limit=2');
    const index = 40 * 24 - 1;
    expect(body).toEqual([
      [
        START - 3_600_000,
        `${20_000 + index - 1}.00000000`,
        `${20_000 + index + 1}.00000000`,
        `${20_000 + index - 3}.00000000`,
        `${20_000 + index}.00000000`,
        '10.00000000',
        START - 1,
        expect.any(String),
        10,
        '5.00000000',
        expect.any(String),
        '0',
      ].map((value, i): unknown => (i > 0 && i < 5 ? expect.any(String) : value)),
      [
        START,
        expect.any(String),
        expect.any(String),
        expect.any(String),
        expect.any(String),
        '5.00000000',
        START + 3_599_999,
        expect.any(String),
        5,
        '2.50000000',
        expect.any(String),
        '0',
      ],
    ]);
    const forming = body[1] as string[];
    expect(Number(forming[3])).toBe(Number(forming[1]) - 2);
    expect(Number(forming[2])).toBe(Number(forming[1]));
  });

  test('klines with a start come from there, keep gaps, and aggregate', async () => {
    await start();
    const hours = await get(
      `/api/v3/klines?symbol=BTCUSDT&interval=1h&startTime=${DAY + 29 * 3_600_000}&limit=2`,
    );
    expect(hours.body.map((row) => (row as number[])[0])).toEqual([
      DAY + 29 * 3_600_000,
      DAY + 31 * 3_600_000,
    ]);
    const day = await get(`/api/v3/klines?symbol=BTCUSDT&interval=1d&startTime=${DAY}&limit=1`);
    expect((day.body[0] as unknown[]).slice(0, 7)).toEqual([
      DAY,
      '20000.00000000',
      '20025.00000000',
      '19998.00000000',
      '20024.00000000',
      '240.00000000',
      DAY + 86_399_999,
    ]);
    const month = await get(`/api/v3/klines?symbol=BTCUSDT&interval=1M&limit=1`);
    expect((month.body[0] as number[])[0]).toBe(Date.UTC(2023, 3, 1));
  });

  test.each([
    ['/api/v3/klines?symbol=NOPE&interval=1h', 400, -1121],
    ['/api/v3/klines?symbol=BTCUSDT&interval=7m', 400, -1120],
    ['/api/v3/klines?symbol=BTCUSDT', 400, -1102],
    ['/api/v3/klines?symbol=BTCUSDT&interval=1h&limit=abc', 400, -1100],
    ['/api/v3/userDataStream', 410, -1020],
  ])('%s is %i %i', async (path, status, code) => {
    await start();
    expect(await get(path)).toMatchObject({ status, body: { code } });
  });

  test('prices, depth, average and 24 hours', async () => {
    await start();
    expect((await get('/api/v3/ticker/price?symbol=BTCUSDT')).body.symbol).toBe('BTCUSDT');
    const { body } = await get('/api/v3/ticker/bookTicker');
    const [row] = body as unknown as { bidPrice: string; askPrice: string }[];
    expect(Number(row!.askPrice) - Number(row!.bidPrice)).toBeCloseTo(0.01);
    expect((await get('/api/v3/depth?symbol=BTCUSDT&limit=5')).body.bids).toHaveLength(5);
    expect((await get('/api/v3/avgPrice?symbol=BTCUSDT')).body.mins).toBe(5);
    expect((await get('/api/v3/ticker/24hr?symbol=BTCUSDT')).body.count).toBe(240);
  });
});

describe('access', () => {
  test.each([
    ['without a key', {}, undefined, 401, -2014],
    ['with an unknown key', {}, hmacSigner('z'.repeat(64), 'x'), 401, -2015],
    ['with another secret', {}, hmacSigner(HMAC.apiKey, 'wrong'), 400, -1022],
    ['from 6 seconds ago', { timestamp: START - 6_000 }, HMAC, 400, -1021],
    ['from a second ahead', { timestamp: START + 1_000 }, HMAC, 400, -1021],
    ['with a wide window', { timestamp: START, recvWindow: 60_001 }, HMAC, 400, -1131],
  ])('a request %s is refused', async (_, extra, signer, status, code) => {
    await start();
    const parameters: RequestParameters = { timestamp: START, ...extra };
    const query = signer === undefined ? encodeQuery(parameters) : signedQuery(signer, parameters);
    const headers = signer === undefined ? {} : { 'X-MBX-APIKEY': signer.apiKey };
    const response = await answer(
      await fetch(`${server!.url}/api/v3/account?${query}`, {
        headers: headers as Record<string, string>,
      }),
    );
    expect(response).toMatchObject({ status, body: { code } });
  });

  test.each([
    ['250 s ago', 200, { timestamp: START - 250_000 }],
    ['350 s ago', 400, { timestamp: START - 350_000 }],
    ['100 s ago with a window of a second', 400, { timestamp: START - 100_000, recvWindow: 1_000 }],
    ['50 s ahead', 200, { timestamp: START + 50_000 }],
    ['60 s ahead', 400, { timestamp: START + 60_000 }],
  ])(
    'at sixty times the pace windows are sixty times as wide: %s gets %i',
    async (_, status, extra) => {
      vi.useFakeTimers({ toFake: ['Date'], now: START });
      onTestFinished(() => void vi.useRealTimers());
      await start({ pace: { kind: 'real', speed: 60 } });
      const query = signedQuery(HMAC, extra);
      const response = await fetch(`${server!.url}/api/v3/account?${query}`, {
        headers: { 'X-MBX-APIKEY': HMAC.apiKey },
      });
      expect(response.status).toBe(status);
    },
  );

  test('HMAC and Ed25519 sign in the query and in the body; reading is not trading', async () => {
    await start();
    expect((await signed('GET', '/api/v3/account')).status).toBe(200);
    expect((await signed('GET', '/api/v3/account', {}, ED25519)).status).toBe(200);
    expect((await signed('GET', '/api/v3/account', {}, READ_ONLY)).body.canTrade).toBe(false);
    const body = signedQuery(ED25519, { ...MARKET_BUY, timestamp: START });
    const inBody = await fetch(`${server!.url}/api/v3/order/test`, {
      method: 'POST',
      body,
      headers: {
        'X-MBX-APIKEY': ED25519.apiKey,
        'Content-Type': 'application/x-www-form-urlencoded',
      },
    });
    expect(inBody.status).toBe(200);
    expect(await signed('POST', '/api/v3/order', MARKET_BUY, READ_ONLY)).toMatchObject({
      status: 401,
      body: { code: -2015 },
    });
    const restrictions = await signed('GET', '/sapi/v1/account/apiRestrictions', {}, ED25519);
    expect(restrictions.body).toMatchObject({ enableWithdrawals: true, ipRestrict: false });
  });
});

describe('orders over REST', () => {
  test('a market order answers in full, a resting one is queried and cancelled', async () => {
    await start();
    const bought = await signed('POST', '/api/v3/order', MARKET_BUY);
    expect(bought.body).toMatchObject({
      status: 'FILLED',
      executedQty: '0.01000000',
      fills: [{ commissionAsset: 'BTC', commission: '0.00001000' }],
    });
    expect(bought.headers.get('x-mbx-order-count-10s')).toBe('0');
    expect(bought.headers.get('x-mbx-used-weight-1m')).toBe('0');
    expect((await signed('POST', '/api/v3/order', LIMIT_BUY)).body).toMatchObject({
      status: 'NEW',
      fills: [],
    });
    const query = { symbol: 'BTCUSDT', origClientOrderId: 'limit-1' };
    expect((await signed('GET', '/api/v3/order', query)).body).toMatchObject({
      status: 'NEW',
      isWorking: true,
    });
    expect((await signed('GET', '/api/v3/openOrders', { symbol: 'BTCUSDT' })).body).toHaveLength(1);
    expect((await signed('DELETE', '/api/v3/order', query)).body).toMatchObject({
      status: 'CANCELED',
      origClientOrderId: 'limit-1',
    });
    expect(await signed('DELETE', '/api/v3/order', query)).toMatchObject({
      status: 400,
      body: { code: -2011 },
    });
    expect((await signed('GET', '/api/v3/myTrades', { symbol: 'BTCUSDT' })).body).toHaveLength(1);
    expect((await signed('GET', '/api/v3/allOrders', { symbol: 'BTCUSDT' })).body).toHaveLength(2);
    const { body } = await signed('GET', '/api/v3/account', { omitZeroBalances: true });
    expect(body.balances).toContainEqual({
      asset: 'BTC',
      free: '1.00999000',
      locked: '0.00000000',
    });
  });

  test('cancelReplace tells which half failed', async () => {
    await start();
    const replace = {
      ...LIMIT_BUY,
      cancelOrigClientOrderId: 'nothing',
      cancelReplaceMode: 'STOP_ON_FAILURE',
    };
    expect(await signed('POST', '/api/v3/order/cancelReplace', replace)).toMatchObject({
      status: 400,
      body: { code: -2022, data: { cancelResult: 'FAILURE', newOrderResult: 'NOT_ATTEMPTED' } },
    });
    expect(
      await signed('POST', '/api/v3/order/cancelReplace', {
        ...replace,
        cancelReplaceMode: 'ALLOW_FAILURE',
      }),
    ).toMatchObject({
      status: 409,
      body: { code: -2021, data: { cancelResult: 'FAILURE', newOrderResult: 'SUCCESS' } },
    });
    const both = await signed('POST', '/api/v3/order/cancelReplace', {
      ...replace,
      cancelOrigClientOrderId: 'limit-1',
    });
    expect(both).toMatchObject({
      status: 200,
      body: { cancelResult: 'SUCCESS', newOrderResult: 'SUCCESS' },
    });
  });

  test('an OCO is placed, listed and cancelled', async () => {
    await start();
    const oco = {
      symbol: 'BTCUSDT',
      side: 'SELL',
      quantity: '0.5',
      aboveType: 'LIMIT_MAKER',
      abovePrice: '25000',
      belowType: 'STOP_LOSS',
      belowStopPrice: '20000',
      listClientOrderId: 'oco-1',
    };
    const { body } = await signed('POST', '/api/v3/orderList/oco', oco);
    expect(body).toMatchObject({
      contingencyType: 'OCO',
      listOrderStatus: 'EXECUTING',
      orderReports: [{ type: 'STOP_LOSS', workingTime: -1 }, { type: 'LIMIT_MAKER' }],
    });
    expect((await signed('GET', '/api/v3/openOrderList')).body).toHaveLength(1);
    const cancelled = await signed('DELETE', '/api/v3/orderList', {
      symbol: 'BTCUSDT',
      listClientOrderId: 'oco-1',
    });
    expect(cancelled.body).toMatchObject({ listOrderStatus: 'ALL_DONE' });
  });
});

describe('limits', () => {
  // Their windows are those of the calendar: a test must not begin in one and end in the next.
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: DAY + 1_000 }));
  afterEach(() => void vi.useRealTimers());

  test('too much weight is 429, going on is 418, and it says until when', async () => {
    await start({ limits: { weightPerMinute: 10 } });
    const statuses: number[] = [];
    let last: Answer | undefined;
    for (let i = 0; i < 22; i++) {
      last = await get('/api/v3/ping');
      statuses.push(last.status);
    }
    expect(statuses.slice(0, 10)).toEqual(Array(10).fill(200));
    expect(statuses.slice(10, 20)).toEqual(Array(10).fill(429));
    expect(last).toMatchObject({
      status: 418,
      body: { code: -1003, msg: expect.stringMatching(/IP banned until \d{13}/) as string },
    });
    expect(Number(last!.headers.get('retry-after'))).toBeGreaterThan(100);
  });

  test('of an exchange that is faster than the clock end by its own time', async () => {
    await start({ limits: { weightPerMinute: 10 }, pace: { kind: 'real', speed: 6_000 } });
    const statuses = [];
    for (let i = 0; i < 40; i++) {
      statuses.push((await get('/api/v3/ping')).status);
      vi.setSystemTime(Date.now() + 10); // one of its minutes
    }
    expect(statuses).toEqual(Array(40).fill(200));
  });

  test('the limit of orders', async () => {
    await start({ limits: { ordersPer10Seconds: 1 } });
    const order = { ...LIMIT_BUY, quantity: '0.001', newClientOrderId: undefined };
    expect((await signed('POST', '/api/v3/order', order)).status).toBe(200);
    expect(await signed('POST', '/api/v3/order', order)).toMatchObject({
      status: 429,
      body: { code: -1015, msg: 'Too many new orders; current limit is 1 orders per 10 SECOND.' },
    });
  });
});

describe('market streams', () => {
  test('a candle ends with one closed frame, after which the next one forms', async () => {
    const exchange = await start();
    const { frames } = await connect('/ws/btcusdt@kline_1h/btcusdt@kline_1d');
    exchange.advanceTo(START + 3_600_000);
    await until(() => frames.some(({ k }) => (k as { t: number }).t === START + 3_600_000));
    const hourly = frames
      .map(({ k }) => k as { t: number; x: boolean; i: string })
      .filter(({ i }) => i === '1h');
    expect(
      hourly.map(({ t, x }) => `${(t - START) / 3_600_000} ${x ? 'closed' : 'forming'}`),
    ).toEqual(['0 forming', '0 forming', '0 forming', '0 forming', '0 closed', '1 forming']);
  });

  test('combined streams, subscriptions and their answers', async () => {
    const exchange = await start();
    const { socket, frames } = await connect('/stream?streams=btcusdt@bookTicker');
    socket.send(
      JSON.stringify({ method: 'SUBSCRIBE', params: ['btcusdt@trade', 'typo@kline_1h'], id: 1 }),
    );
    socket.send(JSON.stringify({ method: 'LIST_SUBSCRIPTIONS', id: 2 }));
    socket.send('nonsense');
    await until(() => frames.length === 3);
    expect(frames).toEqual([
      { result: null, id: 1 },
      { result: ['btcusdt@bookTicker', 'btcusdt@trade', 'typo@kline_1h'], id: 2 },
      { code: 3, msg: 'Invalid JSON: expected value at line 1 column 1' },
    ]);
    exchange.advanceTo(START + 1);
    await until(() => frames.length === 5);
    expect(frames.slice(3).map(({ stream }) => stream)).toEqual([
      'btcusdt@trade',
      'btcusdt@bookTicker',
    ]);
    expect(frames[4]!.data).not.toHaveProperty('e');
  });

  test('finer candles give the path inside a candle', async () => {
    const minutes = candleSeriesFromRows(
      { symbol: 'BTCUSDT', market: 'spot', timeframe: '1m' },
      Array.from({ length: 60 }, (_, i) => [START + i * 60_000, 20_960, 20_961, 20_959, 20_960, 1]),
    );
    const exchange = await start({ series: [candles(), minutes] });
    const { frames } = await connect('/ws/btcusdt@trade');
    exchange.advanceTo(START + 3_599_999);
    await until(() => frames.length === 240);
    const { body } = await get('/api/v3/klines?symbol=BTCUSDT&interval=1m&limit=100');
    expect(body).toHaveLength(59);
  });

  test('a fast market waits for its reader and loses nothing', async () => {
    await start({ pace: { kind: 'fast' }, series: [candles('1m', 24 * 41)], startTime: START });
    const { frames } = await connect('/ws/btcusdt@kline_1m');
    const closed = () => frames.filter(({ k }) => (k as { x: boolean }).x);
    await until(() => closed().length === 1_440);
    const times = closed().map(({ k }) => (k as { t: number }).t);
    expect(times).toEqual(Array.from({ length: 1_440 }, (_, i) => START + i * 60_000));
  });

  test('times in microseconds for those who ask', async () => {
    const exchange = await start();
    const { frames } = await connect('/ws/btcusdt@kline_1h?timeUnit=MICROSECOND');
    exchange.advanceTo(START + 1);
    await until(() => frames.length === 1);
    expect(frames[0]!.k).toMatchObject({ t: START * 1_000, T: (START + 3_600_000) * 1_000 - 1 });
    const time = await fetch(`${exchange.url}/api/v3/time`, {
      headers: { 'X-MBX-TIME-UNIT': 'MICROSECOND' },
    });
    expect(await time.json()).toEqual({ serverTime: exchange.now() * 1_000 });
    const from = `startTime=${DAY * 1_000}&limit=1`;
    const { body } = await get(`/api/v3/klines?symbol=BTCUSDT&interval=1h&${from}`);
    expect((body[0] as number[])[0]).toBe(DAY);
  });

  test('more than five messages in a second end a connection', async () => {
    await start();
    const { socket, frames } = await connect('/ws');
    const closed = new Promise<number>((resolve) => socket.once('close', resolve));
    // Twice the allowance: a second may end in between.
    for (let id = 1; id <= 11; id++)
      socket.send(JSON.stringify({ method: 'LIST_SUBSCRIPTIONS', id }));
    expect(await closed).toBe(1008);
    expect(frames.length).toBeGreaterThanOrEqual(5);
  });

  test('trades by REST have the ids of the stream', async () => {
    const exchange = await start();
    const { frames } = await connect('/ws/btcusdt@trade');
    exchange.advanceTo(START + 3_600_000);
    await until(() => frames.length === 5);
    const ids = frames.map(({ t }) => t);
    const trades = await get('/api/v3/trades?symbol=BTCUSDT&limit=5');
    expect(trades.body.map((row) => (row as { id: number }).id)).toEqual(ids);
    const from = await get(`/api/v3/aggTrades?symbol=BTCUSDT&fromId=${String(ids[3])}`);
    expect(from.body).toMatchObject([
      { a: ids[3], q: '2.50000000' },
      { a: ids[4], f: ids[4], l: ids[4] },
    ]);
  });

  test('24 hours of exchange time end a connection', async () => {
    const exchange = await start();
    const { socket } = await connect('/ws/btcusdt@trade');
    exchange.advanceTo(START + 86_400_000);
    await until(() => socket.readyState === socket.CLOSED);
  });
});

describe('WebSocket API', () => {
  test('orders and their user events share a connection', async () => {
    const exchange = await start();
    const { socket, frames } = await connect('/ws-api/v3');
    const send = (id: number, method: string, parameters: RequestParameters, signer = HMAC) =>
      socket.send(
        JSON.stringify({
          id,
          method,
          params: signedSocketParameters(signer, { ...parameters, timestamp: START }),
        }),
      );
    send(1, 'userDataStream.subscribe.signature', {});
    send(2, 'userDataStream.subscribe.signature', {});
    send(3, 'order.place', LIMIT_BUY);
    await until(() => frames.length === 5);
    const byId = (id: number) => frames.find((frame) => frame.id === id);
    expect(byId(1)).toMatchObject({ status: 200, result: { subscriptionId: 0 } });
    expect(byId(2)).toMatchObject({ status: 400, error: { code: -2035 } });
    expect(byId(3)).toMatchObject({
      status: 200,
      result: { status: 'NEW' },
      rateLimits: [{}, {}, {}],
    });
    expect(
      frames
        .filter(({ event }) => event !== undefined)
        .map(({ event }) => (event as { e: string }).e),
    ).toEqual(['executionReport', 'outboundAccountPosition']);
    await control('price', { symbol: 'BTCUSDT', price: '19999' });
    await until(() => frames.length === 7);
    expect(frames[5]).toMatchObject({
      subscriptionId: 0,
      event: { x: 'TRADE', X: 'FILLED', c: 'limit-1', m: true, L: '20000.00000000' },
    });
    expect(exchange.state.trades).toHaveLength(1);
  });

  test('a session with Ed25519 needs no further signature; HMAC cannot log on', async () => {
    await start();
    const { socket, frames } = await connect('/ws-api/v3');
    const send = (id: string, method: string, params: RequestParameters) =>
      socket.send(JSON.stringify({ id, method, params }));
    send('a', 'session.logon', signedSocketParameters(HMAC, { timestamp: START }));
    send('b', 'session.logon', signedSocketParameters(ED25519, { timestamp: START }));
    send('c', 'userDataStream.subscribe', {});
    send('d', 'account.status', { timestamp: START });
    send('e', 'userDataStream.start', {});
    send('f', 'time', {});
    await until(() => frames.length === 6);
    expect(frames.map(({ status }) => status)).toEqual([400, 200, 200, 200, 410, 200]);
    expect(frames[1]!.result).toMatchObject({ apiKey: ED25519.apiKey, connectedSince: START });
    await control('revoke', { apiKey: ED25519.apiKey });
    await until(() => frames.length === 8);
    expect(frames.slice(6)).toMatchObject([
      { id: null, status: 401, error: { code: -2015 } },
      { subscriptionId: 0, event: { e: 'eventStreamTerminated' } },
    ]);
  });
});

describe('archives', () => {
  test('a day is a zip with its checksum; today is not published yet', async () => {
    await start();
    const path = '/data/spot/daily/klines/BTCUSDT/1h/BTCUSDT-1h-2023-03-01.zip';
    const zip = Buffer.from(await (await fetch(server!.url + path)).arrayBuffer());
    const checksum = await (await fetch(`${server!.url}${path}.CHECKSUM`)).text();
    expect(checksum).toBe(
      `${createHash('sha256').update(zip).digest('hex')}  BTCUSDT-1h-2023-03-01.zip\n`,
    );
    expect((await get('/data/spot/daily/klines/BTCUSDT/1h/BTCUSDT-1h-2023-04-10.zip')).status).toBe(
      404,
    );
    expect(
      (await fetch(`${server!.url}/data/spot/monthly/klines/BTCUSDT/1h/BTCUSDT-1h-2023-03.zip`))
        .status,
    ).toBe(200);
    expect((await get('/data/spot/monthly/klines/BTCUSDT/1h/BTCUSDT-1h-2023-04.zip')).status).toBe(
      404,
    );
  });
});

describe('faults and control', () => {
  test('a reply is lost after the order was executed, a request before', async () => {
    const exchange = await start({ faults: [{ name: 'reply-lost', match: 'POST /api/v3/order' }] });
    await expect(signed('POST', '/api/v3/order', MARKET_BUY)).rejects.toThrow();
    expect(exchange.state.trades).toHaveLength(1);
    await control('faults', { name: 'request-lost', match: 'POST' });
    await expect(signed('POST', '/api/v3/order', MARKET_BUY)).rejects.toThrow();
    expect(exchange.state.trades).toHaveLength(1);
    expect(exchange.faults.strikes.map(({ name }) => name)).toEqual(['reply-lost', 'request-lost']);
  });

  test.each([
    ['unknown-executed', 504, -1007, 1],
    ['unknown-not-executed', 504, -1007, 0],
    ['overloaded', 503, -1008, 0],
    ['rate-limited', 429, -1003, 0],
    ['banned', 418, -1003, 0],
    ['banned-by-text', 418, -1003, 0],
    ['market-closed', 400, -1013, 0],
    ['region-blocked', 451, 0, 0],
    ['key-refused', 401, -2015, 0],
  ] as const)('%s answers %i %i', async (name, status, code, trades) => {
    const exchange = await start({ faults: [{ name }] });
    expect(await signed('POST', '/api/v3/order', MARKET_BUY)).toMatchObject({
      status,
      body: { code },
    });
    expect(exchange.state.trades).toHaveLength(trades);
  });

  test('maintenance: nothing is executed and no socket lives, until it is over', async () => {
    await start();
    const { socket } = await connect('/ws/btcusdt@kline_1h');
    const closed = new Promise((resolve) => socket.once('close', resolve));
    await control('faults', { name: 'maintenance', untilTime: START + 3_600_000 });
    const order = { symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET', quantity: '0.01' };
    expect(await signed('POST', '/api/v3/order', order)).toMatchObject({
      status: 503,
      body: { code: 0, msg: 'Service Unavailable.' },
    });
    expect(server!.state.orders).toEqual([]);
    await closed;
    const refused = await connect('/ws/btcusdt@kline_1h');
    await until(() => refused.socket.readyState === refused.socket.CLOSED);
    server!.advanceTo(START + 3_600_001);
    expect((await signed('POST', '/api/v3/order', order)).status).toBe(200);
  });

  test('a refused key reads prices only, until it is accepted again', async () => {
    await start({ faults: [{ name: 'key-refused' }] });
    for (let i = 0; i < 2; i++)
      expect((await signed('GET', '/api/v3/account', {})).body).toMatchObject({ code: -2015 });
    expect((await get('/api/v3/ping')).status).toBe(200);
    await control('faults', { name: 'key-refused' }, 'DELETE');
    expect((await signed('GET', '/api/v3/account', {})).status).toBe(200);
  });

  test('a partition: REST is gone while sockets live, and the reverse', async () => {
    await start();
    const { socket, frames } = await connect('/ws/btcusdt@kline_1h');
    await control('faults', { name: 'rest-down' });
    await expect(get('/api/v3/ping')).rejects.toThrow('fetch failed');
    await expect(get('/api/v3/ping')).rejects.toThrow('fetch failed');
    server!.advanceTo(START + 3_600_000);
    await until(() => frames.length > 0);
    await control('faults', { name: 'rest-down' }, 'DELETE');
    await control('faults', { name: 'sockets-down' });
    await until(() => socket.readyState === socket.CLOSED);
    expect((await get('/api/v3/ping')).status).toBe(200);
  });

  test('bytes that are no HTTP are no answer', async () => {
    await start({ faults: [{ name: 'not-http' }] });
    await expect(get('/api/v3/ping')).rejects.toMatchObject({
      cause: { name: 'HTTPParserError' },
    });
    expect((await get('/api/v3/ping')).status).toBe(200);
  });

  test('a slow archive comes whole, its second half later', async () => {
    await start({ faults: [{ name: 'archive-slow', value: 80 }] });
    const path = '/data/spot/daily/klines/BTCUSDT/1h/BTCUSDT-1h-2023-03-02.zip';
    const began = performance.now();
    const slow = Buffer.from(await (await fetch(server!.url + path)).arrayBuffer());
    expect(performance.now() - began).toBeGreaterThanOrEqual(75);
    const fast = Buffer.from(await (await fetch(server!.url + path)).arrayBuffer());
    expect(slow).toEqual(fast);
  });

  test('a delayed event comes after those that follow it', async () => {
    await start({ faults: [{ name: 'event-delayed', match: 'NEW', value: 60 }] });
    const { socket, frames } = await connect('/ws-api/v3');
    const params = signedSocketParameters(HMAC, { timestamp: server!.now() });
    socket.send(JSON.stringify({ id: 1, method: 'userDataStream.subscribe.signature', params }));
    await until(() => frames.length === 1);
    await signed('POST', '/api/v3/order', {
      symbol: 'BTCUSDT',
      side: 'BUY',
      type: 'MARKET',
      quantity: '0.01',
    });
    await until(() => frames.length === 4);
    expect(frames.slice(1).map(({ event }) => (event as Answer['body']).x ?? 'balances')).toEqual([
      'TRADE',
      'balances',
      'NEW',
    ]);
  });

  test('a fault strikes by schedule, and alike for the same seed', async () => {
    const strikes = async () => {
      const exchange = await start({
        seed: 7,
        faults: [{ name: 'overloaded', chance: 0.5, count: 0, skip: 2 }],
      });
      const statuses: number[] = [];
      for (let i = 0; i < 12; i++) statuses.push((await get('/api/v3/ping')).status);
      await exchange.close();
      return statuses;
    };
    const first = await strikes();
    expect(first.slice(0, 2)).toEqual([200, 200]);
    expect(new Set(first)).toEqual(new Set([200, 503]));
    expect(await strikes()).toEqual(first);
    await start();
    expect((await control('faults', { name: 'reply-lots' })).body.error).toContain(
      'did you mean "reply-lost"',
    );
  });

  test('events are doubled, reordered and lost; a query lags', async () => {
    await start({
      faults: [
        { name: 'event-twice', match: 'NEW' },
        { name: 'events-reordered', match: 'TRADE' },
        { name: 'query-lag' },
      ],
    });
    const { socket, frames } = await connect('/ws-api/v3');
    socket.send(
      JSON.stringify({
        id: 1,
        method: 'userDataStream.subscribe.signature',
        params: signedSocketParameters(HMAC, { timestamp: START }),
      }),
    );
    await until(() => frames.length === 1);
    await signed('POST', '/api/v3/order', { ...MARKET_BUY, newClientOrderId: 'm-1' });
    await until(() => frames.length === 5);
    expect(
      frames
        .slice(1)
        .map(({ event }) => (event as { x?: string; e: string }).x ?? (event as { e: string }).e),
    ).toEqual(['NEW', 'NEW', 'outboundAccountPosition', 'TRADE']);
    const query = { symbol: 'BTCUSDT', origClientOrderId: 'm-1' };
    expect((await signed('GET', '/api/v3/order', query)).body.code).toBe(-2013);
    expect((await signed('GET', '/api/v3/order', query)).body.status).toBe('FILLED');
  });

  test.each([
    ['unavailable', 503],
    ['waf', 403],
    ['html-answer', 200],
  ] as const)('%s answers %i with HTML and executes nothing', async (name, status) => {
    const exchange = await start({ faults: [{ name }] });
    expect(await signed('POST', '/api/v3/order', MARKET_BUY)).toMatchObject({
      status,
      body: { text: expect.stringContaining('<html>') as string },
    });
    expect(exchange.state.trades).toHaveLength(0);
  });

  test('half a JSON text and a late reply, both executed', async () => {
    const exchange = await start({
      faults: [{ name: 'bad-json' }, { name: 'reply-delayed', value: 50, skip: 1 }],
    });
    await expect(signed('POST', '/api/v3/order', MARKET_BUY)).rejects.toThrow(SyntaxError);
    await signed('POST', '/api/v3/order', MARKET_BUY);
    const began = performance.now();
    expect((await signed('POST', '/api/v3/order', MARKET_BUY)).status).toBe(200);
    expect(performance.now() - began).toBeGreaterThan(45);
    expect(exchange.state.trades).toHaveLength(3);
  });

  test('a stop is refused, a cancel comes after the fill, a replacement stops half-way', async () => {
    const exchange = await start({
      faults: [{ name: 'stop-refused' }, { name: 'cancel-races-fill' }, { name: 'replace-half' }],
    });
    const stop = {
      ...MARKET_BUY,
      side: 'SELL',
      type: 'STOP_LOSS',
      stopPrice: '20000',
    };
    expect((await signed('POST', '/api/v3/order', stop)).body).toMatchObject({
      code: -2010,
      msg: 'Order would trigger immediately.',
    });
    await signed('POST', '/api/v3/order', LIMIT_BUY);
    const key = { symbol: 'BTCUSDT', origClientOrderId: 'limit-1' };
    expect((await signed('DELETE', '/api/v3/order', key)).body.code).toBe(-2011);
    expect((await signed('GET', '/api/v3/order', key)).body.status).toBe('FILLED');
    await signed('POST', '/api/v3/order', { ...LIMIT_BUY, newClientOrderId: 'limit-2' });
    const replaced = await signed('POST', '/api/v3/order/cancelReplace', {
      ...LIMIT_BUY,
      newClientOrderId: 'limit-3',
      cancelOrigClientOrderId: 'limit-2',
      cancelReplaceMode: 'STOP_ON_FAILURE',
    });
    expect(replaced).toMatchObject({
      status: 409,
      body: { code: -2021, data: { cancelResult: 'SUCCESS', newOrderResult: 'FAILURE' } },
    });
    expect(exchange.state.trades).toHaveLength(1);
  });

  test('frames of candles are lost, doubled, wrong, broken and odd', async () => {
    const exchange = await start({
      faults: [
        { name: 'closed-candle-lost' },
        { name: 'closed-candle-twice', skip: 0 },
        { name: 'closed-candle-wrong', skip: 1 },
        { name: 'bad-message', match: 'trade' },
        { name: 'odd-numbers', match: 'trade', skip: 1 },
      ],
    });
    const candlesOf = await connect('/ws/btcusdt@kline_1h');
    const tradesOf = await connect('/ws/btcusdt@trade');
    exchange.advanceTo(START + 3 * 3_600_000);
    const ended = () =>
      candlesOf.frames
        .map(({ k }) => k as { t: number; x: boolean; o: string; c: string })
        .filter(({ x }) => x);
    await until(() => ended().length === 3 && tradesOf.frames.length > 3);
    expect(ended().map(({ t }) => (t - START) / 3_600_000)).toEqual([1, 1, 2]);
    expect(ended().map(({ o, c }) => o === c)).toEqual([false, false, true]);
    expect(tradesOf.frames[1]).toHaveProperty('broken');
    expect(tradesOf.frames[2]!.p).toBe('NaN');
  });

  test('a connection that is closed at once, a silent one, a silent stream, a lost event', async () => {
    const exchange = await start({
      faults: [
        { name: 'connection-refused' },
        { name: 'stream-silent', match: 'trade', count: 0 },
        { name: 'event-lost', match: 'NEW' },
        { name: 'half-open', skip: 2 },
      ],
    });
    const refused = await connect('/ws/btcusdt@kline_1h');
    await until(() => refused.socket.readyState === refused.socket.CLOSED);
    const followed = await connect('/ws/btcusdt@kline_1h/btcusdt@trade');
    const silent = await connect('/ws/btcusdt@kline_1h');
    exchange.advanceTo(START + 3_600_000);
    await until(() => followed.frames.length >= 6);
    expect(new Set(followed.frames.map(({ e }) => e))).toEqual(new Set(['kline']));
    expect(silent.frames).toEqual([]);
    expect(silent.socket.readyState).toBe(silent.socket.OPEN);
  });

  test('steps, state, rules and shutdown through the control interface', async () => {
    await start();
    const { socket, frames } = await connect('/stream?streams=btcusdt@trade');
    expect((await control('step', { interval: '1h' })).body.time).toBe(START + 3_600_000);
    expect((await control('state', {}, 'GET')).body).toMatchObject({ time: START + 3_600_000 });
    await control('rules', { symbol: 'BTCUSDT', status: 'BREAK' });
    expect((await signed('POST', '/api/v3/order', MARKET_BUY)).body).toMatchObject({
      code: -2010,
      msg: 'Market is closed.',
    });
    await control('sockets', { action: 'shutdown' });
    await until(() => socket.readyState === socket.CLOSED);
    expect(frames.at(-1)).toMatchObject({
      stream: '!serverShutdown',
      data: { e: 'serverShutdown' },
    });
    expect(await control('nothing')).toMatchObject({ status: 404 });
  });

  test('a taken port is said in one line', async () => {
    const { port } = await start();
    const second = startExchangeServer({
      series: [candles()],
      startTime: START,
      pace: { kind: 'stepped' },
      keys: [],
      balances: {},
      port,
    });
    await expect(second).rejects.toThrow(`Port ${port} on 127.0.0.1 is already in use`);
  });
});
