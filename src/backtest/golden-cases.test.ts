import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { candleSeriesFromRows } from '../candles/index.js';
import { parseBacktestRunConfig } from '../config/index.js';
import { type Market, parseTimeframe, TRADE_LOG_COLUMNS, tradeLogCsv } from '../domain/index.js';
import { metricsRecord } from '../metrics/index.js';
import { type BacktestResult, runBacktest } from './run-backtest.js';

/** Keys of SEMANTICS, filters nested; see `test/golden/semantics-cases.json`. */
interface GoldenConfig extends Record<string, unknown> {
  symbol: string;
  timeframe: string;
  market: Market;
  candles: number[][];
  filters?: { seasonality?: { hours: string; apply_seasonality_to_symbols: string } };
}

interface GoldenCase {
  id: string;
  case: GoldenConfig;
  expected: { trades: Record<string, unknown>[]; metrics: Record<string, unknown> };
}

const cases = JSON.parse(
  readFileSync(new URL('../../test/golden/semantics-cases.json', import.meta.url), 'utf8'),
) as GoldenCase[];

describe('the golden cases of an independent implementation', () => {
  test('are all there', () => {
    expect(cases).toHaveLength(59);
  });

  test.each(cases.map((golden) => [golden.id, golden] as const))('%s', (_id, golden) => {
    const result = runGoldenCase(golden.case);
    expect(tradeLog(result)).toEqual(golden.expected.trades.map(withoutNegativeZero));
    const metrics: Record<string, unknown> = {
      ...metricsRecord(result.metrics),
      max_cumulative_loss_tripped_at: isoOrNull(result.run.maxCumulativeLossTrippedAt),
      ruined_at: isoOrNull(result.run.ruinedAt),
    };
    for (const [name, expected] of Object.entries(golden.expected.metrics)) {
      expectMetric(name, metrics[name], expected);
    }
  });
});

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
function tradeLog({ run, candles, strategy }: BacktestResult): Record<string, unknown>[] {
  const csv = tradeLogCsv(run.trades, { symbol: candles.symbol, strategy: strategy.shortName });
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
