import { createHash } from 'node:crypto';
import { DAY_MS, formatDecimal, type Market } from '../../domain/index.js';
import type { FundingRow } from './funding-schedule.js';
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
const FUNDING_PATH =
  /^\/data\/futures\/um\/monthly\/fundingRate\/([^/]+)\/\1-fundingRate-(\d{4})-(\d{2})\.zip(\.CHECKSUM)?$/;
const FUNDING_HEADER = 'calc_time,funding_interval_hours,last_funding_rate\n';
const USDM_HEADER =
  'open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore\n';
/** From here on spot archives write microseconds. */
const MICROSECONDS_FROM = Date.UTC(2025, 0, 1);

/** A file of the archive. */
export interface ArchiveFile {
  readonly bytes: Buffer;
  readonly isChecksum: boolean;
}

/** What archives are made from. */
export interface ArchivedMarket {
  readonly market: ReplayMarket;
  /** Payments of a span; spot has none. */
  readonly funding?: (
    symbol: string,
    span: { readonly startTime: number; readonly endTime: number },
  ) => { readonly intervalHours: number; readonly rates: readonly FundingRow[] };
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
  venueOf: (market: Market) => ArchivedMarket | undefined,
  path: string,
  now: number,
): ArchiveFile | undefined {
  const name = decoded(path);
  return candleArchive(venueOf, name, now) ?? fundingArchive(venueOf('usdm'), name, now);
}

function candleArchive(
  venueOf: (market: Market) => ArchivedMarket | undefined,
  path: string,
  now: number,
): ArchiveFile | undefined {
  const match = PATH.exec(path);
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
  return packed(path, archiveCsv(candles, kindOfMarket), checksum !== undefined);
}

function fundingArchive(
  venue: ArchivedMarket | undefined,
  path: string,
  now: number,
): ArchiveFile | undefined {
  const match = FUNDING_PATH.exec(path);
  const [, symbol = '', year, month, checksum] = match ?? [];
  if (match === null || venue?.funding === undefined || !venue.market.has(symbol)) return undefined;
  const period = monthPeriod(Number(year), Number(month));
  if (period === undefined || now < period.publishedTime) return undefined;
  const { intervalHours, rates } = venue.funding(symbol, period);
  if (rates.length === 0) return undefined;
  const rows = rates.map(({ time, rate }) => `${time},${intervalHours},${formatDecimal(rate)}\n`);
  return packed(path, FUNDING_HEADER + rows.join(''), checksum !== undefined);
}

/** The zip of a CSV named as its path, or the checksum of that zip. */
function packed(path: string, csv: string, isChecksum: boolean): ArchiveFile {
  const base = path.slice(path.lastIndexOf('/') + 1).replace(/\.zip(\.CHECKSUM)?$/, '');
  const zip = zipFile(`${base}.csv`, Buffer.from(csv));
  if (!isChecksum) return { bytes: zip, isChecksum };
  const digest = createHash('sha256').update(zip).digest('hex');
  return { bytes: Buffer.from(`${digest}  ${base}.zip\n`), isChecksum };
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
