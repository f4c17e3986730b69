import { csvField } from './csv-text.js';
import type { Trade } from './trade.js';

/** What the rows of a trade log are about. */
export interface TradeLogSubject {
  readonly symbol: string;
  /** Class name. */
  readonly strategy: string;
}

/** Columns of the trade log, in this order (SEMANTICS §5). */
export const TRADE_LOG_COLUMNS = [
  'symbol',
  'strategy',
  'side',
  'entry_time',
  'entry_price',
  'exit_time',
  'exit_price',
  'units',
  'gross_pnl',
  'commission',
  'net_pnl',
  'return_pct',
  'exit_reason',
  'candles_held',
  'mae_pct',
  'mfe_pct',
  'ambiguous',
  'exit_inside_candle',
  'balance',
] as const;

/**
 * Writes the trade log as CSV: prices are fill prices, times the candles' open in ISO 8601 UTC, numbers so that they read
 * back to the same double.
 *
 * @param trades - In order of their exits.
 * @param subject - Symbol and strategy, repeated in every row.
 * @returns Header and one line per trade.
 */
export function tradeLogCsv(trades: readonly Trade[], subject: TradeLogSubject): string {
  const lines = trades.map((trade) => tradeLogRow(trade, subject).map(csvField).join(','));
  return `${[TRADE_LOG_COLUMNS.join(','), ...lines].join('\n')}\n`;
}

function tradeLogRow(trade: Trade, { symbol, strategy }: TradeLogSubject): unknown[] {
  return [
    symbol,
    strategy,
    trade.side,
    new Date(trade.entryTime).toISOString(),
    trade.entryPrice,
    new Date(trade.exitTime).toISOString(),
    trade.exitPrice,
    trade.units,
    trade.grossPnl,
    trade.commission,
    trade.netPnl,
    trade.returnPct,
    trade.exitReason,
    trade.candlesHeld,
    trade.maePct,
    trade.mfePct,
    trade.ambiguous,
    trade.exitInsideCandle,
    trade.balance,
  ];
}
