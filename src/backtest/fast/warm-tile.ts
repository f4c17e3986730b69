import type { Combination } from './combination.js';
import { laterOffsets } from './later-tables.js';
import type { PreparedCandles } from './prepared-candles.js';

/** Fewer combinations read too little of a tile to be worth it. */
const COMBINATIONS_MIN = 8;

/** Brings what the combinations of a chunk read in a tile into the cache. */
export type TileWarmer = (tile: number) => void;

/**
 * Returns what warms tiles for a chunk. Its combinations read candles and exit tables here and there, and each read would wait
 * for memory, a trade's for the one before; read from end to end first, they wait for almost nothing.
 *
 * @param prepared - Candles.
 * @param combinations - Of the chunk.
 * @returns `undefined` where it does not pay.
 */
export function tileWarmer(
  { open, high, low, length, tileShift }: PreparedCandles,
  combinations: readonly Combination[],
): TileWarmer | undefined {
  const tables = tableColumns(combinations, length);
  if (combinations.length < COMBINATIONS_MIN || tables.length === 0) return undefined;
  const columns = [...tables, open, high, low].map(
    (column) => new Uint8Array(column.buffer, column.byteOffset, column.byteLength),
  );
  // A copy is a read that no compiler leaves out.
  const scratch = new Uint8Array(Float64Array.BYTES_PER_ELEMENT << tileShift);
  return (tile) => {
    for (const column of columns) {
      const tileBytes = (column.length / length) << tileShift;
      scratch.set(column.subarray(tile * tileBytes, (tile + 1) * tileBytes));
    }
  };
}

/** The distinct exit tables of combinations; those of peaks included. */
function tableColumns(combinations: readonly Combination[], length: number): Int32Array[] {
  const columns = new Map<number, Int32Array>();
  for (const { tables, later } of combinations) {
    if (later !== undefined) {
      const { pool } = later.tables;
      for (const at of laterOffsets(later.tables)) columns.set(at, pool.subarray(at, at + length));
    }
    if (tables === undefined) continue;
    const { pool, peaksDistance, stopLoss, takeProfit, trailingStop } = tables;
    const peaks = trailingStop.filter((at) => at !== 0).map((at) => at + peaksDistance);
    for (const at of [...stopLoss, ...takeProfit, ...trailingStop, ...peaks]) {
      columns.set(at, pool.subarray(at, at + length));
    }
  }
  return [...columns.values()];
}
