import { DAY_MS, quoteAsset, timeframeMs } from '../domain/index.js';
import {
  expectedShortfall,
  METRICS,
  type MetricDescription,
  periodReturns,
  returnsPerYear,
  valueAtRisk,
  volatility,
} from '../metrics/index.js';
import { EQUITY_CHART_ID } from './backtest-payload.js';
import type { BacktestReportInput } from './backtest-report-input.js';
import { lineChart } from './charts/line-chart.js';
import { HERO_HEIGHT, heroSection, type Tile } from './hero.js';
import { html, type SafeHtml } from './html.js';
import { metricUnit } from './metric-unit.js';
import type { Section } from './page.js';
import { formatAs, formatDuration, type NumberUnit } from './shared/index.js';
import { timeChart } from './time-chart-card.js';
import { backtestVerdict } from './verdict.js';

/** Groups one above the other, so that the columns are about as long. */
const METRIC_STACKS: readonly (readonly MetricDescription['group'][])[] = [
  ['Return', 'Costs and data limits'],
  ['Trades'],
  ['Risk'],
];

/**
 * Builds the first section: equity with drawdown, the verdict and the headline figures.
 *
 * @param input - Result to show.
 */
export function resultSection(input: BacktestReportInput): Section {
  const { sentence, cautions } =
    input.verdict ?? backtestVerdict(input.metrics, input.rules.initialBalance);
  return heroSection({
    sentence,
    cautions,
    picture: html`${timeChart(EQUITY_CHART_ID, 'Equity, buy and hold, and drawdown over time', HERO_HEIGHT)}${staticEquity(input)}`,
    tiles: tiles(input, quoteAsset(input.candles.symbol)),
  });
}

/**
 * Builds the table of all metrics, each with its unit and meaning.
 *
 * @param input - Result to show.
 */
export function metricsSection(input: BacktestReportInput): Section {
  const asset = quoteAsset(input.candles.symbol);
  return {
    id: 'metrics',
    title: 'All metrics',
    navigation: 'Metrics',
    lead: `Money in ${asset}. Returns are after commission and slippage.`,
    content: html`<div class="metrics">${METRIC_STACKS.map(
      (groups) =>
        html`<div>${groups.map((group) => html`<div class="card"><h3>${group}</h3><dl>${METRICS.filter((metric) => metric.group === group).map((metric) => metricRow(metric, input.metrics[metric.key], asset))}${group === 'Risk' ? riskRows(input) : undefined}</dl></div>`)}</div>`,
    )}</div>`,
  };
}

function tiles(input: BacktestReportInput, asset: string): Tile[] {
  const { metrics, rules, candles, period } = input;
  const spanMs =
    candles.openTime[period.to - 1]! +
    timeframeMs(candles.timeframe) -
    candles.openTime[period.from]!;
  const earned = metrics.cumulativeProfit / rules.initialBalance;
  const tile = (name: string, value: SafeHtml | string, detail: string): Tile => ({
    name,
    value,
    detail,
  });
  return [
    tile('Return', tinted(earned, 'signed-fraction'), `in ${formatDuration(spanMs)}`),
    tile(
      'Buy and hold',
      tinted(metrics.buyAndHoldReturn, 'signed-fraction'),
      'same period, without costs',
    ),
    tile(
      'Max drawdown',
      formatAs(metrics.maxDrawdown, 'fraction'),
      `longest ${formatDuration(metrics.maxDrawdownDuration)}`,
    ),
    tile('Sharpe ratio', formatAs(metrics.sharpeRatio, 'ratio'), 'annualized, daily returns'),
    tile(
      'Trades',
      formatAs(metrics.totalTrades, 'count'),
      `${formatAs(metrics.winRate, 'percent')} won`,
    ),
    tile(
      'Final balance',
      formatAs(metrics.finalBalance, 'quote'),
      `${asset}, from ${formatAs(rules.initialBalance, 'quote')}`,
    ),
  ];
}

/** For paper, and where scripts are off. */
function staticEquity(input: BacktestReportInput): SafeHtml {
  const { candles, period, run, rules } = input;
  const times = candles.openTime.subarray(period.from, period.to);
  const factor = rules.initialBalance / candles.open[period.from]!;
  const holding = candles.close.subarray(period.from, period.to).map((close) => close * factor);
  const chart = lineChart(
    times,
    [
      { label: 'Buy and hold', className: 'muted', values: holding },
      { label: 'Equity', className: 'equity', values: run.equity },
    ],
    { label: 'Equity and buy and hold', yName: `equity (${quoteAsset(candles.symbol)})` },
  );
  return html`<div class="paper">${chart}<p>Solid: equity. Dashed: buy and hold.</p></div>`;
}

function metricRow(metric: MetricDescription, value: number, asset: string): SafeHtml {
  const unit = metricUnit(metric);
  const shown = metric.isGainOrLoss ? tinted(value, unit) : formatAs(value, unit);
  return html`<div class="row"><dt>${metric.label}</dt><dd>${shown}${unitName(unit, asset)}</dd><dd class="why">${metric.meaning}</dd></div>`;
}

/** What a day may cost: of the returns that the Sharpe ratio is measured on. */
function riskRows({ candles, period, run, rules }: BacktestReportInput): readonly SafeHtml[] {
  const candleMs = timeframeMs(candles.timeframe);
  const openTimes = candles.openTime.subarray(period.from, period.to);
  const returns = periodReturns(rules.initialBalance, run.equity, openTimes, candleMs);
  const unit = candleMs > DAY_MS ? 'candle' : 'day';
  const row = (name: string, value: number, why: string): SafeHtml =>
    html`<div class="row"><dt>${name}</dt><dd>${formatAs(value, 'fraction')}</dd><dd class="why">${why}</dd></div>`;
  return [
    row(
      'Volatility',
      volatility(returns, returnsPerYear(candleMs)),
      'Standard deviation of the daily returns, annualized (× √365).',
    ),
    row(
      `Value at risk, 95\u00a0%`,
      valueAtRisk(returns),
      `Historical: the loss did not exceed this share of the equity on 95 % of the ${unit}s.`,
    ),
    row(
      `Expected shortfall, 95\u00a0%`,
      expectedShortfall(returns),
      `Mean loss of the worst 5 % of the ${unit}s (CVaR).`,
    ),
  ];
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
