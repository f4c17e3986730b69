import type { ExtraColumns, ExtraField } from './candle-fields.js';

/** Columns that some files have beside prices and volume: as strategies name them, and as files do. */
export const EXTRA_COLUMNS = {
  quoteVolume: 'quote_volume',
  count: 'count',
  takerBuyVolume: 'taker_buy_volume',
  takerBuyQuoteVolume: 'taker_buy_quote_volume',
} as const satisfies Readonly<Record<string, ExtraField>>;

/** Name of a column that some files have beside prices and volume. */
export type ExtraColumn = keyof typeof EXTRA_COLUMNS;

/** In one order everywhere. */
export const EXTRA_COLUMN_NAMES = Object.keys(EXTRA_COLUMNS) as readonly ExtraColumn[];

/** Those that candles have. Shape `[n]`. */
export interface OptionalColumns {
  /** Traded amount, quote. */
  readonly quoteVolume?: Float64Array;
  /** Number of trades. */
  readonly count?: Float64Array;
  /** Quantity that takers bought, base. */
  readonly takerBuyVolume?: Float64Array;
  /** Amount that takers bought for, quote. */
  readonly takerBuyQuoteVolume?: Float64Array;
}

/**
 * Returns those extra columns that candles have, each changed by a function.
 *
 * @param candles - With or without extra columns.
 * @param change - Called with a column and its name.
 */
export function mapExtraColumns(
  candles: OptionalColumns,
  change: (column: Float64Array, name: ExtraColumn) => Float64Array,
): OptionalColumns {
  const changed: { -readonly [Name in ExtraColumn]?: Float64Array } = {};
  for (const name of EXTRA_COLUMN_NAMES) {
    const column = candles[name];
    if (column !== undefined) changed[name] = change(column, name);
  }
  return changed;
}

/**
 * Allocates extra columns on shared memory, so that worker threads read them without a copy.
 *
 * @param names - Which.
 * @param length - Number of candles.
 */
export function allocateExtraColumns(
  names: readonly ExtraColumn[],
  length: number,
): OptionalColumns {
  const columns = names.map((name) => [name, new Float64Array(new SharedArrayBuffer(length * 8))]);
  return Object.fromEntries(columns) as OptionalColumns;
}

/** Returns the columns of a file under the names that strategies use. */
export function namedExtraColumns(extras: ExtraColumns): OptionalColumns {
  const named: { -readonly [Name in ExtraColumn]?: Float64Array } = {};
  for (const name of EXTRA_COLUMN_NAMES) {
    const column = extras[EXTRA_COLUMNS[name]];
    if (column !== undefined) named[name] = column;
  }
  return named;
}

/** Returns the columns of candles under the names that files use. */
export function fileExtraColumns(candles: OptionalColumns): ExtraColumns {
  const columns = EXTRA_COLUMN_NAMES.flatMap((name) =>
    candles[name] === undefined ? [] : [[EXTRA_COLUMNS[name], candles[name]]],
  );
  return Object.fromEntries(columns) as ExtraColumns;
}
