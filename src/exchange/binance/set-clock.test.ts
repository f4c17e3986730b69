// The clock of the machine is set while connections are open: silence is measured by the monotonic clock.
import { describe, expect, test } from 'vitest';
import { type CandleSource, type Clock, type ExchangeCandle, SteadyClock } from '../ports/index.js';
import { HttpClient } from './http-client.js';
import { keepConnected } from './kept-connection.js';
import { marketFeed } from './market-stream.js';
import { restCandleSource } from './rest-candle-source.js';
import type { SocketEvents } from './socket.js';

const NOW = Date.UTC(2026, 0, 5);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** A machine whose clock can be set, and timers that run by its monotonic clock. */
class Machine implements Clock {
  wall = NOW;
  mono = 0;
  #timers: { at: number; action: () => void }[] = [];
  now = (): number => this.wall;
  monotonic = (): number => this.mono;
  after = (delayMs: number, action: () => void): (() => void) => {
    const timer = { at: this.mono + delayMs, action };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((one) => one !== timer);
    };
  };
  async pass(ms: number): Promise<void> {
    const end = this.mono + ms;
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      const [next] = [...this.#timers].sort((a, b) => a.at - b.at);
      if (next === undefined || next.at > end) break;
      this.#timers = this.#timers.filter((one) => one !== next);
      this.#advance(next.at);
      next.action();
    }
    this.#advance(end);
  }
  #advance(mono: number): void {
    this.wall += mono - this.mono;
    this.mono = mono;
  }
}

/** The socket that was opened last. */
function sockets() {
  const opened: SocketEvents[] = [];
  return {
    opened,
    open: (_: string, events: SocketEvents) => {
      opened.push(events);
      return { send: () => undefined, terminate: () => undefined };
    },
  };
}
const noCandles = {
  pageCandlesMax: 1_000,
  candles: () => Promise.resolve([]),
} as unknown as CandleSource;

describe.each([HOUR, -HOUR, 30 * 24 * HOUR])('the machine is set by %s ms and back', (step) => {
  test('a market stream that falls silent is noticed in time', async () => {
    const machine = new Machine();
    const { opened, open } = sockets();
    const seen: string[] = [];
    marketFeed({
      ...{ url: 'x', clock: machine, exchangeNow: () => NOW, candles: noCandles, openSocket: open },
    }).subscribe({ candles: [], prices: ['BTCUSDT'] }, ({ type }) => void seen.push(type));
    opened[0]!.onOpen();
    machine.wall += step;
    opened[0]!.onMessage(JSON.stringify({ data: { s: 'BTCUSDT', b: '1', a: '1' } }));
    machine.wall -= step;
    await machine.pass(9_000);
    expect(seen).toEqual(['connected', 'price']);
    await machine.pass(4_000);
    expect(seen.slice(2, 4)).toEqual(['stale', 'disconnected']);
  });

  test('a connection that says nothing is ended in time, and no sooner', async () => {
    const machine = new Machine();
    const { opened, open } = sockets();
    const ended: string[] = [];
    keepConnected({
      clock: machine,
      openSocket: open,
      silenceMs: 45_000,
      address: () => Promise.resolve('x'),
      onOpen: () => undefined,
      onMessage: () => undefined,
      onEnd: (reason) => ended.push(reason),
    });
    await machine.pass(0);
    machine.wall += step;
    opened[0]!.onOpen();
    machine.wall -= step;
    await machine.pass(44_000);
    expect(ended).toEqual([]);
    await machine.pass(2_000);
    expect(ended).toHaveLength(1);
  });

  test('requests go on being signed with the time of the exchange', async () => {
    const machine = new Machine();
    const client = new HttpClient({
      baseUrl: 'https://x.example',
      clock: machine,
      fetch: () => Promise.resolve(Response.json({ serverTime: NOW + 300 + machine.mono })),
    });
    await client.synchronize();
    machine.wall += step;
    await machine.pass(1_000);
    expect(client.now()).toBe(NOW + 300 - 50 + 1_000);
  });
});

const row = (i: number): ExchangeCandle =>
  ({
    ...{ openTime: NOW + i * MINUTE, open: '1', high: '1', low: '1', close: '1', volume: '1' },
    closeTime: NOW + (i + 1) * MINUTE - 1,
  }) as ExchangeCandle;

describe('a candle that forms', () => {
  test.each([
    ['as the exchange', 3 * MINUTE + 500],
    ['an hour later than the exchange', 63 * MINUTE],
  ])('is not delivered by a back-fill where this machine says %s', async (_, machineTime) => {
    const machine = new Machine();
    const { opened, open } = sockets();
    const seen: number[] = [];
    const candles = {
      ...noCandles,
      serverTime: () => Promise.resolve(NOW + 3 * MINUTE + 500),
      candles: () => Promise.resolve([row(1), row(2), row(3)]),
    };
    marketFeed({
      ...{ url: 'x', clock: machine, candles, openSocket: open },
      exchangeNow: () => NOW + machineTime,
    }).subscribe(
      { candles: [{ symbol: 'BTCUSDT', timeframe: '1m', lastOpenTime: NOW }] },
      (event) => {
        if (event.type === 'candle') seen.push((event.candle.openTime - NOW) / MINUTE);
      },
    );
    opened[0]!.onOpen();
    await machine.pass(100);
    expect(seen).toEqual([1, 2]);
  });

  test('is not taken for closed by a client whose machine is ahead and that never asked for the time', async () => {
    const machine = new Machine();
    machine.wall = NOW + 10 * MINUTE;
    const rest = (i: number): unknown[] => {
      const { openTime, closeTime } = row(i);
      return [openTime, '1', '1', '1', '1', '1', closeTime, '1', 1, '1', '1', '0'];
    };
    const client = new HttpClient({
      baseUrl: 'https://x.example',
      clock: machine,
      fetch: (url) =>
        Promise.resolve(
          Response.json(
            url.includes('/time')
              ? { serverTime: NOW + 2 * MINUTE + 1_000 }
              : [rest(0), rest(1), rest(2)],
          ),
        ),
    });
    const query = {
      symbol: 'BTCUSDT',
      timeframe: '1m',
      startTime: NOW,
      endTime: NOW + HOUR,
    } as const;
    const candles = await restCandleSource(client, 'spot').candles(query);
    expect(candles.map(({ openTime }) => (openTime - NOW) / MINUTE)).toEqual([0, 1]);
  });
});

describe('a ban, and a machine that sleeps', () => {
  /** A client whose address is banned for an hour, on the clock that the process shares. */
  function banned() {
    const machine = new Machine();
    const clock = new SteadyClock(machine);
    clock.set(NOW);
    const sent: number[] = [];
    const client = new HttpClient({
      baseUrl: 'https://api.example',
      clock,
      fetch: () => {
        sent.push(machine.wall);
        return Promise.resolve(new Response(JSON.stringify({ serverTime: machine.wall })));
      },
    });
    client.budget.banUntil(NOW + HOUR);
    return { machine, clock, client, sent };
  }

  test('it ends when frames and the machine show that its end has come', async () => {
    const { machine, clock, client, sent } = banned();
    const answer = client.synchronize();
    await machine.pass(10 * MINUTE);
    machine.wall += 49 * MINUTE;
    clock.witness(machine.wall);
    await machine.pass(30_000);
    expect(sent).toEqual([]);
    await machine.pass(45_000);
    clock.witness(machine.wall);
    await machine.pass(15_000);
    expect(sent).toHaveLength(1);
    expect(sent[0]).toBeGreaterThanOrEqual(NOW + HOUR);
    expect(await answer).toBe(sent[0]);
  });

  test('a machine that was set ahead waits for its end', async () => {
    const { machine, clock, client, sent } = banned();
    void client.synchronize();
    await machine.pass(10 * MINUTE);
    machine.wall += HOUR;
    clock.witness(NOW + 10 * MINUTE);
    await machine.pass(49 * MINUTE);
    expect(sent).toEqual([]);
    await machine.pass(MINUTE + 15_000);
    expect(sent).toHaveLength(1);
  });
});
