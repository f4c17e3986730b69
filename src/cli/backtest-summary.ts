import type { CandleSeries } from '../candles/index.js';
import { quoteAsset, timeframeMs } from '../domain/index.js';
import { METRICS, type Metrics } from '../metrics/index.js';
import type { Parameters } from '../strategies/index.js';
import { type Costs, costsText } from './costs-text.js';
import { displayMetric, grouped } from './metric-display.js';
import { sparkline } from './sparkline.js';
import type { Palette } from './terminal.js';
import { textTable } from './text-table.js';

/** What a summary tells. */
export interface BacktestSummary {
  readonly strategy: string;
  readonly parameters: Parameters;
  readonly candles: CandleSeries;
  /** Candles `[from, to)` that were traded. */
  readonly period: { readonly from: number; readonly to: number };
  readonly metrics: Metrics;
  /** Shape `[to - from]`, quote. */
  readonly equity: Float64Array;
  readonly initialBalance: number;
  /** Of the run, basis points. */
  readonly config: Costs;
  /** Sentences that a reader must not miss. */
  readonly notes: readonly string[];
  /** `[what, path]` of the files that were written. */
  readonly written: readonly (readonly [string, string])[];
}

/**
 * Returns the summary of a backtest as text.
 *
 * @param summary - What happened.
 * @param palette - Colours; plain on a pipe.
 * @param width - Of the terminal, characters.
 */
export function backtestSummary(summary: BacktestSummary, palette: Palette, width: number): string {
  const { candles, metrics, equity, initialBalance } = summary;
  const quote = quoteAsset(candles.symbol);
  const line = sparkline(equity, Math.max(20, Math.min(width, 100) - 2));
  const isGain = metrics.cumulativeProfit >= 0;
  return [
    palette.bold(
      `${summary.strategy} on ${candles.symbol} ${candles.timeframe} (${candles.market})`,
    ),
    ...heading(summary),
    '',
    ...metricLines(metrics, quote, width),
    '',
    `Equity, ${grouped(initialBalance, 2)} to ${grouped(metrics.finalBalance, 2)} ${quote}`,
    `  ${isGain ? palette.green(line) : palette.red(line)}`,
    ...(summary.notes.length === 0 ? [] : ['', ...summary.notes.map((note) => `Note: ${note}`)]),
    ...(summary.written.length === 0 ? [] : ['', ...writtenLines(summary.written)]),
  ].join('\n');
}

/** Label, value and unit; two metrics side by side where the terminal is wide enough. */
function metricLines(metrics: Metrics, quote: string, width: number): string[] {
  const cells = METRICS.map(({ key, label, unit }) => {
    const shown = displayMetric(metrics[key], unit, quote);
    return [label, shown.value, shown.unit];
  });
  const half = Math.ceil(cells.length / 2);
  const paired = textTable(
    cells.slice(0, half).map((left, i) => ['', ...left, '', ...(cells[half + i] ?? [])]),
    'llrlllrl',
  );
  if (paired.every((line) => line.length <= width)) return paired;
  return textTable(
    cells.map((cell) => ['', ...cell]),
    'llrl',
  );
}

function heading({ parameters, candles, period, config }: BacktestSummary): string[] {
  const count = period.to - period.from;
  const before =
    period.from > 0 ? `, ${grouped(period.from, 0)} earlier ones for warm-up only` : '';
  const start = new Date(candles.openTime[period.from]!).toISOString();
  const end = new Date(candles.openTime[period.to - 1]! + timeframeMs(candles.timeframe));
  const values = Object.entries(parameters)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}=${String(value)}`);
  return [
    `${minute(start)} to ${minute(end.toISOString())} UTC, ${grouped(count, 0)} candles${before}`,
    values.join(' '),
    `Costs: ${costsText(config)}`,
  ];
}

function minute(iso: string): string {
  return iso.slice(0, 16).replace('T', ' ');
}

function writtenLines(written: BacktestSummary['written']): string[] {
  return textTable(written, 'll');
}
