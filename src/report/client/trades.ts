import type { TradesPayload } from '../shared/index.js';
import { loadColumn } from './load-columns.js';

/** Names of the packed trade columns. */
export type TradeColumn = Exclude<keyof TradesPayload, 'length' | 'reasonNames'>;

/** The trades of the page as columns. */
export type TradeColumns = Readonly<Record<TradeColumn, Float64Array>> & {
  readonly length: number;
  readonly reasonNames: readonly string[];
};

/** Reads all trades of the page. */
export async function loadTrades(packed: TradesPayload): Promise<TradeColumns> {
  const { length, reasonNames, ...columns } = packed;
  const loaded = await Promise.all(
    Object.entries(columns).map(
      async ([name, column]) => [name, await loadColumn(column)] as const,
    ),
  );
  return { length, reasonNames, ...Object.fromEntries(loaded) } as TradeColumns;
}
