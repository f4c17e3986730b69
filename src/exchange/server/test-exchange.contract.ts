/* eslint-disable @typescript-eslint/no-unsafe-assignment -- answers are looked into as clients do, member by member */
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { type CandleSeries, candleSeriesFromRows } from '../../candles/index.js';
import { decimal, type Market } from '../../domain/index.js';
import {
  hmacSigner,
  type RequestParameters,
  signedQuery,
  signedSocketParameters,
} from '../binance/signing.js';
import {
  type ExchangeServer,
  type ExchangeServerOptions,
  startExchangeServer,
} from './exchange-server.js';

export const START = Date.UTC(2024, 0, 10);
const MINUTE_MS = 60_000;
const SIGNER = hmacSigner('a'.repeat(64), 'secret');

/** Candles of a minute that go up and down, from three days before the start on. */
export function minutes(market: Market, symbol = 'BTCUSDT', base = 20_000): CandleSeries {
  const first = START - 3 * 1_440 * MINUTE_MS;
  const rows = Array.from({ length: 4 * 1_440 }, (_, i) => {
    const open = base + (i % 7);
    return [first + i * MINUTE_MS, open, open + 3, open - 2, base + ((i + 1) % 7), 8];
  });
  return candleSeriesFromRows({ symbol, market, timeframe: '1m' }, rows);
}

// biome-ignore lint/suspicious/noExplicitAny: answers of an API as a client reads them
export type Body = any;

interface Reply {
  readonly status: number;
  readonly body: Body;
  readonly text: string;
}

/** A running exchange, and a client of it. */
export interface TestExchange {
  readonly server: ExchangeServer;
  request(method: string, path: string, headers?: Record<string, string>): Promise<Reply>;
  get(path: string): Promise<Reply>;
  signed(method: string, path: string, parameters?: RequestParameters): Promise<Reply>;
  /** A path and query that are signed for a timestamp. */
  signedAt(timestamp: number, path: string): Promise<Reply>;
  control(path: string, body?: unknown): Promise<Reply>;
  connect(path: string): Promise<TestSocket>;
}

/** A socket and what came over it. */
interface TestSocket {
  readonly socket: WebSocket;
  readonly frames: Body[];
  send(message: unknown): void;
  /** The first frame, of those that came or will come, for which a condition holds. */
  frame(isWanted: (frame: Body) => boolean): Promise<Body>;
  /** Asks the WebSocket API; signed where there is a key to do it with. */
  call(method: string, params: RequestParameters, isSigned?: boolean): Promise<Body>;
}

/** Starts an exchange that ends with the test. */
export async function testExchange(
  options: Partial<ExchangeServerOptions> = {},
): Promise<TestExchange> {
  const server = await startExchangeServer({
    series: [minutes('spot'), minutes('usdm')],
    startTime: START,
    pace: { kind: 'stepped' },
    keys: [
      {
        apiKey: SIGNER.apiKey,
        secret: 'secret',
        canTrade: true,
        canWithdraw: false,
        isIpRestricted: true,
      },
    ],
    balances: { USDT: decimal('100000'), BTC: decimal('1') },
    ...options,
  });
  onTestFinished(() => server.close());
  const request: TestExchange['request'] = async (method, path, headers = {}) =>
    reply(
      await fetch(server.url + path, {
        method,
        headers: { 'X-MBX-APIKEY': SIGNER.apiKey, ...headers },
      }),
    );
  return {
    server,
    request,
    get: (path) => request('GET', path),
    signed: (method, path, parameters = {}) =>
      request(method, `${path}?${signedQuery(SIGNER, { ...parameters, timestamp: server.now() })}`),
    signedAt: (timestamp, path) => request('GET', `${path}?${signedQuery(SIGNER, { timestamp })}`),
    control: async (path, body = {}) =>
      reply(
        await fetch(`${server.url}/control/${path}`, {
          method: 'POST',
          body: JSON.stringify(body),
        }),
      ),
    connect: (path) => connect(server, path),
  };
}

async function reply(response: Response): Promise<Reply> {
  const text = await response.text();
  return { status: response.status, body: JSON.parse(text), text };
}

async function connect(server: ExchangeServer, path: string): Promise<TestSocket> {
  const socket = new WebSocket(server.url.replace('http', 'ws') + path);
  onTestFinished(() => socket.terminate());
  const frames: Body[] = [];
  socket.on('message', (data: Buffer) => frames.push(JSON.parse(data.toString())));
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  const send = (message: unknown): void => socket.send(JSON.stringify(message));
  const frame = async (isWanted: (frame: Body) => boolean): Promise<Body> => {
    for (let i = 0; i < 500; i++) {
      const found = frames.find(isWanted);
      if (found !== undefined) return found;
      await new Promise((wait) => setTimeout(wait, 10));
    }
    throw new Error(`No such frame in 5 s; there were ${JSON.stringify(frames).slice(0, 500)}`);
  };
  let lastId = 0;
  const call = (method: string, params: RequestParameters, isSigned = false): Promise<Body> => {
    const id = ++lastId;
    const timed = { ...params, timestamp: server.now() };
    send({ id, method, params: isSigned ? signedSocketParameters(SIGNER, timed) : params });
    return frame((entry) => entry.id === id);
  };
  return { socket, frames, send, frame, call };
}
