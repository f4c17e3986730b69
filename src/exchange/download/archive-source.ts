import { createHash } from 'node:crypto';
import * as zlib from 'node:zlib';
import yauzl from 'yauzl';
import { type Timeframe, timeframeMs } from '../../domain/index.js';
import { candleDefect, candleFromRow, klineRowSchema } from '../binance/candle-rows.js';
import type { FetchFunction } from '../binance/http-client.js';
import { BodyRefused, readLimitedBody } from '../binance/limited-body.js';
import { wrongPageText } from '../binance/wrong-page.js';
import type { ExchangeCandle } from '../ports/candle-source.js';
import { RequestNotSent, RequestRefused } from '../ports/errors.js';
import type { TimeSpan } from './download-plan.js';

/** An archive whose bytes are not what its publisher says: to be fetched again, never to be used. */
export class DamagedArchive extends Error {
  override readonly name = 'DamagedArchive';
}

/** A verified archive. */
export interface Archive {
  readonly candles: readonly ExchangeCandle[];
  /** Open times of rows that begin at no time of the grid; they are left out. */
  readonly offGrid: readonly number[];
  /** SHA-256 of the zip, hex. */
  readonly sha256: string;
}

/** The largest archives, one-second candles of a month, have 80 MB. */
const ZIP_BYTES_MAX = 256 * 1024 * 1024;
const CHECKSUM_BYTES_MAX = 4_096;
/** Until an answer begins, between two pieces of it, and for the whole of it. */
const BEGIN_MS = 15_000;
const IDLE_MS = 15_000;
const WHOLE_MS = 600_000;
const CSV_BYTES_MAX = 1024 * 1024 * 1024;
/** Times above this are microseconds. */
const MILLISECONDS_MAX = 1e14;

/**
 * Fetches an archive of candles and reads it; see `fetchVerifiedCsv`.
 *
 * @param fetchUrl - Sends the request.
 * @param url - Address of the zip; the checksum lies beside it.
 * @param span - Open times that the archive may contain.
 * @param timeframe - Candle length.
 * @param signal - Ends the transfer.
 * @returns `undefined` if it is not published.
 * @throws {DamagedArchive} Also if a row cannot be true.
 */
export async function fetchArchive(
  fetchUrl: FetchFunction,
  url: string,
  span: TimeSpan,
  timeframe: Timeframe,
  signal: AbortSignal,
): Promise<Archive | undefined> {
  const csv = await fetchVerifiedCsv(fetchUrl, url, signal);
  if (csv === undefined) return undefined;
  const name = fileName(url);
  return { ...readArchiveCsv(csv.content, span, timeframe, name), sha256: csv.sha256 };
}

/**
 * Fetches an archive, checks it against its published checksum and unpacks its one file.
 *
 * @param fetchUrl - Sends the request.
 * @param url - Address of the zip; the checksum lies beside it.
 * @param signal - Ends the transfer.
 * @returns `undefined` if it is not published.
 * @throws {DamagedArchive} If checksum, size or CRC are wrong, or the transfer broke off.
 * @throws {RequestRefused} `unavailable-here` for HTTP 403 and 451.
 */
export async function fetchVerifiedCsv(
  fetchUrl: FetchFunction,
  url: string,
  signal: AbortSignal,
): Promise<{ readonly content: Buffer; readonly sha256: string } | undefined> {
  const checksum = await fetchBytes(fetchUrl, `${url}.CHECKSUM`, signal, CHECKSUM_BYTES_MAX);
  if (checksum === undefined) return undefined;
  const expected = /^([0-9a-f]{64})\s/i.exec(checksum.toString('utf8'))?.[1]?.toLowerCase();
  if (expected === undefined) throw new DamagedArchive(`${url}.CHECKSUM is not a checksum`);
  const zip = await fetchBytes(fetchUrl, url, signal, ZIP_BYTES_MAX);
  if (zip === undefined) return undefined;
  const sha256 = createHash('sha256').update(zip).digest('hex');
  if (sha256 !== expected) {
    throw new DamagedArchive(`${url}: SHA-256 is ${sha256}, published is ${expected}`);
  }
  return { content: await unzip(zip, fileName(url).replace(/\.zip$/, '.csv')), sha256 };
}

function fileName(url: string): string {
  return decodeURIComponent(url.slice(url.lastIndexOf('/') + 1));
}

async function fetchBytes(
  fetchUrl: FetchFunction,
  url: string,
  signal: AbortSignal,
  bytesMax: number,
): Promise<Buffer | undefined> {
  const { host } = new URL(url);
  const response = await begin(fetchUrl, url, signal);
  const wrongPage = wrongPageText(host, response, '');
  if (wrongPage !== undefined) throw new RequestNotSent(wrongPage);
  if (response.status === 404) return undefined;
  if (response.status === 403 || response.status === 451) {
    throw new RequestRefused(
      'unavailable-here',
      `Binance is not available here: ${host} answered HTTP ${response.status}`,
    );
  }
  if (response.status !== 200) throw new RequestNotSent(`${host} answered HTTP ${response.status}`);
  let bytes: Buffer;
  try {
    bytes = await readLimitedBody(response, { bytesMax, idleMs: IDLE_MS, totalMs: WHOLE_MS });
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof BodyRefused))
      throw new DamagedArchive(`${url}: the transfer was interrupted`);
    throw error.problem === 'too-large'
      ? new DamagedArchive(`${url} is larger than ${bytesMax} bytes`)
      : new RequestNotSent(`${host}: the transfer of ${fileName(url)} stalled`);
  }
  const page = wrongPageText(host, response, bytes.toString('latin1', 0, 200));
  if (page !== undefined) throw new DamagedArchive(`${fileName(url)}: ${page}`);
  return bytes;
}

/** Waits for the beginning of an answer, which has a time limit of its own. */
async function begin(fetchUrl: FetchFunction, url: string, signal: AbortSignal): Promise<Response> {
  const { host } = new URL(url);
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), BEGIN_MS);
  try {
    return await fetchUrl(url, {
      signal: AbortSignal.any([signal, limit.signal]),
      redirect: 'manual',
      headers: { 'accept-encoding': 'identity' },
    });
  } catch (error) {
    signal.throwIfAborted();
    const what = limit.signal.aborted
      ? `did not answer for ${BEGIN_MS / 1000} s (${fileName(url)})`
      : 'cannot be reached';
    throw new RequestNotSent(`${host} ${what}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

/** Unpacks the one file of an archive and checks size and CRC. */
function unzip(zip: Buffer, expectedName: string): Promise<Buffer> {
  const damaged = (why: string): DamagedArchive => new DamagedArchive(`${expectedName}: ${why}`);
  return new Promise((resolve, reject) => {
    yauzl.fromBuffer(zip, { lazyEntries: true }, (openError, file) => {
      if (openError !== null) {
        reject(damaged(openError.message));
        return;
      }
      file.on('error', (error: Error) => reject(damaged(error.message)));
      file.on('end', () => reject(damaged('the archive is empty')));
      file.on('entry', (entry: yauzl.Entry) => {
        if (entry.fileName !== expectedName || entry.uncompressedSize > CSV_BYTES_MAX) {
          reject(damaged(`holds ${entry.fileName} of ${entry.uncompressedSize} bytes`));
          return;
        }
        file.openReadStream(entry, (streamError, stream) => {
          if (streamError !== null) {
            reject(damaged(streamError.message));
            return;
          }
          const chunks: Buffer[] = [];
          stream.on('data', (chunk: Buffer) => chunks.push(chunk));
          stream.on('error', (error: Error) => reject(damaged(error.message)));
          stream.on('end', () => {
            const content = Buffer.concat(chunks);
            if (zlib.crc32(content) === entry.crc32) resolve(content);
            else reject(damaged('the CRC does not match'));
          });
        });
      });
      file.readEntry();
    });
  });
}

/**
 * Reads the rows of an archive: with or without header, times in milli- or microseconds.
 *
 * @param content - The CSV.
 * @param span - Open times that it may contain.
 * @param timeframe - Candle length.
 * @param name - Of the archive, for messages.
 * @returns The candles, and the open times of rows that begin at no time of the grid, as after outages; they are left out.
 * @throws {DamagedArchive} Naming the line, if a row cannot be true.
 */
export function readArchiveCsv(
  content: Buffer,
  span: TimeSpan,
  timeframe: Timeframe,
  name: string,
): { readonly candles: ExchangeCandle[]; readonly offGrid: number[] } {
  const offGrid: number[] = [];
  const candles: ExchangeCandle[] = [];
  const length = timeframeMs(timeframe);
  const lines = content.toString('utf8').split(/\r?\n/);
  lines.forEach((line, i) => {
    if (line === '' || (i === 0 && /^[a-z"]/i.test(line))) return;
    const damaged = (why: string): DamagedArchive =>
      new DamagedArchive(`${name}, line ${i + 1}: ${why}`);
    const cells = line.split(',');
    const row = klineRowSchema.safeParse([
      milliseconds(cells[0]),
      ...cells.slice(1, 6),
      milliseconds(cells[6]),
      cells[7],
      Number(cells[8]),
      cells[9],
      cells[10],
    ]);
    if (!row.success) throw damaged(`"${line.slice(0, 80)}" is not a candle`);
    const candle = candleFromRow(row.data);
    const { openTime } = candle;
    const isInside = openTime >= span.startTime && openTime < span.endTime;
    if (!isInside) throw damaged(`open time ${openTime} is outside the period`);
    if ((openTime - span.startTime) % length !== 0) {
      offGrid.push(openTime);
      return;
    }
    if (openTime <= (candles.at(-1)?.openTime ?? Number.NEGATIVE_INFINITY)) {
      throw damaged(`open time ${openTime} is not later than the previous one`);
    }
    const defect = candleDefect(candle);
    if (defect !== undefined) throw damaged(defect);
    candles.push(candle);
  });
  // A whole archive off the grid is one of another interval, or damaged.
  if (candles.length === 0 && offGrid.length > 0) {
    throw new DamagedArchive(`${name}: no row starts on the ${timeframe} time grid`);
  }
  return { candles, offGrid };
}

function milliseconds(text: string | undefined): number {
  const value = Number(text);
  return value > MILLISECONDS_MAX ? Math.floor(value / 1_000) : value;
}
