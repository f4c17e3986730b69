// The local exchange against a bare HTTP server that sends the same bytes, and how fast a day is replayed.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { WebSocket } from 'ws';
import { syntheticCandles } from '../src/candles/index.js';
import { decimal, MARKETS, type Market } from '../src/domain/index.js';
import {
  type ExchangeServer,
  hmacSigner,
  type Pace,
  startExchangeServer,
} from '../src/exchange/index.js';
import { median, reportBench } from './lib/bench.js';

const DAY_CANDLES = 1_440;
const HISTORY = 30 * DAY_CANDLES;
const REQUESTS = 3_000;
const ROUNDS = 5;
const KEY = { apiKey: 'k'.repeat(64), secret: 's'.repeat(64) };
const candles = syntheticCandles({
  length: HISTORY + 2 * DAY_CANDLES,
  symbol: 'BTCUSDT',
  timeframe: '1m',
  hasTimeGaps: false,
});
const startTime = candles.openTime[HISTORY]!;

function start(pace: Pace, markets: readonly Market[] = MARKETS): Promise<ExchangeServer> {
  return startExchangeServer({
    series: markets.map((market) => ({ ...candles, market })),
    startTime,
    pace,
    keys: [{ ...KEY, canTrade: true, canWithdraw: false, isIpRestricted: true }],
    balances: { USDT: decimal('1000000') },
    limits: {
      weightPerMinute: 1e9,
      ordersPer10Seconds: 1e9,
      ordersPerMinute: 1e9,
      ordersPerDay: 1e9,
    },
  });
}

interface Call {
  readonly method: string;
  readonly path: string;
}

interface Answer {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A client that costs next to nothing: bytes out, bytes in until the length is reached. */
function send(socket: Socket, bytes: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let text = '';
    const onData = (data: Buffer): void => {
      text += data.toString('latin1');
      const headEnd = text.indexOf('\r\n\r\n');
      if (headEnd < 0) return;
      const head = text.slice(0, headEnd);
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1]);
      if (text.length < headEnd + 4 + length) return;
      socket.off('data', onData);
      const [status = '', ...lines] = head.split('\r\n');
      if (!status.startsWith('HTTP/1.1 200')) reject(new Error(text));
      const headers = Object.fromEntries(lines.map((line) => line.split(': ') as [string, string]));
      resolve({ headers, body: text.slice(headEnd + 4) });
    };
    socket.on('data', onData);
    socket.write(bytes);
  });
}

function bytesOf({ method, path }: Call): string {
  return `${method} ${path} HTTP/1.1\r\nHost: localhost\r\nX-MBX-APIKEY: ${KEY.apiKey}\r\nContent-Length: 0\r\n\r\n`;
}

/** Requests one after another, client and server on this one core; returns requests per second of CPU time. */
async function rate(port: number, call: Call): Promise<number> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const bytes = bytesOf(call);
  const before = process.cpuUsage();
  for (let i = 0; i < REQUESTS; i++) await send(socket, bytes);
  const { user, system } = process.cpuUsage(before);
  socket.destroy();
  return REQUESTS / ((user + system) / 1e6);
}

async function compare(what: string, exchange: ExchangeServer, call: Call) {
  const first = connect(exchange.port, '127.0.0.1');
  const { body, headers } = await send(first, bytesOf(call));
  first.destroy();
  const bare = createServer((incoming, response) => {
    incoming.resume();
    response.writeHead(200, { ...headers });
    response.end(body);
  }).listen(0, '127.0.0.1');
  await once(bare, 'listening');
  const { port } = bare.address() as AddressInfo;
  const rates: { readonly own: number; readonly bare: number }[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const pair = { own: await rate(exchange.port, call), bare: await rate(port, call) };
    if (round > 0) rates.push(pair);
  }
  bare.closeAllConnections();
  bare.close();
  return {
    rows: [
      {
        what: `${what}, exchange`,
        median: median(rates.map(({ own }) => own)),
        unit: 'requests/s CPU, client included',
        runs: ROUNDS,
      },
      {
        what: `${what}, bare node:http`,
        median: median(rates.map((one) => one.bare)),
        unit: 'requests/s CPU, client included',
        runs: ROUNDS,
      },
    ],
    limit: {
      what: `${what}, exchange / bare node:http`,
      value: median(rates.map((one) => one.own / one.bare)),
      atLeast: 0.333,
      unit: 'x',
    },
  };
}

/** Wall time from the subscription to the last closed candle of a day; s. */
async function replayDay(market: Market): Promise<number> {
  const exchange = await start({ kind: 'fast' }, [market]);
  const began = performance.now();
  const path = market === 'spot' ? '' : '/market';
  const socket = new WebSocket(`${exchange.url.replace('http', 'ws')}${path}/ws/btcusdt@kline_1m`);
  let closed = 0;
  await new Promise<void>((resolve) => {
    socket.on('message', (data: Buffer) => {
      const { k } = JSON.parse(data.toString()) as { k: { x: boolean } };
      if (k.x && ++closed === DAY_CANDLES) resolve();
    });
  });
  const seconds = (performance.now() - began) / 1_000;
  socket.terminate();
  await exchange.close();
  return seconds;
}

const exchange = await start({ kind: 'stepped' });
const klines = await compare('klines limit=1', exchange, {
  method: 'GET',
  path: '/api/v3/klines?symbol=BTCUSDT&interval=1m&limit=1',
});
const signer = hmacSigner(KEY.apiKey, KEY.secret);
const query = `symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.01&timestamp=${startTime}`;
const orders = await compare('signed order/test', exchange, {
  method: 'POST',
  path: `/api/v3/order/test?${query}&signature=${signer.sign(query)}`,
});
const usdmKlines = await compare('USD-M klines limit=1', exchange, {
  method: 'GET',
  path: '/fapi/v1/klines?symbol=BTCUSDT&interval=1m&limit=1',
});
const usdmOrders = await compare('USD-M signed order/test', exchange, {
  method: 'POST',
  path: `/fapi/v1/order/test?${query}&signature=${signer.sign(query)}`,
});
await exchange.close();

async function days(market: Market): Promise<number> {
  const seconds: number[] = [];
  for (let run = 0; run <= ROUNDS; run++) {
    const one = await replayDay(market);
    if (run > 0) seconds.push(one);
  }
  return median(seconds);
}
const spotDay = { what: 'a day of 1m candles to a client', value: await days('spot'), unit: 's' };
const usdmDay = { what: 'a day of USD-M to a client', value: await days('usdm'), unit: 's' };

reportBench({
  title: 'Local exchange',
  about:
    'Server and client in one process, one request at a time over loopback; then a day of 1m candles, every frame parsed by the client.',
  rows: [
    ...[klines, orders, usdmKlines, usdmOrders].flatMap(({ rows }) => rows),
    ...[spotDay, usdmDay].map(({ what, value, unit }) => ({
      what,
      median: value,
      unit,
      runs: ROUNDS,
    })),
  ],
  limits: [
    ...[klines, orders, usdmKlines, usdmOrders].map(({ limit }) => limit),
    ...[spotDay, usdmDay].map((day) => ({ ...day, atMost: 2 })),
  ],
  equal: [],
});
