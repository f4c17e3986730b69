import { basename, dirname, resolve, sep } from 'node:path';
import { type Market, TIMEFRAMES, type Timeframe } from '../domain/index.js';

/** What a file's name and folders tell about its candles. */
export interface CandlePath {
  readonly symbol?: string | undefined;
  readonly market?: Market | undefined;
  readonly timeframe?: Timeframe | undefined;
}

const EXTENSIONS = /\.(csv|json|gz|zip|txt|feather|arrow|parquet)$/i;
const MARKET_FOLDERS: Readonly<Record<string, Market>> = {
  spot: 'spot',
  usdm: 'usdm',
  um: 'usdm',
  futures: 'usdm',
};
/** Folders above these say nothing about the data (a home folder may be called `spot`). */
const FOLDERS_READ = 4;

/**
 * Reads symbol, timeframe and market off a path: `data/usdm/1m/BTCUSDT_1m_2025-05.csv.gz`,
 * `BTCUSDT-1h-2024-12.csv` (Binance), `SOL_USDT-1h.json` and `SOL_USDT_USDT-1h-futures.json` (freqtrade),
 * `Binance_ADAUSDT_1h.csv` (CryptoDataDownload).
 *
 * @param path - Path of a candle file; it need not exist.
 * @returns What could be told; nothing is guessed.
 */
export function readCandlePath(path: string): CandlePath {
  let name = basename(path);
  while (EXTENSIONS.test(name)) name = name.replace(EXTENSIONS, '');
  const folders = dirname(resolve(path)).split(sep).slice(-FOLDERS_READ).reverse();
  const words = name.split(/[_-]/).filter((word) => word !== '');
  const at = words.findIndex((word) => isTimeframe(word));
  const symbol = at > 0 ? symbolFrom(words.slice(0, at)) : undefined;
  const isFutures = symbol?.isFutures === true || words.slice(at + 1).includes('futures');
  const folder = folders.find((candidate) => Object.hasOwn(MARKET_FOLDERS, candidate));
  return {
    symbol: symbol?.text,
    timeframe: at >= 0 ? (words[at] as Timeframe) : folders.find(isTimeframe),
    market: isFutures ? 'usdm' : folder === undefined ? undefined : MARKET_FOLDERS[folder],
  };
}

function isTimeframe(word: string): word is Timeframe {
  return (TIMEFRAMES as readonly string[]).includes(word);
}

function symbolFrom(before: readonly string[]): { text: string; isFutures: boolean } | undefined {
  const words = before[0]?.toLowerCase() === 'binance' ? before.slice(1) : before;
  const [base = '', quote, settlement] = words;
  const isDelivery = words.length === 2 && /^\d{6}$/.test(quote!);
  const text = isDelivery ? `${base}_${quote}` : `${base}${quote ?? ''}`;
  if (words.length > 3 || (settlement !== undefined && settlement !== quote)) return undefined;
  if (!/^[\p{L}\d]{2,30}(_\d{6})?$/u.test(text)) return undefined;
  return { text: text.toUpperCase(), isFutures: settlement !== undefined || isDelivery };
}
