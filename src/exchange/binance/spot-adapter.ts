import type {
  Broker,
  CandleSource,
  Clock,
  InstrumentSource,
  MarketFeed,
  ReadingNote,
  UserEvents,
} from '../ports/index.js';
import { noteOnce } from '../ports/index.js';
import { type FetchFunction, HttpClient } from './http-client.js';
import { marketFeed } from './market-stream.js';
import { restCandleSource } from './rest-candle-source.js';
import type { Signer } from './signing.js';
import { type OpenSocket, openWebSocket } from './socket.js';
import { spotBroker } from './spot-broker.js';
import { systemClock } from './system-clock.js';
import { spotUserEvents } from './user-stream.js';

/** Addresses of one environment of Binance spot; keys belong to exactly one. */
export interface SpotHosts {
  readonly restUrl: string;
  readonly streamUrl: string;
  readonly socketApiUrl: string;
}

/** Binance's own environments. */
export const SPOT_HOSTS: Readonly<Record<'production' | 'testnet' | 'demo', SpotHosts>> = {
  production: {
    restUrl: 'https://api.binance.com',
    streamUrl: 'wss://stream.binance.com:9443',
    socketApiUrl: 'wss://ws-api.binance.com:443/ws-api/v3',
  },
  testnet: {
    restUrl: 'https://testnet.binance.vision',
    streamUrl: 'wss://stream.testnet.binance.vision',
    socketApiUrl: 'wss://ws-api.testnet.binance.vision/ws-api/v3',
  },
  demo: {
    restUrl: 'https://demo-api.binance.com',
    streamUrl: 'wss://demo-stream.binance.com:9443',
    socketApiUrl: 'wss://demo-ws-api.binance.com/ws-api/v3',
  },
};

/**
 * Returns the addresses of a local exchange.
 *
 * @param url - Its REST address, `http://127.0.0.1:9180`.
 */
export function localHosts(url: string): SpotHosts {
  const restUrl = url.replace(/\/$/, '');
  const streamUrl = restUrl.replace(/^http/, 'ws');
  return { restUrl, streamUrl, socketApiUrl: `${streamUrl}/ws-api/v3` };
}

export interface SpotAdapterOptions {
  readonly hosts: SpotHosts;
  /** Without it only market data can be had. */
  readonly signer?: Signer;
  readonly clock?: Clock;
  readonly fetch?: FetchFunction;
  readonly openSocket?: OpenSocket;
  /** Real time that an answer may take; default 10,000 ms. */
  readonly timeoutMs?: number;
  /** How late a request that writes may leave; default 3,000 ms. */
  readonly sendMs?: number;
  /** Age at which the exchange refuses a signed request; default 5,000 ms of its time. */
  readonly recvWindowMs?: number;
  /** Called when a host bans the address: until when, by `clock`, ms UTC. */
  readonly onBan?: (untilTime: number, host: string) => void;
  /** See `MarketStreamOptions` and `UserStreamOptions`. */
  readonly staleMs?: number;
  readonly graceMs?: number;
  readonly silenceMs?: number;
  readonly pace?: number;
  readonly onMalformed?: (frame: string) => void;
  /** Gets word, once of each kind, of what could not be read or nobody knows. */
  readonly onNote?: (note: ReadingNote) => void;
}

/** Binance spot behind the ports. */
export interface SpotAdapter {
  readonly client: HttpClient;
  readonly broker: Broker & InstrumentSource;
  readonly candles: CandleSource;
  readonly feed: MarketFeed;
  /** `undefined` without a key. */
  readonly userEvents: UserEvents | undefined;
}

/**
 * Connects the ports to Binance spot, or to whatever speaks like it.
 *
 * @param options - Where, with which key, and the ports to the outside.
 */
export function spotAdapter(options: SpotAdapterOptions): SpotAdapter {
  const { hosts, signer, clock = systemClock, openSocket = openWebSocket } = options;
  const client = new HttpClient({
    baseUrl: hosts.restUrl,
    clock,
    onBan: (untilTime) => options.onBan?.(untilTime, new URL(hosts.restUrl).host),
    ...(signer === undefined ? {} : { signer }),
    ...(options.fetch === undefined ? {} : { fetch: options.fetch }),
    ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
    ...(options.sendMs === undefined ? {} : { sendMs: options.sendMs }),
    ...(options.recvWindowMs === undefined ? {} : { recvWindowMs: options.recvWindowMs }),
  });
  const candles = restCandleSource(client, 'spot');
  const exchangeNow = (): number => client.now();
  const notes = options.onNote === undefined ? {} : { onNote: noteOnce(options.onNote) };
  const common = {
    ...notes,
    clock,
    exchangeNow,
    openSocket,
    ...(options.onMalformed === undefined ? {} : { onMalformed: options.onMalformed }),
  };
  return {
    client,
    broker: spotBroker(client, notes),
    candles,
    feed: marketFeed({
      ...common,
      url: hosts.streamUrl,
      candles,
      ...(options.staleMs === undefined ? {} : { staleMs: options.staleMs }),
      ...(options.graceMs === undefined ? {} : { graceMs: options.graceMs }),
    }),
    userEvents:
      signer === undefined
        ? undefined
        : spotUserEvents({
            ...common,
            url: hosts.socketApiUrl,
            limits: {
              untilAllowed: (weight) => client.untilAllowed(weight),
              reportLimit: (status, body) => client.reportLimit(status, body),
            },
            signer,
            ...(options.silenceMs === undefined ? {} : { silenceMs: options.silenceMs }),
            ...(options.pace === undefined ? {} : { pace: options.pace }),
          }),
  };
}
