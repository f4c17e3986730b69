// The fast engine beside a C loop and the reference engine: same candles, same parameters, same results.
// Everything from closes to metrics is inside the measured time: indicators, signals, filters, exit tables, sweeps.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  allocateMetricColumns,
  ExitTables,
  engineMetrics,
  exitTableKeys,
  FastSweep,
  type MetricColumns,
  prepareCandles,
  runReference,
} from '../src/backtest/index.js';
import { type CandleSeries, candleSeriesFromRows } from '../src/candles/index.js';
import {
  atrFilter,
  combineMasks,
  type EntryFilter,
  seasonalityFilter,
} from '../src/filters/index.js';
import { rememberIndicators, type SignalRuns } from '../src/indicators/index.js';
import type { TradeRules } from '../src/semantics/index.js';
import { findStrategy, type Parameters, resolveParameters } from '../src/strategies/index.js';
import { normalRandom, seededRandom } from '../src/util/index.js';
import { type BenchLimit, type BenchRow, median, reportBench } from './lib/bench.js';

const LENGTH = Number(process.env.WUS_BENCH_CANDLES ?? 525_600);
const SKIP_C = process.env.WUS_BENCH_SKIP_C === '1';
const RUNS = Number(process.env.WUS_BENCH_RUNS ?? 3);
const ONLY = process.env.WUS_BENCH_WORKLOADS?.split(',');
const COMPILER = process.env.CC ?? 'cc';
const TABLES_BYTES_MAX = 2 ** 29;
const REFERENCE_SAMPLE = 3;
/** Python with bench/peers/requirements.txt; peers that it lacks are named as absent. */
const PYTHON = process.env.WUS_BENCH_PYTHON ?? 'python3';
const TOLERANCE = 1e-9;

/** A signal column: strategy with parameters, and filters; as the C program reads it, kind and values. */
interface SignalSpec {
  readonly strategy: 'MACross' | 'RSIReversion';
  readonly parameters: Parameters;
  readonly filters: readonly EntryFilter[];
  readonly line: readonly number[];
}

interface Workload {
  readonly name: string;
  readonly about: string;
  readonly atLeast: number;
  readonly signals: readonly SignalSpec[];
  readonly rules: readonly TradeRules[];
}

const folder = mkdtempSync(path.join(tmpdir(), 'wus-engines-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const candles = randomWalk(LENGTH);
const rows: BenchRow[] = [];
const limits: BenchLimit[] = [];
const equal: string[] = [];
const absent: string[] = [];
const program = SKIP_C ? undefined : compileC();
if (program === undefined) absent.push('C loop');
const peers = program === undefined ? [] : ['numba', 'vectorbt'].filter(isInstalled);

for (const workload of workloads()) {
  if (ONLY === undefined || ONLY.includes(workload.name)) measure(workload);
}
reportBench({
  title: 'Engines',
  about:
    `Parameter sweeps over ${LENGTH} one-minute candles of a random walk, one core; the C loop is bench/sweep.c, cc -O3 ` +
    '-march=native -ffp-contract=off. A candle evaluation is candles × combinations.' +
    (absent.length === 0
      ? ''
      : ` Absent: ${absent.join(', ')} (Python peers: bench/peers/requirements.txt).`),
  rows,
  limits,
  equal,
});

function measure(workload: Workload): void {
  const { name, signals, rules } = workload;
  const evaluations = signals.length * rules.length * candles.length;
  const fast: number[] = [];
  const c: number[] = [];
  let columns = allocateMetricColumns(signals.length * rules.length);
  for (let run = 0; run < RUNS; run++) {
    if (program !== undefined) c.push(runC(program, workload, columns, run === 1));
    // What is left of earlier work is not collected on this run's account.
    globalThis.gc?.();
    const before = process.cpuUsage();
    columns = sweep(workload);
    const { user, system } = process.cpuUsage(before);
    fast.push((user + system) / 1000);
  }
  if (program !== undefined) runC(program, workload, columns, true);
  checkReference(workload, columns);
  const speed = (ms: number): number => evaluations / ms / 1000;
  const unit = 'M candle evaluations/s';
  rows.push({ what: `${name} fast`, median: speed(median(fast)), unit, runs: RUNS });
  if (program === undefined) return;
  rows.push({ what: `${name} C loop`, median: speed(median(c)), unit, runs: RUNS });
  for (const peer of peers) measurePeer(peer, workload, columns);
  const ratios = fast.map((ms, k) => c[k]! / ms);
  const { atLeast } = workload;
  limits.push({ what: `${name} fast / C loop`, value: median(ratios), atLeast, unit: 'x' });
}

/** What an optimizer does with one worker. */
function sweep({ signals, rules }: Workload): MetricColumns {
  const period = { from: 0, to: candles.length };
  // A new object each time, so that nothing remembered for another run helps.
  const series = { ...candles, close: candles.close.slice() };
  const prepared = prepareCandles(series, period);
  const tables = ExitTables.allocate(prepared, TABLES_BYTES_MAX);
  for (const key of tables.reserve(rules.flatMap(exitTableKeys))) tables.build(key);
  const columns = allocateMetricColumns(signals.length * rules.length);
  const fast = new FastSweep(prepared, tables);
  const indicators = rememberIndicators();
  const masks = new Map<EntryFilter, Uint8Array>();
  const maskOf = (filter: EntryFilter): Uint8Array => {
    const known = masks.get(filter) ?? filter.mask(series, indicators);
    masks.set(filter, known);
    return known;
  };
  let parameters: Parameters | undefined;
  let column: Int8Array | SignalRuns = new Int8Array(0);
  signals.forEach((one, k) => {
    if (one.parameters !== parameters) {
      parameters = one.parameters;
      const strategy = findStrategy(one.strategy);
      column = (strategy.signalRuns ?? strategy.signals)(series, parameters, indicators);
    }
    const entryMask =
      one.filters.length === 0 ? undefined : combineMasks(series.length, one.filters.map(maskOf));
    fast.run({ signals: column, entryMask, rules }, columns, k * rules.length);
  });
  return columns;
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
  const unit = 'M candle evaluations/s';
  const what = `${name} reference`;
  rows.push({ what, median: candles.length / median(times) / 1000, unit, runs: REFERENCE_SAMPLE });
  equal.push(`${name}: all metrics of ${REFERENCE_SAMPLE} combinations with the reference engine`);
}

/** Runs the C program; returns its CPU time in ms, loading not counted. */
function runC(
  binary: string,
  { name, signals, rules }: Workload,
  columns: MetricColumns,
  compares: boolean,
): number {
  const text = path.join(folder, 'workload.txt');
  const out = path.join(folder, 'results.bin');
  const { initialBalance, size, commissionRate, slippageRate } = rules[0]!;
  const units = 'units' in size ? size.units : 0;
  const fraction = 'units' in size ? 0 : size.equityFraction;
  const lines = [
    [initialBalance, units, fraction, commissionRate, slippageRate, rules.length, signals.length],
    ...rules.map((one) => [one.stopLoss ?? 0, one.takeProfit ?? 0, one.trailingStop ?? 0]),
    ...signals.map((one) => one.line),
  ];
  writeFileSync(text, lines.map((line) => line.join(' ')).join('\n'));
  const run = spawnSync(binary, [path.join(folder, 'candles.bin'), text, out], {
    encoding: 'utf8',
  });
  if (run.status !== 0) throw new Error(`bench/sweep.c failed: ${run.stderr}`);
  if (!compares) return Number(run.stdout);
  const bytes = readFileSync(out);
  const results = new Float64Array(bytes.buffer, bytes.byteOffset, bytes.length / 8);
  const keys = [
    'cumulativeProfit',
    'totalTrades',
    'winRate',
    'profitFactor',
    'maxDrawdown',
    'sharpeRatio',
  ] as const;
  const count = signals.length * rules.length;
  for (let row = 0; row < count; row++) {
    keys.forEach((key, k) => {
      // The C loop sums the variance of the Sharpe ratio in one pass.
      const tolerance = key === 'sharpeRatio' ? 1e-6 : TOLERANCE;
      requireEqual(
        `${name} row ${row} ${key}`,
        results[row * 6 + k]!,
        columns[key][row]!,
        tolerance,
      );
    });
  }
  equal.push(`${name}: 6 metrics of all ${count} combinations with the C loop`);
  return Number(run.stdout);
}

function isInstalled(name: string): boolean {
  const { status } = spawnSync(PYTHON, ['-c', `import ${name}`]);
  if (status !== 0) absent.push(name);
  return status === 0;
}

/** A Python peer on the workload that `runC` wrote last: SMA pairs only, vectorbt without stops. */
function measurePeer(peer: string, { name, signals, rules }: Workload, columns: MetricColumns) {
  if (name !== 'W1' && !(name === 'W2' && peer === 'numba')) return;
  const files = ['candles.bin', 'workload.txt'].map((file) => path.join(folder, file));
  const script = path.join('bench', 'peers', `${peer}_sweep.py`);
  const run = spawnSync(PYTHON, [script, ...files], { encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`${script} failed: ${run.stderr}`);
  const [ms = 0, trades = 0, profit = 0] = run.stdout.trim().split(' ').map(Number);
  const combinations = peer === 'numba' ? signals.length * rules.length : 1;
  const speed = (candles.length * combinations) / ms / 1000;
  rows.push({ what: `${name} ${peer}`, median: speed, unit: 'M candle evaluations/s', runs: 1 });
  requireEqual(`${name} ${peer} trades`, trades, columns.totalTrades[0]!);
  // vectorbt leaves the last position open.
  if (peer === 'numba')
    requireEqual(`${name} ${peer} profit`, profit, columns.cumulativeProfit[0]!, 1e-6);
  equal.push(`${name}: trades of the first combination with ${peer}`);
}

function requireEqual(what: string, a: number, b: number, tolerance = TOLERANCE): void {
  if (a === b || Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), 1e-3)) return;
  throw new Error(`${what}: ${a} and ${b} differ`);
}

function compileC(): string | undefined {
  const binary = path.join(folder, 'sweep');
  const options = [
    '-O3',
    '-march=native',
    '-ffp-contract=off',
    '-o',
    binary,
    'bench/sweep.c',
    '-lm',
  ];
  const { status, error } = spawnSync(COMPILER, options, { stdio: 'inherit' });
  if (status !== 0) {
    console.warn(`C loop absent: ${COMPILER} ${error?.message ?? `gave exit code ${status}`}`);
    return undefined;
  }
  const { openTime, open, high, low, close } = candles;
  const parts = [Float64Array.of(candles.length), openTime, open, high, low, close];
  writeFileSync(
    path.join(folder, 'candles.bin'),
    Buffer.concat(parts.map((part) => Buffer.from(part.buffer, part.byteOffset, part.byteLength))),
  );
  return binary;
}

/** Geometric random walk: 60 % annual volatility, one-minute candles, a tick of 0.01, 5 % of opens gapped. */
function randomWalk(length: number): CandleSeries {
  const random = seededRandom(7);
  const normal = normalRandom(random);
  const deviation = 0.6 / Math.sqrt(365 * 1440);
  const tick = (price: number): number => Math.round(price * 100) / 100;
  let close = 100;
  const data = Array.from({ length }, (_, i) => {
    const open = random() < 0.05 ? tick(close * Math.exp(deviation * normal())) : close;
    let high = open;
    let low = open;
    let price = open;
    for (let step = 0; step < 4; step++) {
      price *= Math.exp((deviation / 2) * normal());
      high = Math.max(high, tick(price));
      low = Math.min(low, tick(price));
    }
    close = tick(price);
    return [Date.UTC(2024, 0, 1) + i * 60_000, open, high, low, close, 1];
  });
  return candleSeriesFromRows({ symbol: 'RANDOM', market: 'usdm', timeframe: '1m' }, data);
}

function workloads(): Workload[] {
  const fixed: TradeRules = {
    market: 'usdm',
    direction: 'both',
    initialBalance: 1_000_000,
    size: { units: 1 },
    leverage: 1,
    allowOverdraft: false,
    commissionRate: 7.5e-4,
    slippageRate: 0,
    exitOnNeutral: false,
    reEntry: 'immediate',
  };
  const share: TradeRules = { ...fixed, size: { equityFraction: 1 }, slippageRate: 1e-4 };
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
      rules: [fixed],
    },
    {
      name: 'W2',
      about: '20 SMA pairs × 50 stops',
      atLeast: 2.5,
      signals: [5, 10, 20, 30, 50].flatMap((fast) =>
        [60, 120, 240, 480].map((slow) => cross('SMA', fast, slow)),
      ),
      rules: risks(
        fixed,
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
        fixed,
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

function cross(type: 'SMA' | 'EMA', fast: number, slow: number): SignalSpec {
  return {
    strategy: 'MACross',
    parameters: resolveParameters(findStrategy('MACross'), {
      fast_period: fast,
      slow_period: slow,
      ma_type: type,
    }),
    filters: [],
    line: [type === 'SMA' ? 0 : 1, fast, slow, 0, 0, 0, 0, -1],
  };
}

function reversion(period: number, level: number): SignalSpec {
  return {
    strategy: 'RSIReversion',
    parameters: resolveParameters(findStrategy('RSIReversion'), {
      rsi_period: period,
      oversold_threshold: level,
      overbought_threshold: 100 - level,
    }),
    filters: [],
    line: [2, period, level, 100 - level, 0, 0, 0, -1],
  };
}

function risks(
  base: TradeRules,
  stopLosses: readonly (number | undefined)[],
  takeProfits: readonly (number | undefined)[],
  trailingStops: readonly (number | undefined)[],
): TradeRules[] {
  return stopLosses.flatMap((stopLoss) =>
    takeProfits.flatMap((takeProfit) =>
      trailingStops.map((trailingStop) => ({
        ...base,
        ...(stopLoss !== undefined && { stopLoss }),
        ...(takeProfit !== undefined && { takeProfit }),
        ...(trailingStop !== undefined && { trailingStop }),
      })),
    ),
  );
}

function range(from: number, to: number, step: number): number[] {
  return Array.from({ length: Math.ceil((to - from) / step) }, (_, k) => from + k * step);
}
