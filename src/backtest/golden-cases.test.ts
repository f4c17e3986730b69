import { describe, expect, test } from 'vitest';
import { candleSeriesFromRows } from '../candles/index.js';
import { parseBacktestRunConfig } from '../config/index.js';
import { type Market, parseTimeframe } from '../domain/index.js';
import { expectGolden, type GoldenRow, goldenFile } from './golden-cases.contract.js';
import { type BacktestResult, runBacktest } from './run-backtest.js';

/** Keys of SEMANTICS, filters nested; see `test/golden/semantics-cases.json`. */
interface GoldenConfig extends Record<string, unknown> {
  symbol: string;
  timeframe: string;
  market: Market;
  candles: number[][];
  filters?: { seasonality?: { hours: string; apply_seasonality_to_symbols: string } };
}

const cases = goldenFile<GoldenRow<GoldenConfig>>('semantics-cases.json');

describe('the golden cases of an independent implementation', () => {
  test('are all there', () => {
    expect(cases).toHaveLength(59);
  });

  test.each(cases.map((golden) => [golden.id, golden] as const))('%s', (_id, golden) => {
    const result = runGoldenCase(golden.case);
    const { symbol } = result.candles;
    expectGolden(result.run, result.metrics, golden.expected, {
      symbol,
      strategy: result.strategy.shortName,
    });
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
