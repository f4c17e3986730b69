import path from 'node:path';
import type { Band, MonteCarloRuns } from '../analysis/index.js';
import type { BacktestResult } from '../backtest/index.js';
import { quoteAsset } from '../domain/index.js';
import { findMetric, metricsRecord } from '../metrics/index.js';
import { forwardTestVerdict } from '../report/index.js';
import type { FinishedForwardTest } from './forward-test-job.js';
import { displayMetric, grouped } from './metric-display.js';
import { isSynthetic } from './provenance.js';
import type { Palette } from './terminal.js';
import { textTable } from './text-table.js';

/**
 * Returns the summary of a forward test as text.
 *
 * @param finished - What happened.
 * @param palette - Colours; plain on a pipe.
 */
export function forwardTestSummary(finished: FinishedForwardTest, palette: Palette): string {
  const { test, notes, reportFile, tradesFile, plotFiles } = finished;
  const { candles, period, strategy, config } = test.outOfSample;
  const { sentence, cautions } = forwardTestVerdict(test);
  const settings = Object.entries({ ...test.outOfSample.parameters, ...stops(config) })
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}=${String(value)}`);
  const isGood = ['held-up', 'held-up-so-far'].includes(test.judgement.outcome);
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
      ],
      'll',
    ),
    '',
    ...comparison(test.inSample, test.outOfSample),
    '',
    isGood ? palette.green(verdict) : palette.yellow(verdict),
    ...cautions.map((caution) => `- ${plainText(caution)}`),
    ...(notes.length === 0 ? [] : ['', ...notes.map((note) => `Note: ${note}`)]),
    '',
    ...textTable(
      [
        ['Report', reportFile],
        ['Trades', tradesFile],
        ['Plots', `${path.dirname(plotFiles[0]!)}/ (${plotFiles.length} files)`],
      ],
      'll',
    ),
  ].join('\n');
}

/**
 * Returns what `--json` prints: keys in snake_case, `Infinity` as text.
 *
 * @param finished - What happened.
 */
export function forwardTestJson(finished: FinishedForwardTest): Record<string, unknown> {
  const { test, loaded, notes, command, reportFile, tradesFile, plotFiles } = finished;
  const { config, parameters, candles, strategy, metrics } = test.outOfSample;
  const { strategy: _strategy, params: _params, files: _files, ...rules } = config;
  const { sentence, cautions } = forwardTestVerdict(test);
  return {
    command,
    synthetic: isSynthetic(loaded),
    strategy: strategy.name,
    symbol: candles.symbol,
    market: candles.market,
    interval: candles.timeframe,
    parameters,
    config: rules,
    forward_period: isoPeriod(test.forwardPeriod),
    optimization_period: isoPeriod(test.optimizationPeriod),
    overlap: test.overlap === undefined ? null : isoPeriod(test.overlap),
    outcome: test.judgement.outcome,
    doubts: test.judgement.doubts,
    judgement: [sentence, ...cautions].map(plainText),
    sharpe_oos_over_is: test.judgement.efficiency ?? null,
    probability_of_positive_sharpe: Number.isNaN(test.probability) ? null : test.probability,
    out_of_sample: metricsRecord(metrics),
    in_sample: test.inSample === undefined ? null : metricsRecord(test.inSample.metrics),
    monte_carlo: monteCarloRecord(finished),
    files: loaded.files,
    data_hash: loaded.dataHash,
    optimized_data_hash: test.optimized.data_hash,
    notes,
    report: reportFile,
    trades_file: tradesFile,
    plots: plotFiles,
  };
}

/** Reports print a true minus and unbreakable blanks; terminals and programs read plain text. */
function plainText(text: string): string {
  return text.replaceAll('\u2212', '-').replaceAll('\u00a0', ' ');
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

function monteCarloRecord({ test }: FinishedForwardTest): Record<string, unknown> | null {
  const found = test.monteCarlo;
  if (found === undefined) return null;
  return {
    seed: found.seed,
    runs: found.runs,
    mean_block: found.meanBlock,
    ruin_loss: found.ruinLoss,
    block_bootstrap: runsRecord(found.blockBootstrap),
    trade_shuffle: runsRecord(found.tradeShuffle),
  };
}

function runsRecord(runs: MonteCarloRuns | undefined): Record<string, Band | number> | null {
  if (runs === undefined) return null;
  return {
    final_balance: runs.finalBalance,
    max_drawdown: runs.maxDrawdown,
    risk_of_ruin: runs.riskOfRuin,
    risk_of_loss: runs.riskOfLoss,
  };
}

function stops(config: BacktestResult['config']): Record<string, number | null> {
  const { stop_loss_pct, take_profit_pct, trailing_stop_loss_pct } = config;
  return { stop_loss_pct, take_profit_pct, trailing_stop_loss_pct };
}

function span({ start, end }: { readonly start: number; readonly end: number }): string {
  return `${minute(start)} to ${minute(end)}`;
}

function minute(time: number): string {
  return new Date(time).toISOString().slice(0, 16).replace('T', ' ');
}

function isoPeriod({ start, end }: { readonly start: number; readonly end: number }): object {
  return { start: new Date(start).toISOString(), end: new Date(end).toISOString() };
}
