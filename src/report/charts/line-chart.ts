import { html, type SafeHtml } from '../html.js';
import { formatDate, formatShort } from '../shared/index.js';
import { CHART_WIDTH, chartSvg, fixed, linearScale, logScale, MARGIN, xTick } from './frame.js';

/** A line of a static chart. */
export interface StaticLine {
  readonly label: string;
  readonly className: string;
  readonly values: ArrayLike<number>;
  /** Which value stands for a stretch of time. Default: its last. */
  readonly keep?: 'last' | 'lowest';
}

/** Words, axis names and, for other places than a card, the size in pixels. */
export interface LineChartOptions {
  readonly label: string;
  readonly yName: string;
  /** Equal factors take equal room, where all values are above 0. Default false. */
  readonly isLog?: boolean;
  readonly width?: number;
  readonly height?: number;
}

const HEIGHT = 200;
/** About one point per pixel of the drawing area. */
const POINTS_MARGIN = 20;

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
  options: LineChartOptions,
): SafeHtml {
  const { width = CHART_WIDTH, height = HEIGHT } = options;
  const length = times.length;
  const stride = Math.max(1, Math.ceil(length / (width - POINTS_MARGIN)));
  const picked = Array.from({ length: Math.ceil(length / stride) }, (_, k) =>
    Math.min(length - 1, (k + 1) * stride - 1),
  );
  const columns = lines.map((line) =>
    picked.map((i) => (line.keep === 'lowest' ? lowest(line.values, i, stride) : line.values[i]!)),
  );
  const shown = columns.flat().filter(Number.isFinite);
  const low = shown.reduce((a, b) => Math.min(a, b), Infinity);
  const high = shown.reduce((a, b) => Math.max(a, b), -Infinity);
  const pixels = [height - MARGIN.bottom, MARGIN.top] as const;
  const isLog = options.isLog === true && low > 0 && high > low;
  const y = isLog
    ? logScale([low, high], pixels)
    : linearScale(shown.length === 0 ? [0, 1] : [low, high], pixels);
  const yName = `${options.yName}${isLog ? ', log' : ''}`;
  const [start, end] = [times[0]!, times[length - 1]!];
  const x = (time: number): number =>
    MARGIN.left + ((time - start) / (end - start || 1)) * (width - MARGIN.left - MARGIN.right);
  const paths = lines.map((line, column) => {
    const values = columns[column]!;
    const points = picked.flatMap((i, k) =>
      Number.isFinite(values[k]!) ? [`${fixed(x(times[i]!))} ${fixed(y.at(values[k]!))}`] : [],
    );
    return html`<polyline class="${line.className}" points="${points.join(' ')}"><title>${line.label}</title></polyline>`;
  });
  const ticks = [0.12, 0.5, 0.88].map((share) => {
    const time = start + (end - start) * share;
    return xTick(x(time), formatDate(time), height);
  });
  return chartSvg(
    { ...options, yName, xName: 'time (UTC)', y, yText: formatShort, height, width },
    [...paths, ...ticks],
  );
}

/** Lowest value of the stretch that ends at `last`; undefined values are passed over. */
function lowest(values: ArrayLike<number>, last: number, stride: number): number {
  let low = Number.NaN;
  for (let i = Math.max(0, last - stride + 1); i <= last; i++) {
    const value = values[i]!;
    if (!(value >= low)) low = Number.isNaN(value) ? low : value;
  }
  return low;
}
