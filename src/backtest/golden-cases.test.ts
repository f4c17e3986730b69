import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { candleSeriesFromRows } from '../candles/index.js';
import { parseBacktestRunConfig } from '../config/index.js';
import { type Market, parseTimeframe, TRADE_LOG_COLUMNS, tradeLogCsv } from '../domain/index.js';
import { type Metrics, metricsRecord } from '../metrics/index.js';
import { type EngineInput, type EngineResult, LONG_ALLOWED, SHORT_ALLOWED } from './engine.js';
import { engineMetrics } from './engine-metrics.js';
import { runFast } from './fast/run-fast.js';
import { runReference } from './reference-engine.js';
import { type BacktestResult, runBacktest } from './run-backtest.js';
import { tradeRules } from './trade-rules.js';

/** Keys of SEMANTICS, filters nested; see `test/golden/semantics-cases.json`. */
interface GoldenConfig extends Record<string, unknown> {
  symbol: string;
  timeframe: string;
  market: Market;
  candles: number[][];
  filters?: { seasonality?: { hours: string; apply_seasonality_to_symbols: string } };
}

/** A case that gives the signals themselves; see `test/golden/leverage-cases.json`. */
interface ColumnConfig extends Record<string, unknown> {
  symbol: string;
  timeframe: string;
  market: Market;
  candles: number[][];
  strategy: { kind: 'columns'; enter: number[] };
}

interface Expected {
  trades: Record<string, unknown>[];
  metrics: Record<string, unknown>;
}

interface GoldenRow<T> {
  id: string;
  case: T;
  expected: Expected;
}

const cases = goldenFile<GoldenConfig>('semantics-cases.json');
const leverageCases = goldenFile<ColumnConfig>('leverage-cases.json');
const ENGINES = [
  ['reference engine', runReference],
  ['fast engine', (input: EngineInput) => runFast(input)],
] as const;

describe('the golden cases of an independent implementation', () => {
  test('are all there', () => {
    expect(cases).toHaveLength(59);
    expect(leverageCases).toHaveLength(4);
  });

  test.each(cases.map((golden) => [golden.id, golden] as const))('%s', (_id, golden) => {
    const result = runGoldenCase(golden.case);
    const { symbol } = result.candles;
    expectGolden(result.run, result.metrics, golden.expected, {
      symbol,
      strategy: result.strategy.shortName,
    });
  });

  describe.each(ENGINES)('%s', (_engine, run) => {
    test.each(leverageCases.map((golden) => [golden.id, golden] as const))('%s', (_id, golden) => {
      const input = columnInput(golden.case);
      const result = run(input);
      const { symbol } = golden.case;
      expectGolden(result, engineMetrics(input, result), golden.expected, {
        symbol,
        strategy: 'columns',
      });
    });
  });
});

function goldenFile<T>(name: string): GoldenRow<T>[] {
  const text = readFileSync(new URL(`../../test/golden/${name}`, import.meta.url), 'utf8');
  return JSON.parse(text) as GoldenRow<T>[];
}

/** Columns and metrics that the files have and the page does not define yet are left alone. */
function expectGolden(
  run: EngineResult,
  metrics: Metrics,
  expected: Expected,
  names: { readonly symbol: string; readonly strategy: string },
): void {
  const columns = new Set<string>(TRADE_LOG_COLUMNS);
  expect(tradeLog(run.trades, names)).toEqual(
    expected.trades.map((row) => withoutNegativeZero(only(row, columns))),
  );
  const actual: Record<string, unknown> = {
    ...metricsRecord(metrics),
    max_cumulative_loss_tripped_at: isoOrNull(run.maxCumulativeLossTrippedAt),
    ruined_at: isoOrNull(run.ruinedAt),
  };
  for (const [name, value] of Object.entries(expected.metrics)) {
    if (!LATER_METRICS.has(name)) expectMetric(name, actual[name], value);
  }
}

const LATER_METRICS = new Set(['total_funding', 'crowded_out', 'detail_missing']);

function columnInput({ candles: rows, timeframe, strategy, ...keys }: ColumnConfig): EngineInput {
  const { symbol, market } = keys;
  const candles = candleSeriesFromRows(
    { symbol, market, timeframe: parseTimeframe(timeframe) },
    rows,
  );
  const { risk_fraction, ...sized } = keys;
  const rules = tradeRules(
    parseBacktestRunConfig({
      ...sized,
      // A share of the balance at risk is no key yet: the row's quantity is what its cap gives, the whole balance (S-28).
      ...(risk_fraction !== undefined && { equity_fraction: 1 }),
      strategy: 'MACross',
      interval: timeframe,
      allow_wide_stops: true,
    }),
  );
  return {
    candles,
    period: { from: 0, to: candles.length },
    signals: Int8Array.from(strategy.enter),
    entryMask: new Uint8Array(candles.length).fill(LONG_ALLOWED | SHORT_ALLOWED),
    rules,
  };
}

function only(row: Record<string, unknown>, names: ReadonlySet<string>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).filter(([name]) => names.has(name)));
}

function runGoldenCase({
  candles: rows,
  timeframe,
  filters,
  ...keys
}: GoldenConfig): BacktestResult {
  const candles = candleSeriesFromRows(
    { symbol: keys.symbol, market: keys.market, timeframe: parseTimeframe(timeframe) },
    rows,
  );
  const seasonality = filters?.seasonality;
  const config = parseBacktestRunConfig({
    ...keys,
    interval: timeframe,
    allow_wide_stops: true,
    ...(seasonality !== undefined && {
      apply_seasonality_filter: true,
      allowed_trading_hours_utc: seasonality.hours,
      apply_seasonality_to_symbols: seasonality.apply_seasonality_to_symbols,
    }),
  });
  return runBacktest(config, candles);
}

/** The rows of the trade log as a reader of the CSV sees them: exact doubles, strategy by its short name. */
function tradeLog(
  trades: EngineResult['trades'],
  names: { readonly symbol: string; readonly strategy: string },
): Record<string, unknown>[] {
  const csv = tradeLogCsv(trades, names);
  const rows = csv.trimEnd().split('\n').slice(1);
  return rows.map((row) => {
    const cells = row.split(',').map((cell) => {
      if (cell === 'true' || cell === 'false') return cell === 'true';
      return Number.isNaN(Number(cell)) ? cell : Number(cell);
    });
    return Object.fromEntries(TRADE_LOG_COLUMNS.map((name, k) => [name, cells[k]]));
  });
}

function withoutNegativeZero(row: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, value === 0 ? 0 : value]),
  );
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
