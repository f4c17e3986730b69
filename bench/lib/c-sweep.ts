import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { MetricColumns } from '../../src/backtest/index.js';
import type { CandleSeries } from '../../src/candles/index.js';
import { type EngineRules, EXIT_ATR_PERIOD } from '../../src/semantics/index.js';
import type { Workload } from './sweep.js';

const COMPILER = process.env.CC ?? 'cc';
const OPTIONS = ['-O3', '-march=native', '-ffp-contract=off'];
const METRICS = [
  'cumulativeProfit',
  'totalTrades',
  'winRate',
  'profitFactor',
  'maxDrawdown',
  'sharpeRatio',
] as const;
/** The C loop sums the variance of the Sharpe ratio in one pass. */
const SHARPE_TOLERANCE = 1e-6;
const TOLERANCE = 1e-9;
/** Steps of targets and parts of positions that `Rules` of bench/sweep.c has room for. */
const TARGETS_MAX = 4;
const PARTS_MAX = 3;

/** What of a workload the C loop reads. */
export type CWorkload = Pick<Workload, 'name' | 'signals' | 'rules' | 'hasLaterRules'>;

/** The plain C loop over some candles. */
export interface CSweep {
  /**
   * Runs a workload.
   *
   * @param columns - Compared with the results when given.
   * @returns CPU time, loading not counted, ms.
   */
  run(workload: CWorkload, columns?: MetricColumns): number;
  /**
   * Runs parts of a workload at the same time, a process each.
   *
   * @returns The longest of their CPU times, ms.
   */
  runTogether(parts: readonly CWorkload[]): Promise<number>;
  /** Files that `run()` wrote last: candles and workload. */
  readonly files: readonly [string, string];
}

/**
 * Compiles `bench/sweep.c`; call it from the repository root.
 *
 * @param folder - For the program and its files; the caller removes it.
 * @param candles - What is swept over.
 * @returns `undefined` without a C compiler, which is said.
 */
export function compileCSweep(folder: string, candles: CandleSeries): CSweep | undefined {
  const binary = path.join(folder, 'sweep');
  const { status, error } = spawnSync(
    COMPILER,
    [...OPTIONS, '-o', binary, 'bench/sweep.c', '-lm'],
    { stdio: 'inherit' },
  );
  if (status !== 0) {
    console.warn(`C loop absent: ${COMPILER} ${error?.message ?? `gave exit code ${status}`}`);
    return undefined;
  }
  const { openTime, open, high, low, close } = candles;
  const parts = [Float64Array.of(candles.length), openTime, open, high, low, close];
  const candleFile = path.join(folder, `candles-${candles.length}.bin`);
  writeFileSync(
    candleFile,
    Buffer.concat(parts.map((part) => Buffer.from(part.buffer, part.byteOffset, part.byteLength))),
  );
  const workloadFile = path.join(folder, 'workload.txt');
  const resultFile = path.join(folder, 'results.bin');
  return {
    files: [candleFile, workloadFile],
    run: (workload, columns) => {
      writeFileSync(workloadFile, workloadText(workload));
      const run = spawnSync(binary, [candleFile, workloadFile, resultFile], { encoding: 'utf8' });
      if (run.status !== 0) throw new Error(`bench/sweep.c failed: ${run.stderr}`);
      if (columns !== undefined) compareResults(workload, readFileSync(resultFile), columns);
      return Number(run.stdout);
    },
    runTogether: async (parts) => {
      const times = parts.map((part, k) => {
        const file = path.join(folder, `workload-${k}.txt`);
        writeFileSync(file, workloadText(part));
        return cpuTime(binary, [candleFile, file, path.join(folder, `results-${k}.bin`)]);
      });
      return Math.max(...(await Promise.all(times)));
    },
  };
}

/**
 * Checks that two numbers are the same.
 *
 * @param what - For the error.
 * @param tolerance - Relative. Default 1e-9.
 * @throws If they differ.
 */
export function requireEqual(what: string, a: number, b: number, tolerance = TOLERANCE): void {
  if (a === b || Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), 1e-3)) return;
  throw new Error(`${what}: ${a} and ${b} differ`);
}

function workloadText({
  signals,
  rules,
  hasLaterRules = false,
}: Pick<Workload, 'signals' | 'rules' | 'hasLaterRules'>): string {
  const { initialBalance, size, commissionRate, slippageRate } = rules[0]!;
  const units = 'units' in size ? size.units : 0;
  const fraction = 'equityFraction' in size ? size.equityFraction : 0;
  const later = hasLaterRules ? 1 : 0;
  const money = [initialBalance, units, fraction, commissionRate, slippageRate];
  const lines = [
    [...money, rules.length, signals.length, later],
    ...rules.map((one) => [
      ...[one.stopLoss ?? 0, one.takeProfit ?? 0, one.trailingStop ?? 0],
      ...(hasLaterRules ? laterLine(one) : []),
    ]),
    ...signals.map((one) => one.line),
  ];
  return lines.map((line) => line.join(' ')).join('\n');
}

/** The later rules of a set as `Rules` of bench/sweep.c has them. */
function laterLine(rules: EngineRules): number[] {
  const { size, profitTargets = [], scaleOut = [] } = rules;
  const slots = (count: number, values: readonly number[]): number[] =>
    Array.from({ length: count }, (_, k) => values[k] ?? 0);
  return [
    ...[rules.stopLossAtr ?? 0, rules.takeProfitAtr ?? 0, rules.trailingStopAtr ?? 0],
    rules.exitAtrPeriod ?? EXIT_ATR_PERIOD,
    ...[rules.trailingActivation ?? 0, rules.breakEven ?? 0, rules.breakEvenOffset ?? 0],
    ...[rules.maxCandlesHeld ?? 0, rules.exitMinProfit ?? -1e9, rules.cooldownCandles ?? 0],
    'riskFraction' in size ? size.riskFraction : 0,
    ...slots(
      TARGETS_MAX,
      profitTargets.map(({ fromCandle }) => fromCandle),
    ),
    ...slots(
      TARGETS_MAX,
      profitTargets.map(({ fraction }) => fraction),
    ),
    ...slots(
      PARTS_MAX,
      scaleOut.map(({ fraction }) => fraction),
    ),
    ...slots(
      PARTS_MAX,
      scaleOut.map(({ share }) => share),
    ),
  ];
}

function compareResults(
  { name, signals, rules }: Pick<Workload, 'name' | 'signals' | 'rules'>,
  bytes: Buffer,
  columns: MetricColumns,
): void {
  const results = new Float64Array(bytes.buffer, bytes.byteOffset, bytes.length / 8);
  for (let row = 0; row < signals.length * rules.length; row++) {
    METRICS.forEach((key, k) => {
      const tolerance = key === 'sharpeRatio' ? SHARPE_TOLERANCE : TOLERANCE;
      const value = results[row * METRICS.length + k]!;
      requireEqual(`${name} row ${row} ${key}`, value, columns[key][row]!, tolerance);
    });
  }
}

function cpuTime(binary: string, args: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    let text = '';
    const child = spawn(binary, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    child.stdout.on('data', (part: Buffer) => {
      text += part.toString();
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(Number(text));
      else reject(new Error(`bench/sweep.c failed: exit code ${code}`));
    });
  });
}
