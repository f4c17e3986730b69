import path from 'node:path';
import { METRICS, type Metrics, metricsRecord } from '../metrics/index.js';
import {
  type DetailsRun,
  type GridSummary,
  metricColumn,
  type ObjectiveName,
  type RankedTrial,
} from '../optimize/index.js';
import { displayMetric, grouped, quoteCurrency } from './metric-display.js';
import type { FinishedOptimization } from './optimize-job.js';
import { duration, rateText } from './optimize-progress.js';
import { rerunCommand } from './rerun-command.js';
import { robustnessText } from './robustness-summary.js';
import type { Palette } from './terminal.js';
import { textTable } from './text-table.js';

/**
 * Returns what is said before a run: how many combinations, what was dropped and why.
 *
 * @param summary - Of the grid.
 * @param details - Details file, if one is written.
 */
export function planText(summary: GridSummary, details: DetailsRun | undefined): string {
  const rows = [
    ['Grid', `${big(summary.written)} combinations written, ${big(summary.count)} to run`],
  ];
  const { ignored, merged, invalid, invalidExamples } = summary;
  if (ignored.length > 0) {
    rows.push(['  ignored', `${ignored.join(', ')} (the filter is not asked for)`]);
  }
  if (merged > 0n) {
    rows.push([
      '  merged',
      `${big(merged)} equal to others (repeated, or different only where it has no effect)`,
    ]);
  }
  if (invalid > 0n) {
    rows.push(['  skipped', `${big(invalid)} invalid, for example: ${invalidExamples.join('; ')}`]);
  }
  if (details !== undefined) {
    if (details.from > 0)
      rows.push(['Resume', `${big(details.from)} combinations are in the details file`]);
    if (details.reuse !== undefined) {
      rows.push([
        'Resume',
        `another grid: rows are taken from ${path.basename(details.reusedPath ?? '')} into a new file`,
      ]);
    }
    if (details.note !== undefined) rows.push(['Resume', details.note]);
  }
  return textTable(rows, 'll').join('\n');
}

/**
 * Returns the result of an optimization as text.
 *
 * @param finished - What happened.
 * @param palette - Colours; plain on a pipe.
 * @param notes - Sentences that a reader must not miss.
 * @param workingFolder - Paths are shown from here.
 */
export function optimizeSummary(
  finished: FinishedOptimization,
  palette: Palette,
  notes: readonly string[],
  workingFolder: string,
): string {
  const { job, loaded, result, loadedStrategy } = finished;
  const { candles } = loaded;
  const { ranking } = job;
  const seconds = finished.duration / 1_000;
  const computed = result.done - result.known;
  const winner = result.best[0];
  const written = [
    ...(result.detailsPath === undefined
      ? []
      : [['Details', path.relative(workingFolder, result.detailsPath)]]),
    ...(finished.isWritten ? [['Best', job.bestFile]] : []),
    ...(winner === undefined ? [] : [['Run again', rerunCommand(finished, winner)]]),
  ];
  return [
    palette.bold(
      `${loadedStrategy.strategy.name} on ${candles.symbol} ${candles.timeframe} (${candles.market})`,
    ),
    `${minute(result.periodStart)} to ${minute(result.periodEnd)} UTC, ${grouped(result.candleCount, 0)} candles; ` +
      `${grouped(computed, 0)} combinations in ${duration(seconds)} (${rateText(computed / seconds)}, ${job.processes} workers, ${job.engine} engine)`,
    '',
    `Best by ${ranking.metric}, at least ${ranking.minTrades} trades`,
    ...topTable(finished),
    ...(finished.robustness === undefined
      ? []
      : ['', robustnessText(finished.robustness, palette)]),
    ...(notes.length === 0 ? [] : ['', ...notes.map((note) => `Note: ${note}`)]),
    ...(written.length === 0 ? [] : ['', ...textTable(written, 'll')]),
  ].join('\n');
}

/**
 * Returns what `--json` prints: keys in snake_case, `Infinity` as text.
 *
 * @param finished - What happened.
 * @param command - Command line of the run.
 * @param notes - Sentences that a reader must not miss.
 */
export function optimizeJson(
  finished: FinishedOptimization,
  command: string,
  notes: readonly string[],
): Record<string, unknown> {
  const { job, loaded, loadedStrategy, result } = finished;
  const { candles } = loaded;
  const { summary } = result;
  return {
    command,
    strategy: loadedStrategy.strategy.name,
    symbol: candles.symbol,
    market: candles.market,
    interval: candles.timeframe,
    span: {
      start: new Date(result.periodStart).toISOString(),
      end: new Date(result.periodEnd).toISOString(),
      candles: result.candleCount,
    },
    files: loaded.files,
    data_hash: loaded.dataHash,
    engine: job.engine,
    grid: {
      written: jsonCount(summary.written),
      combinations: summary.count,
      ignored: summary.ignored,
      merged: jsonCount(summary.merged),
      invalid: jsonCount(summary.invalid),
    },
    evaluated: result.done,
    known: result.known,
    complete: result.isComplete,
    metric: job.ranking.metric,
    min_trades: job.ranking.minTrades,
    best: result.best.map((trial) => ({
      combination: trial.id + 1,
      strategy: trial.parameters,
      risk: trial.stops,
      filters: trial.filters,
      metrics: metricsRecord(trialMetrics(trial)),
      rerun: rerunCommand(finished, trial),
    })),
    robustness: finished.robustness ?? null,
    ...(result.ledger === undefined
      ? {}
      : {
          ledger: {
            file: result.ledger.path,
            trials: result.ledger.count,
            new: result.ledger.added,
          },
        }),
    notes,
    ...(result.detailsPath === undefined ? {} : { details_file: result.detailsPath }),
    ...(finished.isWritten ? { best_params_file: job.bestFile } : {}),
  };
}

/**
 * Returns sentences about the winner that a reader must not miss.
 *
 * @param finished - What happened.
 */
export function winnerNotes(finished: FinishedOptimization): string[] {
  const { job, result, isWritten } = finished;
  const winner = result.best[0];
  if (winner === undefined || !result.isComplete) return [];
  const trades = winner.metrics[metricColumn('total_trades')]!;
  if (isRefused(finished)) return [];
  if (!isWritten) return [`No combination traded; ${job.bestFile} was not changed.`];
  if (trades >= job.ranking.minTrades) return [];
  return [
    `No combination reached ${job.ranking.minTrades} trades; the best one has ${trades}, which proves nothing.`,
  ];
}

/**
 * Says whether a winner was found and not written because it is not robust.
 *
 * @param finished - What happened.
 */
export function isRefused({ job, result, isWritten }: FinishedOptimization): boolean {
  const trades = result.best[0]?.metrics[metricColumn('total_trades')] ?? 0;
  return result.isComplete && job.requiresRobust && !isWritten && trades > 0;
}

/**
 * Says why a winner was not written.
 *
 * @param finished - `isRefused`.
 */
export function refusalText({ job, result, robustness }: FinishedOptimization): string {
  const kept = result.detailsPath === undefined ? '' : `; details stay in ${result.detailsPath}`;
  const reasons =
    robustness === undefined ? 'the test for luck was stopped' : robustness.failed.join('; ');
  return `${job.bestFile} was not changed, as --require-robust asks for a winner that is more than luck: ${reasons}${kept}`;
}

/** A trial's metrics by name. */
export function trialMetrics(trial: RankedTrial): Metrics {
  return Object.fromEntries(
    METRICS.map(({ key }, k) => [key, trial.metrics[k]!]),
  ) as unknown as Metrics;
}

/**
 * Returns a metric with its unit, for a table.
 *
 * @param trial - Whose metric.
 * @param name - snake_case.
 * @param symbol - Tells the quote currency.
 */
export function metricCell(trial: RankedTrial, name: string, symbol: string): string {
  const column = metricColumn(name);
  const { value, unit } = displayMetric(
    trial.metrics[column]!,
    METRICS[column]!.unit,
    quoteCurrency(symbol),
  );
  return unit === '%' ? `${value} %` : value;
}

/** Settings that differ among the best are told row by row, those that are the same for all once. */
function topTable(finished: FinishedOptimization): string[] {
  const { result, job, loaded } = finished;
  const columns: ObjectiveName[] = [
    'sharpe_ratio',
    'cumulative_profit',
    'max_drawdown',
    'win_rate',
  ];
  const names = [
    job.ranking.metric,
    ...columns.filter((name) => name !== job.ranking.metric),
    'total_trades',
  ];
  const all = result.best.map((trial) =>
    Object.entries({ ...trial.parameters, ...trial.stops, ...trial.filters }),
  );
  const isCommon = (index: number): boolean =>
    all.length > 1 && all.every((entries) => entries[index]?.[1] === all[0]?.[index]?.[1]);
  const told = (entries: (typeof all)[number], common: boolean): string =>
    entries
      .filter(
        ([, value], index) =>
          isCommon(index) === common && value !== null && value !== false && value !== '',
      )
      .map(([name, value]) => `${name}=${String(value)}`)
      .join(' ');
  const header = [
    '',
    '#',
    ...names.map((name) => (name === 'total_trades' ? 'trades' : name)),
    'settings',
  ];
  const rows = result.best.map((trial, k) => [
    '',
    String(k + 1),
    ...names.map((name) => metricCell(trial, name, loaded.candles.symbol)),
    told(all[k]!, false),
  ]);
  const common = told(all[0] ?? [], true);
  return [
    ...textTable([header, ...rows], `lr${'r'.repeat(names.length)}l`),
    ...(common === '' ? [] : [`  all: ${common}`]),
  ];
}

function minute(time: number): string {
  return new Date(time).toISOString().slice(0, 16).replace('T', ' ');
}

function big(count: bigint | number): string {
  return count.toLocaleString('en-US');
}

/** JSON numbers beyond 2^53 lose digits. */
function jsonCount(count: bigint): number | string {
  return count <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(count) : String(count);
}
