import { afterEach, describe, expect, test } from 'vitest';
import { candleSeriesFromRows } from '../../candles/index.js';
import { decimal } from '../../domain/index.js';
import type { Clock, MarketEvent, UserEvent } from '../ports/index.js';
import { type ExchangeServer, type FaultRule, startExchangeServer } from '../server/index.js';
import { hmacSigner } from './signing.js';
import { localHosts, type SpotAdapterOptions, spotAdapter } from './spot-adapter.js';
import { systemClock } from './system-clock.js';
import { usdmUserEvents } from './usdm-user-stream.js';
import { spotUserEvents } from './user-stream.js';

const MINUTE = 60_000;
const START = Date.UTC(2023, 5, 1);
const KEY = {
  apiKey: 'k'.repeat(64),
  secret: 'secret',
  canTrade: true,
  canWithdraw: false,
  isIpRestricted: true,
};
const MARKET = { symbol: 'BTCUSDT', timeframe: '1m' } as const;
/** Minute 7 is an outage of the exchange. */
const series = candleSeriesFromRows(
  { ...MARKET, market: 'spot' },
  Array.from({ length: 200 }, (_, i) => [
    START + (i - 100) * MINUTE,
    20_000,
    20_002,
    19_998,
    20_001,
    1,
  ]).filter(([time]) => time !== START + 7 * MINUTE),
);

let server: ExchangeServer;
const ends: (() => void)[] = [];
const malformed: string[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) end();
  malformed.length = 0;
  await server.close();
});

/** The clock of the exchange for a market that is stepped; its delays pass sixty times as fast. */
const steppedClock: Clock = {
  now: () => server.now(),
  after: (delayMs, action) => systemClock.after(delayMs / 60, action),
};

async function start(
  faults: readonly FaultRule[] = [],
  options: Partial<SpotAdapterOptions> = {},
  pace: 'stepped' | 'real' = 'stepped',
) {
  server = await startExchangeServer({
    series: [series],
    startTime: START + 1_000,
    pace: pace === 'real' ? { kind: 'real', speed: 1 } : { kind: 'stepped' },
    keys: [KEY],
    balances: { USDT: decimal('10000'), BTC: decimal('1') },
    faults,
  });
  const adapter = spotAdapter({
    hosts: localHosts(server.url),
    signer: hmacSigner(KEY.apiKey, KEY.secret),
    clock: pace === 'real' ? systemClock : steppedClock,
    // A step moves the clock before its frames arrive: ages mean nothing then.
    ...(pace === 'stepped' ? { staleMs: 86_400_000, timeoutMs: 600_000 } : {}),
    onMalformed: (frame) => malformed.push(frame),
    ...options,
  });
  await adapter.client.synchronize();
  return adapter;
}

function follow(adapter: Awaited<ReturnType<typeof start>>): MarketEvent[] {
  const events: MarketEvent[] = [];
  const request = { candles: [{ ...MARKET, lastOpenTime: START - 3 * MINUTE }] };
  ends.push(adapter.feed.subscribe(request, (event) => events.push(event)));
  return events;
}

const candles = (events: readonly MarketEvent[]) =>
  events.flatMap((event) => (event.type === 'candle' ? [event] : []));
const minutes = (events: readonly MarketEvent[]) =>
  candles(events).map(({ candle }) => (candle.openTime - START) / MINUTE);

async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 1_000 && !condition(); i++) await new Promise((wait) => setTimeout(wait, 5));
  expect(condition()).toBe(true);
}

/** Steps the market minute by minute, so that the feed sees each frame before the next. */
async function step(events: readonly MarketEvent[], toMinute: number): Promise<void> {
  const first = Math.floor((server.now() - START) / MINUTE) + 1;
  for (let minute = first; minute <= toMinute; minute++) {
    const time = START + minute * MINUTE;
    server.advanceTo(time + 100);
    await until(() => events.some((event) => event.type === 'forming' && event.time >= time));
  }
}

const connections = (events: readonly MarketEvent[]) =>
  events.flatMap(({ type }) => (type === 'connected' || type === 'disconnected' ? [type] : []));

describe('the market feed', () => {
  test('back-fills first, then follows; each closed candle once and in order, outages stay', async () => {
    const events = follow(await start());
    await until(() => candles(events).length === 2);
    expect(candles(events).every(({ isBackfilled }) => isBackfilled)).toBe(true);
    await step(events, 6);
    await until(() => minutes(events).at(-1) === 5);
    server.advanceTo(START + 10 * MINUTE + 100);
    await until(() => minutes(events).at(-1) === 9);
    expect(minutes(events)).toEqual([-2, -1, 0, 1, 2, 3, 4, 5, 6, 8, 9]);
    expect(candles(events)[2]).toMatchObject({
      isBackfilled: false,
      candle: { open: '20000', high: '20002', low: '19998', close: '20001', volume: '1', count: 1 },
    });
  });

  test('a closing frame that is lost, doubled or odd changes nothing but where the candle comes from', async () => {
    const events = follow(
      await start([
        { name: 'closed-candle-lost', fromTime: START + 2 * MINUTE },
        { name: 'closed-candle-twice', count: 0 },
        { name: 'odd-numbers', skip: 3 },
        { name: 'bad-message', skip: 5 },
      ]),
    );
    await until(() => candles(events).length === 2);
    await step(events, 6);
    await until(() => minutes(events).at(-1) === 5);
    expect(minutes(events)).toEqual([-2, -1, 0, 1, 2, 3, 4, 5]);
    expect(
      candles(events).filter(({ isBackfilled }) => isBackfilled).length,
    ).toBeGreaterThanOrEqual(3);
    expect(malformed.length).toBeGreaterThanOrEqual(2);
  });

  test.each<FaultRule['name']>([
    'member-missing',
    'future-frame',
    'late-frame',
    'huge-message',
    'bad-utf8',
  ])('%s: every candle comes once and in order all the same', async (name) => {
    const events = follow(await start([{ name, match: 'kline', skip: 4, count: 2 }]));
    await until(() => candles(events).length === 2);
    for (let minute = 1; minute <= 6; minute++) {
      server.advanceTo(START + minute * MINUTE + 100);
      await until(() => minutes(events).at(-1) === minute - 1);
    }
    expect(minutes(events)).toEqual([-2, -1, 0, 1, 2, 3, 4, 5]);
    expect(server.faults.strikes.map((strike) => strike.name)).toEqual([name, name]);
  });

  test('what passed during a disconnection is fetched, by whichever end it was cut', async () => {
    const events = follow(await start());
    await until(() => candles(events).length === 2);
    await step(events, 2);
    for (const action of ['drop', 'shutdown']) {
      const before = connections(events).length;
      await fetch(`${server.url}/control/sockets`, {
        method: 'POST',
        body: JSON.stringify({ action }),
      });
      server.advanceTo(server.now() + 2 * MINUTE);
      await until(() => connections(events).length >= before + 2);
    }
    await until(() => minutes(events).at(-1) === 5);
    expect(minutes(events)).toEqual([-2, -1, 0, 1, 2, 3, 4, 5]);
    expect(connections(events).slice(0, 3)).toEqual(['connected', 'disconnected', 'connected']);
  });

  test('a half-open connection is noticed by the age of its data and replaced', async () => {
    const adapter = await start(
      [{ name: 'half-open', match: '/stream' }],
      { staleMs: 1_500 },
      'real',
    );
    const events = follow(adapter);
    await until(() => events.some(({ type }) => type === 'fresh'));
    expect(
      events.map(({ type }) => type).filter((type) => type !== 'candle' && type !== 'forming'),
    ).toEqual(['connected', 'stale', 'disconnected', 'connected', 'fresh']);
  });
});

describe('user events', () => {
  function listen(adapter: Awaited<ReturnType<typeof start>>): UserEvent[] {
    const events: UserEvent[] = [];
    ends.push(adapter.userEvents!.subscribe((event) => events.push(event)));
    return events;
  }
  const order = {
    symbol: 'BTCUSDT',
    side: 'buy',
    type: 'market',
    quantity: decimal('0.01'),
  } as const;

  test('that are odd are read as what they are', async () => {
    const notes: string[] = [];
    const adapter = await start(
      [
        { name: 'event-odd', count: 0 },
        { name: 'odd-rows', count: 0 },
      ],
      { onNote: ({ text }) => void notes.push(text) },
    );
    const events = listen(adapter);
    await until(() => events.length === 1);
    expect((await adapter.broker.instrumentRules(['BTCUSDT'])).get('BTCUSDT')).toMatchObject({
      tickSize: decimal('0.01'),
    });
    await adapter.broker.place({ ...order, clientOrderId: 'm-1' });
    await until(() => events.length === 4);
    expect(events[2]).toMatchObject({
      order: { clientOrderId: 'm-1', status: 'filled' },
      fill: { quantity: decimal('0.01') },
    });
    const { balances } = await adapter.broker.account();
    expect(balances.find(({ asset }) => asset === 'BTC')?.free).toBe(decimal('1.00999'));
    expect(malformed).toEqual([]);
    expect(notes).toEqual([expect.stringMatching(/^account: 2 rows of other symbols left out/)]);
  });

  test('that nobody knows, or that cannot be read, are a gap and one word each', async () => {
    const notes: string[] = [];
    const adapter = await start(
      [
        { name: 'event-unknown', match: 'NEW' },
        { name: 'event-unreadable', match: 'FILLED', count: 0 },
      ],
      { onNote: ({ text }) => void notes.push(text) },
    );
    const events = listen(adapter);
    await until(() => events.length === 1);
    await adapter.broker.place({ ...order, clientOrderId: 'm-1' });
    await until(() => events.filter(({ type }) => type === 'disconnected').length === 1);
    await until(() => events.filter(({ type }) => type === 'gap').length >= 3);
    expect(notes).toEqual([
      expect.stringContaining('unknown event (SOMETHING_NEW)'),
      expect.stringContaining('cannot be read (executionReport: '),
    ]);
  });

  test('begin with a gap to reconcile, then tell every order, fill and balance', async () => {
    const adapter = await start();
    const events = listen(adapter);
    await until(() => events.length === 1);
    await adapter.broker.place({ ...order, clientOrderId: 'm-1' });
    await until(() => events.length === 4);
    expect(events.map(({ type }) => type)).toEqual(['gap', 'order', 'order', 'balances']);
    expect(events[2]).toMatchObject({
      order: { clientOrderId: 'm-1', status: 'filled' },
      fill: { commission: decimal('0.00001'), commissionAsset: 'BTC', price: decimal('20000.01') },
    });
  });

  test.each(['drop', 'shutdown', 'terminate-subscriptions'])(
    'are subscribed again after: %s',
    async (action) => {
      const adapter = await start();
      const events = listen(adapter);
      await until(() => events.length === 1);
      await fetch(`${server.url}/control/sockets`, {
        method: 'POST',
        body: JSON.stringify({ action }),
      });
      await until(() => events.length === 3);
      expect(events.map(({ type }) => type)).toEqual(['gap', 'disconnected', 'gap']);
      await adapter.broker.place({ ...order, clientOrderId: 'm-1' });
      await until(() => events.length === 6);
    },
  );

  test('a silent connection is dead after its time', async () => {
    const adapter = await start(
      [{ name: 'half-open', match: '/ws-api' }],
      { silenceMs: 300 },
      'real',
    );
    const events = listen(adapter);
    await until(() => events.some(({ type }) => type === 'gap'));
    expect(events[0]).toMatchObject({
      type: 'disconnected',
      reason: 'nothing received for 300 ms',
    });
  });
});

describe('user streams on a clock that goes faster', () => {
  /** Sockets open and stay silent; returns the events of a connection and the way to let time pass. */
  function silent(market: 'spot' | 'usdm', pace: number) {
    const events: UserEvent[] = [];
    const due: { time: number; action: () => void }[] = [];
    let now = START;
    const common = {
      clock: {
        now: () => now,
        after: (delayMs: number, action: () => void) => {
          const timer = { time: now + delayMs, action };
          due.push(timer);
          return () => due.splice(due.indexOf(timer), due.includes(timer) ? 1 : 0);
        },
      } as unknown as Clock,
      openSocket: (_: string, socket: { onOpen: () => void }) => {
        setImmediate(() => socket.onOpen());
        return { send: () => {}, terminate: () => {} };
      },
      url: 'ws://exchange',
      pace,
    };
    const caller = { call: () => Promise.resolve({ listenKey: 'k' }) };
    const source =
      market === 'spot'
        ? spotUserEvents({ ...common, signer: hmacSigner('k', 's'), exchangeNow: () => now })
        : usdmUserEvents({ ...common, caller, renewMs: 1e12 });
    const stop = source.subscribe((event) => events.push(event));
    const passTo = async (time: number): Promise<void> => {
      await new Promise((wait) => setImmediate(() => setImmediate(wait)));
      now = time;
      for (const timer of due.filter((one) => one.time <= now)) timer.action();
    };
    return { events, passTo, stop };
  }

  test.each([
    ['spot', 1, 10_000],
    ['spot', 300, 3_000_000],
    ['usdm', 1, 400_000],
    ['usdm', 300, 120_000_000],
  ] as const)(
    '%s at %i times the pace: a silent one is given up after %i ms of it',
    async (market, pace, afterMs) => {
      const { events, passTo, stop } = silent(market, pace);
      const isGivenUp = (): boolean => events.some(({ type }) => type === 'disconnected');
      await passTo(START);
      await passTo(START + afterMs - 1);
      expect(isGivenUp()).toBe(false);
      await passTo(START + afterMs);
      expect(isGivenUp()).toBe(true);
      stop();
    },
  );
});
