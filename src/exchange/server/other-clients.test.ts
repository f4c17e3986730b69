/* eslint-disable @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-argument, @typescript-eslint/no-unsafe-return -- answers are looked into as clients do, member by member */
import { request as httpRequest } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { minutes, START, testExchange } from './test-exchange.contract.js';

const MINUTE_MS = 60_000;
const BUY = { symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET', quantity: '0.01' };

describe('the time of the exchange', () => {
  test('is that of this machine however long the start took', async () => {
    const now = Date.now();
    const series = [
      { ...minutes('spot'), openTime: minutes('spot').openTime.map((t) => t + now - START) },
    ];
    const aligned = series.map((one) => ({
      ...one,
      openTime: one.openTime.map((time) => Math.floor(time / MINUTE_MS) * MINUTE_MS),
    }));
    const exchange = await testExchange({
      series: aligned,
      // As if making the market had taken four seconds.
      startTime: now - 4_000,
      startsNow: true,
      pace: { kind: 'real', speed: 1 },
    });
    const before = Date.now();
    const { serverTime } = (await exchange.get('/api/v3/time')).body;
    expect(serverTime).toBeGreaterThanOrEqual(before);
    expect(serverTime).toBeLessThanOrEqual(Date.now());
    expect((await exchange.signedAt(Date.now(), '/api/v3/account')).status).toBe(200);
  });

  test.each([5_000, -5_000])(
    'off by %i ms, is off in all that it stamps, and right again afterwards',
    async (ms) => {
      const exchange = await testExchange();
      const spot = await exchange.connect('/ws-api/v3');
      await spot.call('userDataStream.subscribe.signature', {}, true);
      const { listenKey } = (await exchange.request('POST', '/fapi/v1/listenKey')).body;
      const usdm = await exchange.connect(`/private/ws/${listenKey}`);
      const streams = await exchange.connect('/ws/btcusdt@trade');
      exchange.server.advanceTo(START + MINUTE_MS);
      await exchange.control('skew', { ms });
      const expected = START + MINUTE_MS + ms;
      expect((await exchange.get('/api/v3/time')).body.serverTime).toBe(expected);
      const order = await exchange.signed('POST', '/api/v3/order', BUY);
      expect(order.body.transactTime).toBe(expected);
      const event = await spot.frame(
        ({ event: e }) => e?.e === 'executionReport' && e.x === 'TRADE',
      );
      expect(event.event).toMatchObject({ E: expected, T: expected });
      expect(
        (
          await exchange.signed('GET', '/api/v3/order', {
            symbol: 'BTCUSDT',
            orderId: order.body.orderId,
          })
        ).body,
      ).toMatchObject({ time: expected, updateTime: expected });
      const future = { ...BUY, newOrderRespType: 'RESULT' };
      const position = await exchange.signed('POST', '/fapi/v1/order', future);
      expect(position.body.updateTime).toBe(expected);
      const update = await usdm.frame(({ e }) => e === 'ACCOUNT_UPDATE');
      expect(update).toMatchObject({ E: expected, T: expected });
      streams.frames.length = 0;
      exchange.server.advanceTo(START + 2 * MINUTE_MS);
      expect((await streams.frame(({ e }) => e === 'trade')).E).toBeGreaterThan(START + MINUTE_MS);
      await exchange.control('skew', { ms: 0 });
      const later = await exchange.signed('POST', '/api/v3/order', BUY);
      expect(later.body.transactTime).toBe(START + 2 * MINUTE_MS);
    },
  );

  test('any timestamp is taken where that was asked for, on both transports; keys and signatures still count', async () => {
    const strict = await testExchange();
    expect((await strict.signedAt(Date.now(), '/api/v3/account')).body.code).toBe(-1021);
    const exchange = await testExchange({ takesAnyTimestamp: true });
    for (const timestamp of [Date.now(), START - 86_400_000, Date.now() * 1_000]) {
      expect((await exchange.signedAt(timestamp, '/api/v3/account')).status).toBe(200);
      expect((await exchange.signedAt(timestamp, '/fapi/v3/account')).status).toBe(200);
    }
    const wrong = await exchange.get(`/api/v3/account?timestamp=${Date.now()}&signature=00`);
    expect(wrong.body.code).toBe(-1022);
    expect((await exchange.get('/api/v3/account?signature=00')).body.code).toBe(-1102);
  });
});

describe('what clients ask for before their first order', () => {
  test.each([['both'], ['spot'], ['usdm']] as const)('is there with %s', async (market) => {
    const series = (['spot', 'usdm'] as const)
      .filter((one) => market === 'both' || one === market)
      .map((one) => minutes(one));
    const exchange = await testExchange({ series });
    const coins = (await exchange.signed('GET', '/sapi/v1/capital/config/getall')).body;
    expect(coins.map(({ coin }: { coin: string }) => coin)).toEqual(['BTC', 'USDT']);
    expect(coins[0].networkList[0]).toMatchObject({ coin: 'BTC', withdrawEnable: false });
    for (const path of ['margin/allPairs', 'margin/isolated/allPairs', 'spot/delist-schedule']) {
      expect((await exchange.get(`/sapi/v1/${path}`)).body).toEqual([]);
    }
    expect((await exchange.get('/sapi/v1/system/status')).body).toEqual({
      status: 0,
      msg: 'normal',
    });
    const listed = async (path: string): Promise<number> =>
      (await exchange.get(`${path}/exchangeInfo`)).body.symbols.length;
    expect(await listed('/api/v3')).toBe(market === 'usdm' ? 0 : 1);
    expect(await listed('/fapi/v1')).toBe(market === 'spot' ? 0 : 1);
    expect(await listed('/dapi/v1')).toBe(0);
  });

  test('a spot account shows its coins, what is locked too', async () => {
    const exchange = await testExchange({ series: [minutes('spot')] });
    await exchange.signed('POST', '/api/v3/order', {
      ...BUY,
      type: 'LIMIT',
      timeInForce: 'GTC',
      price: '10000',
    });
    const coins = (await exchange.signed('GET', '/sapi/v1/capital/config/getall')).body;
    expect(coins[1]).toMatchObject({
      coin: 'USDT',
      free: '99900.00000000',
      locked: '100.00000000',
    });
  });
});

describe('what is not there', () => {
  test.each([
    ['POST', '/api/v3/orderList/oto'],
    ['PUT', '/api/v3/order/amend/keepPriority'],
    ['POST', '/api/v3/sor/order'],
    ['POST', '/fapi/v1/countdownCancelAll'],
    ['POST', '/fapi/v1/positionMargin'],
    ['GET', '/dapi/v1/account'],
    ['GET', '/no/such/path'],
  ])('%s %s answers an error of the caller in JSON, and is reported once', async (method, path) => {
    const reported: string[] = [];
    const exchange = await testExchange({ onUnserved: (what) => reported.push(what) });
    for (let i = 0; i < 2; i++) {
      expect(await exchange.request(method, `${path}?symbol=BTCUSDT`)).toMatchObject({
        status: 404,
        body: { code: -5000, msg: `Path ${path}, Method ${method} is invalid` },
      });
    }
    expect(reported).toEqual([`${method} ${path}`]);
  });
});

describe('endpoints that older clients use', () => {
  test.each([
    ['SELL', { price: '21000', stopPrice: '19000' }, ['STOP_LOSS', 'LIMIT_MAKER']],
    [
      'SELL',
      { price: '21000', stopPrice: '19000', stopLimitPrice: '18900', stopLimitTimeInForce: 'GTC' },
      ['STOP_LOSS_LIMIT', 'LIMIT_MAKER'],
    ],
    ['BUY', { price: '19000', stopPrice: '21000' }, ['LIMIT_MAKER', 'STOP_LOSS']],
  ])('POST /order/oco: %s %j', async (side, prices, types) => {
    const exchange = await testExchange();
    const placed = await exchange.signed('POST', '/api/v3/order/oco', {
      symbol: 'BTCUSDT',
      side,
      quantity: '0.01',
      listClientOrderId: 'pair',
      limitClientOrderId: 'limit',
      stopClientOrderId: 'stop',
      ...prices,
    });
    expect(placed.body).toMatchObject({ listClientOrderId: 'pair', listOrderStatus: 'EXECUTING' });
    const open = (await exchange.signed('GET', '/api/v3/openOrders')).body;
    expect(open.map(({ type }: { type: string }) => type)).toEqual(types);
    const lists = (await exchange.signed('GET', '/api/v3/allOrderList')).body;
    expect(lists).toMatchObject([{ listClientOrderId: 'pair' }]);
  });

  test.each([
    [{ price: '21000' }, -1102],
    [{ price: '21000', stopPrice: '19000', stopLimitPrice: '18900' }, -1102],
    [{ price: '21000', stopPrice: '19000', other: '1' }, -1104],
    [{ price: '19000', stopPrice: '21000' }, -2010],
  ])('POST /order/oco refuses %j with %i', async (prices, code) => {
    const exchange = await testExchange();
    const terms = { symbol: 'BTCUSDT', side: 'SELL', quantity: '0.01', ...prices };
    expect((await exchange.signed('POST', '/api/v3/order/oco', terms)).body.code).toBe(code);
  });

  test('trades from an id on', async () => {
    const exchange = await testExchange();
    exchange.server.advanceTo(START + 10 * MINUTE_MS);
    for (const path of ['/api/v3/historicalTrades', '/fapi/v1/historicalTrades']) {
      const rows = (await exchange.get(`${path}?symbol=BTCUSDT&fromId=5&limit=3`)).body;
      expect(rows.map(({ id }: { id: number }) => id)).toEqual([5, 6, 7]);
    }
  });

  test.each([
    ['windowSize=2h', START - 2 * 3_600_000],
    ['windowSize=5m', START - 5 * MINUTE_MS],
    ['', START - 86_400_000],
  ])('GET /ticker?%s', async (query, openTime) => {
    const exchange = await testExchange();
    const { body } = await exchange.get(`/api/v3/ticker?symbol=BTCUSDT&${query}`);
    const expected = { symbol: 'BTCUSDT', openTime, closeTime: START };
    expect(body).toMatchObject(expected);
    expect(Number(body.volume)).toBe((8 * (START - openTime)) / MINUTE_MS);
  });

  test('GET /ticker and /ticker/tradingDay: what they refuse, and whose day it is', async () => {
    const exchange = await testExchange();
    exchange.server.advanceTo(START + 60 * MINUTE_MS);
    const code = async (query: string): Promise<number> =>
      (await exchange.get(`/api/v3/ticker?${query}`)).body.code;
    expect(await code('symbol=BTCUSDT&windowSize=60m')).toBe(-1130);
    expect(await code('symbol=BTCUSDT&windowSize=8d')).toBe(-1130);
    expect(await code('symbol=BTCUSDT&type=SMALL')).toBe(-1130);
    expect(await code('')).toBe(-1102);
    const dayOf = async (zone: string): Promise<number> =>
      (await exchange.get(`/api/v3/ticker/tradingDay?symbol=BTCUSDT&timeZone=${zone}`)).body
        .openTime;
    expect(await dayOf('0')).toBe(START);
    expect(await dayOf('8')).toBe(START - 8 * 3_600_000);
    expect(await dayOf('-2:30')).toBe(START - 86_400_000 + 2.5 * 3_600_000);
  });

  test('candles of days in another time zone', async () => {
    const exchange = await testExchange();
    exchange.server.advanceTo(START + MINUTE_MS);
    const days = async (zone: string): Promise<number[][]> =>
      (await exchange.get(`/api/v3/klines?symbol=BTCUSDT&interval=1d&limit=2&timeZone=${zone}`))
        .body;
    const [utc, east] = [await days('0'), await days('05:45')];
    expect(utc.map(([open]) => open)).toEqual([START - 86_400_000, START]);
    const offset = 5.75 * 3_600_000;
    expect(east.map(([open]) => open)).toEqual([START - 86_400_000 - offset, START - offset]);
    for (const zone of ['15', '-12:01', 'CET', '1:60', '']) {
      const { body } = await exchange.get(
        `/api/v3/klines?symbol=BTCUSDT&interval=1d&timeZone=${zone}`,
      );
      expect([-1130, -1105]).toContain(body.code);
    }
  });

  test('candles that cannot be made of those that are replayed are refused', async () => {
    const exchange = await testExchange();
    const { body } = await exchange.get('/api/v3/klines?symbol=BTCUSDT&interval=1s');
    expect(body.code).toBe(-1120);
  });

  test('the day of USD-M says nothing of the book: clients tell the markets apart by that', async () => {
    const exchange = await testExchange();
    const members = async (path: string): Promise<string[]> =>
      Object.keys((await exchange.get(`${path}/ticker/24hr?symbol=BTCUSDT`)).body);
    const spot = await members('/api/v3');
    const book = ['prevClosePrice', 'bidPrice', 'bidQty', 'askPrice', 'askQty'];
    expect(spot).toEqual(expect.arrayContaining(book));
    expect(await members('/fapi/v1')).toEqual(spot.filter((name) => !book.includes(name)));
  });

  test('USD-M: an order is modified, and keeps its ids', async () => {
    const exchange = await testExchange();
    const terms = { ...BUY, type: 'LIMIT', timeInForce: 'GTC', price: '19500' };
    const { orderId } = (await exchange.signed('POST', '/fapi/v1/order', terms)).body;
    const change = { symbol: 'BTCUSDT', orderId, side: 'BUY', quantity: '0.02', price: '19600' };
    const modify = async (more: object): Promise<unknown> => {
      const { body } = await exchange.signed('PUT', '/fapi/v1/order', { ...change, ...more });
      return body.code ?? `${body.status} ${body.origQty} at ${body.price}`;
    };
    expect(await modify({})).toBe('NEW 0.02 at 19600');
    expect(await modify({})).toBe(-5027);
    expect(await modify({ side: 'SELL' })).toBe(-1130);
    expect(await modify({ price: '19600.05' })).toBe(-1111);
    expect(await modify({ quantity: '120' })).toBe(-2019);
    expect(await modify({ orderId: 999, price: '19000' })).toBe(-2011);
    const open = (await exchange.signed('GET', '/fapi/v1/openOrders')).body;
    expect(open).toMatchObject([{ orderId, origQty: '0.02', price: '19600' }]);
    await modify({ price: '20100' });
    const trades = (await exchange.signed('GET', '/fapi/v1/userTrades', { symbol: 'BTCUSDT' }))
      .body;
    expect(trades).toMatchObject([{ orderId, qty: '0.02' }]);
  });

  test('USD-M: open interest, forced orders, several cancels at once', async () => {
    const exchange = await testExchange();
    const order = { ...BUY, type: 'LIMIT', timeInForce: 'GTC', price: '19500' };
    const ids: number[] = [];
    for (let i = 0; i < 2; i++) {
      ids.push((await exchange.signed('POST', '/fapi/v1/order', order)).body.orderId);
    }
    await exchange.signed('POST', '/fapi/v1/order', BUY);
    const interest = await exchange.get('/fapi/v1/openInterest?symbol=BTCUSDT');
    expect(Number(interest.body.openInterest)).toBe(0.01);
    expect((await exchange.signed('GET', '/fapi/v1/forceOrders')).body).toEqual([]);
    const list = JSON.stringify([...ids, 999]);
    const answers = (
      await exchange.signed('DELETE', '/fapi/v1/batchOrders', {
        symbol: 'BTCUSDT',
        orderIdList: list,
      })
    ).body;
    expect(
      answers.map(({ status, code }: { status?: string; code?: number }) => status ?? code),
    ).toEqual(['CANCELED', 'CANCELED', -2011]);
  });
});

describe('empty parameters', () => {
  test.each([
    ['newOrderRespType', -1136],
    ['recvWindow', -1105],
    ['positionSide', -1105],
    ['reduceOnly', -1105],
    ['priceMatch', -1105],
    ['newClientOrderId', -1105],
    ['quantity', -1102],
  ])('USD-M: %s= is refused with %i', async (name, code) => {
    const exchange = await testExchange();
    const { body } = await exchange.signed('POST', '/fapi/v1/order', { ...BUY, [name]: '' });
    expect(body.code).toBe(code);
  });

  test.each([['newOrderRespType'], ['recvWindow'], ['newClientOrderId']])(
    'spot: %s= is refused with -1105',
    async (name) => {
      const exchange = await testExchange();
      const { body } = await exchange.signed('POST', '/api/v3/order', { ...BUY, [name]: '' });
      expect(body.code).toBe(-1105);
    },
  );
});

describe('the WebSocket API', () => {
  test('leaves the limits out of an answer, or out of all, and counts orders only where they are placed', async () => {
    const exchange = await testExchange();
    const socket = await exchange.connect('/ws-api/v3');
    const typesOf = (frame: { rateLimits?: { rateLimitType: string }[] }): unknown =>
      frame.rateLimits?.map(({ rateLimitType }) => rateLimitType);
    expect(typesOf(await socket.call('time', {}))).toEqual(['REQUEST_WEIGHT']);
    expect(typesOf(await socket.call('time', { returnRateLimits: false }))).toBeUndefined();
    const placed = await socket.call('order.place', BUY, true);
    expect(typesOf(placed)).toEqual(['ORDERS', 'ORDERS', 'REQUEST_WEIGHT']);
    for (const method of ['order.place', 'order.test']) {
      const quiet = await socket.call(method, { ...BUY, returnRateLimits: false }, true);
      expect(quiet).toMatchObject({ status: 200 });
      expect(typesOf(quiet)).toBeUndefined();
    }
    const silent = await exchange.connect('/ws-api/v3?returnRateLimits=false');
    expect(typesOf(await silent.call('time', {}))).toBeUndefined();
    expect(typesOf(await silent.call('nonsense', {}))).toBeUndefined();
    expect(typesOf(await silent.call('time', { returnRateLimits: true }))).toEqual([
      'REQUEST_WEIGHT',
    ]);
    expect((await silent.call('session.status', {})).result.returnRateLimits).toBe(false);
    expect((await silent.call('toString', {})).error.code).toBe(-1135);
  });
});

describe('web pages', () => {
  /** `fetch()` may not set these headers. */
  function raw(
    url: string,
    { method, path, headers }: { method: string; path: string; headers: Record<string, string> },
  ): Promise<number> {
    return new Promise((resolve, reject) => {
      const sent = httpRequest(url + path, { method, headers, agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      sent.on('error', reject);
      if (method === 'POST') sent.end('{}');
      else sent.end();
    });
  }

  test.each([
    ['a name of its own', { host: 'page.example:9180' }, 403],
    ['a name that only begins like ours', { host: 'localhost.page.example' }, 403],
    ['a foreign origin', { origin: 'https://page.example' }, 403],
    ['an origin of another port', { origin: 'http://127.0.0.1:1' }, 403],
    ['a hidden origin', { origin: 'null' }, 403],
    ['a request across sites', { 'sec-fetch-site': 'cross-site' }, 403],
    ['this machine by name', { host: 'localhost:9180' }, 200],
    ['this machine by address', { host: '[::1]:9180' }, 200],
    ['an allowed name', { host: 'exchange:9180' }, 200],
    ['its own origin', { host: 'localhost:9180', origin: 'http://localhost:9180' }, 200],
  ])('%s', async (_, headers, status) => {
    const { server } = await testExchange({ allowedHosts: ['exchange'] });
    const ask = (method: string, path: string): Promise<number> =>
      raw(server.url, { method, path, headers });
    expect(await ask('GET', '/api/v3/ping')).toBe(status);
    expect(await ask('GET', '/control/status')).toBe(status);
    expect(await ask('POST', '/control/skew')).toBe(status);
    const outcomes = ['/ws-api/v3', '/ws/btcusdt@trade', '/private/ws/key', '/ws-fapi/v1'].map(
      (path) => handshake(server.url.replace('http', 'ws') + path, headers),
    );
    expect(await Promise.all(outcomes)).toEqual(outcomes.map(() => status === 200));
  });

  function handshake(url: string, headers: Record<string, string>): Promise<boolean> {
    const socket = new WebSocket(url, { headers });
    onTestFinished(() => socket.terminate());
    return new Promise((resolve) => {
      socket.on('open', () => resolve(true));
      socket.on('error', () => resolve(false));
    });
  }
});
