import { html, type SafeHtml } from '../html.js';
import { formatDate, formatShort } from '../shared/index.js';
import { fixed, linearScale } from './frame.js';

/** A curve over its own times. */
export interface Curve {
  readonly label: string;
  /** ms UTC, ascending. Shape `[n]`. */
  readonly times: ArrayLike<number>;
  /** Shape `[n]`. */
  readonly values: ArrayLike<number>;
}

/** Words of a drawing. */
export interface CurvesOptions {
  readonly label: string;
  /** Name of the vertical axis with its unit. */
  readonly yName: string;
  /** Times at which parts begin, ms UTC, and their labels. */
  readonly marks?: readonly { readonly time: number; readonly label: string }[];
}

/** Curves that can be told apart by colour and dash. */
export const CURVES_MAX = 8;

const POINTS_MAX = 700;
/** The same drawing for a screen and for a phone: text keeps its size in both. */
const WIDE = { width: 1140, height: 340, left: 62, right: 14, top: 12, bottom: 40, ticks: 6 };
const NARROW = { width: 360, height: 240, left: 52, right: 10, top: 10, bottom: 38, ticks: 3 };
type Shape = typeof WIDE;

/**
 * Draws curves on one time axis, with a legend; the first `CURVES_MAX`.
 *
 * @param curves - Each over its own times.
 * @param options - Words and the name of the vertical axis with its unit.
 */
export function curvesChart(curves: readonly Curve[], options: CurvesOptions): SafeHtml {
  const shown = curves.slice(0, CURVES_MAX);
  return html`${curveLegend(shown)}${draw(shown, options, WIDE, 'wide-screen')}${draw(shown, options, NARROW, 'small-screen')}`;
}

/** The drawing alone, for a file. */
export function curvesSvg(curves: readonly Curve[], options: CurvesOptions): SafeHtml {
  return draw(curves.slice(0, CURVES_MAX), options, WIDE, 'wide-screen');
}

function curveLegend(curves: readonly Curve[]): SafeHtml {
  return html`<p class="curve-legend">${curves.map((curve, k) => html`<span><svg viewBox="0 0 24 6" width="24" height="6" aria-hidden="true" class="curves"><line class="curve c${k}" x1="0" x2="24" y1="3" y2="3"/></svg>${curve.label}</span>`)}</p>`;
}

function draw(
  curves: readonly Curve[],
  options: CurvesOptions,
  shape: Shape,
  className: string,
): SafeHtml {
  const { width, height } = shape;
  const [bottom, right] = [height - shape.bottom, width - shape.right];
  const [start, end] = extent(curves.map((curve) => curve.times));
  const y = linearScale(extent(curves.map((curve) => curve.values)), [bottom, shape.top]);
  const x = (time: number): number =>
    shape.left + ((time - start) / (end - start || 1)) * (right - shape.left);
  const grid = y.ticks.map((tick) => {
    const at = fixed(y.at(tick));
    return html`<line class="${tick === 0 ? 'zero' : 'grid'}" x1="${shape.left}" x2="${right}" y1="${at}" y2="${at}"/><text x="${shape.left - 6}" y="${at}" dy="0.32em" text-anchor="end">${formatShort(tick)}</text>`;
  });
  const ticks = Array.from({ length: shape.ticks }, (_, k) => {
    const time = start + ((end - start) * (k + 0.5)) / shape.ticks;
    return html`<text x="${fixed(x(time))}" y="${bottom + 16}" text-anchor="middle">${formatDate(time)}</text>`;
  });
  const lines = curves.map(
    (curve, k) =>
      html`<polyline class="curve c${k}" points="${points(curve, x, y.at)}"><title>${curve.label}</title></polyline>`,
  );
  const marks = (options.marks ?? []).map(({ time, label }) => {
    const at = fixed(x(time));
    return html`<line class="grid" x1="${at}" x2="${at}" y1="${shape.top}" y2="${bottom}"/><text x="${at}" y="${shape.top + 8}" dx="2">${label}</text>`;
  });
  const middle = (shape.top + bottom) / 2;
  return html`<svg class="chart curves ${className}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${options.label}">
${grid}${marks}${ticks}${lines}<text class="axis-name" x="${(shape.left + right) / 2}" y="${height - 6}" text-anchor="middle">time (UTC)</text><text class="axis-name" transform="translate(11 ${middle}) rotate(-90)" text-anchor="middle">${options.yName}</text></svg>`;
}

function points(curve: Curve, x: (time: number) => number, y: (value: number) => number): string {
  const length = curve.times.length;
  const stride = Math.max(1, Math.ceil(length / POINTS_MAX));
  const texts: string[] = [];
  for (let i = 0; i < length; i++) {
    if (i % stride !== 0 && i !== length - 1) continue;
    const value = curve.values[i]!;
    if (Number.isFinite(value)) texts.push(`${fixed(x(curve.times[i]!))} ${fixed(y(value))}`);
  }
  return texts.join(' ');
}

function extent(columns: readonly ArrayLike<number>[]): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const column of columns) {
    for (let i = 0; i < column.length; i++) {
      const value = column[i]!;
      if (!Number.isFinite(value)) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  return low <= high ? [low, high] : [0, 1];
}
