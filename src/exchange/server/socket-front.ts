import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { ExchangeClock } from './exchange-clock.js';
import type { FaultBox, FaultName } from './faults.js';
import { SocketConnection } from './socket-connection.js';
import { parseTimeUnit } from './time-unit.js';
import type { Venue } from './venue.js';
import type { VisitorRule } from './visitor-rule.js';

/** Connections that carry market data, user data or both. */
export type SocketKind = 'market' | 'user' | 'all';

const MESSAGE_BYTES_MAX = 1_000_000;

/** What the sockets hang on. */
export interface SocketSurroundings {
  readonly venues: readonly Venue[];
  readonly faults: FaultBox;
  readonly clock: ExchangeClock;
  /** Moves the market to where the clock says it is. */
  readonly follow: () => void;
  readonly visitors: VisitorRule;
}

/** Streams and WebSocket APIs of all markets: which connection belongs where, and how connections fail. */
export class SocketFront {
  readonly #around: SocketSurroundings;
  readonly #sockets = new WebSocketServer({ noServer: true, maxPayload: MESSAGE_BYTES_MAX });

  constructor(server: Server, around: SocketSurroundings) {
    this.#around = around;
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      this.#upgrade(request, socket, head);
    });
  }

  connections(kind: SocketKind): SocketConnection[] {
    const { venues } = this.#around;
    return [
      ...(kind === 'user' ? [] : venues.flatMap(({ streams }) => streams.connections)),
      ...(kind === 'market' ? [] : venues.flatMap((venue) => venue.userConnections)),
    ];
  }

  /** Cuts connections without a word; returns how many. */
  drop(kind: SocketKind): number {
    const connections = this.connections(kind);
    for (const { socket } of connections) socket.terminate();
    return connections.length;
  }

  /** Leaves connections open but sends nothing; returns how many. */
  silence(kind: SocketKind, durationMs: number): number {
    const connections = this.connections(kind);
    for (const connection of connections) connection.silentUntil = Date.now() + durationMs;
    return connections.length;
  }

  /** Closes all connections as before maintenance, with notice. */
  shutDown(): void {
    for (const { streams, socketApi } of this.#around.venues) {
      streams.announceShutdown();
      socketApi.announceShutdown();
    }
    for (const { socket } of this.connections('all')) socket.close(1001, 'Server shutdown');
  }

  /** What is due by the clock: pings, ages, faults that last. */
  maintain(): void {
    if (this.#areDown('')) this.drop('all');
    for (const connection of this.connections('all')) {
      connection.maintain(this.#around.clock.now(), Date.now());
    }
  }

  close(): void {
    this.drop('all');
    this.#sockets.close();
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const url = socketUrl(request.url ?? '/');
    const venue = url && this.#around.venues.find(({ serves }) => serves(url.pathname));
    if (this.#around.visitors.turnAway(request.headers) !== undefined) {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
      return;
    }
    if (venue === undefined || url === undefined) {
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
      return;
    }
    this.#sockets.handleUpgrade(request, socket, head, (webSocket: WebSocket) => {
      this.#take(webSocket, { url, venue, address: request.socket.remoteAddress ?? '' });
    });
  }

  #take(
    webSocket: WebSocket,
    { url, venue, address }: { url: URL; venue: Venue; address: string },
  ): void {
    const { faults, clock, follow } = this.#around;
    follow();
    webSocket.on('error', () => webSocket.terminate());
    const times = { now: clock.now(), wallNow: Date.now() };
    const timeUnit = parseTimeUnit(url.searchParams.get('timeUnit'));
    const { pings } = venue;
    const connection = new SocketConnection(webSocket, { address, timeUnit, pings }, times);
    const isRefused = faults.strike('connection-refused', url.pathname, clock.now());
    if (isRefused || this.#areDown(url.pathname)) webSocket.terminate();
    const silence = faults.strike('half-open', url.pathname, clock.now());
    if (silence !== undefined) {
      connection.silentUntil =
        silence.value === undefined ? Number.POSITIVE_INFINITY : Date.now() + silence.value;
    }
    venue.attach(connection, url);
  }

  #areDown(path: string): boolean {
    const { faults, clock } = this.#around;
    const isDown = (name: FaultName): boolean =>
      faults.strike(name, path, clock.now()) !== undefined;
    return !faults.isEmpty && (isDown('maintenance') || isDown('sockets-down'));
  }
}

/** Where a connection wants to go; `undefined` for what is no path. */
function socketUrl(target: string): URL | undefined {
  try {
    return new URL(target, 'http://exchange');
  } catch {
    return undefined;
  }
}
