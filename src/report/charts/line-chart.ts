import { html, type SafeHtml } from '../html.js';
import { formatDate, formatShort } from '../shared/index.js';
import { CHART_WIDTH, chartSvg, fixed, linearScale, MARGIN, xTick } from './frame.js';

/** A line of a static chart. */
export interface StaticLine {
  readonly label: string;
  readonly className: string;
  readonly values: ArrayLike<number>;
}

const HEIGHT = 200;
const POINTS_MAX = 360;

/**
 * Draws lines over time without a script: for paper, and where scripts are off.
 *
 * @param times - ms UTC, ascending. Shape `[n]`.
 * @param lines - Shape `[n]` each, `NaN` where undefined.
 * @param options - Words and axis names.
 */
export function lineChart(
  times: ArrayLike<number>,
  lines: readonly StaticLine[],
  options: { readonly label: string; readonly yName: string },
): SafeHtml {
  const length = times.length;
  const stride = Math.max(1, Math.ceil(length / POINTS_MAX));
  const picked = Array.from({ length: Math.ceil(length / stride) }, (_, k) =>
    Math.min(length - 1, (k + 1) * stride - 1),
  );
  const shown = lines.flatMap((line) => picked.map((i) => line.values[i]!)).filter(Number.isFinite);
  const low = shown.reduce((a, b) => Math.min(a, b), Infinity);
  const high = shown.reduce((a, b) => Math.max(a, b), -Infinity);
  const y = linearScale([low, high], [HEIGHT - MARGIN.bottom, MARGIN.top]);
  const [start, end] = [times[0]!, times[length - 1]!];
  const x = (time: number): number =>
    MARGIN.left +
    ((time - start) / (end - start || 1)) * (CHART_WIDTH - MARGIN.left - MARGIN.right);
  const paths = lines.map((line) => {
    const points = picked
      .filter((i) => Number.isFinite(line.values[i]!))
      .map((i) => `${fixed(x(times[i]!))} ${fixed(y.at(line.values[i]!))}`);
    return html`<polyline class="${line.className}" points="${points.join(' ')}"><title>${line.label}</title></polyline>`;
  });
  const ticks = [0.12, 0.5, 0.88].map((share) => {
    const time = start + (end - start) * share;
    return xTick(x(time), formatDate(time), HEIGHT);
  });
  return chartSvg({ ...options, xName: 'time (UTC)', y, yText: formatShort, height: HEIGHT }, [
    ...paths,
    ...ticks,
  ]);
}
