import { type Market, UserError } from '../domain/index.js';
import {
  localHosts,
  localUsdmHosts,
  SPOT_HOSTS,
  type SpotHosts,
  USDM_HOSTS,
  type UsdmHosts,
} from '../exchange/index.js';

/** Addresses of one environment of one market. */
export type TradingHosts =
  | ({ readonly market: 'spot' } & SpotHosts)
  | ({ readonly market: 'usdm' } & UsdmHosts);

/** What a bot trades with: simulated fills, play money of an exchange, or money. */
export const TRADING_MODES = ['paper', 'testnet', 'live'] as const;
export type TradingMode = (typeof TRADING_MODES)[number];

/**
 * `real`: orders sent there cost money. `practice`: Binance's play-money environments. `local`: this machine or its own
 * network. Whatever is not known to be harmless is real.
 */
export type HostKind = 'real' | 'practice' | 'local';

/** Binance's hosts for market data only: no order can be sent there. */
const MARKET_DATA_HOSTS: SpotHosts = {
  restUrl: 'https://data-api.binance.vision',
  streamUrl: 'wss://data-stream.binance.vision',
  socketApiUrl: SPOT_HOSTS.production.socketApiUrl,
};

const PRACTICE_HOSTS = [
  'testnet.binance.vision',
  'demo-api.binance.com',
  'demo-stream.binance.com',
  'demo-ws-api.binance.com',
  'demo-fapi.binance.com',
  'demo-fstream.binance.com',
  'testnet.binancefuture.com',
  'fstream.binancefuture.com',
];

/**
 * Says what orders sent to an address would move.
 *
 * @param url - REST or WebSocket address.
 * @throws {UserError} If it is no address.
 */
export function hostKind(url: string): HostKind {
  const host = hostOf(url);
  if (isLocal(host)) return 'local';
  const isPractice = PRACTICE_HOSTS.some((name) => host === name || host.endsWith(`.${name}`));
  return isPractice ? 'practice' : 'real';
}

/** Which addresses a user asks for. */
export interface HostWish {
  readonly mode: TradingMode;
  readonly market: Market;
  readonly restUrl?: string | undefined;
  readonly wsUrl?: string | undefined;
}

/**
 * Returns the addresses to trade at. The host decides what is real: one that could move money is refused unless the mode
 * is `live`, except for reading prices in paper mode, where nothing is ever signed.
 *
 * @param wish - Mode and addresses given.
 * @throws {UserError} If an address does not belong to the mode.
 */
export function tradingHosts(wish: HostWish): TradingHosts {
  const { mode, market, restUrl, wsUrl } = wish;
  const hosts = restUrl === undefined ? standardHosts(mode, market) : hostsAt(restUrl, market);
  const found = wsUrl === undefined ? hosts : withSockets(hosts, wsUrl);
  const kinds = new Set([found.restUrl, found.streamUrl].map(hostKind));
  if (kinds.size > 1) {
    throw new UserError(
      `--rest-url ${found.restUrl} and --ws-url ${found.streamUrl} belong to different environments: give two addresses of the same exchange`,
    );
  }
  const [kind] = kinds;
  if (mode === 'testnet' && kind === 'real') {
    throw new UserError(
      `${found.restUrl} may trade real money: --mode testnet accepts Binance's testnet, its demo, or a local exchange (wus exchange)`,
    );
  }
  if (mode === 'live' && kind !== 'real') {
    throw new UserError(
      `${found.restUrl} is not a real exchange: omit --rest-url, or use --mode testnet`,
    );
  }
  return found;
}

/** Addresses that a mode has by itself. The testnet of USD-M is Binance's demo. */
export function standardHosts(mode: TradingMode, market: Market): TradingHosts {
  if (market === 'usdm') {
    return { market, ...(mode === 'testnet' ? USDM_HOSTS.demo : USDM_HOSTS.production) };
  }
  if (mode === 'paper') return { market, ...MARKET_DATA_HOSTS };
  return { market, ...(mode === 'testnet' ? SPOT_HOSTS.testnet : SPOT_HOSTS.production) };
}

function hostsAt(restUrl: string, market: Market): TradingHosts {
  const host = hostOf(restUrl);
  const isHere = (hosts: { readonly restUrl: string }): boolean => hostOf(hosts.restUrl) === host;
  if (market === 'usdm') {
    return { market, ...(Object.values(USDM_HOSTS).find(isHere) ?? localUsdmHosts(restUrl)) };
  }
  const known = [MARKET_DATA_HOSTS, ...Object.values(SPOT_HOSTS)].find(isHere);
  return { market, ...(known ?? localHosts(restUrl)) };
}

function withSockets(hosts: TradingHosts, wsUrl: string): TradingHosts {
  const streamUrl = wsUrl.replace(/\/$/, '');
  if (hosts.market === 'usdm' || hostKind(streamUrl) !== 'local') return { ...hosts, streamUrl };
  return { ...hosts, streamUrl, socketApiUrl: `${streamUrl}/ws-api/v3` };
}

function hostOf(url: string): string {
  try {
    const { protocol, hostname } = new URL(url);
    if (!/^(https?|wss?):$/.test(protocol)) throw new TypeError(protocol);
    return hostname.toLowerCase();
  } catch {
    throw new UserError(
      `${url} is not an address; write http://127.0.0.1:9180 or ws://127.0.0.1:9180`,
    );
  }
}

/** Names are compared whole: `127.0.0.1.example.com` is not this machine. */
function isLocal(host: string): boolean {
  if (host === 'localhost' || host === '[::1]') return true;
  const parts = host.split('.').map(Number);
  const isAddress = parts.length === 4 && parts.every((part) => part >= 0 && part <= 255);
  if (!isAddress) return false;
  const [a = 0, b = 0] = parts;
  return a === 127 || a === 10 || (a === 192 && b === 168) || (a === 172 && b >= 16 && b < 32);
}
