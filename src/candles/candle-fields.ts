import { QUOTE_ASSETS } from '../domain/index.js';

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
const COUNT = 8;
const KRAKEN_FIELDS = 7;
const SYMBOL_NAMES: readonly string[] = ['symbol', 'pair', 'ticker', 'instrument', 'market'];

/** A column that no strategy reads but that converting and resampling keep. */
export type ExtraField =
  | 'close_time'
  | 'quote_volume'
  | 'count'
  | 'taker_buy_volume'
  | 'taker_buy_quote_volume';

/** The extra columns that a file has. Shape `[n]`; `close_time` in ms UTC, `count` trades, the others base or quote. */
export type ExtraColumns = Readonly<Partial<Record<ExtraField, Float64Array>>>;

/**
 * Other spellings seen in the wild: Binance's documentation and streams, python-binance, freqtrade, ccxt, CryptoDataDownload,
 * CoinAPI, CoinMarketCap, TradingView, Dukascopy. Names are compared in lower case, `_` for blanks and signs.
 */
const SPELLINGS: Readonly<Record<CandleField, readonly string[]>> = {
  open_time: [
    'open_time',
    'opentime',
    'kline_open_time',
    'open_timestamp',
    'time_open',
    'timeopen',
    'time_period_start',
    'start_time',
    'starttime',
    'candle_begin_time',
    'timestamp',
    'unix',
    'unix_timestamp',
    'unix_time',
    'epoch',
    'ts',
    't',
    'time',
    'time_utc',
    'timestamp_utc',
    'datetime',
    'datetime_utc',
    'date_time',
    'date_utc',
    'gmt_time',
    'date',
    'dt',
    'start',
  ],
  open: ['open', 'o', 'open_price', 'price_open'],
  high: ['high', 'h', 'high_price', 'price_high'],
  low: ['low', 'l', 'low_price', 'price_low'],
  close: ['close', 'c', 'close_price', 'price_close', 'close_last'],
  volume: [
    'volume',
    'v',
    'vol',
    'base_volume',
    'base_asset_volume',
    'volume_base',
    'volumefrom',
    'volume_traded',
  ],
  close_time: ['close_time', 'closetime', 'kline_close_time', 'time_close', 'timeclose'],
  quote_volume: [
    'quote_volume',
    'quote_asset_volume',
    'quotevolume',
    'quote_vol',
    'volume_quote',
    'volumeto',
  ],
  count: [
    'count',
    'trades',
    'trade_count',
    'tradecount',
    'trades_count',
    'number_of_trades',
    'num_trades',
  ],
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

const SPELLED: ReadonlySet<string> = new Set(Object.values(SPELLINGS).flat());

/** The keys of a candle in Binance's streams, where `t` and `T` are two things. */
const STREAM_KEYS: Readonly<Record<string, CandleField>> = {
  t: 'open_time',
  T: 'close_time',
  o: 'open',
  h: 'high',
  l: 'low',
  c: 'close',
  v: 'volume',
  q: 'quote_volume',
  n: 'count',
  V: 'taker_buy_volume',
  Q: 'taker_buy_quote_volume',
};

/** Names that pandas and spreadsheets give to a column without a name. */
const UNNAMED = /^(unnamed:_?\d+|index|(index_)?level_\d+)?$/;

/** What a file's columns mean. */
export interface FieldLayout {
  /** For every column of the file the index in `CANDLE_FIELDS`, or -1 for a column to skip. */
  readonly fields: readonly number[];
  /** Column that names the instrument, or -1. */
  readonly symbolColumn: number;
  /** Two volumes are named after their assets: the instrument says which is which. */
  readonly hasAssetVolumes: boolean;
}

/**
 * Recognizes the columns of a file by their names, in any order; unknown names are skipped.
 *
 * @param names - The header's cells.
 * @param symbol - The instrument, where it is known: tells which of two volumes named after assets is in the base asset.
 * @returns The layout, or the names of the required fields that are missing or there twice.
 */
export function layoutFromNames(
  names: readonly string[],
  symbol?: string,
): FieldLayout | { readonly missing: readonly string[]; readonly twice: readonly string[] } {
  const columns = namedColumns(names);
  const fields = new Array<number>(columns.length).fill(-1);
  const twice: string[] = [];
  const missing: string[] = [];
  CANDLE_FIELDS.forEach((field, index) => {
    const column = columnOf(columns, field, symbol);
    if (column >= 0) {
      fields[column] = index;
      if (columns.indexOf(columns[column]!, column + 1) >= 0) twice.push(columns[column]!);
    } else if (index < VOLUME) missing.push(field);
  });
  if (missing.length === 1 && missing[0] === 'open_time') {
    // pandas writes the index, which is often the time, under no name.
    const unnamed = columns.flatMap((name, i) => (UNNAMED.test(name) ? [i] : []));
    if (unnamed.length === 1) {
      fields[unnamed[0]!] = OPEN_TIME;
      missing.pop();
    }
  }
  if (missing.length > 0 || twice.length > 0) return { missing, twice };
  return {
    fields,
    symbolColumn: columns.findIndex((name) => SYMBOL_NAMES.includes(name)),
    hasAssetVolumes: assetVolumes(columns).length === 2,
  };
}

/**
 * Returns the layout of a file without header: Binance's order with 6, 11 or 12 columns (the last is `ignore`), or
 * Kraken's seven (the last is the number of trades). A first column that counts the rows is skipped.
 *
 * @param cells - The first line of candles.
 */
export function layoutFromCells(cells: readonly string[]): FieldLayout | undefined {
  const isIndexed =
    /^\d{1,3}$/.test(cells[0] ?? '') && /^\d{9,}(\.0*)?$|^\d{4}\D/.test(cells[1] ?? '');
  const layout = layoutFromCount(cells.length - (isIndexed ? 1 : 0));
  if (layout === undefined || !isIndexed) return layout;
  return { ...layout, fields: [-1, ...layout.fields] };
}

/**
 * Returns the layout of a header of column numbers (`0,1,2,…`, with or without an empty name before them), as pandas
 * writes it for columns without names.
 *
 * @param names - The header's cells.
 */
export function layoutFromNumbers(names: readonly string[]): FieldLayout | undefined {
  const isIndexed = names[0] === '';
  const numbers = isIndexed ? names.slice(1) : names;
  if (numbers.length < BASIC_FIELDS || numbers.some((name, i) => name !== String(i))) {
    return undefined;
  }
  const layout = layoutFromCount(numbers.length);
  if (layout === undefined || !isIndexed) return layout;
  return { ...layout, fields: [-1, ...layout.fields] };
}

function layoutFromCount(columns: number): FieldLayout | undefined {
  if (columns === KRAKEN_FIELDS) {
    return { fields: [0, 1, 2, 3, 4, 5, COUNT], symbolColumn: -1, hasAssetVolumes: false };
  }
  if (columns !== BASIC_FIELDS && columns !== ALL_FIELDS && columns !== ALL_FIELDS + 1) {
    return undefined;
  }
  const fields = Array.from({ length: columns }, (_, i) => (i < ALL_FIELDS ? i : -1));
  return { fields, symbolColumn: -1, hasAssetVolumes: false };
}

/** The columns under one vocabulary: normalized names, or the fields that stream keys stand for. */
function namedColumns(names: readonly string[]): string[] {
  const written = names.map((name) =>
    name
      .trim()
      .replace(/^"(.*)"$/, '$1')
      .trim(),
  );
  const isStream = written.includes('t') && written.includes('T');
  return written.map((name) =>
    isStream && Object.hasOwn(STREAM_KEYS, name) ? STREAM_KEYS[name]! : normalizeName(name),
  );
}

function normalizeName(name: string): string {
  return name
    .toLowerCase()
    .replace(/[<>]/g, '')
    .replace(/[\s./()-]+/g, '_')
    .replace(/^_+|_+$/g, '');
}

/** Earlier spellings win: a file with `unix` and `date` has its time in `unix`. */
function columnOf(columns: readonly string[], field: CandleField, symbol?: string): number {
  for (const spelling of SPELLINGS[field]) {
    const column = columns.indexOf(spelling);
    if (column >= 0) return column;
  }
  if (field !== 'volume' && field !== 'quote_volume') return -1;
  // CryptoDataDownload names both volumes after their assets: "Volume ADA", "Volume USDT".
  const named = assetVolumes(columns);
  if (named.length !== 2) return field === 'volume' ? (named[0]?.column ?? -1) : -1;
  const [first, second] = named as [AssetVolume, AssetVolume];
  const isQuoteFirst = isQuoteOf(first.asset, second.asset, symbol);
  return (field === 'volume') === isQuoteFirst ? second.column : first.column;
}

interface AssetVolume {
  readonly column: number;
  readonly asset: string;
}

function assetVolumes(columns: readonly string[]): AssetVolume[] {
  return columns.flatMap((name, column) => {
    if (SPELLED.has(name)) return [];
    const match = /^(?:volume|vol)_([a-z0-9]+)$|^([a-z0-9]+)_(?:volume|vol)$/.exec(name);
    const asset = match?.[1] ?? match?.[2];
    return asset === undefined ? [] : [{ column, asset: asset.toUpperCase() }];
  });
}

/** Whether the first of two assets is the one that prices count in. */
function isQuoteOf(first: string, second: string, symbol: string | undefined): boolean {
  const pair = symbol?.replace(/[^\p{L}\d]/gu, '').toUpperCase();
  if (pair === `${first}${second}`) return false;
  if (pair === `${second}${first}`) return true;
  // Without a symbol: people price coins in money, and small coins in large ones.
  return quoteRank(first) < quoteRank(second);
}

/** The lower, the more likely prices count in it. */
function quoteRank(asset: string): number {
  const rank = QUOTE_ASSETS.indexOf(asset);
  return rank < 0 ? QUOTE_ASSETS.length : rank;
}
