import path from 'node:path';
import { isGoodWord, type JudgementBlock, runSettings } from '../config/index.js';
import { quoteAsset } from '../domain/index.js';
import { METRIC_UNITS, METRICS, type Metrics, metricsRecord } from '../metrics/index.js';
import {
  type DetailsRun,
  type GridSummary,
  metricColumn,
  type RankedTrial,
} from '../optimize/index.js';
import { countText } from '../util/index.js';
import { costsText } from './costs-text.js';
import { withOwnProgram } from './invoked-as.js';
import { judgementText } from './judgement-summary.js';
import { displayMetric, grouped } from './metric-display.js';
import { type FinishedOptimization, suffices } from './optimize-job.js';
import { duration, rateText } from './optimize-progress.js';
import { rerunCommand } from './rerun-command.js';
import type { Palette, Terminal } from './terminal.js';
import { textTable } from './text-table.js';
import { trialSettings } from './trial-settings.js';
import { wrapWords } from './wrap-words.js';

/**
 * Returns what is said before a run: how many combinations, what was dropped and why.
 *
 * @param summary - Of the grid.
 * @param details - Details file, if one is written.
 */
export function planText(summary: GridSummary, details: DetailsRun | undefined): string {
  const rows = [
    ['Grid', `${countText(summary.written, 'combination')} written, ${big(summary.count)} to run`],
  ];
  const { ignored, merged, invalid, invalidExamples } = summary;
  if (ignored.length > 0) {
    rows.push(['  ignored', `${ignored.join(', ')} (the filter is off)`]);
  }
  if (merged > 0n) {
    rows.push([
      '  merged',
      `${big(merged)} duplicates (repeated, or with differences that have no effect)`,
    ]);
  }
  if (invalid > 0n) {
    rows.push(['  skipped', `${big(invalid)} invalid, for example: ${invalidExamples.join('; ')}`]);
  }
  if (details !== undefined) {
    if (details.from > 0)
      rows.push([
        'Resume',
        `${countText(details.from, 'combination')} ${Number(details.from) === 1 ? 'is' : 'are'} in the details file`,
      ]);
    if (details.reuse !== undefined) {
      rows.push([
        'Resume',
        `different grid: rows are copied from ${path.basename(details.reusedPath ?? '')} into a new file`,
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
 * @param terminal - Its folder, from which paths are shown, and its width.
 */
export function optimizeSummary(
  finished: FinishedOptimization,
  palette: Palette,
  notes: readonly string[],
  { workingFolder, columns }: Pick<Terminal, 'workingFolder' | 'columns'>,
): string {
  const { job, loaded, result, loadedStrategy } = finished;
  const { candles } = loaded;
  const { ranking } = job;
  const seconds = finished.duration / 1_000;
  const computed = result.done - result.known;
  const amount = result.isComplete
    ? countText(computed, 'combination')
    : `STOPPED after ${grouped(result.done, 0)} of ${countText(result.summary.count, 'combination')}; ${grouped(computed, 0)}`;
  const winner = result.best[0];
  const written = [
    ...(result.detailsPath === undefined
      ? []
      : [['Details', shownPath(result.detailsPath, workingFolder)]]),
    ...(finished.isWritten ? [['Best', job.bestFile]] : []),
    ...(winner === undefined
      ? []
      : [['Run again', withOwnProgram(rerunCommand(finished, winner))]]),
  ];
  return [
    palette.bold(
      `${loadedStrategy.strategy.name} on ${candles.symbol} ${candles.timeframe} (${candles.market})`,
    ),
    `${minute(result.periodStart)} to ${minute(result.periodEnd)} UTC, ${grouped(result.candleCount, 0)} candles`,
    `${amount} in ${duration(seconds)} (search: ${rateText((1_000 * computed) / Math.max(1, finished.searchDuration))}, ${job.processes} ${job.processes === 1 ? 'worker' : 'workers'}, ${job.engine} engine)`,
    `Costs: ${costsText(finished.config)}`,
    '',
    `Best by ${ranking.metric}, at least ${ranking.minTrades} trades`,
    ...topTable(finished, columns),
    ...(finished.judgement === undefined ? [] : ['', judgementText(finished.judgement, palette)]),
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
  const { job, config, loaded, loadedStrategy, result, strategyFile } = finished;
  const { candles } = loaded;
  const { summary } = result;
  return {
    command,
    strategy: loadedStrategy.strategy.name,
    ...(strategyFile === undefined ? {} : { strategy_file: strategyFile }),
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
    config: runSettings(config),
    metric: job.ranking.metric,
    min_trades: job.ranking.minTrades,
    metric_units: METRIC_UNITS,
    best: result.best.map((trial) => ({
      combination: trial.id + 1,
      strategy: trial.parameters,
      risk: trial.stops,
      filters: trial.filters,
      metrics: metricsRecord(trialMetrics(trial)),
      rerun: rerunCommand(finished, trial),
    })),
    judgement: finished.judgement ?? null,
    robustness: finished.judgement === undefined ? null : olderNames(finished.judgement),
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

/** Programs that read the names of version 0.1 get the figures that took their place. */
function olderNames(block: JudgementBlock): Record<string, unknown> {
  return {
    robust: isGoodWord(block.verdict),
    verdict: block.sentence,
    failed: block.failed,
    trials: block.trials_ever,
    trials_in_run: block.trials_in_run,
    sharpe_ratio: block.sharpe_ratio,
    luck_sharpe_ratio: block.luck_sharpe_median,
    deflated_sharpe_ratio: 1 - block.p_luck,
    reality_check_p: block.p_luck,
    overfitting_probability: block.overfitting_probability,
  };
}

/**
 * Returns sentences about the winner that a reader must not miss.
 *
 * @param finished - What happened.
 */
export function winnerNotes(finished: FinishedOptimization): string[] {
  const { result } = finished;
  const winner = result.best[0];
  const kept = result.luck.luckLedger?.notes ?? [];
  return [
    ...kept,
    ...(winner === undefined || !result.isComplete ? [] : tradeNotes(finished, winner)),
  ];
}

function tradeNotes(finished: FinishedOptimization, winner: RankedTrial): string[] {
  const { job } = finished;
  const trades = winner.metrics[metricColumn('total_trades')]!;
  if (isRefused(finished)) return [];
  if (trades === 0) return [`No combination traded; ${job.bestFile} was not changed.`];
  if (trades >= job.ranking.minTrades) return [];
  return [
    `No combination reached ${job.ranking.minTrades} trades; the best one has ${trades}, too few to prove anything.`,
  ];
}

/**
 * Says whether a winner was found and not written because its verdict does not suffice.
 *
 * @param finished - What happened.
 */
export function isRefused({ job, result, judgement }: FinishedOptimization): boolean {
  const trades = result.best[0]?.metrics[metricColumn('total_trades')] ?? 0;
  return result.isComplete && !suffices(judgement?.verdict, job.required) && trades > 0;
}

/**
 * Says why a winner was not written, one reason per line.
 *
 * @param finished - `isRefused`.
 */
export function refusalText({ job, result, judgement }: FinishedOptimization): string {
  return [
    `${job.bestFile} was not changed, because --require asks for ${job.required}:`,
    ...(judgement === undefined ? ['its judgement did not finish'] : [judgement.sentence]),
    ...(result.detailsPath === undefined ? [] : [`Details are in ${result.detailsPath}`]),
  ].join('\n');
}

/**
 * Says what could not be written although the optimization itself came to its end.
 *
 * @param finished - With failures.
 */
export function failuresText({ failures }: FinishedOptimization): string {
  return failures.map(({ message }) => message).join('\n');
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
    quoteAsset(symbol),
  );
  return unit === '%' ? `${value} %` : value;
}

/** Metrics first; settings end the row where the terminal is wide enough for all of them, and stand under it otherwise. */
function topTable(finished: FinishedOptimization, columns: number): string[] {
  const { result, job, loaded } = finished;
  const { symbol } = loaded.candles;
  const names = [...new Set([job.ranking.metric, ...SHOWN_METRICS])];
  const header = ['', '#', ...names.map((name) => metricHeading(name, symbol))];
  const rows = result.best.map((trial, k) => [
    '',
    String(k + 1),
    ...names.map((name) => metricCell(trial, name, symbol)),
  ]);
  const lines = textTable([header, ...rows], `l${'r'.repeat(names.length + 1)}`);
  const { common, own } = trialSettings(result.best);
  return [
    ...withSettings(lines, own, columns),
    ...wrapWords(common.length === 0 ? [] : ['all:', ...common], columns, '  '),
  ];
}

/** Shown beside the metric that decides. */
const SHOWN_METRICS = [
  'sharpe_ratio',
  'cumulative_profit',
  'max_drawdown',
  'win_rate',
  'total_trades',
];

/**
 * Adds settings to the lines of a table.
 *
 * @param lines - A heading and one line per trial.
 * @param settings - Words per trial.
 * @param columns - Width of the terminal.
 */
export function withSettings(
  lines: readonly string[],
  settings: readonly (readonly string[])[],
  columns: number,
): string[] {
  const [heading = '', ...rows] = lines;
  const width = Math.max(...lines.map((line) => line.length));
  const beside = rows.map((row, k) =>
    settings[k]!.length === 0 ? row : `${row.padEnd(width)}  ${settings[k]!.join(' ')}`,
  );
  if (beside.every((line) => line.length <= columns)) {
    return settings.every((words) => words.length === 0)
      ? [...lines]
      : [`${heading.padEnd(width)}  settings`, ...beside];
  }
  const under = rows.flatMap((row, k) => [
    row,
    ...wrapWords(settings[k]!, columns, SETTINGS_INDENT),
  ]);
  return [heading, ...under];
}

const SETTINGS_INDENT = ' '.repeat(6);

/**
 * Returns what a column of a metric is called, with its unit where the cells do not say it.
 *
 * @param name - snake_case.
 * @param symbol - Tells the quote currency.
 */
export function metricHeading(name: string, symbol: string): string {
  const quote = quoteAsset(symbol);
  const isMoney = METRICS[metricColumn(name)]!.unit === 'quote' && quote !== 'quote';
  const money = isMoney ? ` (${quote})` : '';
  return `${SHORT_HEADINGS[name] ?? name.replaceAll('_', ' ')}${money}`;
}

const SHORT_HEADINGS: Readonly<Record<string, string>> = {
  sharpe_ratio: 'sharpe',
  sortino_ratio: 'sortino',
  calmar_ratio: 'calmar',
  cumulative_profit: 'profit',
  final_balance: 'balance',
  total_trades: 'trades',
};

/**
 * Returns a path as it is shortest to read: from the working folder when the file lies in it.
 *
 * @param file - Absolute.
 * @param workingFolder - Absolute.
 */
export function shownPath(file: string, workingFolder: string): string {
  const relative = path.relative(workingFolder, file);
  return relative.startsWith('..') ? file : relative;
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
