import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CandlePeriod } from '../../src/backtest/index.js';
import type { CandleSeries } from '../../src/candles/index.js';
import { timeframeMs } from '../../src/domain/index.js';
import { longPermitted, shortPermitted, type TradeRules } from '../../src/semantics/index.js';

/** What the C loop runs: every signal with every rule set. */
export interface YardstickInput {
  readonly candles: CandleSeries;
  readonly period: CandlePeriod;
  readonly signals: readonly { readonly column: Int8Array; readonly entryMask: Uint8Array }[];
  readonly rules: readonly TradeRules[];
}

/** Measures of one combination. */
export interface YardstickMetrics {
  readonly finalBalance: number;
  readonly totalTrades: number;
  readonly wins: number;
  readonly profitFactor: number;
  readonly maxDrawdown: number;
  readonly sharpeRatio: number;
  readonly totalCommission: number;
  readonly skippedEntries: number;
  readonly candlesInMarket: number;
  readonly expectancy: number;
}

/** A trade of the first combination. */
export interface YardstickTrade {
  readonly entryIndex: number;
  readonly exitIndex: number;
  readonly entryPrice: number;
  readonly exitPrice: number;
  readonly units: number;
  readonly netPnl: number;
  readonly balance: number;
}

export interface YardstickResult {
  /** CPU time of each repeat, loading excluded; ms. */
  readonly times: readonly number[];
  /** Signal-major: all rule sets of the first signal, then of the second. */
  readonly metrics: readonly YardstickMetrics[];
  readonly trades: readonly YardstickTrade[];
}

/** A compiled `bench/backtest.c` with one input loaded into a file. */
export interface Yardstick {
  readonly run: (repeats: number) => YardstickResult;
  readonly remove: () => void;
}

const METRICS = [
  'finalBalance',
  'totalTrades',
  'wins',
  'profitFactor',
  'maxDrawdown',
  'sharpeRatio',
  'totalCommission',
  'skippedEntries',
  'candlesInMarket',
  'expectancy',
] as const satisfies readonly (keyof YardstickMetrics)[];
const TRADE = [
  'entryIndex',
  'exitIndex',
  'entryPrice',
  'exitPrice',
  'units',
  'netPnl',
  'balance',
] as const satisfies readonly (keyof YardstickTrade)[];

/**
 * Compiles the plain C loop for an input; call it from the repository root.
 *
 * @param input - Candles, signals and rule sets.
 * @returns `undefined` without `gcc`, which is said on standard error.
 */
export function compileYardstick(input: YardstickInput): Yardstick | undefined {
  const folder = mkdtempSync(path.join(tmpdir(), 'wus-yardstick-'));
  const binary = path.join(folder, 'backtest');
  const flags = ['-O3', '-march=native', '-ffp-contract=off'];
  const gcc = spawnSync('gcc', [...flags, '-o', binary, 'bench/backtest.c', '-lm'], {
    encoding: 'utf8',
  });
  if (gcc.error !== undefined) {
    console.error('gcc is not there: the comparison with C is skipped');
    rmSync(folder, { recursive: true });
    return undefined;
  }
  if (gcc.status !== 0) throw new Error(`bench/backtest.c does not compile: ${gcc.stderr}`);
  const inputFile = path.join(folder, 'input');
  const outputFile = path.join(folder, 'output');
  writeFileSync(inputFile, inputBytes(input));
  return {
    run: (repeats) => {
      const { stdout, stderr, status } = spawnSync(
        binary,
        [inputFile, outputFile, String(repeats)],
        { encoding: 'utf8' },
      );
      if (status !== 0) throw new Error(`bench/backtest.c failed: ${stderr}`);
      return {
        times: stdout
          .trim()
          .split('\n')
          .map((line) => Number(line) * 1000),
        ...readOutput(readFileSync(outputFile), input.signals.length * input.rules.length),
      };
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function inputBytes({ candles, period, signals, rules }: YardstickInput): Buffer {
  const header = [
    candles.length,
    period.from,
    period.to,
    signals.length,
    rules.length,
    timeframeMs(candles.timeframe),
  ];
  const columns = [candles.openTime, candles.open, candles.high, candles.low, candles.close];
  const doubles = [
    Float64Array.from(header),
    ...columns,
    Float64Array.from(rules.flatMap(ruleRow)),
  ];
  const bytes = signals.flatMap(({ column, entryMask }) => [column, entryMask]);
  return Buffer.concat(
    [...doubles, ...bytes].map((array) =>
      Buffer.from(array.buffer, array.byteOffset, array.byteLength),
    ),
  );
}

function ruleRow(rules: TradeRules): number[] {
  const { size } = rules;
  return [
    Number(longPermitted(rules)),
    Number(shortPermitted(rules)),
    rules.initialBalance,
    'units' in size ? size.units : 0,
    'units' in size ? 0 : size.equityFraction,
    rules.leverage,
    Number(rules.allowOverdraft),
    rules.commissionRate,
    rules.slippageRate,
    rules.stopLoss ?? 0,
    rules.takeProfit ?? 0,
    rules.trailingStop ?? 0,
    Number(rules.exitOnNeutral),
    Number(rules.reEntry === 'new-signal'),
    rules.maxCumulativeLoss ?? Number.POSITIVE_INFINITY,
  ];
}

function readOutput(
  bytes: Buffer,
  combinations: number,
): Pick<YardstickResult, 'metrics' | 'trades'> {
  const doubles = new Float64Array(
    bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length),
  );
  const split = combinations * METRICS.length;
  return {
    metrics: records<YardstickMetrics>(METRICS, doubles.subarray(0, split)),
    trades: records<YardstickTrade>(TRADE, doubles.subarray(split)),
  };
}

function records<T>(names: readonly string[], values: Float64Array): T[] {
  return Array.from(
    { length: values.length / names.length },
    (_, row) =>
      Object.fromEntries(names.map((name, k) => [name, values[row * names.length + k]!])) as T,
  );
}
