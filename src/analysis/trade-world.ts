import type { RunRecord } from './run-record.js';

/**
 * Where trades happened. `SYNTHETIC`: on generated candles. `practice`: at a testnet, a demo or a local exchange. `paper`: at
 * market prices with simulated fills. `backtest`: on recorded candles. `other`: nothing says.
 */
export const TRADE_WORLDS = [
  'live',
  'paper',
  'practice',
  'backtest',
  'SYNTHETIC',
  'other',
] as const;

export type TradeWorld = (typeof TRADE_WORLDS)[number];

/** `<mode>[-<place>]_<market>_<symbol>_<interval>_<strategy>…`, as a trader names its logs. */
const TRADER_LOG =
  /^(paper|testnet|live)(?:-([^_]+))?_(spot|usdm)_(?:([^_]+)_([^_]+)_([^_]+?)(?:_[^_]+)?_trades\.csv)?/;
const SYNTHETIC_PLACE = 'synthetic';
/** Hosts, with dashes for the colon before a port, that trade no money: this machine, its network, play money of Binance. */
const PRACTICE_PLACE =
  /^(localhost\b|127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|~5b)|testnet|^demo-/;
const SYNTHETIC_SYMBOL = 'SYNTHETIC';

/** What the name of a bot's trade log says; parts that are not there are empty. */
export interface TraderLogName {
  readonly mode: string;
  /** Where the mode alone does not say it: `synthetic`, a host. */
  readonly place: string;
  readonly market: string;
  readonly symbol: string;
  readonly interval: string;
  readonly strategy: string;
}

/**
 * Reads the name of a bot's trade log.
 *
 * @param name - File name without its folder.
 * @returns `undefined` if no bot wrote it.
 */
export function traderLogName(name: string): TraderLogName | undefined {
  const match = TRADER_LOG.exec(name);
  if (match === null) return undefined;
  const [, mode = '', place = '', market = '', symbol = '', interval = '', strategy = ''] = match;
  return { mode, place, market, symbol, interval, strategy };
}

/**
 * Says where the trades of a log happened.
 *
 * @param name - File name without its folder.
 * @param record - Of the file beside the log, if any.
 */
export function worldOfLog(name: string, record: RunRecord | undefined): TradeWorld {
  if (record?.isSynthetic === true) return 'SYNTHETIC';
  const bot = traderLogName(name);
  if (bot === undefined) return record === undefined ? 'other' : 'backtest';
  const { mode, place } = bot;
  if (place === SYNTHETIC_PLACE) return 'SYNTHETIC';
  if (mode === 'testnet' || PRACTICE_PLACE.test(place)) return 'practice';
  return mode === 'live' ? 'live' : 'paper';
}

/**
 * Says where a single trade happened: generated candles have a symbol of their own.
 *
 * @param symbol - Of the trade.
 * @param ofLog - Where the log's trades happened.
 */
export function worldOfTrade(symbol: string, ofLog: TradeWorld): TradeWorld {
  return symbol.startsWith(SYNTHETIC_SYMBOL) ? 'SYNTHETIC' : ofLog;
}
