import { describe, expect, test } from 'vitest';
import type { WebSocket } from 'ws';
import { SocketConnection } from './socket-connection.js';

const CONNECTED = 1_000_000;
const DAY_MS = 86_400_000;

/** A socket that writes down what is done to it. */
function connection() {
  const done: string[] = [];
  const listeners = new Map<string, () => void>();
  const socket = {
    OPEN: 1,
    readyState: 1,
    bufferedAmount: 0,
    on: (name: string, listener: () => void) => void listeners.set(name, listener),
    ping: (text: string) => void done.push(`ping ${text}`),
    close: (code: number) => void done.push(`close ${code}`),
    terminate: () => void done.push('terminate'),
    send: (text: string) => void done.push(`send ${text}`),
  };
  const times = { now: CONNECTED, wallNow: CONNECTED };
  const client = { address: '127.0.0.1', timeUnit: 'ms' } as const;
  return {
    done,
    socket,
    pong: () => listeners.get('pong')!(),
    connection: new SocketConnection(socket as unknown as WebSocket, client, times),
  };
}

describe('rules of every socket', () => {
  test('the server pings every 20 s with its time', () => {
    const { connection: own, done } = connection();
    own.maintain(CONNECTED + 19_999, CONNECTED + 19_999);
    expect(done).toEqual([]);
    own.maintain(CONNECTED + 20_000, CONNECTED + 20_000);
    own.maintain(CONNECTED + 21_000, CONNECTED + 21_000);
    own.maintain(CONNECTED + 40_000, CONNECTED + 40_000);
    expect(done).toEqual(['ping 1020000', 'ping 1040000']);
  });

  test('a client that answers no ping for 60 s is cut off, one that answers stays', () => {
    const dead = connection();
    dead.connection.maintain(CONNECTED, CONNECTED + 60_001);
    expect(dead.done).toEqual(['terminate']);
    const alive = connection();
    alive.pong();
    // The answer came now, which is long after the connect of this test.
    alive.connection.maintain(CONNECTED, Date.now() + 1_000);
    expect(alive.done).toEqual([`ping ${CONNECTED}`]);
  });

  test('24 hours of exchange time end it', () => {
    const { connection: own, done } = connection();
    own.maintain(CONNECTED + DAY_MS - 1, CONNECTED);
    expect(done).toEqual([]);
    own.maintain(CONNECTED + DAY_MS, CONNECTED);
    expect(done).toEqual(['close 1001']);
  });

  test('a half-open socket sends and pings nothing', () => {
    const { connection: own, done } = connection();
    own.silentUntil = Number.POSITIVE_INFINITY;
    own.send('a');
    own.maintain(CONNECTED + 30_000, CONNECTED + 30_000);
    expect(done).toEqual([]);
    own.silentUntil = 0;
    own.send('b');
    expect(done).toEqual(['send b']);
  });

  test('a client that does not read is cut off before it fills the memory', () => {
    const { connection: own, done, socket } = connection();
    socket.bufferedAmount = 64 * 1024 * 1024 + 1;
    own.send('a');
    expect(done).toEqual(['terminate']);
  });
});
