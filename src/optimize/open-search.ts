import { type CandlePeriod, selectPeriod } from '../backtest/index.js';
import type { CandleSeries } from '../candles/index.js';
import type { BacktestRunConfig } from '../config/index.js';
import { parseUtcTime } from '../domain/index.js';
import type { Strategy } from '../strategies/index.js';
import { type GridBlocks, type GridSummary, readGrid } from './grid.js';
import type { GridEntry } from './grid-axes.js';
import { openPlan, type TrialPlan } from './plan.js';

/** What was searched, and on which candles. */
export interface OptimizeSearch {
  readonly plan: TrialPlan;
  readonly blocks: GridBlocks;
  readonly period: CandlePeriod;
}

/**
 * Opens a search: reads the grid and selects the candles; nothing is run.
 *
 * @param request - Grid, strategy, candles and period.
 * @throws {UsageError} If the grid is wrong, with file:line:column.
 * @throws {UserError} If no candle lies in the period.
 */
export function openSearch(request: {
  readonly config: BacktestRunConfig;
  readonly strategy: Strategy;
  readonly candles: CandleSeries;
  readonly grid: GridEntry;
}): { readonly search: OptimizeSearch; readonly summary: GridSummary } {
  const { config, strategy, candles, grid } = request;
  const period = selectPeriod(candles, {
    start: config.start === null ? undefined : parseUtcTime(config.start),
    end: config.end === null ? undefined : parseUtcTime(config.end),
  });
  const { blocks, summary } = readGrid(grid, {
    strategy,
    symbol: candles.symbol,
    timeframe: candles.timeframe,
    shortsPermitted: candles.market !== 'spot' && config.direction !== 'long',
    config,
  });
  return { search: { plan: openPlan(blocks), blocks, period }, summary };
}

/**
 * Counts the combinations of a search; nothing is run.
 *
 * @param request - Grid, strategy, candles and period.
 * @throws {UsageError} If the grid is wrong, with file:line:column.
 * @throws {UserError} If no candle lies in the period.
 */
export function openPlanSummary(request: Parameters<typeof openSearch>[0]): GridSummary {
  return openSearch(request).summary;
}
