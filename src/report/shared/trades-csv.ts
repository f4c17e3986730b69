/** Columns of the trades, as the page holds them. Shape `[trades]` each. */
interface CsvTrades {
  readonly sides: Float64Array;
  readonly entryTime: Float64Array;
  readonly exitTime: Float64Array;
  readonly entryPrice: Float64Array;
  readonly exitPrice: Float64Array;
  readonly units: Float64Array;
  readonly netPnl: Float64Array;
  readonly commission: Float64Array;
  readonly returnPct: Float64Array;
  readonly reasons: Float64Array;
  readonly candlesHeld: Float64Array;
  readonly maePct: Float64Array;
  readonly mfePct: Float64Array;
  readonly flags: Float64Array;
  readonly balance: Float64Array;
  readonly reasonNames: readonly string[];
}

const HEADER =
  'symbol,strategy,side,entry_time,exit_time,entry_price,exit_price,units,net_pnl,return_pct,exit_reason,candles_held,commission,mae_pct,mfe_pct,balance,ambiguous';

/**
 * Writes trades as a trade log, which `wus analyze-trades` reads.
 *
 * @param trades - All trades of the page.
 * @param order - Indices of those that are written, in this order.
 * @param subject - Symbol and strategy of every row.
 */
export function tradesCsv(
  trades: CsvTrades,
  order: ArrayLike<number>,
  subject: { readonly symbol: string; readonly strategy: string },
): string {
  const lines = Array.from(order, (i) =>
    [
      csvText(subject.symbol),
      csvText(subject.strategy),
      trades.sides[i] === 1 ? 'long' : 'short',
      new Date(trades.entryTime[i]!).toISOString(),
      new Date(trades.exitTime[i]!).toISOString(),
      trades.entryPrice[i],
      trades.exitPrice[i],
      trades.units[i],
      trades.netPnl[i],
      trades.returnPct[i],
      csvText(trades.reasonNames[trades.reasons[i]!] ?? ''),
      trades.candlesHeld[i],
      trades.commission[i],
      trades.maePct[i],
      trades.mfePct[i],
      trades.balance[i],
      (trades.flags[i]! & 1) === 1,
    ].join(','),
  );
  return `${[HEADER, ...lines].join('\n')}\n`;
}

/** A spreadsheet must not take a text for a formula. */
function csvText(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
