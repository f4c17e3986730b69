import path from 'node:path';
import type { BacktestResult } from '../backtest/index.js';
import { quoteAsset, type SettingValues } from '../domain/index.js';
import type { ForwardTest } from '../forward-test/index.js';
import { findMetric } from '../metrics/index.js';
import { forwardTestVerdict } from '../report/index.js';
import { EXIT_AXES, FILTER_RULES, withoutLaterDefaults } from '../settings/index.js';
import { costsText } from './costs-text.js';
import type { FinishedForwardTest } from './finished-forward-test.js';
import { displayMetric, grouped } from './metric-display.js';
import { monteCarloRows } from './monte-carlo-text.js';
import { plainText } from './plain-text.js';
import type { Palette } from './terminal.js';
import { textTable } from './text-table.js';

/**
 * Returns the summary of a forward test as text.
 *
 * @param finished - What happened.
 * @param palette - Colours; plain on a pipe.
 */
export function forwardTestSummary(finished: FinishedForwardTest, palette: Palette): string {
  const { test, notes, reportFile, tradesFile, traceFile, plotFiles } = finished;
  const { candles, period, strategy, config } = test.outOfSample;
  const { sentence, cautions } = forwardTestVerdict(test);
  const settings = Object.entries({
    ...test.outOfSample.parameters,
    ...exits(config),
    ...filters(config),
  })
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}=${String(value)}`);
  const isGood = test.judgement.outcome === 'confirmed';
  const verdict = plainText(sentence);
  return [
    palette.bold(
      `${strategy.name} on ${candles.symbol} ${candles.timeframe} (${candles.market}), forward test`,
    ),
    ...textTable(
      [
        [
          'Unseen',
          `${span(test.forwardPeriod)} UTC, ${grouped(period.to - period.from, 0)} candles`,
        ],
        ['Optimized', `${span(test.optimizationPeriod)} UTC, by ${test.optimized.metric}`],
        ['Frozen', settings.join(' ')],
        ['Costs', costsText(config)],
      ],
      'll',
    ),
    '',
    ...comparison(test.inSample, test.outOfSample),
    ...textTable(monteCarloRows(test.monteCarlo, test.outOfSample.rules), 'll'),
    '',
    isGood ? palette.green(verdict) : palette.yellow(verdict),
    ...cautions.map((caution) => `- ${plainText(caution)}`),
    ...(notes.length === 0 ? [] : ['', ...notes.map((note) => `Note: ${note}`)]),
    '',
    ...textTable(
      [
        ['Report', reportFile],
        ['Trades', tradesFile],
        ...(traceFile === undefined ? [] : [['Trace', traceFile]]),
        ['Plots', `${path.dirname(plotFiles[0]!)}/ (${plotFiles.length} files)`],
      ],
      'll',
    ),
  ].join('\n');
}

/** Whether nothing speaks against the settings so far: more unseen candles, with play money, can only tell more. */
export function isHeldUp(outcome: ForwardTest['judgement']['outcome']): boolean {
  return outcome === 'confirmed' || outcome === 'not-confirmed-yet';
}

const COMPARED = [
  'total_trades',
  'cagr',
  'buy_and_hold_return',
  'max_drawdown',
  'sharpe_ratio',
  'profit_factor',
  'win_rate',
  'expectancy',
] as const;

const LABELS: Readonly<Record<(typeof COMPARED)[number], string>> = {
  total_trades: 'Trades',
  cagr: 'Growth per year',
  buy_and_hold_return: 'Buy and hold',
  max_drawdown: 'Max drawdown',
  sharpe_ratio: 'Sharpe ratio per year',
  profit_factor: 'Profit factor',
  win_rate: 'Win rate',
  expectancy: 'Mean return per trade',
};

function comparison(inSample: BacktestResult | undefined, outOfSample: BacktestResult): string[] {
  const columns = inSample === undefined ? [outOfSample] : [inSample, outOfSample];
  const header = ['', ...(inSample === undefined ? [] : ['in-sample']), 'out-of-sample'];
  const rows = [
    [
      'Return',
      ...columns.map(
        ({ metrics, rules }) =>
          `${grouped((100 * metrics.cumulativeProfit) / rules.initialBalance, 2)} %`,
      ),
    ],
    ...COMPARED.map((name) => [LABELS[name], ...columns.map((result) => metricCell(result, name))]),
  ];
  return textTable([header, ...rows], 'lrr');
}

/**
 * Returns a metric with its percent sign, for a table.
 *
 * @param result - Whose metric.
 * @param name - snake_case.
 */
export function metricCell(result: BacktestResult, name: string): string {
  const metric = findMetric(name);
  if (metric === undefined) throw new Error(`There is no metric ${name}`);
  const { value, unit } = displayMetric(
    result.metrics[metric.key],
    metric.unit,
    quoteAsset(result.candles.symbol),
  );
  return unit.startsWith('%') ? `${value} %` : value;
}

function exits(config: BacktestResult['config']): SettingValues {
  const values = config as unknown as SettingValues;
  return withoutLaterDefaults(Object.fromEntries(EXIT_AXES.map(({ key }) => [key, values[key]!])));
}

/** Settings of the filters that are on; a text that is empty says nothing. */
function filters(config: BacktestResult['config']): SettingValues {
  const values = config as unknown as SettingValues;
  const on = FILTER_RULES.filter(({ apply }) => values[apply.key] === true);
  const own = on.flatMap(({ settings }) => settings.map(({ key }) => [key, values[key]!] as const));
  return Object.fromEntries(own.filter(([, value]) => value !== ''));
}

function span({ start, end }: { readonly start: number; readonly end: number }): string {
  return `${minute(start)} to ${minute(end)}`;
}

function minute(time: number): string {
  return new Date(time).toISOString().slice(0, 16).replace('T', ' ');
}
