import type { WebSocket } from 'ws';
import type { TimeUnit } from './time-unit.js';

const LIFETIME_MS = 86_400_000;

/** How often a server pings, and how long it waits for the answer. */
export interface PingRule {
  readonly everyMs: number;
  readonly timeoutMs: number;
}
export const SPOT_PINGS: PingRule = { everyMs: 20_000, timeoutMs: 60_000 };
export const USDM_PINGS: PingRule = { everyMs: 180_000, timeoutMs: 600_000 };

/** A client that does not read is disconnected before it fills the memory. */
const BUFFERED_BYTES_MAX = 64 * 1024 * 1024;

/** One WebSocket of a client, with the rules that all of Binance's sockets share. */
export class SocketConnection {
  readonly socket: WebSocket;
  readonly address: string;
  /** Exchange time of the connect, ms UTC. */
  readonly connectedTime: number;
  /** How the client wants times: `timeUnit` of its address. */
  readonly timeUnit: TimeUnit;
  readonly #pings: PingRule;
  /** Real time until which nothing is sent although the socket stays open. */
  silentUntil = 0;
  #lastPing: number;
  #lastPong: number;
  #second = 0;
  #messages = 0;

  constructor(
    socket: WebSocket,
    client: {
      readonly address: string;
      readonly timeUnit: TimeUnit;
      readonly pings?: PingRule;
    },
    times: { now: number; wallNow: number },
  ) {
    this.socket = socket;
    this.address = client.address;
    this.timeUnit = client.timeUnit;
    this.#pings = client.pings ?? SPOT_PINGS;
    this.connectedTime = times.now;
    this.#lastPing = times.wallNow;
    this.#lastPong = times.wallNow;
    socket.on('pong', () => {
      this.#lastPong = Date.now();
    });
  }

  /** Sends a text, or bytes as if they were one, unless the connection plays dead. */
  send(text: string | Buffer): void {
    if (this.silentUntil > Date.now() || this.socket.readyState !== this.socket.OPEN) return;
    if (this.socket.bufferedAmount > BUFFERED_BYTES_MAX) this.socket.terminate();
    else this.socket.send(text, { binary: false });
  }

  /** Counts a client's message; false if it sends more than allowed. */
  countMessage(perSecondMax: number): boolean {
    const second = Math.floor(Date.now() / 1_000);
    if (second !== this.#second) {
      this.#second = second;
      this.#messages = 0;
    }
    return ++this.#messages <= perSecondMax;
  }

  /** Pings, and ends what is too old or does not answer. */
  maintain(now: number, wallNow: number): void {
    if (now - this.connectedTime >= LIFETIME_MS) {
      this.socket.close(1001, 'Connection lifetime is 24 hours');
      return;
    }
    if (wallNow - this.#lastPong > this.#pings.timeoutMs) {
      this.socket.terminate();
      return;
    }
    if (wallNow - this.#lastPing < this.#pings.everyMs || this.silentUntil > wallNow) return;
    this.#lastPing = wallNow;
    this.socket.ping(String(now));
  }
}
