import { parseDecimal, trimDecimal } from '../../domain/index.js';
import type { FetchFunction } from '../binance/http-client.js';
import type { FundingRate } from '../ports/candle-source.js';
import { DamagedArchive, fetchVerifiedCsv } from './archive-source.js';
import type { TimeSpan } from './download-plan.js';

const HEADER = 'calc_time,funding_interval_hours,last_funding_rate';

/**
 * Fetches the funding rates of a month from the archive, which knows no mark prices.
 *
 * @param fetchUrl - Sends the request.
 * @param archiveUrl - For example `https://data.binance.vision`.
 * @param symbol - USD-M symbol.
 * @param month - First ms of the month to first ms of the next.
 * @param signal - Ends the transfer.
 * @returns Oldest first; `undefined` if the month is not published.
 * @throws {DamagedArchive} If checksum, size, CRC or content are wrong, or the transfer broke off.
 */
export async function fetchFundingArchive(
  fetchUrl: FetchFunction,
  archiveUrl: string,
  symbol: string,
  month: TimeSpan,
  signal: AbortSignal,
): Promise<FundingRate[] | undefined> {
  const name = encodeURIComponent(symbol);
  const date = new Date(month.startTime).toISOString().slice(0, 7);
  const path = `/data/futures/um/monthly/fundingRate/${name}/${name}-fundingRate-${date}.zip`;
  const csv = await fetchVerifiedCsv(fetchUrl, archiveUrl + path, signal);
  return csv === undefined
    ? undefined
    : readFundingCsv(csv.content, month, `${name}-fundingRate-${date}.zip`);
}

/**
 * Reads the rows of a funding archive.
 *
 * @param content - The CSV.
 * @param month - Times that it may contain.
 * @param name - Of the archive, for messages.
 * @throws {DamagedArchive} Naming the line, if a row cannot be true.
 */
export function readFundingCsv(content: Buffer, month: TimeSpan, name: string): FundingRate[] {
  const [header, ...lines] = content.toString('utf8').split(/\r?\n/);
  if (header !== HEADER) throw new DamagedArchive(`${name}, line 1: "${header}" is not ${HEADER}`);
  const rates: FundingRate[] = [];
  lines.forEach((line, i) => {
    if (line === '') return;
    const [timeText, , rateText = ''] = line.split(',');
    const rate = parseDecimal(rateText);
    const time = Number(timeText);
    const isInside = time >= month.startTime && time < month.endTime;
    const isLater = time > (rates.at(-1)?.time ?? Number.NEGATIVE_INFINITY);
    if (!isInside || !isLater || rate === undefined) {
      throw new DamagedArchive(
        `${name}, line ${i + 2}: "${line.slice(0, 80)}" is not a funding rate of this symbol`,
      );
    }
    rates.push({ time, rate: trimDecimal(rate) });
  });
  return rates;
}
