import { quoteAsset, timeframeMs } from '../domain/index.js';
import { METRICS, type MetricDescription } from '../metrics/index.js';
import type { BacktestReportInput } from './backtest-report-input.js';
import { html, type SafeHtml } from './html.js';
import { metricUnit } from './metric-unit.js';
import type { Section } from './page.js';
import { formatAs, formatDuration, type NumberUnit } from './shared/index.js';
import { backtestVerdict } from './verdict.js';

/** Groups one above the other, so that the columns are about as long. */
const METRIC_STACKS: readonly (readonly MetricDescription['group'][])[] = [
  ['Return', 'Costs and honesty'],
  ['Trades'],
  ['Risk'],
];

/**
 * Builds the sections that answer "what came out?": the verdict, and every metric with its unit.
 *
 * @param input - Result to show.
 */
export function headlineSections(input: BacktestReportInput): readonly Section[] {
  const asset = quoteAsset(input.candles.symbol);
  return [
    {
      id: 'result',
      title: 'Result',
      content: html`${verdictCard(input)}${tiles(input, asset)}`,
    },
    {
      id: 'metrics',
      title: 'All metrics',
      navigation: 'Metrics',
      lead: `Money in ${asset}. Returns are after commission and slippage.`,
      content: html`<div class="metrics">${METRIC_STACKS.map(
        (groups) =>
          html`<div>${groups.map((group) => html`<div class="card"><h3>${group}</h3><dl>${METRICS.filter((metric) => metric.group === group).map((metric) => metricRow(metric, input.metrics[metric.key], asset))}</dl></div>`)}</div>`,
      )}</div>`,
    },
  ];
}

function verdictCard(input: BacktestReportInput): SafeHtml {
  const verdict = input.verdict ?? backtestVerdict(input.metrics, input.rules.initialBalance);
  return html`<div class="card result"><p class="verdict">${verdict.sentence}</p>${
    verdict.cautions.length === 0
      ? undefined
      : html`<ul>${verdict.cautions.map((caution) => html`<li>${caution}</li>`)}</ul>`
  }</div>`;
}

function tiles(input: BacktestReportInput, asset: string): SafeHtml {
  const { metrics, rules, candles, period } = input;
  const spanMs =
    candles.openTime[period.to - 1]! +
    timeframeMs(candles.timeframe) -
    candles.openTime[period.from]!;
  const earned = metrics.cumulativeProfit / rules.initialBalance;
  const tile = (name: string, value: SafeHtml | string, detail: string): SafeHtml =>
    html`<div><dt>${name}</dt><dd>${value}<small>${detail}</small></dd></div>`;
  return html`<dl class="tiles">
${tile('Final balance', formatAs(metrics.finalBalance, 'quote'), `${asset}, from ${formatAs(rules.initialBalance, 'quote')}`)}
${tile('Return', tinted(earned, 'signed-fraction'), `in ${formatDuration(spanMs)}`)}
${tile('Buy and hold', tinted(metrics.buyAndHoldReturn, 'signed-fraction'), 'same period, no costs')}
${tile('Max drawdown', formatAs(metrics.maxDrawdown, 'fraction'), `longest ${formatDuration(metrics.maxDrawdownDuration)}`)}
${tile('Sharpe ratio', formatAs(metrics.sharpeRatio, 'ratio'), 'per year, daily returns')}
${tile('Trades', formatAs(metrics.totalTrades, 'count'), `${formatAs(metrics.winRate, 'percent')} won`)}
</dl>`;
}

function metricRow(metric: MetricDescription, value: number, asset: string): SafeHtml {
  const unit = metricUnit(metric);
  const shown = metric.isGainOrLoss ? tinted(value, unit) : formatAs(value, unit);
  return html`<div class="row"><dt>${metric.label}</dt><dd>${shown}${unitName(unit, asset)}</dd><dd class="why">${metric.meaning}</dd></div>`;
}

/** Prints a number with its sign and in the colour of gains or losses. */
export function tinted(value: number, unit: NumberUnit): SafeHtml {
  const tone = value > 0 ? 'gain' : value < 0 ? 'loss' : '';
  return html`<span class="${tone}">${formatAs(value, unit)}</span>`;
}

function unitName(unit: NumberUnit, asset: string): string {
  switch (unit) {
    case 'quote':
    case 'signed-quote':
      return ` ${asset}`;
    case 'candles':
      return ' candles';
    default:
      return '';
  }
}
