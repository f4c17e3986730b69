import { html, type SafeHtml } from '../html.js';
import { formatShort } from '../shared/index.js';
import { CHART_HEIGHT, CHART_WIDTH, chartSvg, fixed, linearScale, MARGIN, xTick } from './frame.js';

/** One value of a parameter: quantiles of the metric over its trials. */
export interface SliceMark {
  readonly tick: string;
  readonly best: number;
  readonly p5: number;
  readonly p25: number;
  readonly median: number;
  readonly p75: number;
  readonly p95: number;
  readonly detail: string;
}

/**
 * Draws the spread of a metric for each value of a parameter: line from 5 to 95 %, box of the middle half, bar at the median, dot
 * at the best.
 *
 * @param marks - From left to right.
 * @param options - Words and axis names.
 */
export function sliceChart(
  marks: readonly SliceMark[],
  options: { readonly label: string; readonly xName: string; readonly yName: string },
): SafeHtml {
  const values = marks.flatMap(({ best, p5, p95 }) => [best, p5, p95]).filter(Number.isFinite);
  const low = values.reduce((a, b) => Math.min(a, b), Infinity);
  const high = values.reduce((a, b) => Math.max(a, b), -Infinity);
  const bottom = CHART_HEIGHT - MARGIN.bottom;
  const y = linearScale(low <= high ? [low, high] : [0, 1], [bottom, MARGIN.top + 4]);
  const at = (value: number): number =>
    fixed(Math.max(MARGIN.top, Math.min(bottom, y.at(Number.isNaN(value) ? low : value))));
  const slot = (CHART_WIDTH - MARGIN.left - MARGIN.right) / Math.max(1, marks.length);
  const half = Math.min(11, slot * 0.34);
  const every = Math.max(1, Math.ceil(marks.length / 9));
  const drawn = marks.map((mark, k) => {
    const x = MARGIN.left + slot * (k + 0.5);
    const [left, right] = [fixed(x - half), fixed(x + half)];
    const boxTop = at(mark.p75);
    return html`<g><title>${mark.detail}</title><line class="whisker" x1="${fixed(x)}" x2="${fixed(x)}" y1="${at(mark.p5)}" y2="${at(mark.p95)}"/><rect class="box" x="${left}" y="${boxTop}" width="${fixed(2 * half)}" height="${fixed(Math.max(1, at(mark.p25) - boxTop))}"/><line class="middle" x1="${left}" x2="${right}" y1="${at(mark.median)}" y2="${at(mark.median)}"/><circle class="best" cx="${fixed(x)}" cy="${at(mark.best)}" r="2.2"/></g>${k % every === 0 ? xTick(x, mark.tick) : undefined}`;
  });
  return chartSvg({ ...options, y, yText: formatShort }, drawn);
}
