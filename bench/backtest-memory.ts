// Peak memory of whole `wus backtest` processes over more than a million candles.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { syntheticCandles } from '../src/candles/index.js';
import { writeCandleFile } from '../src/history/index.js';
import { STRATEGIES } from '../src/strategies/index.js';
import { type BenchRow, median, reportBench } from './lib/bench.js';

const CANDLES = 1_051_120;
const RUNS = Number(process.env.WUS_BENCH_RUNS ?? 3);
const RECORDED = ['2022H1', '2022H2', '2023H1', '2023H2'].map((half) =>
  path.resolve(`../shared/data/spot/1m/BTCUSDT_1m_${half}.csv.gz`),
);
const FLAGS = [
  ...['--stop-loss', '0.02', '--take-profit', '0.04', '--trailing-stop-loss', '0.03'],
  ...['--param', 'trend_filter_period=200', '--apply-atr-filter'],
  ...['--apply-seasonality-filter', '--allowed-trading-hours-utc', '5-17'],
];
/** Says the highest resident memory of the process, kB, as its last words. */
const LAST_WORDS =
  'data:text/javascript,process.on("exit",()=>process.stderr.write("peak "+process.resourceUsage().maxRSS))';

const folder = mkdtempSync(path.join(tmpdir(), 'wus-bench-memory-'));
try {
  await main();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function main(): Promise<void> {
  const isRecorded = RECORDED.every((file) => existsSync(file));
  const files = isRecorded ? RECORDED : [await generate()];
  const rows = STRATEGIES.flatMap(({ shortName }) => {
    const cold = Array.from({ length: RUNS }, (_, run) => peak(shortName, files, `cold-${run}`));
    // The first run after these finds what the last of them left in the cache.
    const cached = Array.from({ length: RUNS }, () => peak(shortName, files, `cold-${RUNS - 1}`));
    forgetCaches();
    return [row(`${shortName}, first start`, cold), row(`${shortName}, cached start`, cached)];
  });
  reportBench({
    title: 'Memory of a backtest',
    about: `Peak resident memory of \`wus backtest\` on ${CANDLES.toLocaleString('en-US')} one-minute candles (${isRecorded ? 'recorded, BTCUSDT 2022 and 2023, four files' : 'synthetic'}) with look-ahead check, three stops, trend, ATR and seasonality filter: a first start, which decodes the files, and one from the cache.`,
    rows,
    limits: rows.map(({ what, median: value, unit }) => ({ what, value, unit, atMost: 300 })),
    equal: [],
  });
}

async function generate(): Promise<string> {
  const file = path.join(folder, 'SYNTHETIC_1m.csv.gz');
  const market = syntheticCandles({ length: CANDLES, timeframe: '1m', symbol: 'SYNTHETIC' });
  await writeCandleFile(file, market);
  return file;
}

function peak(strategy: string, files: readonly string[], cache: string): number {
  const named = files.flatMap((file) => ['--file', file]);
  const { stderr, status } = spawnSync(
    process.execPath,
    ['--import', LAST_WORDS, 'bin/wus.js', 'backtest', '--strategy', strategy, ...named, ...FLAGS],
    { encoding: 'utf8', env: { ...process.env, XDG_CACHE_HOME: path.join(folder, cache) } },
  );
  const kilobytes = /peak (\d+)$/.exec(stderr)?.[1];
  if (status !== 0 || kilobytes === undefined) throw new Error(`wus backtest failed: ${stderr}`);
  return (Number(kilobytes) * 1024) / 1e6;
}

function forgetCaches(): void {
  for (let run = 0; run < RUNS; run++)
    rmSync(path.join(folder, `cold-${run}`), { recursive: true, force: true });
}

function row(what: string, megabytes: readonly number[]): BenchRow {
  return { what, median: median(megabytes), unit: 'MB', runs: megabytes.length };
}
