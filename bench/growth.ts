// How the time of a sweep grows with candles and with combinations; the slow engines on a sample.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { engineMetrics, type MetricColumns, runReference } from '../src/backtest/index.js';
import type { CandleSeries } from '../src/candles/index.js';
import { combineMasks } from '../src/filters/index.js';
import { findStrategy } from '../src/strategies/index.js';
import { type BenchLimit, type BenchRow, median, reportBench } from './lib/bench.js';
import { compileCSweep, requireEqual } from './lib/c-sweep.js';
import {
  cross,
  FIXED_RULES,
  randomWalk,
  reversion,
  risks,
  type SignalSpec,
  sweep,
  type Workload,
} from './lib/sweep.js';

const IS_FULL = process.env.WUS_BENCH_FULL === '1';
const RUNS = Number(process.env.WUS_BENCH_RUNS ?? 3);
const SIZES = [100_000, 525_600, 2_628_000];
const COUNTS = IS_FULL ? [100, 1_000, 10_000, 100_000, 1_000_000] : [100, 1_000, 10_000, 100_000];
/** Combinations that the C loop does. */
const C_SAMPLE = 1_000;
const UNIT = 'M candle evaluations/s';
/** Beyond this growth is not linear: larger candles leave the caches, that is all. */
const GROWTH_MAX = 1.5;

const STOPS = [undefined, 0.005, 0.01, 0.02, 0.05];
const RULES_50 = risks(FIXED_RULES, STOPS, [undefined, 0.01, 0.02, 0.04, 0.08], [undefined, 0.01]);
const RULES_250 = risks(
  FIXED_RULES,
  [undefined, 0.003, 0.005, 0.0075, 0.01, 0.015, 0.02, 0.03, 0.04, 0.05],
  [undefined, 0.0075, 0.01, 0.02, 0.04],
  [undefined, 0.005, 0.01, 0.02, 0.03],
);

const folder = mkdtempSync(path.join(tmpdir(), 'wus-growth-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const rows: BenchRow[] = [];
const limits: BenchLimit[] = [];
const equal: string[] = [];

const crosses = [5, 30].flatMap((fast) => [60, 240].map((slow) => cross('SMA', fast, slow)));
// Compiles what is measured.
sweep(randomWalk(SIZES[0]!), { signals: crosses, rules: RULES_50 });
const speeds: number[] = [];
for (const size of SIZES) {
  const workload = { name: `${size} candles`, signals: crosses, rules: RULES_50 };
  speeds.push(measure(randomWalk(size), workload, workload));
}
limits.push(growthLimit('candles', SIZES, speeds));

const candles = randomWalk(SIZES[0]!);
const byCount: number[] = [];
for (const count of COUNTS) {
  const rules = count < 1_000 ? RULES_50 : RULES_250;
  const signals = reversions(count / rules.length);
  const workload = { name: `${count} combinations`, signals, rules };
  const sample = { ...workload, signals: signals.slice(0, Math.ceil(C_SAMPLE / rules.length)) };
  byCount.push(measure(candles, workload, sample));
}
// A hundred combinations do not yet pay for what all of them share.
limits.push(growthLimit('combinations', COUNTS.slice(1), byCount.slice(1)));

reportBench({
  title: 'Growth',
  about:
    `One core. Candles: 4 SMA pairs × 50 stops. Combinations: RSI variants × 250 stops (100: × 50) over ${SIZES[0]} candles. ` +
    `The C loop does at most ${C_SAMPLE} of them, the reference engine one.`,
  rows,
  limits,
  equal,
});

/** Measures a workload and returns the speed of the fast engine. */
function measure(
  series: CandleSeries,
  workload: Omit<Workload, 'about' | 'atLeast'>,
  sample: Omit<Workload, 'about' | 'atLeast'>,
): number {
  const { name, signals, rules } = workload;
  const combinations = signals.length * rules.length;
  const runs = combinations * series.length > 5e9 ? 1 : RUNS;
  const fast: number[] = [];
  let columns: MetricColumns | undefined;
  for (let run = 0; run < runs; run++) {
    globalThis.gc?.();
    const before = process.cpuUsage();
    columns = sweep(series, workload);
    const { user, system } = process.cpuUsage(before);
    fast.push((user + system) / 1000);
  }
  const speed = (count: number, ms: number): number => (count * series.length) / ms / 1000;
  const fastSpeed = speed(combinations, median(fast));
  rows.push({ what: `${name}, fast`, median: fastSpeed, unit: UNIT, runs });
  const own = compileCSweep(folder, series);
  if (own !== undefined) {
    const count = sample.signals.length * rules.length;
    const ms = own.run(sample, columns);
    rows.push({ what: `${name}, C loop`, median: speed(count, ms), unit: UNIT, runs: 1 });
    equal.push(`${name}: 6 metrics of ${count} combinations with the C loop`);
  }
  const before = process.cpuUsage();
  compareReference(series, signals[0]!, workload, columns!);
  const { user, system } = process.cpuUsage(before);
  const reference = speed(1, (user + system) / 1000);
  rows.push({ what: `${name}, reference`, median: reference, unit: UNIT, runs: 1 });
  return fastSpeed;
}

function compareReference(
  series: CandleSeries,
  { strategy, parameters }: SignalSpec,
  { name, rules }: Omit<Workload, 'about' | 'atLeast'>,
  columns: MetricColumns,
): void {
  const input = {
    candles: series,
    period: { from: 0, to: series.length },
    signals: findStrategy(strategy).signals(series, parameters),
    entryMask: combineMasks(series.length, []),
    rules: rules[0]!,
  };
  const metrics = engineMetrics(input, runReference(input));
  for (const [key, column] of Object.entries(columns)) {
    requireEqual(`${name} ${key}`, metrics[key as keyof typeof metrics], column[0]!);
  }
  equal.push(`${name}: all metrics of a combination with the reference engine`);
}

/** Time per candle and combination may fall with their number, as what they share is paid once, but not rise. */
function growthLimit(
  of: string,
  sizes: readonly number[],
  measured: readonly number[],
): BenchLimit {
  const what = `time per candle and combination, fast, ${sizes.at(-1)} ${of} over ${sizes[0]}`;
  return { what, value: measured[0]! / measured.at(-1)!, atMost: GROWTH_MAX, unit: 'x' };
}

/** Distinct RSI signals, mixed so that any number of them trades about as often. */
function reversions(count: number): SignalSpec[] {
  return Array.from({ length: count }, (_, k) =>
    reversion(7 + ((k * 7) % 40), 15 + ((k * 11) % 200) / 10),
  );
}
