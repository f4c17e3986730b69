import { readFile } from 'node:fs/promises';
import { type Decimal, parseDecimal, UserError } from '../../domain/index.js';
import { fileError, systemErrorCode, writeFileAtomic } from '../../files/index.js';
import type { CandleSource, FundingRate } from '../ports/candle-source.js';

const HEADER = 'funding_time,funding_rate,mark_price';
const PAGES_MAX = 10_000;
const PAGE_ROWS = 1_000;

/** Fetches the funding rates of a span, one page after another, oldest first. */
export type FundingPages = (span: {
  readonly startTime: number;
  readonly endTime: number;
}) => AsyncIterable<readonly FundingRate[]>;

/**
 * Brings a file of funding rates up to date.
 *
 * @param pages - Where they come from.
 * @param request - Span (ms UTC) and file.
 * @returns Rows in the file and how many are new.
 * @throws {UserError} If the file cannot be read or written.
 */
export async function fetchFunding(
  pages: FundingPages,
  request: { startTime: number; endTime: number; path: string },
): Promise<{ rows: number; added: number }> {
  const rows = await readFundingFile(request.path);
  const before = rows.size;
  const newest = Math.max(...rows.keys(), Number.NEGATIVE_INFINITY);
  const oldest = Math.min(...rows.keys(), Number.POSITIVE_INFINITY);
  const startTime = oldest <= request.startTime ? newest + 1 : request.startTime;
  const known = new Set([...rows.keys()].map(minuteOf));
  for await (const rates of pages({ startTime, endTime: request.endTime })) {
    for (const { time, rate, markPrice } of rates) {
      if (time < startTime || time > request.endTime || known.has(minuteOf(time))) continue;
      rows.set(time, `${time},${rate},${markPrice ?? ''}`);
    }
  }
  if (rows.size > before) {
    const lines = [...rows].sort(([a], [b]) => a - b).map(([, line]) => line);
    await writeFileAtomic(request.path, `${[HEADER, ...lines].join('\n')}\n`);
  }
  return { rows: rows.size, added: rows.size - before };
}

/** Pages of the REST API; they know the mark prices. */
export function fundingByREST(
  source: CandleSource,
  symbol: string,
  repeat: <T>(action: () => Promise<T>) => Promise<T>,
): FundingPages {
  return async function* (span) {
    let { startTime } = span;
    for (let page = 0; page < PAGES_MAX && startTime <= span.endTime; page++) {
      const query = { symbol, startTime, endTime: span.endTime };
      const rates = await repeat(() => source.fundingRates(query));
      yield rates;
      startTime = (rates.at(-1)?.time ?? startTime) + 1;
      if (rates.length < PAGE_ROWS) break;
    }
  };
}

/** Archives and REST tell the same payment a few ms apart. */
function minuteOf(time: number): number {
  return Math.round(time / 60_000);
}

/**
 * Reads a file of funding rates that `fetchFunding` wrote.
 *
 * @param path - The file.
 * @returns Oldest first.
 * @throws {UserError} If the file is missing, is no such file, or has a rate that is no decimal.
 */
export async function readFundingRates(
  path: string,
): Promise<readonly { readonly time: number; readonly rate: Decimal }[]> {
  const lines = await readFundingFile(path);
  if (lines.size === 0)
    throw new UserError(`${path}: no funding rates; see wus fetch-data --funding`);
  return [...lines].map(([time, line]) => {
    const text = line.split(',')[1] ?? '';
    const rate = parseDecimal(text);
    if (rate === undefined || !Number.isFinite(time)) {
      throw new UserError(`${path}: "${line}" is not a time and a rate`);
    }
    return { time, rate };
  });
}

async function readFundingFile(path: string): Promise<Map<number, string>> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return new Map();
    throw fileError('read', path, error);
  }
  const [header, ...lines] = text.split('\n');
  if (header !== HEADER) {
    throw new UserError(
      `${path}: not written by wus fetch-data (its header differs); move it away`,
    );
  }
  return new Map(
    lines.filter((line) => line !== '').map((line) => [Number.parseInt(line, 10), line]),
  );
}
