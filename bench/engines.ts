// The fast engine beside a C loop and the reference engine: same candles, same parameters, same results.
// Everything from closes to metrics is inside the measured time: indicators, signals, filters, exit tables, sweeps.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { engineMetrics, type MetricColumns, runReference } from '../src/backtest/index.js';
import {
  atrFilter,
  combineMasks,
  type EntryFilter,
  seasonalityFilter,
} from '../src/filters/index.js';
import type { TradeRules } from '../src/semantics/index.js';
import { findStrategy } from '../src/strategies/index.js';
import { type BenchLimit, type BenchRow, median, reportBench } from './lib/bench.js';
import { compileCSweep, requireEqual } from './lib/c-sweep.js';
import { exitSets } from './lib/exit-sets.js';
import {
  cross,
  FIXED_RULES,
  randomWalk,
  range,
  reversion,
  risks,
  type SignalSpec,
  sweep,
  type Workload,
} from './lib/sweep.js';

const LENGTH = Number(process.env.WUS_BENCH_CANDLES ?? 525_600);
const SKIP_C = process.env.WUS_BENCH_SKIP_C === '1';
/** Pairs of runs; fewer, but at least `RUNS_MIN`, where they take longer than the budget. */
const RUNS = Number(process.env.WUS_BENCH_RUNS ?? 7);
const RUNS_MIN = 3;
const BUDGET_MS = 75_000;
const ONLY = process.env.WUS_BENCH_WORKLOADS?.split(',');
const REFERENCE_SAMPLE = 3;
const PEERS = ['numba', 'vectorbt'] as const;
type Peer = (typeof PEERS)[number];
/** Made by `make bench-peers`. */
const OWN_PYTHON = path.join('bench', 'peers', '.venv', 'bin', 'python');
/** Python with bench/peers/requirements.txt; peers that it lacks are named as absent. */
const PYTHON = process.env.WUS_BENCH_PYTHON ?? (existsSync(OWN_PYTHON) ? OWN_PYTHON : 'python3');
/** Relative room where a peer's rules for stops are not quite ours. */
const STOPS_TOLERANCE = 0.01;
/** Of the exits that W5 draws. */
const EXITS_SEED = Number(process.env.WUS_BENCH_SEED ?? 5);
const UNIT = 'M candle evaluations/s';

const folder = mkdtempSync(path.join(tmpdir(), 'wus-engines-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const candles = randomWalk(LENGTH);
const rows: BenchRow[] = [];
const limits: BenchLimit[] = [];
const equal: string[] = [];
const absent: string[] = [];
const program = SKIP_C ? undefined : compileCSweep(folder, candles);
if (program === undefined) absent.push('C loop');
const peers = program === undefined ? [] : PEERS.filter(isInstalled);

for (const workload of workloads()) {
  if (ONLY === undefined || ONLY.includes(workload.name)) measure(workload);
}
reportBench({
  title: 'Engines',
  about:
    `Parameter sweeps over ${LENGTH} one-minute candles of a random walk, one core; the C loop is bench/sweep.c, cc -O3 ` +
    '-march=native -ffp-contract=off, run before each run of the fast engine. A candle evaluation is candles × combinations.' +
    (absent.length === 0
      ? ''
      : ` Absent: ${absent.join(', ')} (Python peers: \`make bench-peers\`).`),
  rows,
  limits,
  equal,
});

function measure(workload: Workload): void {
  const { name, about, atLeast, signals, rules, runsMin = RUNS_MIN } = workload;
  const combinations = signals.length * rules.length;
  const fast: number[] = [];
  const c: number[] = [];
  let columns: MetricColumns | undefined;
  const startTime = performance.now();
  for (let run = 0; run < RUNS; run++) {
    if (run >= runsMin && performance.now() - startTime > BUDGET_MS) break;
    if (program !== undefined) c.push(program.run(workload, columns));
    // What is left of earlier work is not collected on this run's account.
    globalThis.gc?.();
    const before = process.cpuUsage();
    columns = sweep(candles, workload);
    const { user, system } = process.cpuUsage(before);
    fast.push((user + system) / 1000);
  }
  if (columns === undefined) return;
  if (program !== undefined && fast.length === 1) program.run(workload, columns);
  checkReference(workload, columns);
  const speed = (ms: number): number => (combinations * candles.length) / ms / 1000;
  rows.push({
    what: `${name} fast (${about})`,
    median: speed(median(fast)),
    unit: UNIT,
    runs: fast.length,
  });
  if (program === undefined) return;
  rows.push({ what: `${name} C loop`, median: speed(median(c)), unit: UNIT, runs: c.length });
  equal.push(`${name}: 6 metrics of all ${combinations} combinations with the C loop`);
  for (const peer of peers) {
    const peerSpeed = measurePeer(peer, workload, columns, program.files);
    if (peer !== 'vectorbt' || peerSpeed === undefined) continue;
    const value = speed(median(fast)) / peerSpeed;
    limits.push({ what: `${name} fast / vectorbt`, value, atLeast: 100, unit: 'x' });
  }
  const ratios = fast.map((ms, k) => c[k]! / ms);
  limits.push({ what: `${name} fast / C loop`, value: median(ratios), atLeast, unit: 'x' });
}

/** A few combinations by the reference engine. */
function checkReference({ name, signals, rules }: Workload, columns: MetricColumns): void {
  const count = signals.length * rules.length;
  const times: number[] = [];
  for (let k = 0; k < REFERENCE_SAMPLE; k++) {
    const row = Math.floor(((k + 0.5) * count) / REFERENCE_SAMPLE);
    const one = signals[Math.floor(row / rules.length)]!;
    const before = process.cpuUsage();
    const input = {
      candles,
      period: { from: 0, to: candles.length },
      signals: findStrategy(one.strategy).signals(candles, one.parameters),
      entryMask: combineMasks(
        candles.length,
        one.filters.map((filter) => filter.mask(candles)),
      ),
      rules: rules[row % rules.length]!,
    };
    const metrics = engineMetrics(input, runReference(input));
    const { user, system } = process.cpuUsage(before);
    times.push((user + system) / 1000);
    for (const [key, column] of Object.entries(columns)) {
      requireEqual(`${name} row ${row} ${key}`, metrics[key as keyof typeof metrics], column[row]!);
    }
  }
  const what = `${name} reference`;
  rows.push({
    what,
    median: candles.length / median(times) / 1000,
    unit: UNIT,
    runs: REFERENCE_SAMPLE,
  });
  equal.push(`${name}: all metrics of ${REFERENCE_SAMPLE} combinations with the reference engine`);
}

function isInstalled(name: Peer): boolean {
  const { status } = spawnSync(PYTHON, ['-c', `import ${name}`]);
  if (status !== 0) absent.push(name);
  return status === 0;
}

/** A Python peer on the workload that the C loop was given last: SMA pairs only; vectorbt does a sample without trailing stops. */
function measurePeer(
  peer: Peer,
  { name, signals, rules }: Workload,
  columns: MetricColumns,
  files: readonly string[],
): number | undefined {
  if (name !== 'W1' && name !== 'W2') return undefined;
  const script = path.join('bench', 'peers', `${peer}_sweep.py`);
  const resultFile = path.join(folder, 'peer.bin');
  const run = spawnSync(PYTHON, [script, ...files, resultFile], { encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`${script} failed: ${run.stderr}`);
  const [milliseconds, together] = run.stdout.trim().split(' ');
  const speed = candles.length / Number(milliseconds) / 1000;
  const how = together === undefined ? '' : ` (${together} combinations at a time)`;
  rows.push({ what: `${name} ${peer}${how}`, median: speed, unit: UNIT, runs: 1 });
  const bytes = readFileSync(resultFile);
  const results = new Float64Array(bytes.buffer, bytes.byteOffset, bytes.length / 8);
  for (let k = 0; k < results.length; k += 3) {
    const [row, trades, profit] = results.subarray(k, k + 3) as unknown as [number, number, number];
    const { stopLoss, takeProfit } = rules[row % rules.length]!;
    const distance = Math.max(stopLoss ?? 0, takeProfit ?? 0);
    // vectorbt does not look at stops on the candle of an entry, and at a reversal they come first.
    const tolerance = peer === 'vectorbt' && distance > 0 ? STOPS_TOLERANCE : 1e-6;
    const where = `${name} row ${row} ${peer}`;
    const ownTrades = columns.totalTrades[row]!;
    const ownProfit = columns.cumulativeProfit[row]!;
    requireEqual(`${where} trades`, trades, ownTrades, tolerance);
    // Wins and losses nearly cancel: with stops a difference is measured by what its trades can win or lose.
    const atStake = distance * candles.close[0]! * ownTrades;
    requireEqual(`${where} profit`, profit + atStake, ownProfit + atStake, tolerance);
  }
  const count = results.length / 3;
  const about = peer === 'vectorbt' && name === 'W2' ? `, within ${100 * STOPS_TOLERANCE} %` : '';
  equal.push(
    `${name}: trades and profit of ${count} of ${signals.length * rules.length} combinations with ${peer}${about}`,
  );
  return speed;
}

function workloads(): Workload[] {
  const share: TradeRules = { ...FIXED_RULES, size: { equityFraction: 1 }, slippageRate: 1e-4 };
  const sets = filterSets();
  return [
    {
      name: 'W1',
      about: 'SMA pairs, always in the market, no stops',
      atLeast: 2.5,
      signals: range(5, 150, 6).flatMap((fast) =>
        range(20, 820, 20)
          .filter((slow) => fast < slow)
          .map((slow) => cross('SMA', fast, slow)),
      ),
      rules: [FIXED_RULES],
    },
    {
      name: 'W2',
      about: '20 SMA pairs × 50 stops',
      atLeast: 2.5,
      signals: [5, 10, 20, 30, 50].flatMap((fast) =>
        [60, 120, 240, 480].map((slow) => cross('SMA', fast, slow)),
      ),
      rules: risks(
        FIXED_RULES,
        [undefined, 0.005, 0.01, 0.02, 0.05],
        [undefined, 0.01, 0.02, 0.04, 0.08],
        [undefined, 0.01],
      ),
    },
    {
      name: 'W3',
      about: '40 RSI variants × 250 stops',
      atLeast: 3,
      signals: [7, 14, 21, 28, 50].flatMap((period) =>
        [15, 18, 20, 23, 25, 28, 30, 35].map((level) => reversion(period, level)),
      ),
      rules: risks(
        FIXED_RULES,
        [undefined, 0.003, 0.005, 0.0075, 0.01, 0.015, 0.02, 0.03, 0.04, 0.05],
        [undefined, 0.0075, 0.01, 0.02, 0.04],
        [undefined, 0.005, 0.01, 0.02, 0.03],
      ),
    },
    {
      name: 'W4',
      about: 'EMA crosses and RSI, filters, share of the balance, slippage, stops',
      atLeast: 2,
      signals: [
        ...[5, 9, 12, 20, 50].flatMap((fast) => [60, 120].map((slow) => cross('EMA', fast, slow))),
        ...[7, 14].flatMap((period) =>
          [20, 25, 30, 35, 40].map((level) => reversion(period, level)),
        ),
      ].flatMap((signal) => sets.map((set) => withFilters(signal, set))),
      rules: risks(
        share,
        [undefined, 0.01, 0.02, 0.03, 0.05],
        [undefined, 0.01, 0.02, 0.04, 0.06],
        [undefined],
      ).map((rules, k) => (k % 3 === 0 ? { ...rules, trailingStop: 0.02 } : rules)),
    },
    {
      name: 'W5',
      about: `20 signals × 500 sets of later exits, seed ${EXITS_SEED}`,
      atLeast: 2.5,
      signals: [
        ...[5, 20, 50].flatMap((fast) =>
          [60, 120, 240, 480].map((slow) => cross('SMA', fast, slow)),
        ),
        ...[7, 14].flatMap((period) => [20, 25, 30, 35].map((level) => reversion(period, level))),
      ],
      rules: exitSets(FIXED_RULES, 500, EXITS_SEED),
      hasLaterRules: true,
      runsMin: 2,
    },
  ];
}

interface FilterSet {
  readonly filters: readonly EntryFilter[];
  readonly line: readonly number[];
}

function filterSets(): FilterSet[] {
  const atr = atrFilter({ period: 14, multiplier: 1.1, smaPeriod: 100 });
  const hours = seasonalityFilter({ hours: '5-17' });
  return [
    { filters: [], line: [0, 0, 0, -1] },
    { filters: [atr], line: [14, 1.1, 100, -1] },
    { filters: [hours], line: [0, 0, 0, 517] },
    { filters: [atr, hours], line: [14, 1.1, 100, 517] },
  ];
}

function withFilters(signal: SignalSpec, { filters, line }: FilterSet): SignalSpec {
  return { ...signal, filters, line: [...signal.line.slice(0, 4), ...line] };
}
