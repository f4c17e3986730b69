import { html, type SafeHtml } from '../html.js';
import { niceStep } from '../measures/histogram.js';

/** Drawing area of a small chart; text keeps its size because cards are about this wide everywhere. */
export const CHART_WIDTH = 380;
export const CHART_HEIGHT = 220;
/** Left there is room for `−1,000` beside the name of the axis. */
export const MARGIN = { left: 58, right: 10, top: 10, bottom: 36 } as const;

/** Maps numbers to pixels along one axis. */
export interface Scale {
  readonly at: (value: number) => number;
  readonly ticks: readonly number[];
}

/**
 * Builds a linear scale over round ticks.
 *
 * @param range - Smallest and largest number shown.
 * @param pixels - Where these lie.
 * @param count - About how many ticks.
 */
export function linearScale(
  range: readonly [number, number],
  pixels: readonly [number, number],
  count = 5,
): Scale {
  const [low, high] = range[0] === range[1] ? [range[0] - 1, range[1] + 1] : range;
  const step = niceStep((high - low) / count);
  const ticks: number[] = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k++) {
    ticks.push(k * step);
  }
  const slope = (pixels[1] - pixels[0]) / (high - low);
  return { at: (value) => pixels[0] + (value - low) * slope, ticks };
}

/**
 * Builds a logarithmic scale: equal factors take equal room.
 *
 * @param range - Smallest and largest number shown, above 0.
 * @param pixels - Where these lie.
 */
export function logScale(
  range: readonly [number, number],
  pixels: readonly [number, number],
): Scale {
  const [low, high] = range[0] === range[1] ? [range[0] / 2, range[1] * 2] : range;
  const slope = (pixels[1] - pixels[0]) / Math.log(high / low);
  const first = Math.floor(Math.log10(low));
  const decades = Math.ceil(Math.log10(high)) - first;
  const factors = decades > 3 ? [1] : [1, 2, 5];
  const ticks = Array.from({ length: decades + 1 }, (_, k) => 10 ** (first + k))
    .flatMap((power) => factors.map((factor) => factor * power))
    .filter((tick) => tick >= low * (1 - 1e-9) && tick <= high * (1 + 1e-9));
  return {
    at: (value) => pixels[0] + Math.log(value / low) * slope,
    // Within one decade there may be no such number: even steps are better than none.
    ticks: ticks.length >= 3 ? ticks : linearScale([low, high], pixels).ticks,
  };
}

/**
 * Draws the frame of a small chart: title for readers of screens, grid, y axis and axis names.
 *
 * @param options - `label` says in words what the chart shows.
 * @param content - Marks, drawn over the grid.
 */
export function chartSvg(
  options: {
    readonly label: string;
    readonly xName: string;
    readonly yName: string;
    readonly y: Scale;
    readonly yText: (value: number) => string;
    readonly height?: number;
    readonly width?: number;
  },
  content: readonly SafeHtml[],
): SafeHtml {
  const height = options.height ?? CHART_HEIGHT;
  const width = options.width ?? CHART_WIDTH;
  const right = width - MARGIN.right;
  const grid = options.y.ticks.map((tick) => {
    const y = fixed(options.y.at(tick));
    return html`<line class="${tick === 0 ? 'zero' : 'grid'}" x1="${MARGIN.left}" x2="${right}" y1="${y}" y2="${y}"/><text x="${MARGIN.left - 6}" y="${y}" dy="0.32em" text-anchor="end">${options.yText(tick)}</text>`;
  });
  return html`<svg class="chart" viewBox="0 0 ${width} ${height}" role="img" aria-label="${options.label}">
${grid}${content}<text class="axis-name" x="${(MARGIN.left + right) / 2}" y="${height - 4}" text-anchor="middle">${options.xName}</text><text class="axis-name" transform="translate(9 ${(MARGIN.top + height - MARGIN.bottom) / 2}) rotate(-90)" text-anchor="middle">${options.yName}</text></svg>`;
}

/**
 * Rounds a coordinate so that drawings stay small.
 *
 * @param pixels - Coordinate.
 */
export function fixed(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}

/** Text below the x axis. */
export function xTick(x: number, text: string, height = CHART_HEIGHT): SafeHtml {
  return html`<text x="${fixed(x)}" y="${height - MARGIN.bottom + 14}" text-anchor="middle">${text}</text>`;
}
