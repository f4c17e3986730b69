import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Market, type Timeframe, UserError } from '../../domain/index.js';
import { writeFileAtomic } from '../../files/index.js';
import { HttpClient } from '../binance/http-client.js';
import { restCandleSource } from '../binance/rest-candle-source.js';
import { systemClock } from '../binance/system-clock.js';
import type { CandleSource } from '../ports/candle-source.js';
import { sleep } from '../ports/clock.js';
import { ExchangeError, RequestRefused } from '../ports/errors.js';
import { WeightBudget } from '../ports/weight-budget.js';
import { type DownloadSource, publishedMonths } from './download-plan.js';
import { fetchSeries, type SeriesSummary } from './fetch-candles.js';
import { type FundingPages, fetchFunding, fundingByREST } from './fetch-funding.js';
import { fetchFundingArchive } from './funding-archive.js';
import { type RetryRule, retry, retryDamaged } from './retry.js';

/** What to fetch, and from where. */
export interface FetchDataOptions {
  readonly symbols: readonly string[];
  readonly timeframes: readonly Timeframe[];
  readonly market: Market;
  /** First open time wanted, ms UTC. */
  readonly startTime: number;
  /** First open time not wanted any more, ms UTC; default now. */
  readonly endTime?: number | undefined;
  readonly dataFolder: string;
  /** Series that are fetched at the same time. */
  readonly processes: number;
  readonly source: DownloadSource;
  /** Also fetch funding rates (USD-M). */
  readonly funding: boolean;
  /** Default: Binance's for the market. */
  readonly restUrl?: string | undefined;
  readonly archiveUrl?: string | undefined;
  readonly signal: AbortSignal;
  /** Wait before the second try of what did not reach Binance; default 1,000 ms, doubled each time. */
  readonly retryMs?: number | undefined;
  /** Called with the share of all series that is done; fraction. */
  readonly onProgress?: (share: number, details: string) => void;
  /** Sentences for the user. */
  readonly onWarning?: (text: string) => void;
}

/** What a file of funding rates holds afterwards. */
export interface FundingSummary {
  readonly symbol: string;
  readonly path: string;
  readonly rows: number;
  readonly added: number;
  /** The month whose archive never arrived undamaged, ms UTC; nothing after it was fetched. */
  readonly damagedMonth: number | undefined;
}

/** What the data folder holds afterwards. */
export interface FetchDataSummary {
  readonly series: readonly SeriesSummary[];
  readonly funding: readonly FundingSummary[];
}

const REST_URLS: Readonly<Record<Market, string>> = {
  spot: 'https://api.binance.com',
  usdm: 'https://fapi.binance.com',
};
const ARCHIVE_URL = 'https://data.binance.vision';
const BAN_FILE = '.binance-ban.json';
const WEIGHT_LIMITS: Readonly<Record<Market, number>> = { spot: 6000, usdm: 2400 };

/**
 * Fetches candles (and funding rates) into the data folder; see `fetchSeries` for what is promised of each file.
 *
 * @throws {UserError} In words for the user: unknown symbol, not available here, unreachable, disk full, …
 */
export async function fetchData(options: FetchDataOptions): Promise<FetchDataSummary> {
  const { market, dataFolder, signal, onWarning = () => {}, onProgress = () => {} } = options;
  const restUrl = (options.restUrl ?? REST_URLS[market]).replace(/\/$/, '');
  const archiveUrl = (options.archiveUrl ?? ARCHIVE_URL).replace(/\/$/, '');
  const budget = new WeightBudget({ limit: WEIGHT_LIMITS[market], reserve: 0.2 });
  budget.banUntil(await readBan(dataFolder, restUrl));
  const client = new HttpClient({
    baseUrl: restUrl,
    clock: systemClock,
    budget,
    timePath: market === 'spot' ? '/api/v3/time' : '/fapi/v1/time',
    fetch: (url, init) => fetch(url, { ...init, signal: anySignal(init.signal, signal) }),
    signal,
    onWait: eachOnce((untilTime, reason) => {
      if (reason === 'budget') return;
      onWarning(waitText(restUrl, untilTime, reason));
      if (reason === 'banned') void writeBan(dataFolder, restUrl, untilTime);
    }),
  });
  const candles = restCandleSource(client, market);
  const rule: RetryRule = {
    signal,
    sleep: (ms) => sleep(systemClock, ms, signal),
    retryMs: options.retryMs ?? 1_000,
    warn: onWarning,
  };
  const exchangeTime = once(() => exchangeTimeFrom(candles, options.source, rule));
  const jobs = options.symbols.flatMap((symbol) =>
    options.timeframes.map((timeframe) => ({ symbol, timeframe })),
  );
  const shares = jobs.map(() => 0);
  const fetchOne = async (index: number): Promise<SeriesSummary> => {
    const { symbol, timeframe } = jobs[index]!;
    const name = `${symbol}_${timeframe}`;
    const report = (share: number): void => {
      shares[index] = share;
      onProgress(shares.reduce((sum, part) => sum + part, 0) / jobs.length, name);
    };
    const summary = await fetchSeries(
      {
        symbol,
        market,
        timeframe,
        startTime: options.startTime,
        endTime: options.endTime,
        source: options.source,
        path: join(dataFolder, market, timeframe, `${name}.csv`),
      },
      {
        ...rule,
        candles,
        exchangeTime,
        archiveUrl,
        fetch: (url, init) => fetch(url, init),
        onProgress: report,
      },
    );
    report(1);
    return summary;
  };
  try {
    requireStarted(options.startTime, await exchangeTime());
    const series = await inParallel(jobs.length, options.processes, fetchOne);
    const funding = options.funding
      ? await fetchAllFunding(options, { candles, exchangeTime, archiveUrl, rule })
      : [];
    return { series, funding };
  } catch (error) {
    if (budget.bannedUntil > Date.now()) await writeBan(dataFolder, restUrl, budget.bannedUntil);
    throw forUser(error, options, restUrl);
  }
}

function requireStarted(startTime: number, now: number): void {
  if (startTime < now) return;
  const [wanted, reached] = [startTime, now].map((time) => new Date(time).toISOString());
  throw new UserError(`The start ${wanted} is in the future: the exchange has ${reached}`);
}

/** The archives alone need no REST: where that is not available, the clock of this machine has to do. */
async function exchangeTimeFrom(
  candles: CandleSource,
  source: DownloadSource,
  rule: RetryRule,
): Promise<number> {
  try {
    return await (source === 'archive'
      ? candles.serverTime()
      : retry(rule, () => candles.serverTime()));
  } catch (error) {
    if (source !== 'archive' || !(error instanceof ExchangeError)) throw error;
    return systemClock.now();
  }
}

/** By REST, which knows more and needs a request a year; from the archives where only they shall be asked. */
async function fetchAllFunding(
  options: FetchDataOptions,
  {
    candles,
    exchangeTime,
    archiveUrl,
    rule,
  }: {
    readonly candles: CandleSource;
    readonly exchangeTime: () => Promise<number>;
    readonly archiveUrl: string;
    readonly rule: RetryRule;
  },
): Promise<FetchDataSummary['funding']> {
  const now = await exchangeTime();
  const endTime = options.endTime ?? now;
  const damagedMonths = new Map<string, number>();
  const byArchive = (symbol: string): FundingPages =>
    async function* (span) {
      for (const month of publishedMonths(span, now)) {
        const rates = await retryDamaged(rule, () =>
          fetchFundingArchive(fetch, archiveUrl, symbol, month, rule.signal),
        );
        if (rates === 'damaged') {
          // A later run goes on after the newest row: what follows waits until this month is there.
          damagedMonths.set(symbol, month.startTime);
          return;
        }
        yield rates ?? [];
      }
    };
  return inParallel(options.symbols.length, options.processes, async (i) => {
    const symbol = options.symbols[i]!;
    const path = join(options.dataFolder, 'usdm', 'funding', `${symbol}_funding.csv`);
    const pages =
      options.source === 'archive'
        ? byArchive(symbol)
        : fundingByREST(candles, symbol, (action) => retry(rule, action));
    const { startTime } = options;
    const file = await fetchFunding(pages, { startTime, endTime, path });
    return { symbol, path, ...file, damagedMonth: damagedMonths.get(symbol) };
  });
}

/** Asks only once, however often it is called. */
function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined;
  return () => {
    answer ??= ask();
    return answer;
  };
}

async function inParallel<T>(
  count: number,
  workers: number,
  run: (index: number) => Promise<T>,
): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  let failed = false;
  const work = async (): Promise<void> => {
    while (next < count && !failed) {
      const index = next++;
      try {
        results[index] = await run(index);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const settled = await Promise.allSettled(
    Array.from({ length: Math.max(1, Math.min(workers, count)) }, work),
  );
  const rejected = settled.find(({ status }) => status === 'rejected');
  if (rejected?.status === 'rejected') throw rejected.reason;
  return results;
}

function forUser(error: unknown, options: FetchDataOptions, restUrl: string): unknown {
  if (options.signal.aborted) {
    return new UserError('Interrupted; fetched candles are kept, run the same command to continue');
  }
  if (!(error instanceof ExchangeError)) return error;
  if (error instanceof RequestRefused && error.reason === 'unavailable-here') {
    return new UserError(
      `${error.message}\nUse a network with access to Binance, other hosts (--rest-url, --archive-url), or the local exchange (wus exchange)`,
    );
  }
  if (error instanceof RequestRefused && error.reason === 'unknown-symbol') {
    return new UserError(
      `Binance ${options.market}: unknown symbol among ${options.symbols.join(', ')}: ${error.message}`,
    );
  }
  if (error.outcome === 'not-sent') {
    return new UserError(
      `Cannot reach ${new URL(restUrl).host}: ${error.message}\nCheck the network and run again; fetched candles are kept`,
    );
  }
  return new UserError(`Binance refused: ${error.message}`);
}

function waitText(restUrl: string, untilTime: number, reason: string): string {
  const until = new Date(untilTime).toISOString();
  return reason === 'banned'
    ? `${new URL(restUrl).host} banned this address; no requests are sent until ${until} (Ctrl-C stops; fetched candles are kept)`
    : `${new URL(restUrl).host} requests a pause until ${until}`;
}

/** Says each wait once, although many requests wait for it. */
function eachOnce(
  tell: (untilTime: number, reason: 'budget' | 'rate-limit' | 'banned') => void,
): (untilTime: number, reason: 'budget' | 'rate-limit' | 'banned') => void {
  let told = 0;
  return (untilTime, reason) => {
    if (untilTime === told) return;
    told = untilTime;
    tell(untilTime, reason);
  };
}

function anySignal(own: AbortSignal | null | undefined, outer: AbortSignal): AbortSignal {
  return own === null || own === undefined ? outer : AbortSignal.any([own, outer]);
}

/** The end of a ban survives a restart: a new process must not ask either. */
async function readBan(folder: string, restUrl: string): Promise<number> {
  try {
    const text = await readFile(join(folder, BAN_FILE), 'utf8');
    const { host, until } = JSON.parse(text) as { host?: unknown; until?: unknown };
    return host === new URL(restUrl).host && typeof until === 'number' ? until : 0;
  } catch {
    return 0;
  }
}

async function writeBan(folder: string, restUrl: string, until: number): Promise<void> {
  const { host } = new URL(restUrl);
  await writeFileAtomic(join(folder, BAN_FILE), `${JSON.stringify({ host, until })}\n`);
}
