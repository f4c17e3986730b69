import {
  type AblationSummary,
  DETAIL_METRICS,
  type DetailMetric,
  type DetailsAnalysis,
  isHigherBetter,
  NOT_SET,
  type Slice,
  sortedQuantile,
  topTrials,
} from '../analysis/index.js';
import type { JudgementBlock } from '../config/index.js';
import { findMetric } from '../metrics/index.js';
import type { PlotFile } from './analysis-trades.js';
import { type Bar, barChart } from './charts/bar-chart.js';
import { type SliceMark, sliceChart } from './charts/slice-chart.js';
import { standaloneSvg } from './charts/standalone-svg.js';
import { heroSection } from './hero.js';
import { html, type SafeHtml } from './html.js';
import { judgementChecks } from './judgement-checks.js';
import { histogram } from './measures/histogram.js';
import { renderPage, type Section } from './page.js';
import {
  formatAs,
  formatNumber,
  formatShort,
  type HeatChoice,
  type HeatData,
  heatGrid,
  plural,
} from './shared/index.js';
import { definitionList, table } from './tables.js';
import { type RunAgain, trialsData, trialsSection } from './trials-section.js';
import { verdictSection } from './verdict-section.js';

/** The same parameters on candles that did not choose them. */
export interface OutOfSample {
  /** Log or details file. */
  readonly source: string;
  readonly period: string;
  /** Whether the periods share time: then it is no test. */
  readonly overlaps: boolean;
  /** Whether the parameters are known to be those of the in-sample row. */
  readonly isSameParameters: boolean;
  readonly rows: readonly {
    readonly metric: string;
    readonly inSample: number;
    readonly outOfSample: number;
  }[];
}

/** What a report of optimization details shows. */
export interface DetailsReportInput {
  readonly analysis: DetailsAnalysis;
  /** For example `RSI on BTCUSDT 1h`. */
  readonly title: string;
  /** In-sample period in words, or empty. */
  readonly period: string;
  readonly outOfSample: readonly OutOfSample[];
  readonly isSynthetic: boolean;
  /** Whether the winner is more than luck; `undefined` when that is not known. */
  readonly judgement:
    | { readonly sentence: string; readonly block: JudgementBlock | undefined }
    | undefined;
  /** How a trial is run again; `undefined` where that is not known. */
  readonly runAgain?: RunAgain | undefined;
  readonly command: string;
  readonly version: string;
  /** ms UTC. */
  readonly createdTime: number;
}

/**
 * Builds the HTML report of an optimization's details: one file that works offline.
 *
 * @param input - Analysis and where it comes from.
 */
export function renderDetailsReport(input: DetailsReportInput): string {
  const { analysis, title, period } = input;
  const { table: details } = analysis;
  const heat = heatData(analysis);
  const hasHeat = analysis.pairs.length > 0;
  const look = {
    top: topTrials(analysis),
    name: metricName,
    unit: (metric: DetailMetric) => UNITS[metric],
    runAgain: input.runAgain,
  };
  return renderPage({
    kind: 'Optimization details',
    title,
    subtitle: html`${period === '' ? undefined : html`${period} · `}${plural(details.rows, 'trial')} · ${metricName(analysis.question.metric)}`,
    isSynthetic: input.isSynthetic,
    sections: [
      resultSection(analysis, heat),
      ...luckSections(input),
      ...bestSection(analysis),
      ...trialsSection(analysis, look),
      sliceSection(analysis),
      filterSection(analysis),
      outOfSampleSection(input),
      fileSection(input),
    ],
    data: {
      ...(hasHeat ? { 'heat-data': heat } : {}),
      ...(analysis.bestRow === -1 ? {} : { 'trials-data': trialsData(analysis, look) }),
    },
    version: input.version,
    createdTime: input.createdTime,
  });
}

/**
 * Draws the plots of an analysis for files of their own.
 *
 * @param analysis - Of optimization details.
 */
export function detailsPlots(analysis: DetailsAnalysis): readonly PlotFile[] {
  const metric = metricName(analysis.question.metric);
  return [
    {
      name: 'distribution.svg',
      content: standaloneSvg(distributionBars(analysis), `${metric} of all trials`),
    },
    ...analysis.slices.map((slice) => ({
      name: `slice_${slice.parameter.replaceAll(/[^\w-]/g, '_')}.svg`,
      content: standaloneSvg(
        drawSlice(slice, analysis.question.metric),
        `${metric} by ${slice.parameter}`,
      ),
    })),
  ];
}

/**
 * Prints a metric of the details with its unit.
 *
 * @param value - In the unit of the metric.
 * @param metric - Its name.
 */
export function detailMetricText(value: number, metric: DetailMetric): string {
  return formatAs(value, UNITS[metric]);
}

const UNITS = {
  cumulative_profit: 'signed-quote',
  sharpe_ratio: 'ratio',
  sortino_ratio: 'ratio',
  calmar_ratio: 'ratio',
  profit_factor: 'ratio',
  max_drawdown: 'fraction',
  win_rate: 'percent',
  sqn: 'ratio',
  total_trades: 'count',
} as const;

function metricName(metric: DetailMetric): string {
  return findMetric(metric)?.label ?? metric;
}

/** Metric with the unit in which maps and charts print it. */
function metricAxis(metric: DetailMetric): string {
  const unit = { cumulative_profit: ' (quote)', max_drawdown: ' (fraction)', win_rate: ' (%)' };
  return `${metricName(metric)}${metric in unit ? unit[metric as keyof typeof unit] : ''}`;
}

function luckSections({ judgement }: DetailsReportInput): Section[] {
  if (judgement === undefined) return [];
  const { sentence, block } = judgement;
  return [verdictSection(sentence, block === undefined ? [] : judgementChecks(block))];
}

function resultSection(analysis: DetailsAnalysis, heat: HeatData): Section {
  const { bestRow, question, counted, distribution, table: details } = analysis;
  const name = metricName(question.metric);
  if (bestRow === -1) {
    return {
      id: 'result',
      title: 'Result',
      content: html`<div class="card result"><p class="verdict">No trial has at least ${plural(question.minTrades, 'trade')} and a ${name}.</p></div>`,
    };
  }
  const text = (value: number): string => detailMetricText(value, question.metric);
  const best = (metric: DetailMetric): string =>
    detailMetricText(details.metrics.get(metric)![bestRow]!, metric);
  const earned = formatAs(earningShare(analysis), 'fraction');
  const median = text(sortedQuantile(distribution, 0.5));
  return heroSection({
    sentence: `The best of ${plural(counted, 'trial')} has a ${name} of ${best(question.metric)}; the median is ${median}; ${earned} of all trials made a profit.`,
    picture:
      analysis.pairs.length > 0
        ? heatCard(analysis, heat)
        : html`<div class="card"><h3>All trials</h3>${distributionBars(analysis)}</div>`,
    tiles: [
      { name: `Best ${name}`, value: best(question.metric), detail: `median ${median}` },
      { name: 'Profitable trials', value: earned, detail: `of ${plural(counted, 'trial')}` },
      { name: 'Its profit', value: best('cumulative_profit'), detail: 'of the best trial, quote' },
      { name: 'Its max drawdown', value: best('max_drawdown'), detail: 'of the best trial' },
      { name: 'Its trades', value: best('total_trades'), detail: `${best('win_rate')} won` },
      { name: 'Trials', value: formatAs(details.rows, 'count'), detail: 'in the file' },
    ],
    cautions: [
      'The best of many trials is biased upwards by selection: look for a broad plateau in the heat map rather than a peak, and test it out-of-sample.',
      ...(counted < details.rows
        ? [
            `${plural(details.rows - counted, 'trial')} with fewer than ${plural(question.minTrades, 'trade')}, or without a ${name}, ${details.rows - counted === 1 ? 'is' : 'are'} excluded.`,
          ]
        : []),
    ],
  });
}

function earningShare({ table: details, question, counted }: DetailsAnalysis): number {
  const profits = details.metrics.get('cumulative_profit')!;
  const trades = details.metrics.get('total_trades')!;
  let winners = 0;
  for (let row = 0; row < details.rows; row++)
    if (trades[row]! >= question.minTrades && profits[row]! > 0) winners++;
  return winners / Math.max(1, counted);
}

function bestSection({ bestRow, table: details }: DetailsAnalysis): readonly Section[] {
  if (bestRow === -1) return [];
  return [
    {
      id: 'best',
      title: 'Best trial',
      content: html`<div class="card">${definitionList([
        ...details.parameters
          .map((column): [string, string] => [column.name, column.levels[column.codes[bestRow]!]!])
          .filter(([, level]) => level !== ''),
        ...DETAIL_METRICS.map((metric): [string, SafeHtml] => [
          metricName(metric),
          html`<b>${detailMetricText(details.metrics.get(metric)![bestRow]!, metric)}</b>`,
        ]),
      ])}</div>`,
    },
  ];
}

function distributionBars({ distribution, question }: DetailsAnalysis): SafeHtml {
  const bins = histogram(distribution);
  const every = Math.max(1, Math.ceil(bins.length / 7));
  const bars = bins.map(
    (bin, k): Bar => ({
      tick: k % every === 0 ? formatShort(bin.from) : '',
      value: bin.count,
      detail: `${formatShort(bin.from)} to ${formatShort(bin.to)}: ${plural(bin.count, 'trial')}`,
      tone: 'neutral',
    }),
  );
  return barChart(bars, {
    label: `Distribution of ${metricName(question.metric)} over the trials`,
    xName: metricAxis(question.metric),
    yName: 'trials',
  });
}

function heatData(analysis: DetailsAnalysis): HeatData {
  const short = (values: Float64Array): (number | null)[] =>
    Array.from(values, (value) =>
      Number.isNaN(value) ? null : Number.isFinite(value) ? Number(value.toPrecision(5)) : 1e9,
    );
  return {
    metrics: DETAIL_METRICS.map((name) => ({
      name,
      label: name === 'max_drawdown' ? 'Max drawdown (%)' : metricAxis(name),
      isHigherBetter: isHigherBetter(name),
      scale: name === 'max_drawdown' ? 100 : 1,
    })),
    axes: analysis.axes,
    pairs: analysis.pairs.map(({ a, b, counts, best, median }) => ({
      a,
      b,
      counts: [...counts],
      best: DETAIL_METRICS.map((metric) => short(best[metric])),
      median: DETAIL_METRICS.map((metric) => short(median[metric])),
    })),
  };
}

function heatCard(analysis: DetailsAnalysis, data: HeatData): SafeHtml {
  const metric = DETAIL_METRICS.indexOf(analysis.question.metric);
  const choice: HeatChoice = { rows: 0, columns: 1, metric, statistic: 'median' };
  const options = (names: readonly string[], chosen: number): SafeHtml =>
    html`${names.map((name, k) => html`<option value="${k}"${k === chosen ? SELECTED : undefined}>${name}</option>`)}`;
  const parameters = data.axes.map((axis) => axis.parameter);
  return html`<div class="card" id="heat-maps"><h3>Heat map</h3><p>Median or best value of a metric for each pair of values of two parameters, over all values of the other parameters. A stronger tint is better; the frame marks the best cell. The median shows plateaus, the best shows peaks. Click a cell to list its trials.</p><div class="filters" data-heat-controls hidden><label>Down <select name="rows">${options(parameters, 0)}</select></label><label>Across <select name="columns">${options(parameters, 1)}</select></label><label>Metric <select name="metric">${options(
    data.metrics.map(({ label }) => label),
    metric,
  )}</select></label><label>Shown <select name="statistic"><option value="median" selected>median</option><option value="best">best</option></select></label></div><div class="scroll-x" data-heat-map tabindex="0" role="group" aria-label="Heat map of two parameters">${staticHeat(data, choice)}</div></div>`;
}

const SELECTED = html` selected`;

/** The same table that the page's script draws, for paper and where scripts are off. */
function staticHeat(data: HeatData, choice: HeatChoice): SafeHtml {
  const grid = heatGrid(data, choice);
  return html`<table class="heat pair"><thead><tr><th class="side-name">${grid.rowName} ↓  ${grid.columnName} →</th>${grid.columns.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead><tbody>${grid.rows.map(
    (row) =>
      html`<tr><th scope="row">${row.name}</th>${row.cells.map((cell) => html`<td class="shade${cell.isTop ? ' mark' : ''}" style="--tint:${cell.tint}%" title="${cell.title}">${cell.text}</td>`)}</tr>`,
  )}</tbody></table>`;
}

function sliceSection(analysis: DetailsAnalysis): Section {
  const { slices, question } = analysis;
  return {
    id: 'slices',
    title: 'Single parameters',
    navigation: 'Slices',
    lead: `${metricName(question.metric)} of the trials with the same value: whiskers from the 5th to the 95th percentile, box for the interquartile range, bar at the median, dot at the best trial. "Explains" is the share of the variance between the values (eta squared): near zero, the parameter hardly matters.`,
    content:
      slices.length === 0
        ? html`<div class="card"><p>Every parameter has a single value.</p></div>`
        : html`<div class="grid thirds"><div class="card"><h3>All trials</h3><p>Distribution of the ${metricName(question.metric)}. The outermost bars include all values beyond.</p>${distributionBars(analysis)}</div>${slices.map((slice) => html`<div class="card"><h3>${slice.parameter}</h3><p>Explains ${formatAs(slice.explained, 'fraction')} of the variance.</p>${drawSlice(slice, question.metric)}</div>`)}</div>`,
  };
}

function drawSlice({ parameter, levels }: Slice, metric: DetailMetric): SafeHtml {
  const marks = levels.map(
    (level): SliceMark => ({
      ...level,
      tick: shortTick(level.level),
      detail: `${parameter} ${level.level || NOT_SET}: median ${detailMetricText(level.median, metric)}, best ${detailMetricText(level.best, metric)}, ${plural(level.trials, 'trial')}`,
    }),
  );
  return sliceChart(marks, {
    label: `${metricName(metric)} by ${parameter}`,
    xName: parameter,
    yName: metricAxis(metric),
  });
}

function shortTick(level: string): string {
  if (level === '') return NOT_SET;
  return level.length > 8 ? `${level.slice(0, 7)}…` : level;
}

function filterSection({ ablations, question }: DetailsAnalysis): Section {
  const metric = metricName(question.metric);
  const better = isHigherBetter(question.metric);
  return {
    id: 'filters',
    title: 'Effect of the filters',
    navigation: 'Filters',
    lead: `Pairs of trials that differ only in the filter: ${metric} with the filter minus ${metric} without it.`,
    content: html`<div class="grid">${ablations.map(
      ({ filter, overall, settings }) =>
        html`<div class="card wide"><h3>${capital(filter)}</h3>${
          overall === undefined
            ? html`<p>No two trials differ only in this filter: add both on and off to the grid.</p>`
            : html`<p>${ablationSentence(overall, question.metric, better)}</p>${ablationTable([overall, ...settings], question.metric)}`
        }</div>`,
    )}${ablations.length === 0 ? html`<div class="card wide"><p>The details file has no filter columns.</p></div>` : undefined}</div>`,
  };
}

/** One sentence for report and terminal. */
export function ablationSentence(
  { pairs, median, raisedShare }: AblationSummary,
  metric: DetailMetric,
  isHigher: boolean = isHigherBetter(metric),
): string {
  const isGood = isHigher ? median > 0 : median < 0;
  const share = isHigher ? raisedShare : 1 - raisedShare;
  const verb = median === 0 ? 'changed nothing for' : isGood ? 'helped' : 'hurt';
  return `It ${verb} the typical trial: the median ${metricName(metric)} ${median >= 0 ? 'rises' : 'falls'} by ${detailMetricText(Math.abs(median), metric).replace('+', '')}; ${formatAs(share, 'fraction')} of ${plural(pairs, 'pair')} did better with it.`;
}

function ablationTable(rows: readonly AblationSummary[], metric: DetailMetric): SafeHtml {
  const change = (value: number, of: DetailMetric = metric): string =>
    `${value > 0 ? '+' : ''}${detailMetricText(value, of).replace(/^\+/, '')}`;
  return table(
    [
      {
        name: 'Setting',
        isText: true,
        cell: (row) => html`<span class="long">${row.setting}</span>`,
      },
      { name: 'Pairs', cell: (row) => formatAs(row.pairs, 'count') },
      { name: 'Raised', cell: (row) => formatAs(row.raisedShare, 'fraction') },
      { name: '25 %', cell: (row) => change(row.p25) },
      { name: 'Median', cell: (row) => html`<b>${change(row.median)}</b>` },
      { name: '75 %', cell: (row) => change(row.p75) },
      { name: 'Mean', cell: (row) => change(row.mean) },
      { name: 'Profit (median, quote)', cell: (row) => change(row.profit, 'cumulative_profit') },
      { name: 'Max drawdown (median)', cell: (row) => change(row.maxDrawdown, 'max_drawdown') },
      { name: 'Trades (median)', cell: (row) => change(row.trades, 'total_trades') },
    ],
    rows,
    `Change of ${metricName(metric)} by the filter, over pairs of trials`,
  );
}

function outOfSampleSection({ outOfSample }: DetailsReportInput): Section {
  return {
    id: 'out-of-sample',
    title: 'In-sample and out-of-sample',
    navigation: 'Out-of-sample',
    lead: 'Results of the same parameters in-sample, on the candles of the optimization, and out-of-sample.',
    content: html`<div class="grid">${
      outOfSample.length === 0
        ? html`<div class="card wide"><p>No out-of-sample result for this strategy, symbol and interval: run "wus forward-test" on later candles, then analyze again.</p></div>`
        : outOfSample.map(
            (test) =>
              html`<div class="card"><h3>${test.source}</h3><p>${test.period}.${test.overlaps ? html` <b>The periods overlap: this is not an out-of-sample test.</b>` : undefined}${test.isSameParameters ? undefined : html` The log does not record its parameters: compared with the best trial.`}</p>${table(
                [
                  {
                    name: 'Metric',
                    isText: true,
                    cell: (row) => metricName(row.metric as DetailMetric),
                  },
                  {
                    name: 'In-sample',
                    cell: (row) => detailMetricText(row.inSample, row.metric as DetailMetric),
                  },
                  {
                    name: 'Out-of-sample',
                    cell: (row) => detailMetricText(row.outOfSample, row.metric as DetailMetric),
                  },
                ],
                test.rows,
                'Metrics of one parameter set in both periods',
              )}</div>`,
          )
    }</div>`,
  };
}

function fileSection({ analysis, command }: DetailsReportInput): Section {
  const { table: details } = analysis;
  return {
    id: 'file',
    title: 'File',
    content: html`<div class="card">${definitionList([
      ['Details', details.path],
      ['Trials', formatNumber(details.rows, 0)],
      ...details.notes.map((note): [string, string] => ['Note', note]),
      ...details.parameters
        .filter(({ levels }) => levels.length === 1)
        .map(({ name, levels }): [string, string] => [name, levels[0] || NOT_SET]),
    ])}<div class="command" style="margin-top:12px"><pre id="command" tabindex="0">${command}</pre><button type="button" data-copy="command" hidden>Copy</button></div></div>`,
  };
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
