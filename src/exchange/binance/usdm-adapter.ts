import type {
  CandleSource,
  Clock,
  InstrumentSource,
  MarketFeed,
  UsdmBroker,
  UserEvents,
} from '../ports/index.js';
import { noteOnce, WeightBudget } from '../ports/index.js';
import { HttpClient } from './http-client.js';
import { usdmMarketFeed } from './market-stream.js';
import { restCandleSource } from './rest-candle-source.js';
import { openWebSocket } from './socket.js';
import type { SpotAdapterOptions } from './spot-adapter.js';
import { systemClock } from './system-clock.js';
import { usdmBroker } from './usdm-broker.js';
import { usdmUserEvents } from './usdm-user-stream.js';

/** Addresses of one environment of Binance USD-M; keys belong to exactly one. */
export interface UsdmHosts {
  readonly restUrl: string;
  /** Without class: `/public`, `/market` and `/private` are appended. */
  readonly streamUrl: string;
  /** REST host that tells what a key may do; `undefined` where there is none. */
  readonly keyUrl: string | undefined;
}

/** Binance's own environments; the futures testnet is the demo. */
export const USDM_HOSTS: Readonly<Record<'production' | 'demo', UsdmHosts>> = {
  production: {
    restUrl: 'https://fapi.binance.com',
    streamUrl: 'wss://fstream.binance.com',
    keyUrl: 'https://api.binance.com',
  },
  demo: {
    restUrl: 'https://demo-fapi.binance.com',
    streamUrl: 'wss://demo-fstream.binance.com',
    keyUrl: undefined,
  },
};

/**
 * Returns the addresses of a local exchange.
 *
 * @param url - Its REST address, `http://127.0.0.1:9180`.
 */
export function localUsdmHosts(url: string): UsdmHosts {
  const restUrl = url.replace(/\/$/, '');
  return { restUrl, streamUrl: restUrl.replace(/^http/, 'ws'), keyUrl: restUrl };
}

export interface UsdmAdapterOptions extends Omit<SpotAdapterOptions, 'hosts'> {
  readonly hosts: UsdmHosts;
  /** How often the listen key is renewed; default 1,800,000 ms. */
  readonly renewMs?: number;
  /** Asset that backs positions; default USDT. */
  readonly marginAsset?: string;
}

/** Binance USD-M behind the ports. */
export interface UsdmAdapter {
  readonly client: HttpClient;
  readonly broker: UsdmBroker & InstrumentSource;
  readonly candles: CandleSource;
  readonly feed: MarketFeed;
  /** `undefined` without a key. */
  readonly userEvents: UserEvents | undefined;
}

const WEIGHT_PER_MINUTE = 2_400;

/**
 * Connects the ports to Binance USD-M, or to whatever speaks like it.
 *
 * @param options - Where, with which key, and the ports to the outside.
 */
export function usdmAdapter(options: UsdmAdapterOptions): UsdmAdapter {
  const { hosts, clock = systemClock, openSocket = openWebSocket } = options;
  const client = clientFor(options, clock, {
    baseUrl: hosts.restUrl,
    timePath: '/fapi/v1/time',
    budget: new WeightBudget({ limit: WEIGHT_PER_MINUTE }),
  });
  const isElsewhere = hosts.keyUrl !== undefined && hosts.keyUrl !== hosts.restUrl;
  const keyCaller = isElsewhere ? clientFor(options, clock, { baseUrl: hosts.keyUrl }) : client;
  const candles = restCandleSource(client, 'usdm');
  const notes = options.onNote === undefined ? {} : { onNote: noteOnce(options.onNote) };
  const malformed = {
    ...notes,
    ...(options.onMalformed === undefined ? {} : { onMalformed: options.onMalformed }),
  };
  return {
    client,
    broker: usdmBroker(client, {
      ...notes,
      keyCaller,
      ...(options.marginAsset === undefined ? {} : { marginAsset: options.marginAsset }),
    }),
    candles,
    feed: usdmMarketFeed({
      ...malformed,
      clock,
      exchangeNow: () => client.now(),
      openSocket,
      url: hosts.streamUrl,
      candles,
      ...(options.staleMs === undefined ? {} : { staleMs: options.staleMs }),
      ...(options.graceMs === undefined ? {} : { graceMs: options.graceMs }),
    }),
    userEvents:
      options.signer === undefined
        ? undefined
        : usdmUserEvents({
            ...malformed,
            url: hosts.streamUrl,
            caller: client,
            clock,
            openSocket,
            ...(options.silenceMs === undefined ? {} : { silenceMs: options.silenceMs }),
            ...(options.pace === undefined ? {} : { pace: options.pace }),
            ...(options.renewMs === undefined ? {} : { renewMs: options.renewMs }),
          }),
  };
}

function clientFor(
  { signer, fetch, timeoutMs, sendMs, recvWindowMs, onBan }: UsdmAdapterOptions,
  clock: Clock,
  host: Pick<ConstructorParameters<typeof HttpClient>[0], 'baseUrl' | 'timePath' | 'budget'>,
): HttpClient {
  return new HttpClient({
    ...host,
    clock,
    onBan: (untilTime) => onBan?.(untilTime, new URL(host.baseUrl).host),
    ...(signer === undefined ? {} : { signer }),
    ...(fetch === undefined ? {} : { fetch }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(sendMs === undefined ? {} : { sendMs }),
    ...(recvWindowMs === undefined ? {} : { recvWindowMs }),
  });
}
