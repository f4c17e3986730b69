import { quoteAsset } from '../domain/index.js';
import type { ForwardTest } from '../forward-test/index.js';
import { barChart } from './charts/bar-chart.js';
import { lineChart } from './charts/line-chart.js';
import { standaloneSvg } from './charts/standalone-svg.js';

import type { SafeHtml } from './html.js';
import { type MonthlyReturn, monthlyReturns } from './measures/monthly-returns.js';
import { rollingLines } from './rolling-section.js';
import { formatAs, formatDate } from './shared/index.js';

/** A drawing in a file of its own. */
export interface Plot {
  /** Last part of the file name: `equity`. */
  readonly name: string;
  readonly svg: string;
}

/** Pixels. */
const SIZE = { width: 860, height: 380 } as const;
/** More months than this are named by their years. */
const MONTHS_NAMED_MAX = 14;

/**
 * Draws equity, drawdown, rolling Sharpe ratio and monthly returns of a forward test.
 *
 * @param test - Finished forward test.
 * @returns Stand-alone SVG documents.
 */
export function forwardTestPlots(test: ForwardTest): readonly Plot[] {
  const { candles, period, run, rules, strategy } = test.outOfSample;
  const times = candles.openTime.subarray(period.from, period.to);
  const factor = rules.initialBalance / candles.open[period.from]!;
  const holding = candles.close.subarray(period.from, period.to).map((close) => close * factor);
  const months = monthlyReturns(times, run.equity, rules.initialBalance);
  const span = `${formatDate(test.forwardPeriod.start)} to ${formatDate(test.forwardPeriod.end)} UTC`;
  const plot = (name: string, title: string, legend: string, chart: SafeHtml): Plot => ({
    name,
    svg: standaloneSvg(
      chart,
      `${title}: ${strategy.name} on ${candles.symbol} ${candles.timeframe} (${candles.market}), forward test`,
      `${span}. ${legend}`,
    ),
  });
  return [
    plot(
      'equity',
      'Equity',
      'Solid: equity at candle closes, after costs. Dashed: buy and hold of the same initial balance.',
      lineChart(
        times,
        [
          { label: 'Buy and hold', className: 'muted', values: holding },
          { label: 'Equity', className: 'equity', values: run.equity },
        ],
        { ...SIZE, label: 'Equity', yName: `equity (${quoteAsset(candles.symbol)})` },
      ),
    ),
    plot(
      'drawdown',
      'Drawdown',
      `Drawdown from the highest equity so far; the maximum is ${formatAs(test.outOfSample.metrics.maxDrawdown, 'fraction')}.`,
      lineChart(
        times,
        [
          {
            label: 'Drawdown',
            className: 'second',
            values: drawdown(run.equity, rules.initialBalance),
            keep: 'lowest',
          },
        ],
        { ...SIZE, label: 'Drawdown', yName: 'drawdown (%)' },
      ),
    ),
    plot(
      'rolling_sharpe',
      'Rolling Sharpe ratio',
      test.rollingSharpe.lines
        .map(({ days }, k) => `${k === 0 ? 'Blue' : 'Orange'}: the last ${days} days.`)
        .join(' '),
      lineChart(test.rollingSharpe.times, rollingLines(test.rollingSharpe), {
        ...SIZE,
        label: 'Rolling Sharpe ratio',
        yName: 'Sharpe ratio per year',
      }),
    ),
    plot(
      'monthly_returns',
      'Monthly returns',
      'Return of each calendar month.',
      barChart(
        months.map((month) => ({
          tick: monthTick(month, months),
          value: 100 * month.value,
          detail: `${monthName(month)}: ${formatAs(month.value, 'signed-fraction')}`,
        })),
        { ...SIZE, label: 'Monthly returns', xName: 'month (UTC)', yName: 'return (%)' },
      ),
    ),
  ];
}

/** Percent, at most 0. */
function drawdown(equity: Float64Array, initialBalance: number): Float64Array {
  let peak = initialBalance;
  return equity.map((value) => {
    peak = Math.max(peak, value);
    return 100 * (value / peak - 1);
  });
}

function monthTick(month: MonthlyReturn, months: readonly MonthlyReturn[]): string {
  if (months.length <= MONTHS_NAMED_MAX) return monthName(month);
  return month.month === 0 ? String(month.year) : '';
}

function monthName({ year, month }: MonthlyReturn): string {
  return `${year}-${String(month + 1).padStart(2, '0')}`;
}
