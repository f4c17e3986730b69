import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import { type Access, socketPayload } from './access.js';
import type { Faults } from './faults.js';
import { json } from './json.js';
import type { MarketName } from './listing.js';
import { Refusal } from './refusal.js';

/** Real ms between pings: 20 s on spot, 3 min on USD-M. */
const PINGS_MS: Readonly<Record<MarketName, number>> = { spot: 20_000, usdm: 180_000 };
const KEY_LIFE_MS = 3_600_000;

export interface SocketsOptions {
  readonly market: MarketName;
  readonly access: Access;
  readonly faults: Faults;
  readonly now: () => number;
}

interface MarketSocket {
  readonly socket: WebSocket;
  readonly streams: Set<string>;
  readonly isCombined: boolean;
  /** Class of the routed USD-M addresses; `undefined` on spot. */
  readonly route: string | undefined;
}

/** Streams of the market, and of the user. */
export class Sockets {
  readonly #options: SocketsOptions;
  readonly #server = new WebSocketServer({ noServer: true });
  readonly #market = new Set<MarketSocket>();
  /** Subscribed user connections, with the id that spot gave the subscription. */
  readonly #users = new Map<WebSocket, number>();
  readonly #pings: NodeJS.Timeout;
  #listenKey: { readonly key: string; until: number } | undefined;
  #keys = 0;
  #isDown = false;

  constructor(server: Server, options: SocketsOptions) {
    this.#options = options;
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      if (this.#isDown) {
        socket.destroy();
        return;
      }
      this.#server.handleUpgrade(request, socket, head, (one) =>
        this.#open(one, request.url ?? '/'),
      );
    });
    this.#pings = setInterval(() => this.#ping(), PINGS_MS[options.market]);
  }

  /** The listen key of USD-M lives for an hour; asking again returns the same one. */
  readonly listenKey = {
    make: (): string => {
      const now = this.#options.now();
      if (this.#listenKey === undefined || this.#listenKey.until < now) {
        this.#listenKey = {
          key: `pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf1${this.#keys++}`,
          until: 0,
        };
      }
      this.#listenKey.until = now + KEY_LIFE_MS;
      return this.#listenKey.key;
    },
    renew: (): boolean => {
      if (this.#listenKey === undefined || this.#listenKey.until < this.#options.now())
        return false;
      this.#listenKey.until = this.#options.now() + KEY_LIFE_MS;
      return true;
    },
    end: (): void => {
      this.#listenKey = undefined;
    },
  };

  get userConnections(): number {
    return this.#users.size;
  }

  /** Sends a user event to all who listen. */
  publishUser(event: Record<string, unknown>): void {
    const { faults, market } = this.#options;
    const name = String(event.e);
    if (faults.strikes('event-lost', name)) return;
    const times = faults.strikes('event-twice', name) ? 2 : 1;
    for (const [socket, subscriptionId] of this.#users) {
      const text = json(market === 'spot' ? { subscriptionId, event } : event);
      for (let i = 0; i < times; i++) if (socket.readyState === WebSocket.OPEN) socket.send(text);
    }
  }

  /** Sends a frame to who subscribed to a stream over an address that carries its class. */
  publishMarket(stream: string, route: string, frame: () => Record<string, unknown>): void {
    let data: Record<string, unknown> | undefined;
    for (const one of this.#market) {
      if (!one.streams.has(stream) || (one.route !== undefined && one.route !== route)) continue;
      data ??= frame();
      const text = json(one.isCombined ? { stream, data } : data);
      if (one.socket.readyState === WebSocket.OPEN) one.socket.send(text);
    }
  }

  /** Resets every connection. */
  drop(): void {
    for (const socket of this.#server.clients) socket.terminate();
    this.#server.clients.clear();
  }

  /** Refuses new connections too, until it is lifted. */
  setDown(isDown: boolean): void {
    this.#isDown = isDown;
    if (isDown) this.drop();
  }

  /** Says that the listen key ended, and is silent from then on: the connections stay open. */
  expireListenKey(): void {
    const listenKey = this.#listenKey?.key ?? '';
    this.#listenKey = undefined;
    const event = { e: 'listenKeyExpired', E: this.#options.now(), listenKey };
    for (const socket of this.#users.keys()) socket.send(json(event));
    this.#users.clear();
  }

  /** Spot announces the end of a connection, then ends it. */
  shutDown(): void {
    const event = { e: 'serverShutdown', E: this.#options.now() };
    for (const socket of this.#users.keys()) socket.send(json({ event }));
    for (const { socket } of this.#market)
      socket.send(json({ stream: '!serverShutdown', data: event }));
    setTimeout(() => this.drop(), 500);
  }

  close(): void {
    clearInterval(this.#pings);
    for (const socket of this.#server.clients) socket.terminate();
    this.#server.close();
  }

  #ping(): void {
    for (const socket of this.#server.clients) socket.ping(String(this.#options.now()));
  }

  #open(socket: WebSocket, address: string): void {
    const url = new URL(address, 'http://localhost');
    socket.on('error', () => socket.terminate());
    if (url.pathname === '/ws-api/v3') this.#openApi(socket);
    else if (url.pathname.startsWith('/private/')) this.#openPrivate(socket, url);
    else this.#openMarket(socket, url);
  }

  #openMarket(socket: WebSocket, url: URL): void {
    const match = /^(?:\/(public|market))?\/(ws|stream)(?:\/(.*))?$/.exec(url.pathname);
    if (match === null) {
      socket.close(1008, 'unknown path');
      return;
    }
    const [, route, kind, path = ''] = match;
    const isCombined = kind === 'stream';
    const names = isCombined ? (url.searchParams.get('streams') ?? '') : decodeURIComponent(path);
    // Without a class USD-M carries what is public, and is silent about the rest.
    const carried = this.#options.market === 'usdm' ? (route ?? 'public') : undefined;
    const streams = new Set(names.split('/').filter((name) => name !== ''));
    const one = { socket, streams, isCombined, route: carried };
    this.#market.add(one);
    socket.on('close', () => this.#market.delete(one));
    socket.on('message', (data: Buffer) => {
      const {
        method,
        params = [],
        id = null,
      } = JSON.parse(data.toString()) as {
        method?: string;
        params?: string[];
        id?: unknown;
      };
      for (const name of params) {
        if (method === 'SUBSCRIBE') streams.add(name);
        if (method === 'UNSUBSCRIBE') streams.delete(name);
      }
      socket.send(json({ result: method === 'LIST_SUBSCRIPTIONS' ? [...streams] : null, id }));
    });
  }

  #openPrivate(socket: WebSocket, url: URL): void {
    const key = url.pathname.split('/').at(-1);
    // A key that is not alive connects all the same, and stays silent.
    if (key !== this.#listenKey?.key) return;
    this.#users.set(socket, 0);
    socket.on('close', () => this.#users.delete(socket));
  }

  #openApi(socket: WebSocket): void {
    socket.on('close', () => this.#users.delete(socket));
    socket.on('message', (data: Buffer) => {
      const {
        id,
        method,
        params = {},
      } = JSON.parse(data.toString()) as {
        id: unknown;
        method: string;
        params?: Record<string, unknown>;
      };
      try {
        socket.send(
          json({ id, status: 200, result: this.#call(socket, method, params), rateLimits: [] }),
        );
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        const { code, msg } = error.body;
        socket.send(json({ id, status: error.status, error: { code, msg }, rateLimits: [] }));
      }
    });
  }

  #call(socket: WebSocket, method: string, params: Readonly<Record<string, unknown>>): unknown {
    const { access, now } = this.#options;
    if (method === 'time') return { serverTime: now() };
    if (method === 'ping') return {};
    if (method !== 'userDataStream.subscribe.signature') {
      throw new Refusal(-1020, 'This operation is not supported.');
    }
    const key = access.requireKey(text(params.apiKey));
    access.requireSignature(key, socketPayload(params), text(params.signature) ?? '', {
      timestamp: text(params.timestamp),
      recvWindow: text(params.recvWindow),
    });
    if (this.#users.has(socket))
      throw new Refusal(-2035, 'User Data Stream subscription already active.');
    this.#users.set(socket, 0);
    return { subscriptionId: 0 };
  }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}
