import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { type Timeframe, timeframeMs, UserError } from '../../domain/index.js';
import { fileError, systemErrorCode, writeFileAtomic } from '../../files/index.js';
import type { ExchangeCandle } from '../ports/candle-source.js';
import type { TimeSpan } from './download-plan.js';

/** Header of the project's candle files with all columns. */
export const CANDLE_HEADER =
  'open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume';

const CHUNK_LINES = 5_000;

/** What a candle file holds. */
export interface CandleFileCoverage {
  readonly rows: number;
  /** Runs of candles without a hole, ascending. */
  readonly spans: readonly TimeSpan[];
}

/** Writes one candle as a line, without its end. */
export function candleLine(candle: ExchangeCandle): string {
  return [
    candle.openTime,
    candle.open,
    candle.high,
    candle.low,
    candle.close,
    candle.volume,
    candle.closeTime,
    candle.quoteVolume,
    candle.count,
    candle.takerBuyVolume,
    candle.takerBuyQuoteVolume,
  ].join(',');
}

/**
 * Reads which candles a file has.
 *
 * @param path - The file; a missing one is empty.
 * @param timeframe - Candle length.
 * @throws {UserError} Naming file and line, if it is not one of ours.
 */
export async function readCoverage(
  path: string,
  timeframe: Timeframe,
): Promise<CandleFileCoverage> {
  const length = timeframeMs(timeframe);
  const spans: { startTime: number; endTime: number }[] = [];
  let rows = 0;
  for await (const { openTime } of readRows(path)) {
    rows++;
    const last = spans.at(-1);
    if (last?.endTime === openTime) last.endTime += length;
    else spans.push({ startTime: openTime, endTime: openTime + length });
  }
  return { rows, spans };
}

/**
 * Merges new candles into a file: it is replaced at once, when everything is written. Where both have a candle the
 * new one holds.
 *
 * @param path - The candle file.
 * @param newLines - Lines in time order, each once.
 * @returns How many rows the file has now, and how many existing ones were changed.
 * @throws {UserError} If the file cannot be written; the old one then stays as it was.
 */
export async function mergeIntoCandleFile(
  path: string,
  newLines: AsyncIterable<string>,
): Promise<{ rows: number; changed: number }> {
  const counts = { rows: 0, changed: 0 };
  await writeFileAtomic(path, inChunks(merged(path, newLines, counts)));
  return counts;
}

async function* merged(
  path: string,
  newLines: AsyncIterable<string>,
  counts: { rows: number; changed: number },
): AsyncGenerator<string> {
  yield CANDLE_HEADER;
  const old = readRows(path)[Symbol.asyncIterator]();
  let next = await old.next();
  for await (const line of newLines) {
    const openTime = Number(line.slice(0, line.indexOf(',')));
    while (next.done !== true && next.value.openTime < openTime) {
      counts.rows++;
      yield next.value.line;
      next = await old.next();
    }
    if (next.done !== true && next.value.openTime === openTime) {
      if (next.value.line !== line) counts.changed++;
      next = await old.next();
    }
    counts.rows++;
    yield line;
  }
  for (; next.done !== true; next = await old.next()) {
    counts.rows++;
    yield next.value.line;
  }
}

async function* inChunks(lines: AsyncIterable<string>): AsyncGenerator<string> {
  let chunk: string[] = [];
  for await (const line of lines) {
    chunk.push(line);
    if (chunk.length < CHUNK_LINES) continue;
    yield `${chunk.join('\n')}\n`;
    chunk = [];
  }
  if (chunk.length > 0) yield `${chunk.join('\n')}\n`;
}

async function* readRows(path: string): AsyncGenerator<{ openTime: number; line: string }> {
  const input = createReadStream(path, { encoding: 'utf8' });
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  let number = 0;
  let before = Number.NEGATIVE_INFINITY;
  try {
    for await (const line of lines) {
      number++;
      if (number === 1) {
        if (line === CANDLE_HEADER) continue;
        throw new UserError(
          `${path}: not written by wus fetch-data (its header differs); move it away or use another --data-dir`,
        );
      }
      const openTime = Number(line.slice(0, line.indexOf(',')));
      if (!(openTime > before) || line.split(',').length !== CANDLE_HEADER.split(',').length) {
        throw new UserError(
          `${path}:${number}: "${line.slice(0, 60)}" is invalid; delete the file and fetch it again`,
        );
      }
      before = openTime;
      yield { openTime, line };
    }
  } catch (error) {
    if (error instanceof UserError) throw error;
    if (systemErrorCode(error) === 'ENOENT') return;
    throw fileError('read', path, error);
  } finally {
    lines.close();
    input.destroy();
  }
}
