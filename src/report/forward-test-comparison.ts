import type { BacktestResult } from '../backtest/index.js';
import { quoteAsset } from '../domain/index.js';
import type { ForwardTest } from '../forward-test/index.js';
import { findMetric, METRICS, type MetricDescription } from '../metrics/index.js';
import { tinted } from './backtest-headline.js';
import { lineChart } from './charts/line-chart.js';
import { type HtmlPart, html, type SafeHtml } from './html.js';
import { metricUnit } from './metric-unit.js';
import type { Section } from './page.js';
import {
  formatAs,
  formatDate,
  formatDuration,
  formatNumber,
  formatTime,
  plural,
} from './shared/index.js';
import { table } from './tables.js';

/** Metrics that do not grow with the length of a period, so that both columns can be compared. */
const COMPARED = [
  'cagr',
  'buyAndHoldReturn',
  'maxDrawdown',
  'sharpeRatio',
  'sortinoRatio',
  'profitFactor',
  'winRate',
  'expectancy',
  'timeInMarket',
  'avgCandlesHeld',
] as const;

/** As high as the table beside it. */
const GROWTH_SIZE = { width: 440, height: 400 };
const YEAR_MS = 365 * 86_400_000;

interface ComparisonRow {
  readonly name: string;
  readonly value: (result: BacktestResult) => HtmlPart;
}

/**
 * Builds the section that puts the optimization period beside the forward period.
 *
 * @param test - Finished forward test.
 */
export function comparisonSection(test: ForwardTest): Section {
  const { inSample, sharpeKept, optimized } = test;
  const kept =
    sharpeKept === undefined
      ? undefined
      : html` Out-of-sample Sharpe ratio over in-sample: <b>${formatNumber(sharpeKept, 2)}</b> (1: no loss; informative, not part of the verdict).`;
  const recorded = Number(optimized.value);
  return {
    id: 'comparison',
    title: 'In-sample against out-of-sample',
    navigation: 'Comparison',
    lead: html`In-sample are the candles of the optimization, where selection makes the results too good. Out-of-sample are candles that the optimizer did not use.${kept}`,
    content: html`<div class="grid two"><div class="card compare">${comparisonTable(test)}</div><div class="card"><h3>Equity in both periods</h3><p>${inSample === undefined ? 'Blue: out-of-sample.' : 'Grey dashed: in-sample. Blue: out-of-sample.'} Both periods start with the same balance.</p>${growthChart(test)}<p class="small-print">Optimized ${formatTime(Date.parse(optimized.optimized_at))} UTC by ${optimized.metric}: ${formatMetric(optimized.metric, recorded)} over ${plural(optimized.trades, 'trade')}, on candles from ${formatDate(test.optimizationPeriod.start)} to ${formatDate(test.optimizationPeriod.end)}.</p></div></div>`,
  };
}

function comparisonTable({ inSample, outOfSample, ...test }: ForwardTest): SafeHtml {
  const length = (result: BacktestResult): number =>
    result === outOfSample
      ? test.forwardPeriod.end - test.forwardPeriod.start
      : test.optimizationPeriod.end - test.optimizationPeriod.start;
  const asset = quoteAsset(outOfSample.candles.symbol);
  const rows: ComparisonRow[] = [
    { name: 'Length of the period', value: (result) => formatDuration(length(result)) },
    { name: 'Trades', value: ({ metrics }) => formatAs(metrics.totalTrades, 'count') },
    {
      name: 'Trades per year',
      value: (result) => formatNumber((result.metrics.totalTrades * YEAR_MS) / length(result), 0),
    },
    {
      name: 'Return of the whole period',
      value: ({ metrics, rules }) =>
        tinted(metrics.cumulativeProfit / rules.initialBalance, 'signed-fraction'),
    },
    ...COMPARED.map((key) => metricRow(entryOf(key))),
  ];
  return table<ComparisonRow>(
    [
      { name: 'Metric', isText: true, cell: (row) => row.name },
      ...(inSample === undefined
        ? []
        : [{ name: 'In-sample', cell: (row: ComparisonRow) => row.value(inSample) }]),
      { name: 'Out-of-sample', cell: (row: ComparisonRow) => row.value(outOfSample) },
    ],
    rows,
    `Same parameters, stops, filters and initial balance (${formatAs(outOfSample.rules.initialBalance, 'quote')} ${asset}) in both periods; after costs`,
  );
}

function metricRow(metric: MetricDescription): ComparisonRow {
  const { label, key, isGainOrLoss } = metric;
  const unit = metricUnit(metric);
  const name = key === 'cagr' ? 'Growth per year (CAGR)' : label;
  return {
    name: unit === 'candles' ? `${name} (candles)` : name,
    value: ({ metrics }) =>
      isGainOrLoss ? tinted(metrics[key], unit) : formatAs(metrics[key], unit),
  };
}

function entryOf(key: (typeof COMPARED)[number]): MetricDescription {
  const entry = METRICS.find((one) => one.key === key);
  if (entry === undefined) throw new Error(`No metric ${key}`);
  return entry;
}

function formatMetric(name: string, value: number): string {
  const metric = findMetric(name);
  return formatAs(value, metric === undefined ? 'ratio' : metricUnit(metric));
}

/** Periods that overlap would lie on top of each other: only the forward one is drawn then. */
function growthChart({ inSample, outOfSample, overlap }: ForwardTest): SafeHtml {
  const first = overlap === undefined ? inSample : undefined;
  const results = [first, outOfSample]
    .filter((result) => result !== undefined)
    .sort((a, b) => a.period.from - b.period.from);
  const length = results.reduce((sum, { run }) => sum + run.equity.length, 0);
  const times = new Float64Array(length);
  const columns = new Map(
    results.map((result) => [result, new Float64Array(length).fill(Number.NaN)]),
  );
  let at = 0;
  for (const result of results) {
    const { candles, period, run } = result;
    times.set(candles.openTime.subarray(period.from, period.to), at);
    columns.get(result)!.set(run.equity, at);
    at += run.equity.length;
  }
  const asset = quoteAsset(outOfSample.candles.symbol);
  return lineChart(
    times,
    results.map((result) => ({
      label: result === outOfSample ? 'Out-of-sample' : 'In-sample',
      className: result === outOfSample ? 'equity' : 'muted',
      values: columns.get(result)!,
    })),
    {
      ...GROWTH_SIZE,
      label: 'Equity in-sample and out-of-sample',
      yName: `equity (${asset})`,
      isLog: true,
    },
  );
}
