/** What the trade table shows: undefined means all. */
export interface TradeFilter {
  readonly side?: 1 | -1;
  /** Index into the reason names. */
  readonly reason?: number;
  readonly outcome?: 'win' | 'loss' | 'ambiguous';
}

/** Columns that the filter looks at. */
export interface FilteredColumns {
  readonly sides: Float64Array;
  readonly reasons: Float64Array;
  readonly netPnl: Float64Array;
  readonly flags: Float64Array;
}

/**
 * Returns the trades that pass a filter, ordered by a column; equal values keep their order in time.
 *
 * @param columns - Trade columns.
 * @param filter - Which trades.
 * @param key - Column to order by, shape `[trades]`.
 * @param descending - Largest first.
 * @returns Trade indices.
 */
export function orderTrades(
  columns: FilteredColumns,
  filter: TradeFilter,
  key: Float64Array,
  descending: boolean,
): Uint32Array {
  const kept: number[] = [];
  for (let i = 0; i < key.length; i++) if (passes(columns, filter, i)) kept.push(i);
  const order = Uint32Array.from(kept);
  const direction = descending ? -1 : 1;
  return order.sort((a, b) => direction * (key[a]! - key[b]!) || a - b);
}

function passes(columns: FilteredColumns, filter: TradeFilter, i: number): boolean {
  if (filter.side !== undefined && columns.sides[i] !== filter.side) return false;
  if (filter.reason !== undefined && columns.reasons[i] !== filter.reason) return false;
  switch (filter.outcome) {
    case 'win':
      return columns.netPnl[i]! > 0;
    case 'loss':
      return columns.netPnl[i]! <= 0;
    case 'ambiguous':
      return (columns.flags[i]! & 1) === 1;
    default:
      return true;
  }
}
