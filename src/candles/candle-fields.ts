/** The columns a candle file can hold, in Binance's order; the first six are those of every candle. */
export const CANDLE_FIELDS = [
  'open_time',
  'open',
  'high',
  'low',
  'close',
  'volume',
  'close_time',
  'quote_volume',
  'count',
  'taker_buy_volume',
  'taker_buy_quote_volume',
] as const;

export type CandleField = (typeof CANDLE_FIELDS)[number];

/** Number of fields that make a candle; the others are extras. */
export const BASIC_FIELDS = 6;
export const ALL_FIELDS = CANDLE_FIELDS.length;
export const OPEN_TIME = 0;
export const VOLUME = 5;
export const CLOSE_TIME = 6;

/** A column that no strategy reads but that converting and resampling keep. */
export type ExtraField =
  | 'close_time'
  | 'quote_volume'
  | 'count'
  | 'taker_buy_volume'
  | 'taker_buy_quote_volume';

/** The extra columns that a file has. Shape `[n]`; `close_time` in ms UTC, `count` trades, the others base or quote. */
export type ExtraColumns = Readonly<Partial<Record<ExtraField, Float64Array>>>;

/** Other spellings seen in the wild: Binance's documentation, python-binance, freqtrade, ccxt, CryptoDataDownload. */
const SPELLINGS: Readonly<Record<CandleField, readonly string[]>> = {
  open_time: ['open_time', 'opentime', 'timestamp', 'unix', 'ts', 'time', 'datetime', 'date'],
  open: ['open', 'o', 'open_price'],
  high: ['high', 'h', 'high_price'],
  low: ['low', 'l', 'low_price'],
  close: ['close', 'c', 'close_price'],
  volume: ['volume', 'v', 'vol', 'base_volume', 'base_asset_volume'],
  close_time: ['close_time', 'closetime'],
  quote_volume: ['quote_volume', 'quote_asset_volume', 'quotevolume', 'quote_vol'],
  count: ['count', 'trades', 'trade_count', 'tradecount', 'number_of_trades', 'num_trades'],
  taker_buy_volume: [
    'taker_buy_volume',
    'taker_buy_base_volume',
    'taker_buy_base_asset_volume',
    'taker_base_volume',
  ],
  taker_buy_quote_volume: [
    'taker_buy_quote_volume',
    'taker_buy_quote_asset_volume',
    'taker_quote_volume',
  ],
};

/** What a file's columns mean. */
export interface FieldLayout {
  /** For every column of the file the index in `CANDLE_FIELDS`, or -1 for a column to skip. */
  readonly fields: readonly number[];
  /** Column that names the instrument, or -1. */
  readonly symbolColumn: number;
}

/**
 * Recognizes the columns of a file by their names, in any order; unknown names are skipped.
 *
 * @param names - The header's cells.
 * @returns The layout, or the names of the required fields that are missing or there twice.
 */
export function layoutFromNames(
  names: readonly string[],
): FieldLayout | { readonly missing: readonly string[]; readonly twice: readonly string[] } {
  const columns = names.map(normalizeName);
  const fields = new Array<number>(columns.length).fill(-1);
  const twice: string[] = [];
  const missing: string[] = [];
  CANDLE_FIELDS.forEach((field, index) => {
    const column = columnOf(columns, field);
    if (column >= 0) {
      fields[column] = index;
      if (columns.indexOf(columns[column]!, column + 1) >= 0) twice.push(columns[column]!);
    } else if (index < VOLUME) missing.push(field);
  });
  if (missing.length > 0 || twice.length > 0) return { missing, twice };
  return { fields, symbolColumn: columns.indexOf('symbol') };
}

/**
 * Returns the layout of a file without header: Binance's order, 6, 11 or 12 columns (the last is `ignore`).
 *
 * @param columns - Number of columns.
 */
export function layoutFromCount(columns: number): FieldLayout | undefined {
  if (columns !== BASIC_FIELDS && columns !== ALL_FIELDS && columns !== ALL_FIELDS + 1) {
    return undefined;
  }
  const fields = Array.from({ length: columns }, (_, i) => (i < ALL_FIELDS ? i : -1));
  return { fields, symbolColumn: -1 };
}

function normalizeName(name: string): string {
  return name
    .trim()
    .replace(/^"(.*)"$/, '$1')
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_');
}

/** Earlier spellings win: a file with `unix` and `date` has its time in `unix`. */
function columnOf(columns: readonly string[], field: CandleField): number {
  for (const spelling of SPELLINGS[field]) {
    const column = columns.indexOf(spelling);
    if (column >= 0) return column;
  }
  // CryptoDataDownload names both volumes after their assets: "Volume ADA", "Volume USDT".
  if (field !== 'volume' && field !== 'quote_volume') return -1;
  const named = columns.flatMap((name, i) => (/^volume_\(?[a-z0-9]+\)?$/.test(name) ? [i] : []));
  if (named.length !== 2) return field === 'volume' ? (named[0] ?? -1) : -1;
  return named[field === 'volume' ? 0 : 1]!;
}
