import { DAY_MS, type Timeframe, timeframeMs } from '../domain/index.js';
import {
  type RollingMeasures,
  type RollingSharpe,
  rollingMeasures,
} from '../forward-test/index.js';
import { lineChart, type StaticLine } from './charts/line-chart.js';
import { html } from './html.js';
import { packText } from './pack.js';
import type { Section } from './page.js';
import { groupColumn, type LinePayload, plural, type TimeChartPayload } from './shared/index.js';
import { timeChart } from './time-chart-card.js';

const ROLLING_CHART_ID = 'rolling-chart';
/** Class of the static line and colour of the interactive one, shortest window first. */
const LOOKS = [
  { className: 'equity', color: 'series-1', words: 'Blue' },
  { className: 'second', color: 'series-2', words: 'orange' },
] as const;

/** The equity of a run over its candles. */
export interface RollingInput {
  readonly initialBalance: number;
  /** Quote. Shape `[n]`. */
  readonly equity: Float64Array;
  /** ms UTC. Shape `[n]`. */
  readonly openTimes: Float64Array;
  readonly timeframe: Timeframe;
}

/** The section of the rolling measures, and the chart that it holds. */
export interface RollingParts {
  readonly section: Section;
  /** None where the run is shorter than the shortest window. */
  readonly charts: readonly TimeChartPayload[];
}

/**
 * Builds the section of the rolling Sharpe ratio and volatility.
 *
 * @param input - Equity of the run.
 * @param groupSize - Candles per stored candle of the page.
 */
export function rollingParts(input: RollingInput, groupSize: number): RollingParts {
  const measures = rollingMeasures(input);
  const { times, sharpe, volatility } = measures;
  const [shortest] = sharpe;
  const isEmpty = shortest === undefined || !shortest.values.some(Number.isFinite);
  const words = sharpe.map(({ days }, k) => `${LOOKS[k]?.words ?? ''}: ${days} days`);
  const percent = volatility.map((line) => ({
    ...line,
    values: line.values.map((value) => 100 * value),
  }));
  return {
    section: {
      id: 'rolling',
      title: 'Rolling Sharpe ratio and volatility',
      navigation: 'Rolling',
      lead: `Annualized, over the last days, as of the end of each day: a fading edge shows here before it shows in the balance. ${words.join('; ')}.`,
      content: isEmpty
        ? html`<div class="card"><p>The period is shorter than ${plural(shortest?.days ?? 0, 'day')}: too short for a rolling window.</p></div>`
        : html`${timeChart(ROLLING_CHART_ID, 'Rolling Sharpe ratio and volatility over time', 330)}<div class="paper">${lineChart(times, staticLines(sharpe), { label: 'Rolling Sharpe ratio', yName: 'Sharpe ratio per year' })}${lineChart(times, staticLines(percent), { label: 'Rolling volatility', yName: 'volatility per year (%)' })}</div>`,
    },
    charts: isEmpty ? [] : [chart(input, measures, groupSize)],
  };
}

/**
 * Returns the lines of the rolling Sharpe ratio for a static chart.
 *
 * @param rolling - Of a forward test.
 */
export function rollingLines(rolling: RollingSharpe): StaticLine[] {
  return staticLines(rolling.lines);
}

function staticLines(lines: RollingSharpe['lines']): StaticLine[] {
  return lines.map(({ days, values }, k) => ({
    label: `${days} days`,
    className: LOOKS[k]?.className ?? 'muted',
    values,
  }));
}

function chart(
  input: RollingInput,
  { times, sharpe, volatility }: RollingMeasures,
  groupSize: number,
): TimeChartPayload {
  const lines = (
    measured: RollingSharpe['lines'],
    name: string,
    unit: 'ratio' | 'fraction',
  ): LinePayload[] =>
    measured.map(({ days, values }, k) => ({
      kind: 'line',
      label: `${name}, ${days} days`,
      color: LOOKS[k]?.color ?? 'muted',
      unit,
      source: {
        packed: packText(
          groupColumn(perCandle(input, times, values), groupSize, 'last'),
          unit === 'ratio' ? 3 : 5,
          1,
        ),
      },
      aggregate: 'last',
    }));
  return {
    id: ROLLING_CHART_ID,
    panes: [
      {
        title: 'Sharpe ratio per year',
        weight: 1.3,
        lines: lines(sharpe, 'Sharpe ratio', 'ratio'),
      },
      {
        title: 'Volatility per year (%)',
        weight: 1,
        lines: lines(volatility, 'Volatility', 'fraction'),
      },
    ],
  };
}

/** Each candle carries the newest value that was known at its close. */
function perCandle(
  { openTimes, timeframe }: RollingInput,
  times: Float64Array,
  values: Float64Array,
): Float64Array {
  const candleMs = timeframeMs(timeframe);
  if (candleMs >= DAY_MS) return values;
  const column = new Float64Array(openTimes.length).fill(Number.NaN);
  let known = -1;
  for (let i = 0; i < column.length; i++) {
    const close = openTimes[i]! + candleMs;
    while (known + 1 < values.length && times[known + 1]! <= close) known++;
    if (known >= 0) column[i] = values[known]!;
  }
  return column;
}
