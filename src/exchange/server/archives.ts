import { createHash } from 'node:crypto';
import { DAY_MS, type Market } from '../../domain/index.js';
import {
  type KlineInterval,
  klineRow,
  parseInterval,
  type ReplayCandle,
  type ReplayMarket,
} from './replay-market.js';
import { zipFile } from './zip-writer.js';

const PATH =
  /^\/data\/(spot|futures\/um)\/(daily|monthly)\/klines\/([^/]+)\/([^/]+)\/\3-\4-(\d{4})-(\d{2})(?:-(\d{2}))?\.zip(\.CHECKSUM)?$/;
const USDM_HEADER =
  'open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore\n';
/** From here on spot archives write microseconds. */
const MICROSECONDS_FROM = Date.UTC(2025, 0, 1);

/** A file of the archive. */
export interface ArchiveFile {
  readonly bytes: Buffer;
  readonly isChecksum: boolean;
}

/**
 * Builds a file of the public archive from the market: daily files appear the day after, monthly ones on the first
 * Monday of the next month.
 *
 * @param venueOf - Finds the market of the path; its replay is where the candles come from.
 * @param path - For example `/data/spot/daily/klines/BTCUSDT/1m/BTCUSDT-1m-2023-01-31.zip`.
 * @param now - Exchange time, ms UTC.
 * @returns `undefined` for what is not (yet) published.
 */
export function archiveFile(
  venueOf: (market: Market) => { readonly market: ReplayMarket } | undefined,
  path: string,
  now: number,
): ArchiveFile | undefined {
  const match = PATH.exec(decoded(path));
  if (match === null) return undefined;
  const [, folder, kind, symbol = '', code = '', year, month, day, checksum] = match;
  const kindOfMarket = folder === 'spot' ? 'spot' : 'usdm';
  const market = venueOf(kindOfMarket)?.market;
  if (market === undefined) return undefined;
  const interval = parseInterval(code === '1mo' ? '1M' : code);
  if (interval === undefined || !market.has(symbol)) return undefined;
  if ((kind === 'daily') !== (day !== undefined)) return undefined;
  const period =
    kind === 'daily'
      ? dayPeriod(Number(year), Number(month), Number(day))
      : monthPeriod(Number(year), Number(month));
  if (period === undefined || now < period.publishedTime) return undefined;
  const candles = candlesIn(market, symbol, interval, period, now);
  if (candles.length === 0) return undefined;
  const base = path.slice(path.lastIndexOf('/') + 1).replace(/\.zip(\.CHECKSUM)?$/, '');
  const zip = zipFile(`${base}.csv`, Buffer.from(archiveCsv(candles, kindOfMarket)));
  if (checksum === undefined) return { bytes: zip, isChecksum: false };
  const digest = createHash('sha256').update(zip).digest('hex');
  return { bytes: Buffer.from(`${digest}  ${base}.zip\n`), isChecksum: true };
}

interface Period {
  readonly startTime: number;
  readonly endTime: number;
  readonly publishedTime: number;
}

function dayPeriod(year: number, month: number, day: number): Period | undefined {
  const startTime = Date.UTC(year, month - 1, day);
  if (new Date(startTime).getUTCDate() !== day) return undefined;
  const endTime = startTime + DAY_MS;
  return { startTime, endTime, publishedTime: endTime };
}

function monthPeriod(year: number, month: number): Period | undefined {
  if (month < 1 || month > 12) return undefined;
  const endTime = Date.UTC(year, month, 1);
  const weekday = new Date(endTime).getUTCDay();
  const publishedTime = endTime + ((8 - weekday) % 7) * DAY_MS;
  return { startTime: Date.UTC(year, month - 1, 1), endTime, publishedTime };
}

function candlesIn(
  market: ReplayMarket,
  symbol: string,
  interval: KlineInterval,
  period: Period,
  now: number,
): ReplayCandle[] {
  const { startTime, endTime } = period;
  const limit = 31 * 86_400;
  return market
    .candles(symbol, interval, { startTime, endTime: endTime - 1, limit }, now)
    .filter(({ closeTime }) => closeTime < now);
}

/** Spot: no header, microseconds from 2025 on. USD-M: a header, always milliseconds. */
function archiveCsv(candles: readonly ReplayCandle[], market: Market): string {
  const rows = candles
    .map((candle) => {
      const row = klineRow(candle);
      if (market === 'spot' && candle.openTime >= MICROSECONDS_FROM) {
        row[0] = `${candle.openTime}000`;
        row[6] = `${candle.closeTime}999`;
      }
      return `${row.join(',')}\n`;
    })
    .join('');
  return market === 'spot' ? rows : USDM_HEADER + rows;
}

/** The path with its `%` sequences resolved; one that is malformed names no file. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return '';
  }
}
