import { describe, expect, test } from 'vitest';
import { decimal } from '../../domain/index.js';
import { type Clock, type SendPermit, sendPermit } from '../ports/clock.js';
import { RequestNotSent } from '../ports/errors.js';
import { HttpClient } from './http-client.js';
import { hmacSigner } from './signing.js';
import { spotBroker } from './spot-broker.js';
import { usdmBroker } from './usdm-broker.js';

const START = Date.UTC(2026, 10, 1);
const SKEWED = { code: -1021, msg: 'Timestamp for this request is outside of the recvWindow.' };
const QUANTITY = decimal('1');

/** A clock that goes on only when it is moved. */
function virtualClock() {
  let now = START;
  let timers: { at: number; action: () => void }[] = [];
  const clock: Clock = {
    now: () => now,
    after: (delayMs, action) => {
      const timer = { at: now + delayMs, action };
      timers.push(timer);
      return () => {
        timers = timers.filter((one) => one !== timer);
      };
    },
  };
  const pass = async (ms: number): Promise<void> => {
    const end = now + ms;
    for (;;) {
      for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
      timers.sort((a, b) => a.at - b.at);
      const [next] = timers;
      if (next === undefined || next.at > end) break;
      timers.shift();
      now = next.at;
      next.action();
    }
    now = end;
  };
  return { clock, pass };
}

/** What makes a request that writes wait. */
const DELAYS = {
  /** Another program used the minute's weight up. */
  'weight is used up before': (client: HttpClient) => client.budget.reportUsed(START, 10_000),
  /** Another bot was answered 429. */
  'a limit of another bot': (client: HttpClient) => client.budget.pauseUntil(START + 30_000),
  'a ban': (client: HttpClient) => client.budget.banUntil(START + 86_400_000),
  'the clock is off, and weight is used up': () => 'weight',
  'the clock is off, and nobody tells the time': () => 'silence',
} as const;

const WRITES = {
  'spot: an entry': [
    'spot',
    (b: ReturnType<typeof spotBroker>, permit?: SendPermit) =>
      b.place(
        {
          symbol: 'BTCUSDT',
          side: 'buy',
          type: 'market',
          quantity: QUANTITY,
          clientOrderId: 'c-1',
        },
        permit,
      ),
  ],
  'spot: a stop': [
    'spot',
    (b: ReturnType<typeof spotBroker>, permit?: SendPermit) =>
      b.place(
        {
          symbol: 'BTCUSDT',
          side: 'sell',
          type: 'stop-loss',
          quantity: QUANTITY,
          triggerPrice: QUANTITY,
          clientOrderId: 'c-1',
        },
        permit,
      ),
  ],
  'spot: a cancellation': [
    'spot',
    (b: ReturnType<typeof spotBroker>, permit?: SendPermit) => b.cancel('BTCUSDT', 'c-1', permit),
  ],
  'spot: a replacement': [
    'spot',
    (b: ReturnType<typeof spotBroker>, permit?: SendPermit) =>
      b.cancelReplace(
        'BTCUSDT',
        'c-1',
        {
          symbol: 'BTCUSDT',
          side: 'sell',
          type: 'stop-loss',
          quantity: QUANTITY,
          triggerPrice: QUANTITY,
          clientOrderId: 'c-2',
        },
        permit,
      ),
  ],
  'spot: a pair': [
    'spot',
    (b: ReturnType<typeof spotBroker>, permit?: SendPermit) =>
      b.placeOCO(
        {
          symbol: 'BTCUSDT',
          side: 'sell',
          quantity: QUANTITY,
          listClientOrderId: 'l-1',
          takeProfit: { clientOrderId: 'c-1', price: QUANTITY },
          stopLoss: { clientOrderId: 'c-2', triggerPrice: QUANTITY },
        },
        permit,
      ),
  ],
  'USD-M: an entry': [
    'usdm',
    (b: ReturnType<typeof usdmBroker>, permit?: SendPermit) =>
      b.place(
        {
          symbol: 'BTCUSDT',
          side: 'buy',
          type: 'market',
          quantity: QUANTITY,
          clientOrderId: 'c-1',
        },
        permit,
      ),
  ],
  'USD-M: a stop': [
    'usdm',
    (b: ReturnType<typeof usdmBroker>, permit?: SendPermit) =>
      b.place(
        {
          symbol: 'BTCUSDT',
          side: 'sell',
          type: 'stop-loss',
          quantity: QUANTITY,
          triggerPrice: QUANTITY,
          clientOrderId: 'c-1',
        },
        permit,
      ),
  ],
  'USD-M: a cancellation': [
    'usdm',
    (b: ReturnType<typeof usdmBroker>, permit?: SendPermit) => b.cancel('BTCUSDT', 'c-1', permit),
  ],
  'USD-M: a leverage': ['usdm', (b: ReturnType<typeof usdmBroker>) => b.setLeverage('BTCUSDT', 3)],
  'USD-M: a margin type': [
    'usdm',
    (b: ReturnType<typeof usdmBroker>) => b.setMarginType('BTCUSDT', 'cross'),
  ],
} as const;

describe.each(Object.entries(WRITES))('%s', (_, [market, write]) => {
  test.each(Object.entries(DELAYS))(
    'is given up within 3 s and never sent later: %s',
    async (_name, hinder) => {
      const { clock, pass } = virtualClock();
      const sent: number[] = [];
      const how = { value: '' };
      const client = new HttpClient({
        baseUrl: 'https://api.example.com',
        clock,
        signer: hmacSigner('key', 'secret'),
        fetch: (url, init) => {
          if (init.method === 'GET') {
            if (how.value === 'silence') return new Promise(() => {});
            return Promise.resolve(Response.json({ serverTime: clock.now() }));
          }
          sent.push(clock.now() - START);
          if (how.value === 'weight') client.budget.reportUsed(clock.now(), 10_000);
          expect(url).toContain('timestamp=');
          return Promise.resolve(Response.json(SKEWED, { status: 400 }));
        },
      });
      how.value = hinder(client) ?? '';
      const broker = market === 'spot' ? spotBroker(client) : usdmBroker(client);
      let settledMs: number | undefined;
      const failed = (write as (b: unknown) => Promise<unknown>)(broker).then(
        () => undefined,
        (error: unknown) => {
          settledMs = clock.now() - START;
          return error;
        },
      );
      await pass(120_000);
      expect(await failed).toBeInstanceOf(RequestNotSent);
      expect(settledMs).toBeLessThanOrEqual(3_000);
      expect(sent.filter((time) => time > 3_000)).toEqual([]);
    },
  );
});

test('a limit that ends in time is waited for', async () => {
  const { clock, pass } = virtualClock();
  const client = new HttpClient({
    baseUrl: 'https://api.example.com',
    clock,
    signer: hmacSigner('key', 'secret'),
    fetch: () => Promise.resolve(Response.json({ at: clock.now() - START })),
  });
  client.budget.pauseUntil(START + 2_000);
  const answer = client.call({
    method: 'POST',
    path: '/x',
    weight: 1,
    isSigned: true,
    isOrder: true,
  });
  await pass(10_000);
  expect(await answer).toEqual({ at: 2_000 });
});

test('all requests of one write share its permit: the second half of a replacement is not sent late', async () => {
  const { clock, pass } = virtualClock();
  const posts: string[] = [];
  const client = new HttpClient({
    baseUrl: 'https://api.example.com',
    clock,
    signer: hmacSigner('key', 'secret'),
    fetch: async (url, init) => {
      if (init.method === 'POST') posts.push(url);
      await new Promise<void>((resolve) => clock.after(4_000, resolve));
      return Response.json(
        {
          symbol: 'BTCUSDT',
          orderId: 1,
          clientOrderId: 'c-1',
          side: 'SELL',
          type: 'MARKET',
          status: 'CANCELED',
          origQty: '1',
          executedQty: '0',
          price: '0',
          updateTime: START,
        },
        { status: 200 },
      );
    },
  });
  const replaced = usdmBroker(client)
    .cancelReplace(
      'BTCUSDT',
      'c-1',
      { symbol: 'BTCUSDT', side: 'sell', type: 'market', quantity: QUANTITY, clientOrderId: 'c-2' },
      sendPermit(clock, 3_000),
    )
    .catch((error: unknown) => error);
  await pass(60_000);
  expect(posts).toEqual([]);
  expect(await replaced).toMatchObject({ outcome: 'not-sent' });
});

test('a permit ends with its time, and with a clock that is set back', () => {
  let now = START;
  const permit = sendPermit({ now: () => now }, 3_000);
  now += 2_999;
  expect(permit.remainingMs()).toBe(1);
  now += 1;
  expect(permit.remainingMs()).toBe(0);
  now = START - 1;
  expect(permit.remainingMs()).toBe(0);
});
