import { readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  candleOpenTime,
  DAY_MS,
  type Market,
  type Timeframe,
  timeframeMs,
} from '../../domain/index.js';
import { writeFileAtomic } from '../../files/index.js';
import { candleDefect } from '../binance/candle-rows.js';
import type { FetchFunction } from '../binance/http-client.js';
import type { CandleSource, ExchangeCandle } from '../ports/candle-source.js';
import { RequestRefused } from '../ports/errors.js';
import { fetchArchive } from './archive-source.js';
import { candleLine, mergeIntoCandleFile, readCoverage } from './candle-file.js';
import {
  archivePath,
  type DownloadPart,
  type DownloadSource,
  planDownload,
  splitIntoDays,
  type TimeSpan,
  uncoveredSpans,
} from './download-plan.js';
import { type RetryRule, retry, retryDamaged } from './retry.js';
import { readSidecar, type Sidecar, withRealGap, writeSidecar } from './sidecar.js';

/** One series to fetch. */
export interface SeriesRequest {
  readonly symbol: string;
  readonly market: Market;
  readonly timeframe: Timeframe;
  /** Open times from `startTime` to before `endTime`, ms UTC; the end defaults to now. */
  readonly startTime: number;
  readonly endTime?: number | undefined;
  readonly source: DownloadSource;
  /** The candle file. */
  readonly path: string;
}

/** What a download works with. */
export interface DownloadTools extends RetryRule {
  readonly candles: CandleSource;
  /** Clock of the exchange, ms UTC. */
  readonly exchangeTime: () => Promise<number>;
  /** For example `https://data.binance.vision`. */
  readonly archiveUrl: string;
  readonly fetch: FetchFunction;
  /** Called with the share of the series that is done; fraction. */
  readonly onProgress: (share: number) => void;
}

/** What a series looks like after the download. */
export interface SeriesSummary {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly path: string;
  /** Candles in the file, and how many of them are new. */
  readonly rows: number;
  readonly added: number;
  /** First and last open time; `undefined` without candles. */
  readonly firstTime: number | undefined;
  readonly lastTime: number | undefined;
  /** Holes that the exchange has too, and their candles. */
  readonly gaps: number;
  readonly missing: number;
  /** Holes that could not be checked. */
  readonly unverifiedGaps: number;
  /** Candles that archives lacked and REST had. */
  readonly repaired: number;
  /** Rows of the exchange that begin at no time of the grid; they were left out. */
  readonly offGrid: number;
  /** Archives that never arrived undamaged, and the candles that are missing because of them. */
  readonly damaged: readonly { readonly name: string; readonly missing: number }[];
}

const PAGES_MAX = 100_000;

/**
 * Brings a candle file up to date: fetches what it lacks, keeps every finished part over an interruption, checks
 * each gap against the exchange, and replaces the file only when everything is there.
 *
 * @throws {ExchangeError} If the exchange refuses, cannot be reached or is not available here.
 * @throws {UserError} If a file cannot be read or written.
 */
export async function fetchSeries(
  request: SeriesRequest,
  tools: DownloadTools,
): Promise<SeriesSummary> {
  const { timeframe, path } = request;
  const length = timeframeMs(timeframe);
  const now = await tools.exchangeTime();
  const sidecar = await readSidecar(path);
  const span = await wantedSpan(request, tools, sidecar, now);
  const before = await readCoverage(path, timeframe);
  const known = [...before.spans, ...realSpans(sidecar)];
  const parts = uncoveredSpans(span, known).flatMap((missing) =>
    planDownload(missing, timeframe, request.source, now),
  );
  const folder = partsFolder(path);
  const found: Findings = { offGrid: new Set(), damaged: [] };
  await fetchParts(request, tools, { parts, folder, sidecar, found });
  const repaired =
    request.source === 'archive'
      ? 0
      : await repairGaps(request, tools, { span, known: before.spans, folder, sidecar, found });
  const names = await partFiles(folder);
  if (names.length > 0) {
    const merged = await mergeIntoCandleFile(path, partLines(folder, names));
    if (merged.changed > 0) {
      tools.warn(`${request.symbol}: ${merged.changed} candles changed on the exchange`);
    }
  }
  if (before.rows > 0 || names.length > 0) await writeSidecar(path, sidecar);
  await rm(folder, { recursive: true, force: true });
  const after = await readCoverage(path, timeframe);
  const holes = after.spans.slice(1).map((next, i) => ({
    startTime: after.spans[i]!.endTime,
    endTime: next.startTime,
  }));
  const isReal = (hole: TimeSpan): boolean =>
    sidecar.real_gaps.some(
      (gap) => gap.start_time <= hole.startTime && gap.end_time >= hole.endTime,
    );
  return {
    symbol: request.symbol,
    timeframe,
    path,
    rows: after.rows,
    added: after.rows - before.rows,
    firstTime: after.spans[0]?.startTime,
    lastTime: after.spans.length === 0 ? undefined : after.spans.at(-1)!.endTime - length,
    gaps: holes.length,
    missing: holes.reduce((sum, hole) => sum + (hole.endTime - hole.startTime) / length, 0),
    unverifiedGaps: holes.filter((hole) => !isReal(hole)).length,
    repaired,
    offGrid: found.offGrid.size,
    damaged: found.damaged.flatMap(({ name, span: part }) => {
      const present = [...after.spans, ...realSpans(sidecar)];
      const missing = uncoveredSpans(part, present).reduce(
        (sum, hole) => sum + (hole.endTime - hole.startTime) / length,
        0,
      );
      return missing === 0 ? [] : [{ name, missing }];
    }),
  };
}

/** What was odd on the way. */
interface Findings {
  /** Open times off the grid: one row may come from several sources. */
  readonly offGrid: Set<number>;
  readonly damaged: { readonly name: string; readonly span: TimeSpan }[];
}

function realSpans(sidecar: Sidecar): TimeSpan[] {
  return sidecar.real_gaps.map((gap) => ({ startTime: gap.start_time, endTime: gap.end_time }));
}

/** The span without what cannot exist: before the listing, and candles that are not closed. */
async function wantedSpan(
  request: SeriesRequest,
  tools: DownloadTools,
  sidecar: Sidecar,
  now: number,
): Promise<TimeSpan> {
  const { symbol, timeframe, source } = request;
  const length = timeframeMs(timeframe);
  const endTime = candleOpenTime(Math.min(request.endTime ?? now, now), timeframe);
  const first = candleOpenTime(request.startTime, timeframe);
  let startTime = first < request.startTime ? first + length : first;
  if (source === 'archive' || startTime >= endTime) return { startTime, endTime };
  if (sidecar.first_open_time === undefined) {
    const page = await retry(tools, () =>
      tools.candles.candles({ symbol, timeframe, startTime, endTime: endTime - 1 }),
    );
    const [oldest] = page;
    if (oldest === undefined) return { startTime: endTime, endTime };
    if (oldest.openTime > startTime) sidecar.first_open_time = oldest.openTime;
  }
  startTime = Math.max(startTime, sidecar.first_open_time ?? startTime);
  return { startTime, endTime };
}

async function fetchParts(
  request: SeriesRequest,
  tools: DownloadTools,
  work: { parts: DownloadPart[]; folder: string; sidecar: Sidecar; found: Findings },
): Promise<void> {
  const { folder } = work;
  const done = new Set(await partFiles(folder));
  const queue = [...work.parts];
  const total = queue.reduce((sum, part) => sum + part.endTime - part.startTime, 0);
  let finished = 0;
  while (queue.length > 0) {
    tools.signal.throwIfAborted();
    const part = queue.shift()!;
    const name = partName(part);
    if (!done.has(name)) {
      const candles = await fetchPart(request, tools, part, work);
      if (candles === 'as-days') {
        queue.unshift(...splitIntoDays(part));
        continue;
      }
      if (candles === 'as-rest') {
        queue.unshift({ ...part, kind: 'rest' });
        continue;
      }
      if (candles.length > 0) {
        await writeFileAtomic(join(folder, name), `${candles.map(candleLine).join('\n')}\n`);
      }
    }
    finished += part.endTime - part.startTime;
    tools.onProgress(total === 0 ? 1 : finished / total);
  }
}

async function fetchPart(
  request: SeriesRequest,
  tools: DownloadTools,
  part: DownloadPart,
  { sidecar, found }: { readonly sidecar: Sidecar; readonly found: Findings },
): Promise<readonly ExchangeCandle[] | 'as-days' | 'as-rest'> {
  if (part.kind === 'rest') return fetchByRest(request, tools, part, found);
  const { symbol, market, timeframe, source } = request;
  const path = archivePath(market, symbol, timeframe, part);
  const archive = await retryDamaged(tools, () =>
    fetchArchive(tools.fetch, tools.archiveUrl + path, part, timeframe, tools.signal),
  );
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (archive === 'damaged') found.damaged.push({ name, span: part });
  else if (archive !== undefined) {
    sidecar.archives[name] = archive.sha256;
    for (const time of archive.offGrid) found.offGrid.add(time);
    return archive.candles;
  }
  if (part.kind === 'monthly') return 'as-days';
  return source === 'archive' ? [] : 'as-rest';
}

async function fetchByRest(
  request: SeriesRequest,
  tools: DownloadTools,
  span: TimeSpan,
  { offGrid }: Findings,
): Promise<ExchangeCandle[]> {
  const { symbol, timeframe } = request;
  const found: ExchangeCandle[] = [];
  let { startTime } = span;
  for (let page = 0; page < PAGES_MAX && startTime < span.endTime; page++) {
    tools.signal.throwIfAborted();
    const query = { symbol, timeframe, startTime, endTime: span.endTime - 1 };
    const candles = await retry(tools, () => tools.candles.candles(query));
    for (const candle of candles) {
      const defect = candleDefect(candle);
      const isNext = candle.openTime >= startTime && candle.openTime < span.endTime;
      if (defect !== undefined || !isNext) {
        throw new RequestRefused(
          'malformed',
          `${symbol} at ${new Date(candle.openTime).toISOString()}: ${defect ?? 'out of order'}`,
        );
      }
      if (!isOnGrid(candle.openTime, timeframe)) {
        // After outages the exchange has rows that begin in the middle of a candle.
        offGrid.add(candle.openTime);
        startTime = candle.openTime + 1;
        continue;
      }
      startTime = candle.openTime + timeframeMs(timeframe);
      found.push(candle);
    }
    if (candles.length < tools.candles.pageCandlesMax) break;
  }
  return found;
}

/** Three-day candles count from the day of the listing. */
function isOnGrid(openTime: number, timeframe: Timeframe): boolean {
  if (timeframe === '3d') return openTime % DAY_MS === 0;
  return candleOpenTime(openTime, timeframe) === openTime;
}

/** Asks the exchange for every hole: what it has is added, what it lacks is recorded as real. */
async function repairGaps(
  request: SeriesRequest,
  tools: DownloadTools,
  work: {
    span: TimeSpan;
    known: readonly TimeSpan[];
    folder: string;
    sidecar: Sidecar;
    found: Findings;
  },
): Promise<number> {
  const { folder, sidecar } = work;
  const length = timeframeMs(request.timeframe);
  const fetched = await partSpans(folder, length);
  const holes = uncoveredSpans(work.span, [...work.known, ...fetched, ...realSpans(sidecar)]);
  let repaired = 0;
  for (const hole of holes) {
    const candles = await fetchByRest(request, tools, hole, work.found);
    if (candles.length > 0) {
      repaired += candles.length;
      const name = partName(hole);
      await writeFileAtomic(join(folder, name), `${candles.map(candleLine).join('\n')}\n`);
    }
    const present = candles.map(({ openTime }) => ({
      startTime: openTime,
      endTime: openTime + length,
    }));
    for (const gap of uncoveredSpans(hole, present)) {
      // The newest candles may only be late; a hole is real once something follows it.
      if (gap.endTime >= work.span.endTime) continue;
      sidecar.real_gaps = withRealGap(sidecar.real_gaps, {
        start_time: gap.startTime,
        end_time: gap.endTime,
      });
    }
  }
  return repaired;
}

function partsFolder(path: string): string {
  return join(dirname(path), `.${path.slice(dirname(path).length + 1)}.parts`);
}

function partName({ startTime, endTime }: TimeSpan): string {
  return `${String(startTime).padStart(16, '0')}-${String(endTime).padStart(16, '0')}.csv`;
}

/** Finished parts in time order; half-written ones have another ending. */
async function partFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => /^\d{16}-\d{16}\.csv$/.test(name)).sort();
}

async function* partLines(folder: string, names: readonly string[]): AsyncGenerator<string> {
  const pending: { openTime: number; line: string }[] = [];
  for (const name of names) {
    const startTime = Number(name.slice(0, 16));
    // Parts may overlap where a gap inside an older part was repaired: rows leave in order all the same.
    pending.sort((a, b) => a.openTime - b.openTime);
    const ready = pending.findIndex(({ openTime }) => openTime >= startTime);
    for (const { line } of pending.splice(0, ready < 0 ? pending.length : ready)) yield line;
    const known = new Set(pending.map(({ openTime }) => openTime));
    for (const line of (await readFile(join(folder, name), 'utf8')).split('\n')) {
      const openTime = Number(line.slice(0, line.indexOf(',')));
      if (line !== '' && !known.has(openTime)) pending.push({ openTime, line });
    }
  }
  pending.sort((a, b) => a.openTime - b.openTime);
  for (const { line } of pending) yield line;
}

async function partSpans(folder: string, length: number): Promise<TimeSpan[]> {
  const spans: { startTime: number; endTime: number }[] = [];
  for await (const line of partLines(folder, await partFiles(folder))) {
    const openTime = Number(line.slice(0, line.indexOf(',')));
    const last = spans.at(-1);
    if (last?.endTime === openTime) last.endTime += length;
    else spans.push({ startTime: openTime, endTime: openTime + length });
  }
  return spans;
}
