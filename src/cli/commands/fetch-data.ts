import { resolve } from 'node:path';
import type { Command } from 'commander';
import { isoTime, timeText } from '../../candles/index.js';
import {
  DAY_MS,
  MARKETS,
  type Market,
  parseTimeframe,
  UsageError,
  UserError,
} from '../../domain/index.js';
import {
  DOWNLOAD_SOURCES,
  type DownloadSource,
  type FetchDataSummary,
  fetchData,
} from '../../exchange/index.js';
import { countText, didYouMean } from '../../util/index.js';
import { createCommand } from '../create-command.js';
import { afterFetch, printNext } from '../next-lines.js';
import { symbolOption } from '../option-values.js';
import { createProgress } from '../progress.js';
import type { Terminal } from '../terminal.js';
import { textTable } from '../text-table.js';

const PROCESSES_MAX = 32;

interface Flags {
  readonly symbols: readonly string[];
  readonly interval: readonly string[];
  readonly start?: string;
  readonly last?: string;
  readonly end?: string;
  readonly market: string;
  readonly dataDir: string;
  readonly processes: string;
  readonly source: string;
  readonly funding?: boolean;
  readonly restUrl?: string;
  readonly archiveUrl?: string;
}

/** `wus fetch-data`: candles from Binance, complete and verified. */
export function fetchDataCommand(terminal: Terminal): Command {
  const command = createCommand(terminal, {
    name: 'fetch-data',
    summary: 'Fetch candles from Binance',
    description:
      'Writes data/<market>/<interval>/<SYMBOL>_<interval>.csv. Run it again to update: only missing candles are fetched, ' +
      'and an interrupted download continues. Archives are verified by checksum, gaps against the exchange.',
    examples: [
      [
        'wus fetch-data --symbols BTCUSDT,ETHUSDT --interval 1h --start 2020-01-01',
        'two symbols up to now, closed candles only',
      ],
      ['wus fetch-data --symbols BTCUSDT --interval 1h --last 2y', 'the last two years'],
      [
        'wus fetch-data --symbols BTCUSDT --interval 1m,1h --start 2024-01-01 --market usdm --funding',
        'USD-M candles of two intervals and the funding rates',
      ],
      [
        'wus fetch-data --symbols BTCUSDT --interval 1m --start 2024-01-01 --rest-url http://127.0.0.1:9180 --archive-url http://127.0.0.1:9180',
        'from the local exchange (wus exchange)',
      ],
    ],
  });
  return command
    .optionsGroup('Candles:')
    .requiredOption('--symbols <symbols...>', 'For example BTCUSDT,ETHUSDT')
    .requiredOption('--interval <intervals...>', 'For example 1h or 1m,1h')
    .option('--start <time>', 'First candle: 2024-01-01 or 2024-01-01T12:00, UTC')
    .option('--last <length>', 'Instead of --start: 90d, 12w, 18mo or 2y before the end')
    .option('--end <time>', 'End of the period, exclusive (default: now)')
    .option('--market <market>', 'spot or usdm', 'spot')
    .option('--funding', 'Also fetch funding rates (usdm)')
    .optionsGroup('Where:')
    .option('--data-dir <folder>', 'Output data folder', 'data')
    .option('--source <source>', `${DOWNLOAD_SOURCES.join(', ')}`, 'auto')
    .option('--processes <n>', 'Parallel downloads', '4')
    .option('--rest-url <url>', "REST host (default: Binance's)")
    .option('--archive-url <url>', 'Archive host (default: https://data.binance.vision)')
    .optionsGroup('Help:')
    .action(async (_, self: Command) => {
      const flags = self.opts<Flags>();
      await run(terminal, flags);
    });
}

async function run(terminal: Terminal, flags: Flags): Promise<void> {
  const market = oneOf('--market', flags.market, MARKETS);
  if (flags.funding === true && market !== 'usdm') {
    throw new UsageError('--funding: spot markets have no funding; add --market usdm');
  }
  const endTime = flags.end === undefined ? undefined : time('--end', flags.end);
  const startTime = startOf(flags, endTime ?? Date.now());
  if (endTime !== undefined && endTime <= startTime) {
    throw new UsageError(`--end ${flags.end} is not later than --start ${flags.start}`);
  }
  const controller = new AbortController();
  const progress = createProgress(terminal, 'Fetching');
  let ended: Promise<unknown> = Promise.resolve();
  const release = terminal.onInterrupt(async () => {
    controller.abort();
    await ended.catch(() => {});
    progress.end();
    terminal.note('Interrupted; fetched candles are kept, run the same command to continue');
  });
  const fetching = fetchData({
    symbols: list('--symbols', flags.symbols).map((text) => symbolOption('--symbols', text)),
    timeframes: list('--interval', flags.interval).map(parseTimeframe),
    market,
    startTime,
    endTime,
    dataFolder: resolve(terminal.workingFolder, flags.dataDir),
    processes: processCount(flags.processes),
    source: oneOf('--source', flags.source, DOWNLOAD_SOURCES) satisfies DownloadSource,
    funding: flags.funding === true,
    restUrl: url('--rest-url', flags.restUrl),
    archiveUrl: url('--archive-url', flags.archiveUrl),
    signal: controller.signal,
    onProgress: (share, details) => progress.update(share, 1, details),
    onWarning: (text) => terminal.note(text),
  });
  ended = fetching;
  try {
    const summary = await fetching;
    progress.end();
    for (const line of summaryLines(summary)) terminal.print(line);
    requireUndamaged(summary);
    const [first] = summary.series.filter(({ rows }) => rows > 0);
    if (first !== undefined) {
      printNext(afterFetch({ ...first, market }, flags.dataDir), terminal);
    }
  } finally {
    progress.end();
    release();
  }
}

function summaryLines({ series, funding }: FetchDataSummary): string[] {
  const rows = series.map((one) => [
    one.symbol,
    one.timeframe,
    groupedCount(one.rows),
    `+${groupedCount(one.added)}`,
    one.firstTime === undefined ? '-' : timeText(one.firstTime),
    one.lastTime === undefined ? '-' : timeText(one.lastTime),
    one.gaps === 0 ? '0' : `${groupedCount(one.gaps)} (${countText(one.missing, 'candle')})`,
    one.repaired === 0 ? '' : `${one.repaired} repaired`,
  ]);
  const header = ['symbol', 'interval', 'rows', 'new', 'first (UTC)', 'last (UTC)', 'gaps', ''];
  const lines = textTable([header, ...rows], 'llrrlll');
  for (const one of series.filter(({ offGrid }) => offGrid > 0)) {
    lines.push(
      `${one.symbol} ${one.timeframe}: ${countText(one.offGrid, 'row')} of the exchange off the time grid excluded`,
    );
  }
  for (const one of funding) {
    lines.push(
      `${one.symbol} funding: ${countText(one.rows, 'row')}, ${groupedCount(one.added)} new`,
    );
  }
  const unverified = series.reduce((sum, one) => sum + one.unverifiedGaps, 0);
  const checked = series.reduce((sum, one) => sum + one.gaps, 0) - unverified;
  if (checked > 0) lines.push('Gaps were verified: the exchange has no candles there.');
  if (unverified > 0) {
    lines.push(`${unverified} gaps were not verified (--source archive); run with --source auto.`);
  }
  return lines;
}

/** A month that is damaged, other than one that is absent, is no success. */
function requireUndamaged({ series, funding }: FetchDataSummary): void {
  const candles = series.flatMap(({ symbol, timeframe, damaged }) =>
    damaged.map(
      ({ name, missing }) =>
        `${name} arrived damaged: ${countText(missing, `${timeframe} candle`)} of ${symbol} missing`,
    ),
  );
  const months = funding.flatMap(({ symbol, damagedMonth }) =>
    damagedMonth === undefined
      ? []
      : [`${symbol} funding: the archive of ${timeText(damagedMonth).slice(0, 7)} is damaged`],
  );
  const problems = [...candles, ...months];
  if (problems.length === 0) return;
  throw new UserError(
    `${problems.join('\n')}\nAll other files are complete. Run again later, or with --source auto, which also uses the REST API`,
  );
}

function list(flag: string, values: readonly string[]): string[] {
  const words = values.flatMap((value) => value.split(/[\s,]+/)).filter((word) => word !== '');
  if (words.length === 0) throw new UsageError(`${flag}: give at least one`);
  return [...new Set(words)];
}

function time(flag: string, text: string): number {
  const value = isoTime(text);
  if (Number.isFinite(value)) return value;
  throw new UsageError(`${flag} ${text}: not a date; write 2024-01-01 or 2024-01-01T12:00 (UTC)`);
}

/** The time of `--start`, or the midnight before the length of `--last`. */
function startOf({ start, last }: Flags, endTime: number): number {
  if (start !== undefined && last !== undefined) {
    throw new UsageError('--start and --last cannot be combined; omit one');
  }
  if (start !== undefined) return time('--start', start);
  if (last === undefined) {
    throw new UsageError('Missing start: give --start 2024-01-01 or --last 2y');
  }
  const match = /^(\d{1,4})(d|w|mo|y)$/.exec(last);
  const count = Number(match?.[1] ?? 0);
  if (match === null || count === 0) {
    throw new UsageError(`--last ${last}: not a length; write 90d, 12w, 18mo or 2y`);
  }
  const day = new Date(Math.floor(endTime / DAY_MS) * DAY_MS);
  if (match[2] === 'd' || match[2] === 'w')
    return day.getTime() - count * (match[2] === 'd' ? 1 : 7) * DAY_MS;
  const months = count * (match[2] === 'mo' ? 1 : 12);
  const date = day.getUTCDate();
  day.setUTCMonth(day.getUTCMonth() - months, 1);
  // The 31st of a month that has none is its last day.
  const daysMax = new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 1, 0)).getUTCDate();
  return day.setUTCDate(Math.min(date, daysMax));
}

function oneOf<T extends Market | DownloadSource>(
  flag: string,
  text: string,
  words: readonly T[],
): T {
  const found = words.find((word) => word === text);
  if (found !== undefined) return found;
  throw new UsageError(`${flag} ${text}: use ${words.join(', ')}${didYouMean(text, words)}`);
}

function processCount(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= PROCESSES_MAX) return count;
  throw new UsageError(`--processes ${text}: a whole number from 1 to ${PROCESSES_MAX}`);
}

function url(flag: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  throw new UsageError(`${flag} ${text}: not an address such as https://api.binance.com`);
}

function groupedCount(count: number): string {
  return count.toLocaleString('en-US');
}
