// The optimizer as a whole: workers, memory over a long run with details, the first progress, resuming a large file.
import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type CandleSeries, encodeCsvCandles } from '../src/candles/index.js';
import { writeFileAtomic } from '../src/files/index.js';
import { type BenchLimit, type BenchRow, median, reportBench } from './lib/bench.js';
import { type CSweep, compileCSweep } from './lib/c-sweep.js';
import { FIXED_RULES, randomWalk, range, reversion, risks } from './lib/sweep.js';
import { type WatchedRun, watchRun } from './lib/watched-run.js';

const IS_FULL = process.env.WUS_BENCH_FULL === '1';
const RUNS = Number(process.env.WUS_BENCH_RUNS ?? 3);
const CANDLES = Number(process.env.WUS_BENCH_CANDLES ?? 525_600);
const ONLY = process.env.WUS_BENCH_WORKLOADS?.split(',');
const MANY_CANDLES = 1_000_000;
const PROGRAM = path.resolve('bin/wus.js');
const SYMBOL = 'RANDOM';
/** Share of the rows of a long run after which its memory should not rise any more. */
const SETTLED_SHARE = IS_FULL ? 0.01 : 0.1;

const folder = mkdtempSync(path.join(tmpdir(), 'wus-optimizer-'));
process.env.XDG_CACHE_HOME = path.join(folder, 'cache');
const rows: BenchRow[] = [];
const limits: BenchLimit[] = [];
const equal: string[] = [];
try {
  const candles = randomWalk(CANDLES);
  const year = await writeCandles('year.csv', candles);
  const parts: Readonly<Record<string, () => Promise<void>>> = {
    scaling: () => measureScaling(candles, year),
    long: () => measureLongRun(year),
    first: measureFirstProgress,
    resume: measureResume,
  };
  for (const [name, part] of Object.entries(parts)) {
    if (ONLY === undefined || ONLY.includes(name)) await part();
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
reportBench({
  title: 'Optimizer',
  about:
    `\`wus optimize\` as a process, wall time, ${CANDLES} one-minute candles of a random walk, RSI signals × stops. ` +
    `Scaling: 40 and 120 signals × 250 stops, in C 6 × 250. ${IS_FULL ? '' : '`make bench-full` runs 1,000,000 combinations to their end. '}` +
    'It means something only on a machine that does nothing else.',
  rows,
  limits,
  equal,
});

/**
 * Two workers over one, against two C loops over one. Starting a process and compiling in every worker cost about a second,
 * which weighs in a run of seconds: the goal is asked of a run in which two workers matter, the short run stands beside it.
 */
async function measureScaling(candles: CandleSeries, file: string): Promise<void> {
  const c = compileCSweep(folder, candles);
  const short = writeScalingGrid('short.yaml', [7, 14, 21, 28]);
  const long = writeScalingGrid('scaling.yaml', [7, 9, 11, 14, 17, 21, 24, 28, 32, 36, 42, 50]);
  await optimizeRun(file, short, 1); // fills the cache
  const shortRuns = await pairsOfRuns(file, short, '10,000 combinations');
  const loops: { one: number; two: number }[] = [];
  const longRuns = await pairsOfRuns(file, long, '30,000 combinations', async () => {
    if (c !== undefined) loops.push(await pairOfLoops(c));
  });
  if (loops.length === 0) return;
  const loopSpeedUps = loops.map(({ one, two }) => one / two);
  const overLoops = (runs: readonly { one: number; two: number }[]): number =>
    median(runs.map(({ one, two }, k) => one / two / loopSpeedUps[k]!));
  const what = 'speed-up of two workers / speed-up of two C loops';
  rows.push(
    { what: 'two C loops over one', median: median(loopSpeedUps), unit: 'x', runs: RUNS },
    { what: `10,000 combinations: ${what}`, median: overLoops(shortRuns), unit: 'x', runs: RUNS },
  );
  limits.push({
    what: `30,000 combinations: ${what}`,
    value: overLoops(longRuns),
    atLeast: 0.85,
    unit: 'x',
  });
}

/** Ten signals for each period × 250 stops. */
function writeScalingGrid(name: string, periods: readonly number[]): string {
  return writeGrid(name, {
    rsi_period: [...periods],
    oversold_threshold: [20, 23, 25, 28, 30],
    overbought_threshold: [75, 80],
    stop_loss_pct: [null, ...steps(0.005, 9)],
    take_profit_pct: [null, ...steps(0.01, 4)],
    trailing_stop_loss_pct: [null, ...steps(0.01, 4)],
  });
}

/** Seconds with one worker and with two, in turn; both must find the same best. */
async function pairsOfRuns(
  file: string,
  grid: string,
  name: string,
  afterEach?: () => Promise<void>,
): Promise<{ one: number; two: number }[]> {
  const pairs: { one: number; two: number }[] = [];
  const best = new Set<string>();
  for (let run = 0; run < RUNS; run++) {
    const pair = { one: 0, two: 0 };
    for (const workers of [1, 2]) {
      const { seconds, text } = await optimizeRun(file, grid, workers);
      pair[workers === 1 ? 'one' : 'two'] = seconds;
      best.add(/best \S+ ([\d.,-]+)\s*$/m.exec(text)?.[1] ?? '');
    }
    pairs.push(pair);
    await afterEach?.();
  }
  if (best.size !== 1) throw new Error(`One and two workers found different bests: ${[...best]}`);
  equal.push(`${name}: best value with one worker and with two`);
  const speedUps = pairs.map(({ one, two }) => one / two);
  rows.push(
    {
      what: `${name}, one worker`,
      median: median(pairs.map(({ one }) => one)),
      unit: 's',
      runs: RUNS,
    },
    {
      what: `${name}, two workers`,
      median: median(pairs.map(({ two }) => two)),
      unit: 's',
      runs: RUNS,
    },
    { what: `${name}, two workers over one`, median: median(speedUps), unit: 'x', runs: RUNS },
  );
  return pairs;
}

/** The same C loop over all signals, and over half of them in each of two processes. */
async function pairOfLoops(c: CSweep): Promise<{ one: number; two: number }> {
  const signals = [7, 14].flatMap((period) =>
    [20, 25, 30].map((level) => reversion(period, level)),
  );
  const rules = risks(
    FIXED_RULES,
    [undefined, ...steps(0.005, 9)],
    [undefined, ...steps(0.01, 4)],
    [undefined, ...steps(0.01, 4)],
  );
  const workload = { name: 'C', signals, rules };
  const one = await c.runTogether([workload]);
  const halves = [signals.slice(0, 3), signals.slice(3)];
  return { one, two: await c.runTogether(halves.map((half) => ({ ...workload, signals: half }))) };
}

/** Memory over a run with details; 1,000,000 combinations in the full benchmark. */
async function measureLongRun(file: string): Promise<void> {
  const grid = writeGrid('long.yaml', {
    rsi_period: range(5, 55, 5),
    oversold_threshold: [20, 23, 25, 28, 30],
    overbought_threshold: [70, 73, 75, 78, 80],
    stop_loss_pct: IS_FULL ? steps(0.0025, 20) : steps(0.005, 10),
    take_profit_pct: IS_FULL ? steps(0.005, 20) : steps(0.01, 4),
    trailing_stop_loss_pct: IS_FULL ? steps(0.005, 10) : steps(0.02, 3),
  });
  const details = path.join(folder, 'details.csv');
  const run = await optimizeRun(file, grid, 2, ['--details-file', details], { output: details });
  const combinations = readFileSync(details).reduce((lines, byte) => lines + +(byte === 10), -1);
  const what = `${combinations} combinations with details, two workers`;
  rows.push(
    { what, median: run.seconds, unit: 's', runs: 1 },
    { what: 'their rate', median: combinations / run.seconds, unit: 'combinations/s', runs: 1 },
    { what: 'their details file', median: statSync(details).size / 1e6, unit: 'MB', runs: 1 },
  );
  if (run.memory.length === 0) return;
  const peak = Math.max(...run.memory.map(({ megabytes }) => megabytes));
  const settledBytes = SETTLED_SHARE * statSync(details).size;
  const early = run.memory.filter(({ written }) => written <= settledBytes);
  const settled = Math.max(0, ...early.map(({ megabytes }) => megabytes));
  rows.push({
    what: `highest memory until its first ${100 * SETTLED_SHARE} % of rows were written`,
    median: settled,
    unit: 'MB',
    runs: 1,
  });
  limits.push({ what: 'peak memory of it', value: peak, atMost: 1_000, unit: 'MB' });
  // A short run has hardly begun by then.
  if (IS_FULL)
    limits.push({
      what: 'peak memory over that of the first percent of rows',
      value: peak / settled,
      atMost: 1.2,
      unit: 'x',
    });
}

/** From the start of the process to the first line of progress, candles in the cache. */
async function measureFirstProgress(): Promise<void> {
  const file = await writeCandles('million.csv', randomWalk(MANY_CANDLES));
  const grid = writeGrid('first.yaml', {
    rsi_period: range(5, 30, 1),
    oversold_threshold: range(20, 40, 1),
    stop_loss_pct: steps(0.005, 20),
    take_profit_pct: steps(0.01, 20),
  });
  const start = (): Promise<WatchedRun> =>
    optimizeRun(file, grid, 2, [], { firstMatch: /\d of [\d,]+/, stopsAtMatch: true });
  await start();
  const times: number[] = [];
  for (let run = 0; run < RUNS; run++) times.push((await start()).firstMatchSeconds ?? Infinity);
  limits.push({
    what: `first progress on ${MANY_CANDLES} cached candles`,
    value: median(times),
    atMost: 2,
    unit: 's',
  });
}

/** A details file that lost its last rows: how long until the rest is done. */
async function measureResume(): Promise<void> {
  const file = await writeCandles('short.csv', randomWalk(5_000));
  const grid = writeGrid('resume.yaml', {
    rsi_period: range(5, IS_FULL ? 55 : 15, 1),
    oversold_threshold: range(20, 40, 1),
    stop_loss_pct: steps(0.005, 20),
    take_profit_pct: steps(0.01, 20),
  });
  const details = path.join(folder, 'resume.csv');
  const whole = await optimizeRun(file, grid, 2, ['--details-file', details]);
  const bytes = readFileSync(details);
  truncateSync(details, bytes.length - 100_000);
  const resumed = await optimizeRun(file, grid, 2, ['--details-file', details, '--resume']);
  if (!readFileSync(details).equals(bytes)) throw new Error('A resumed file has other bytes');
  equal.push('bytes of a details file that was cut and resumed');
  const size = `details file of ${(bytes.length / 1e6).toFixed(0)} MB`;
  rows.push(
    { what: `computing a ${size}`, median: whole.seconds, unit: 's', runs: 1 },
    { what: `resuming it without its last 100 kB`, median: resumed.seconds, unit: 's', runs: 1 },
  );
}

/** Runs `wus optimize` to its end, or to its first progress. */
async function optimizeRun(
  file: string,
  grid: string,
  workers: number,
  more: readonly string[] = [],
  watch: {
    readonly firstMatch?: RegExp;
    readonly stopsAtMatch?: boolean;
    readonly output?: string;
  } = {},
): Promise<WatchedRun> {
  const run = await watchRun(
    [
      PROGRAM,
      'optimize',
      ...['--strategy', 'RSIReversion', '--symbol', SYMBOL, '--interval', '1m', '--file', file],
      ...['--market', 'usdm', '--config', grid, '--output-config', 'best.yaml'],
      ...['--processes', String(workers), '--robust-sample', '0', ...more],
    ],
    { cwd: folder, ...watch },
  );
  if (run.code !== 0 && watch.stopsAtMatch !== true) {
    throw new Error(`wus optimize failed (exit code ${run.code}):\n${run.text}`);
  }
  return run;
}

async function writeCandles(name: string, candles: CandleSeries): Promise<string> {
  const file = path.join(folder, `${SYMBOL}_1m_${name}`);
  await writeFileAtomic(file, encodeCsvCandles(candles));
  return file;
}

function writeGrid(name: string, parameters: Readonly<Record<string, readonly unknown[]>>): string {
  const file = path.join(folder, name);
  const lines = Object.entries(parameters).map(
    ([key, values]) => `    ${key}: ${JSON.stringify(values)}`,
  );
  writeFileSync(file, [`${SYMBOL}:`, '  RSIReversion:', ...lines, ''].join('\n'));
  return file;
}

/** Multiples of a step. */
function steps(step: number, count: number): number[] {
  return Array.from({ length: count }, (_, k) => Number(((k + 1) * step).toFixed(6)));
}
