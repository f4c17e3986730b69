import { DAY_MS, timeframeMs } from '../domain/index.js';
import type { ForwardTest } from '../forward-test/index.js';
import { timeChart } from './backtest-sections.js';
import { lineChart, type StaticLine } from './charts/line-chart.js';
import { html } from './html.js';
import { packText } from './pack.js';
import type { Section } from './page.js';
import { groupColumn, type LinePayload, plural, type TimeChartPayload } from './shared/index.js';

const ROLLING_CHART_ID = 'rolling-chart';
/** Class of the static line and colour of the interactive one, shortest window first. */
const LOOKS = [
  { className: 'equity', color: 'series-1', words: 'Blue' },
  { className: 'second', color: 'series-2', words: 'orange' },
] as const;

/**
 * Builds the section of the rolling Sharpe ratio.
 *
 * @param test - Finished forward test.
 */
export function rollingSection(test: ForwardTest): Section {
  const { lines } = test.rollingSharpe;
  const [shortest] = lines;
  const isEmpty = shortest === undefined || !shortest.values.some(Number.isFinite);
  return {
    id: 'rolling',
    title: 'Rolling Sharpe ratio',
    navigation: 'Rolling Sharpe',
    lead: html`Sharpe ratio per year of the last days, known at the end of each day: an edge that fades shows here before it shows in the balance. ${lines.map(({ days }, k) => `${k === 0 ? '' : '; '}${LOOKS[k]?.words ?? ''}: ${days} days`)}.`,
    content: isEmpty
      ? html`<div class="card"><p>The period is shorter than ${plural(shortest?.days ?? 0, 'day')}: there is nothing to roll over.</p></div>`
      : html`${timeChart(ROLLING_CHART_ID, 'Rolling Sharpe ratio over time', 260)}<div class="paper">${lineChart(test.rollingSharpe.times, rollingLines(test), { label: 'Rolling Sharpe ratio', yName: 'Sharpe ratio per year' })}</div>`,
  };
}

/**
 * Returns the lines of the rolling Sharpe ratio for a static chart.
 *
 * @param test - Finished forward test.
 */
export function rollingLines(test: ForwardTest): StaticLine[] {
  return test.rollingSharpe.lines.map(({ days, values }, k) => ({
    label: `${days} days`,
    className: LOOKS[k]?.className ?? 'muted',
    values,
  }));
}

/**
 * Returns the interactive chart of the rolling Sharpe ratio.
 *
 * @param test - Finished forward test.
 * @param groupSize - Candles per stored candle of the page.
 */
export function rollingChart(test: ForwardTest, groupSize: number): TimeChartPayload {
  const lines = test.rollingSharpe.lines.map(
    ({ days, values }, k): LinePayload => ({
      kind: 'line',
      label: `${days} days`,
      color: LOOKS[k]?.color ?? 'muted',
      unit: 'ratio',
      source: { packed: packText(groupColumn(perCandle(test, values), groupSize, 'last'), 3, 1) },
      aggregate: 'last',
    }),
  );
  return { id: ROLLING_CHART_ID, panes: [{ title: 'Sharpe ratio per year', weight: 1, lines }] };
}

/** Each candle carries the newest value that was known at its close. */
function perCandle(
  { outOfSample, rollingSharpe }: ForwardTest,
  values: Float64Array,
): Float64Array {
  const { candles, period } = outOfSample;
  const candleMs = timeframeMs(candles.timeframe);
  const column = new Float64Array(period.to - period.from).fill(Number.NaN);
  if (candleMs >= DAY_MS) {
    column.set(values);
    return column;
  }
  let known = -1;
  for (let i = 0; i < column.length; i++) {
    const close = candles.openTime[period.from + i]! + candleMs;
    while (known + 1 < values.length && rollingSharpe.times[known + 1]! <= close) known++;
    if (known >= 0) column[i] = values[known]!;
  }
  return column;
}
