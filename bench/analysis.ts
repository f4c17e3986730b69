// What comes after an optimization: a forward test with its report, the analysis of a million detail rows, and the tests for luck.
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { candlesToCsv, syntheticCandles } from '../src/candles/index.js';
import { writeFileAtomic } from '../src/files/index.js';
import { METRICS } from '../src/metrics/index.js';
import {
  overfittingProbability,
  type ReturnsMatrix,
  realityCheck,
  stationaryBootstrapIndices,
} from '../src/statistics/index.js';
import { normalRandom, seededRandom } from '../src/util/index.js';
import { type BenchRow, reportBench } from './lib/bench.js';

const ROWS = 1_000_000;
const CANDLES = 60_000;
const TRIALS = 10_000;
const DAYS = 2_000;
const RESAMPLES = 1_000;
const MEAN_BLOCK = 13;

const wusFile = path.resolve('bin/wus.js');

const folder = mkdtempSync(path.join(tmpdir(), 'wus-bench-analysis-'));
try {
  await main();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function main(): Promise<void> {
  writeDetails(path.join(folder, 'details.csv'));
  const details = runWus(['analyze-trades', '--details', 'details.csv']);
  await writeForwardFiles();
  const forward = runWus([
    ...['forward-test', '--strategy', 'MACross', '--file', 'BTCUSDT_1h.csv'],
    ...['--start', '2018-01-01', '--param-config', 'best.yaml'],
  ]);
  const matrix = noise();
  const overfitting = cpuSeconds(() => overfittingProbability(matrix, 16));
  const check = cpuSeconds(() => {
    const random = seededRandom(1);
    const indices = new Int32Array(DAYS);
    const draw = (): Int32Array => stationaryBootstrapIndices(DAYS, MEAN_BLOCK, random, indices);
    return realityCheck(matrix, RESAMPLES, draw, { meanBlock: MEAN_BLOCK });
  });
  reportBench({
    title: 'Analysis',
    about: `\`wus analyze-trades --details\` on ${count(ROWS)} rows of eight parameters, \`wus forward-test\` with its report on ${count(CANDLES)} candles (whole processes); cross-validation in 16 blocks, then reality check and SPA with ${count(RESAMPLES)} resamples, of ${count(TRIALS)} trials of ${count(DAYS)} days each.`,
    rows: [
      row('analysis of the details', details.seconds, 's CPU'),
      row('peak memory of the analysis', details.megabytes, 'MB'),
      row('forward test', forward.seconds, 's CPU'),
      row('cross-validation', overfitting, 's CPU'),
      row('reality check and SPA', check, 's CPU'),
    ],
    limits: [
      { what: 'analysis of the details', value: details.seconds, atMost: 15, unit: 's CPU' },
      { what: 'its peak memory', value: details.megabytes, atMost: 1_000, unit: 'MB' },
      { what: 'forward test', value: forward.seconds, atMost: 2, unit: 's CPU' },
      { what: 'cross-validation', value: overfitting, atMost: 60, unit: 's CPU' },
    ],
    equal: [],
  });
}

function row(what: string, median: number, unit: string): BenchRow {
  return { what, median, unit, runs: 1 };
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** Runs the built command, and tells what the whole process used. */
function runWus(args: readonly string[]): {
  readonly seconds: number;
  readonly megabytes: number;
} {
  const usageFile = path.join(folder, 'usage.json');
  const report = `import { writeFileSync } from 'node:fs'; process.on('exit', () => writeFileSync(${JSON.stringify(usageFile)}, JSON.stringify(process.resourceUsage())));`;
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(report)}`, wusFile, ...args],
    { cwd: folder, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`wus ${args.join(' ')} failed: ${stderr}`);
  const usage = JSON.parse(readFileSync(usageFile, 'utf8')) as NodeJS.ResourceUsage;
  return {
    seconds: (usage.userCPUTime + usage.systemCPUTime) / 1e6,
    megabytes: usage.maxRSS / 1024,
  };
}

/** A full grid: every value of each parameter with every value of the others, as the optimizer writes it. */
function writeDetails(file: string): void {
  const axes = {
    fast_period: range(20, 2),
    slow_period: range(25, 50),
    ma_type: ['EMA', 'SMA'],
    trend_filter_period: ['', '100', '200', '400', '800'],
    apply_atr_filter: ['true', 'false'],
    stop_loss_pct: ['', '0.01', '0.02', '0.03', '0.05'],
    take_profit_pct: ['', '0.02', '0.04', '0.08', '0.1'],
    trailing_stop_loss_pct: ['', '0.02', '0.05', '0.1'],
  };
  const lists = Object.values(axes);
  const normal = normalRandom(seededRandom(1));
  const handle = openSync(file, 'w');
  try {
    writeSync(handle, `${[...Object.keys(axes), ...METRICS.map(({ name }) => name)].join(',')}\n`);
    let lines: string[] = [];
    for (let k = 0; k < ROWS; k++) {
      let rest = k;
      const cells = lists.map((list) => {
        const value = list[rest % list.length]!;
        rest = Math.floor(rest / list.length);
        return value;
      });
      const skill = normal();
      const metrics = METRICS.map(({ name }) =>
        name === 'total_trades' ? 5 + (k % 400) : skill * (1 + name.length / 7),
      );
      lines.push([...cells, ...metrics].join(','));
      if (lines.length < 10_000) continue;
      writeSync(handle, `${lines.join('\n')}\n`);
      lines = [];
    }
  } finally {
    closeSync(handle);
  }
}

function range(length: number, first: number): string[] {
  return Array.from({ length }, (_, k) => String(first + k));
}

async function writeForwardFiles(): Promise<void> {
  const candles = syntheticCandles({
    length: CANDLES,
    symbol: 'BTCUSDT',
    startTime: Date.UTC(2017, 0, 1),
  });
  await writeFileAtomic(path.join(folder, 'BTCUSDT_1h.csv'), candlesToCsv(candles));
  const entry = {
    market: 'spot',
    interval: '1h',
    metric: 'sharpe_ratio',
    value: 1,
    trades: 100,
    period_start: '2017-01-01T00:00:00.000Z',
    period_end: '2018-01-01T00:00:00.000Z',
    data_hash: 'none',
    optimized_at: '2020-01-01T00:00:00.000Z',
    strategy: { fast_period: 10, slow_period: 50, ma_type: 'EMA' },
    risk: { stop_loss_pct: 0.05, take_profit_pct: null, trailing_stop_loss_pct: null },
    filters: { apply_atr_filter: false },
  };
  // JSON is YAML.
  const file = { BTCUSDT: { MovingAverageCrossoverStrategy: entry } };
  await writeFileAtomic(path.join(folder, 'best.yaml'), JSON.stringify(file));
}

function noise(): ReturnsMatrix {
  const normal = normalRandom(seededRandom(2));
  const values = new Float64Array(TRIALS * DAYS);
  for (let k = 0; k < values.length; k++) values[k] = 0.01 * normal();
  return { rows: DAYS, columns: TRIALS, values };
}

function cpuSeconds(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}
