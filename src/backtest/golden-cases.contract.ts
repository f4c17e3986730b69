import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { TRADE_LOG_COLUMNS, type Trade, tradeLogCsv } from '../domain/index.js';
import { type Metrics, metricsRecord } from '../metrics/index.js';
import type { EngineResult } from './engine.js';

/** What a case must give: rows of the trade log and metrics, by their names in files. */
export interface GoldenResult {
  readonly trades: readonly Record<string, unknown>[];
  readonly metrics: Record<string, unknown>;
}

/** A case of an independent implementation. */
export interface GoldenRow<Case, Expected = GoldenResult> {
  readonly id: string;
  readonly case: Case;
  readonly expected: Expected;
}

/** What the files have and no run knows yet. */
const LATER_COLUMNS = new Set(['funding']);
const LATER_METRICS = new Set(['total_funding', 'crowded_out', 'detail_missing']);

/**
 * Reads a file of cases.
 *
 * @param name - In `test/golden`.
 */
export function goldenFile<T>(name: string): T[] {
  const text = readFileSync(new URL(`../../test/golden/${name}`, import.meta.url), 'utf8');
  return JSON.parse(text) as T[];
}

/**
 * Compares a run with a case: every cell of every trade the same double, metrics to 1e-9.
 *
 * @param run - Of an engine.
 * @param metrics - Of the run.
 * @param expected - Of the case.
 * @param names - Symbol and strategy as the case has them.
 */
export function expectGolden(
  run: EngineResult,
  metrics: Metrics,
  expected: GoldenResult,
  names: { readonly symbol: string; readonly strategy: string },
): void {
  expect(tradeLog(run.trades, names)).toEqual(expected.trades.map(comparable));
  const actual: Record<string, unknown> = {
    ...metricsRecord(metrics),
    max_cumulative_loss_tripped_at: isoOrNull(run.maxCumulativeLossTrippedAt),
    ruined_at: isoOrNull(run.ruinedAt),
  };
  for (const [name, value] of Object.entries(expected.metrics)) {
    if (!LATER_METRICS.has(name)) expectMetric(name, actual[name], value);
  }
}

/** The rows of the trade log as a reader of the CSV sees them: exact doubles, strategy by its short name. */
function tradeLog(
  trades: readonly Trade[],
  names: { readonly symbol: string; readonly strategy: string },
): Record<string, unknown>[] {
  const rows = tradeLogCsv(trades, names).trimEnd().split('\n').slice(1);
  return rows.map((row, k) => {
    const cells = row.split(',').map((cell) => {
      if (cell === 'true' || cell === 'false') return cell === 'true';
      return Number.isNaN(Number(cell)) ? cell : Number(cell);
    });
    const columns = TRADE_LOG_COLUMNS.map((name, column) => [name, cells[column]] as const);
    const known: Record<string, unknown> = Object.fromEntries(columns);
    return { ...known, scale_outs: trades[k]!.scaleOuts };
  });
}

/** A row without the columns that come later and without negative zeros; the older file does not know parts. */
function comparable(row: Record<string, unknown>): Record<string, unknown> {
  const cells = Object.entries({ scale_outs: 0, ...row }).filter(
    ([name]) => !LATER_COLUMNS.has(name),
  );
  return Object.fromEntries(cells.map(([name, value]) => [name, value === 0 ? 0 : value] as const));
}

function expectMetric(name: string, actual: unknown, expected: unknown): void {
  if (typeof expected !== 'number') {
    expect(actual, name).toBe(expected);
    return;
  }
  const difference = Math.abs((actual as number) - expected);
  expect(difference, `${name}: ${String(actual)} instead of ${expected}`).toBeLessThanOrEqual(
    1e-9 * Math.abs(expected),
  );
}

function isoOrNull(time: number | undefined): string | null {
  return time === undefined ? null : new Date(time).toISOString();
}
