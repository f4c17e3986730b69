import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { candleSeriesFromRows } from '../../candles/index.js';
import { decimal } from '../../domain/index.js';
import { type BrokerUnderTest, brokerContract } from '../broker.contract.js';
import type { Clock, OrderRequest } from '../ports/index.js';
import { FaultBox } from '../server/faults.js';
import { inProcessCaller } from '../server/in-process-caller.js';
import { startExchangeServer } from '../server/index.js';
import { DEFAULT_LIMITS, LimitCounter } from '../server/limits.js';
import { ReplayMarket } from '../server/replay-market.js';
import { SpotExchange, spotSymbol } from '../simulated/index.js';
import { HttpClient, parseExactJson } from './http-client.js';
import { userEvent } from './mapper.js';
import { encodeQuery, hmacSigner, signedQuery } from './signing.js';
import { localHosts, spotAdapter } from './spot-adapter.js';
import { spotBroker } from './spot-broker.js';
import { systemClock } from './system-clock.js';

const START = Date.UTC(2023, 5, 1);
const BALANCES = { USDT: decimal('10000'), BTC: decimal('1') };
const KEY = {
  apiKey: 'k'.repeat(64),
  secret: 'secret',
  canTrade: true,
  canWithdraw: false,
  isIpRestricted: true,
};
const series = candleSeriesFromRows({ symbol: 'BTCUSDT', market: 'spot', timeframe: '1h' }, [
  [START - 3_600_000, 20_000, 20_000, 20_000, 20_000, 1],
]);

brokerContract('the pure core', async () => {
  const exchange = new SpotExchange({
    symbols: [spotSymbol('BTCUSDT')],
    balances: BALANCES,
    startTime: START,
  });
  const trade = (price: string, isJump = false): void =>
    exchange.move('BTCUSDT', { time: START, price: decimal(price), quantity: 0n, isJump });
  trade('20000', true);
  const market = new ReplayMarket([{ candles: series, tickSize: decimal('0.01') }], {
    startTime: START,
  });
  const broker = spotBroker(
    inProcessCaller({
      exchange,
      market,
      limits: new LimitCounter({ ...DEFAULT_LIMITS }),
      faults: new FaultBox(1),
      now: () => START,
      limitNow: () => START,
    }),
  );
  return Promise.resolve<BrokerUnderTest>({ broker, trade, close: () => {} });
});

brokerContract('the local exchange over sockets', async () => {
  const server = await startExchangeServer({
    series: [series],
    startTime: START,
    pace: { kind: 'stepped' },
    keys: [KEY],
    balances: BALANCES,
  });
  const { client, broker } = spotAdapter({
    hosts: localHosts(server.url),
    signer: hmacSigner(KEY.apiKey, KEY.secret),
  });
  await client.synchronize();
  const trade = async (price: string): Promise<void> => {
    const body = JSON.stringify({ symbol: 'BTCUSDT', price, jump: false });
    await fetch(`${server.url}/control/price`, { method: 'POST', body });
  };
  return { broker, trade, close: () => server.close() };
});

const clock: Clock = { now: () => START, after: systemClock.after };
const order: OrderRequest = {
  symbol: 'BTCUSDT',
  side: 'buy',
  type: 'market',
  clientOrderId: 'c-1',
  quantity: decimal('0.01'),
};

/** A broker whose every request gets this answer. */
function answering(status: number, body: unknown, headers: Record<string, string> = {}) {
  const client = new HttpClient({
    baseUrl: 'https://api.example.com',
    clock,
    signer: hmacSigner('key', 'secret'),
    fetch: () =>
      Promise.resolve(
        new Response(typeof body === 'string' ? body : JSON.stringify(body), { status, headers }),
      ),
  });
  return { broker: spotBroker(client), client };
}

describe('answers', () => {
  test.each([
    [
      504,
      {
        code: -1007,
        msg: 'Timeout waiting for response from backend server. Send status unknown; execution status unknown.',
      },
      'unknown',
    ],
    [503, 'Unknown error, please check your request or try again later.', 'unknown'],
    [503, { code: -1008, msg: 'Server is currently overloaded with other requests.' }, 'unknown'],
    [503, { code: 0, msg: 'Service Unavailable.' }, 'not-sent'],
    [500, '<html>', 'unknown'],
    [200, '<html>not the exchange</html>', 'unknown'],
    [200, { symbol: 'BTCUSDT' }, 'unknown'],
    [200, '{"symbol":"BTCUS', 'unknown'],
    [
      400,
      { code: -1006, msg: 'An unexpected response was received from the message bus.' },
      'unknown',
    ],
    [
      400,
      { code: -2010, msg: 'Account has insufficient balance for requested action.' },
      'refused',
    ],
    [401, { code: -2015, msg: 'Invalid API-key, IP, or permissions for action.' }, 'refused'],
    [403, '<html>WAF</html>', 'refused'],
    [451, '', 'refused'],
    [
      429,
      { code: -1015, msg: 'Too many new orders; current limit is 100 orders per 10 SECOND.' },
      'refused',
    ],
    [
      418,
      { code: -1003, msg: 'Way too much request weight used; IP banned until 1790000120000.' },
      'refused',
    ],
  ])('HTTP %i %j leaves an order %s', async (status, body, outcome) => {
    await expect(answering(status, body).broker.place(order)).rejects.toMatchObject({ outcome });
  });

  test('after 418 nothing is sent before its end, orders included', async () => {
    const { broker, client } = answering(
      418,
      { code: -1003, msg: 'banned' },
      { 'Retry-After': '120' },
    );
    await expect(broker.place(order)).rejects.toMatchObject({
      reason: 'banned',
      retryTime: START + 120_000,
    });
    expect(client.budget.bannedUntil).toBe(START + 120_000);
    await expect(broker.place(order)).rejects.toMatchObject({
      outcome: 'not-sent',
      retryTime: START + 120_000,
    });
  });

  test('a connection that breaks leaves a write unknown; one that never was did not send', async () => {
    const failing = (error: Error) =>
      spotBroker(
        new HttpClient({
          baseUrl: 'https://api.example.com',
          clock,
          signer: hmacSigner('key', 'secret'),
          fetch: () => Promise.reject(error),
        }),
      );
    const reset = new TypeError('fetch failed', {
      cause: Object.assign(new Error('reset'), { code: 'ECONNRESET' }),
    });
    const noHost = new TypeError('fetch failed', {
      cause: Object.assign(new Error('dns'), { code: 'ENOTFOUND' }),
    });
    await expect(failing(reset).place(order)).rejects.toMatchObject({ outcome: 'unknown' });
    await expect(failing(reset).query('BTCUSDT', 'c-1')).rejects.toMatchObject({
      outcome: 'not-sent',
    });
    await expect(failing(noHost).place(order)).rejects.toMatchObject({ outcome: 'not-sent' });
  });

  test('a clock that was off is set and the order sent once more', async () => {
    const sent: string[] = [];
    const answers = [
      [400, { code: -1021, msg: 'Timestamp for this request is outside of the recvWindow.' }],
      [200, { serverTime: START + 60_000 }],
      [200, {}],
    ] as const;
    const client = new HttpClient({
      baseUrl: 'https://api.example.com',
      clock,
      signer: hmacSigner('key', 'secret'),
      fetch: (url) => {
        const [status, body] = answers[sent.push(url) - 1]!;
        return Promise.resolve(new Response(JSON.stringify(body), { status }));
      },
    });
    await spotBroker(client).test(order);
    expect(sent.map((url) => new URL(url).pathname)).toEqual([
      '/api/v3/order/test',
      '/api/v3/time',
      '/api/v3/order/test',
    ]);
    expect(new URL(sent[2]!).searchParams.get('timestamp')).toBe(String(START + 59_950));
  });

  test('ids beyond 2^53 keep their digits', () => {
    const text =
      '{"orderId":8389765739703625592,"clientOrderId":"1234567890123456789","ids":[1,9007199254740993]}';
    expect(parseExactJson(text)).toEqual({
      orderId: '8389765739703625592',
      clientOrderId: '1234567890123456789',
      ids: [1, '9007199254740993'],
    });
  });
});

describe('signing', () => {
  test('percent-encodes before it signs, signature last', () => {
    const query = signedQuery(hmacSigner('key', 'secret'), {
      symbol: '币安USDT',
      timestamp: 1,
      none: undefined,
    });
    expect(query).toMatch(/^symbol=%E5%B8%81%E5%AE%89USDT&timestamp=1&signature=[0-9a-f]{64}$/);
  });

  const vectors = '../shared/fixtures/binance/errors/signing-vectors.json';
  if (!existsSync(vectors))
    console.warn(`skipped: ${vectors} is missing, the documented signatures are not compared`);
  test.skipIf(!existsSync(vectors))('gives the documented signatures', () => {
    const known = JSON.parse(readFileSync(vectors, 'utf8')) as Record<
      string,
      { secretKey: string; payload: string; signature: string }
    >;
    for (const { secretKey, payload, signature } of Object.values(known)) {
      expect(encodeQuery(Object.fromEntries(new URLSearchParams(payload)))).toBe(payload);
      expect(hmacSigner('key', secretKey).sign(payload)).toBe(signature);
    }
  });
});

describe('user events', () => {
  const trade = {
    e: 'executionReport',
    E: 2,
    s: 'BTCUSDT',
    c: 'e-1',
    S: 'BUY',
    o: 'LIMIT',
    f: 'GTC',
    q: '0.00300000',
    p: '60000.00000000',
    P: '0.00000000',
    F: '0.00000000',
    g: -1,
    C: '',
    x: 'TRADE',
    X: 'PARTIALLY_FILLED',
    r: 'NONE',
    i: 100_001,
    l: '0.00100000',
    z: '0.00100000',
    L: '60000.00000000',
    n: '0.00000100',
    N: 'BTC',
    T: 1,
    t: 9001,
    I: 5,
    w: false,
    m: true,
    M: true,
    O: 1,
    Z: '60.00000000',
    Y: '60.00000000',
    Q: '0.00000000',
    W: 1,
    V: 'EXPIRE_MAKER',
  };

  test('a trade carries its fill; a cancel names the order, not the request', () => {
    expect(userEvent(trade)).toMatchObject({
      type: 'order',
      order: {
        clientOrderId: 'e-1',
        status: 'partially-filled',
        executedQuantity: decimal('0.001'),
      },
      fill: {
        tradeId: '9001',
        commission: decimal('0.000001'),
        commissionAsset: 'BTC',
        isMaker: true,
      },
    });
    const cancel = { ...trade, x: 'CANCELED', X: 'CANCELED', c: 'web_1', C: 'e-1', t: -1, N: null };
    expect(userEvent(cancel)).toMatchObject({
      order: { clientOrderId: 'e-1', status: 'canceled' },
    });
    expect(userEvent(cancel)).not.toHaveProperty('fill');
  });

  test('broken events are malformed, unknown ones are nothing', () => {
    expect(userEvent({ ...trade, q: 'much' })).toBe('malformed');
    expect(userEvent({ ...trade, i: undefined })).toBe('malformed');
    expect(userEvent({ e: 'externalLockUpdate' })).toBeUndefined();
    expect(userEvent(null)).toBeUndefined();
  });

  const folder = '../shared/fixtures/binance/spot/uds';
  if (!existsSync(folder))
    console.warn(`skipped: ${folder} is missing, documented events are not compared`);
  test.skipIf(!existsSync(folder))('every documented event can be read', () => {
    for (const name of [
      'executionReport.NEW.docs',
      'outboundAccountPosition.docs',
      'balanceUpdate.docs',
      'listStatus.docs',
      'sequence.oco-stop-triggers.derived',
      'sequence.limit-NEW-PARTIAL-FILLED.derived',
      'sequence.market-NEW-PARTIAL-PARTIAL-EXPIRED.docs',
    ]) {
      const content = JSON.parse(readFileSync(`${folder}/${name}.json`, 'utf8')) as unknown;
      for (const entry of [content].flat() as { event?: unknown }[]) {
        const event = userEvent(entry.event ?? entry);
        expect(event, name).not.toBe('malformed');
        expect(event, name).toBeDefined();
      }
    }
  });
});
