/* eslint-disable @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-argument, @typescript-eslint/no-unsafe-return -- answers are looked into as clients do, member by member */
import { describe, expect, test } from 'vitest';
import { decimal } from '../../domain/index.js';
import { seededRandom } from '../../util/index.js';
import { type Body, START, testExchange } from './test-exchange.contract.js';

const MINUTE_MS = 60_000;
const SPOT = [
  'btcusdt@trade',
  'btcusdt@aggTrade',
  'btcusdt@kline_1m',
  'btcusdt@kline_1d@+08:00',
  'btcusdt@kline_1w@-03:30',
  'btcusdt@miniTicker',
  '!miniTicker@arr',
  'btcusdt@ticker',
  '!ticker@arr',
  'btcusdt@ticker_1h',
  'btcusdt@ticker_4h',
  'btcusdt@ticker_1d',
  '!ticker_1h@arr',
  'btcusdt@bookTicker',
  'btcusdt@avgPrice',
  'btcusdt@depth',
  'btcusdt@depth@100ms',
  'btcusdt@depth5',
  'btcusdt@depth10@100ms',
  'btcusdt@depth20',
];
const USDM = [
  'btcusdt@aggTrade',
  'btcusdt@trade',
  'btcusdt@markPrice',
  'btcusdt@markPrice@1s',
  '!markPrice@arr',
  '!markPrice@arr@1s',
  'btcusdt@kline_1m',
  'btcusdt_perpetual@continuousKline_1m',
  'btcusdt@miniTicker',
  '!miniTicker@arr',
  'btcusdt@ticker',
  '!ticker@arr',
];
const USDM_BOOKS = [
  'btcusdt@bookTicker',
  '!bookTicker',
  'btcusdt@depth',
  'btcusdt@depth@100ms',
  'btcusdt@depth@500ms',
  'btcusdt@depth5',
  'btcusdt@depth20@500ms',
];

describe('documented streams speak', () => {
  test.each([
    ['/stream', SPOT],
    ['/market/stream', USDM],
    ['/public/stream', USDM_BOOKS],
  ])('%s', async (path, streams) => {
    const exchange = await testExchange();
    const socket = await exchange.connect(path);
    socket.send({ method: 'SUBSCRIBE', params: streams, id: 1 });
    expect(await socket.frame(({ id }) => id === 1)).toEqual({ result: null, id: 1 });
    exchange.server.advanceTo(START + 5 * MINUTE_MS);
    for (const name of streams) {
      const { data } = await socket.frame(({ stream }) => stream === name);
      if (name.startsWith('!') && name !== '!bookTicker') expect(data[0].s).toBe('BTCUSDT');
    }
  });

  test('a day in another time zone ends there', async () => {
    const exchange = await testExchange();
    const socket = await exchange.connect('/stream?streams=btcusdt@kline_1d@%2B08:00');
    exchange.server.advanceTo(START + 16 * 3_600_000);
    const { data } = await socket.frame((frame) => frame.data.k.x === true);
    expect(data.k).toMatchObject({ i: '1d', t: START - 8 * 3_600_000, n: 1_440 * 8 });
  });

  test('members of the frames', async () => {
    const exchange = await testExchange();
    const spot = await exchange.connect(
      '/stream?streams=btcusdt@ticker/btcusdt@ticker_4h/btcusdt@avgPrice/btcusdt@depth5',
    );
    const usdm = await exchange.connect(
      '/market/stream?streams=btcusdt@ticker/btcusdt_perpetual@continuousKline_1m',
    );
    exchange.server.advanceTo(START + 2 * MINUTE_MS);
    const data = async (socket: typeof spot, name: string): Promise<Body> =>
      (await socket.frame(({ stream }) => stream === `btcusdt${name}`)).data;
    const members = async (socket: typeof spot, name: string): Promise<string> =>
      Object.keys(await data(socket, name)).join(' ');
    expect(await members(spot, '@ticker')).toBe('e E s p P w x c Q b B a A o h l v q O C F L n');
    expect(await members(usdm, '@ticker')).toBe('e E s p P w c Q o h l v q O C F L n');
    expect(await members(spot, '@ticker_4h')).toBe('e E s p P w c o h l v q O C F L n');
    expect(await data(spot, '@ticker_4h')).toMatchObject({ e: '4hTicker' });
    expect(await data(spot, '@avgPrice')).toMatchObject({ e: 'avgPrice', i: '5m' });
    expect(await members(spot, '@depth5')).toBe('lastUpdateId bids asks');
    const candle = await data(usdm, '_perpetual@continuousKline_1m');
    expect(candle).toMatchObject({ e: 'continuous_kline', ps: 'BTCUSDT', ct: 'PERPETUAL' });
    expect(candle.k.s).toBeUndefined();
  });

  test('a forced close is seen by everyone', async () => {
    const exchange = await testExchange({ balances: { USDT: decimal('60') } });
    const socket = await exchange.connect(
      '/market/stream?streams=btcusdt@forceOrder/!forceOrder@arr',
    );
    const order = { symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET', quantity: '0.05' };
    expect((await exchange.signed('POST', '/fapi/v1/order', order)).status).toBe(200);
    await exchange.control('price', { symbol: 'BTCUSDT', price: '18800', market: 'usdm' });
    for (const name of ['btcusdt@forceOrder', '!forceOrder@arr']) {
      const { data } = await socket.frame(({ stream }) => stream === name);
      expect(data).toMatchObject({ e: 'forceOrder', o: { s: 'BTCUSDT', S: 'SELL', X: 'FILLED' } });
    }
  });
});

describe('what is no stream here', () => {
  test.each([
    ['/stream', 'btcusdt@kline_1s'],
    ['/stream', 'btcusdt@kline_7m'],
    ['/stream', 'btcusdt@depth7'],
    ['/stream', 'btcusdt@referencePrice'],
    ['/stream', 'BTCUSDT@trade'],
    ['/stream', 'btcusdt'],
    ['/stream', 'btcusdt_perpetual@continuousKline_1m'],
    ['/market/stream', '!contractInfo'],
    ['/market/stream', 'btcusdt@kline_1d@+08:00'],
    ['/public/stream', 'btcusdt@rpiDepth@500ms'],
  ])('%s %s is refused and reported, however it is asked for', async (path, stream) => {
    const reported: string[] = [];
    const exchange = await testExchange({ onUnserved: (what) => reported.push(what) });
    const socket = await exchange.connect(path);
    socket.send({ method: 'SUBSCRIBE', params: ['btcusdt@bookTicker', stream], id: 7 });
    const answer = await socket.frame(({ id }) => id === 7);
    expect(answer.error).toMatchObject({ code: 2, msg: expect.stringContaining(stream) });
    socket.send({ method: 'LIST_SUBSCRIPTIONS', id: 8 });
    expect(await socket.frame(({ id }) => id === 8)).toEqual({ result: [], id: 8 });
    if (stream.includes('@')) {
      const other = await exchange.connect(`${path}?streams=${encodeURIComponent(stream)}`);
      expect((await other.frame(({ error }) => error !== undefined)).error.code).toBe(2);
    }
    expect(reported).toContain(`stream ${stream}`);
  });

  test.each(['/ws/0', '/stream/3', '/ws', '/market/ws/1'])(
    '%s is a connection without streams',
    async (path) => {
      const exchange = await testExchange();
      const socket = await exchange.connect(path);
      socket.send({ method: 'LIST_SUBSCRIPTIONS', id: 1 });
      await socket.frame(({ id }) => id === 1);
      expect(socket.frames).toEqual([{ result: [], id: 1 }]);
    },
  );

  test('a symbol that is not there, or the wrong path, is silent as on Binance, and reported', async () => {
    const reported: string[] = [];
    const exchange = await testExchange({ onUnserved: (what) => reported.push(what) });
    const socket = await exchange.connect('/public/stream');
    socket.send({ method: 'SUBSCRIBE', params: ['dogeusdt@bookTicker'], id: 1 });
    socket.send({ method: 'SUBSCRIBE', params: ['btcusdt@kline_1m'], id: 2 });
    await socket.frame(({ id }) => id === 2);
    expect(socket.frames).toEqual([
      { result: null, id: 1 },
      { result: null, id: 2 },
    ]);
    expect(reported).toHaveLength(2);
  });
});

describe('a book put together from a snapshot and changes', () => {
  test.each([
    ['spot', '/stream?streams=btcusdt@depth', '/api/v3/depth?symbol=BTCUSDT&limit=1000'],
    [
      'usdm',
      '/public/stream?streams=btcusdt@depth@100ms',
      '/fapi/v1/depth?symbol=BTCUSDT&limit=1000',
    ],
  ] as const)(
    '%s: equals that of the exchange, whenever the snapshot is taken',
    async (market, stream, path) => {
      const random = seededRandom(7);
      const exchange = await testExchange({
        liquidity: { levelQuantity: decimal('0.5'), levels: 20, spreadTicks: 1 },
      });
      const socket = await exchange.connect(stream);
      let now = START;
      for (let round = 0; round < 6; round++) {
        socket.frames.length = 0;
        const steps = 2 + Math.floor(random() * 4);
        let snapshot: Body;
        for (let i = 0; i < steps; i++) {
          now += Math.floor(random() * 40_000);
          exchange.server.advanceTo(now);
          if (random() < 0.7) {
            const price = (20_000 + Math.floor(random() * 30) / 10).toFixed(1);
            await exchange.control('price', { symbol: 'BTCUSDT', price, market });
          }
          if (i === 1) snapshot = (await exchange.get(path)).body;
        }
        now += MINUTE_MS;
        exchange.server.advanceTo(now);
        const own = await rebuilt(socket, snapshot, market);
        const { bids, asks } = (await exchange.get(path)).body;
        expect(own).toEqual({ bids: Object.fromEntries(bids), asks: Object.fromEntries(asks) });
      }
    },
  );

  /** As Binance documents it. */
  async function rebuilt(
    socket: { frames: Body[] },
    snapshot: Body,
    market: 'spot' | 'usdm',
  ): Promise<{ bids: object; asks: object }> {
    await new Promise((wait) => setTimeout(wait, 100));
    const book = {
      bids: new Map<string, string>(snapshot.bids),
      asks: new Map<string, string>(snapshot.asks),
    };
    const events = socket.frames
      .map(({ data }) => data)
      .filter(({ u }) => u > snapshot.lastUpdateId);
    expect(events.length).toBeGreaterThan(0);
    expect(events[0].U).toBeLessThanOrEqual(snapshot.lastUpdateId + 1);
    let last = events[0].U - 1;
    for (const { U, u, pu, b, a } of events) {
      expect(U).toBe(last + 1);
      if (market === 'usdm') expect(pu).toBe(last);
      last = u;
      for (const [side, rows] of [
        ['bids', b],
        ['asks', a],
      ] as const) {
        for (const [price, quantity] of rows) {
          if (Number(quantity) === 0) book[side].delete(price);
          else book[side].set(price, quantity);
        }
      }
    }
    return { bids: Object.fromEntries(book.bids), asks: Object.fromEntries(book.asks) };
  }
});
