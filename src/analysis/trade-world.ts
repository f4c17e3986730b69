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

/** `<mode>[-<place>]_<market>_…`, as a trader names its logs. */
const TRADER_LOG = /^(paper|testnet|live)(?:-([^_]+))?_(?:spot|usdm)_/;
const SYNTHETIC_PLACE = 'synthetic';
/** Hosts, with dashes for the colon before a port, that trade no money: this machine, its network, play money of Binance. */
const PRACTICE_PLACE =
  /^(localhost\b|127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|~5b)|testnet|^demo-/;
const SYNTHETIC_SYMBOL = 'SYNTHETIC';

/**
 * Says where the trades of a log happened.
 *
 * @param name - File name without its folder.
 * @param record - Of the file beside the log, if any.
 */
export function worldOfLog(name: string, record: RunRecord | undefined): TradeWorld {
  if (record?.isSynthetic === true) return 'SYNTHETIC';
  const [, mode, place = ''] = TRADER_LOG.exec(name) ?? [];
  if (mode === undefined) return record === undefined ? 'other' : 'backtest';
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
