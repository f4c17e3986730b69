import { html, type SafeHtml } from '../html.js';
import { formatAs, formatShort, plural } from '../shared/index.js';
import { CHART_HEIGHT, CHART_WIDTH, chartSvg, fixed, linearScale, MARGIN, xTick } from './frame.js';

/** Above this many points single marks hide each other: they are counted in cells. */
const POINTS_MAX = 1200;
const CELL = 7;

/** A point with the group that decides its mark: wins are discs, losses rings. */
export interface ScatterPoint {
  readonly x: number;
  readonly y: number;
  readonly isWin: boolean;
}

/**
 * Draws points, or the share of wins in cells when there are too many to tell apart.
 *
 * @param points - Percent on both axes; the most extreme half percent of either axis lies on the border.
 * @param options - Words and axis names.
 */
export function scatterChart(
  points: readonly ScatterPoint[],
  options: { readonly label: string; readonly xName: string; readonly yName: string },
): SafeHtml {
  const bottom = CHART_HEIGHT - MARGIN.bottom;
  const x = clampedScale(points, 'x', [MARGIN.left + 6, CHART_WIDTH - MARGIN.right - 6]);
  const y = clampedScale(points, 'y', [bottom - 6, MARGIN.top + 6]);
  const marks = points.length > POINTS_MAX ? cells(points, x.at, y.at) : discs(points, x.at, y.at);
  const ticks = x.ticks.map((tick) => xTick(x.at(tick), formatShort(tick)));
  return chartSvg({ ...options, y, yText: formatShort }, [...marks, ...ticks]);
}

function clampedScale(
  points: readonly ScatterPoint[],
  axis: 'x' | 'y',
  pixels: readonly [number, number],
) {
  const sorted = Float64Array.from(points, (point) => point[axis]).sort();
  const cut = Math.floor(sorted.length * 0.005);
  const range = [
    Math.min(0, sorted[cut] ?? 0),
    Math.max(0, sorted[sorted.length - 1 - cut] ?? 1),
  ] as const;
  const scale = linearScale(range, pixels);
  const clamp = (value: number): number => Math.min(range[1], Math.max(range[0], value));
  return { ticks: scale.ticks, at: (value: number) => scale.at(clamp(value)) };
}

type Position = (value: number) => number;

function discs(points: readonly ScatterPoint[], x: Position, y: Position): SafeHtml[] {
  return points.map(
    (point) =>
      html`<circle class="${point.isWin ? 'gain dot' : 'loss ring'}" cx="${fixed(x(point.x))}" cy="${fixed(y(point.y))}" r="2.4"><title>MAE ${formatAs(point.x, 'percent')}, MFE ${formatAs(point.y, 'percent')}, ${point.isWin ? 'win' : 'loss'}</title></circle>`,
  );
}

function cells(points: readonly ScatterPoint[], x: Position, y: Position): SafeHtml[] {
  const counts = new Map<string, { column: number; row: number; all: number; wins: number }>();
  for (const point of points) {
    const column = Math.floor(x(point.x) / CELL);
    const row = Math.floor(y(point.y) / CELL);
    const key = `${column}:${row}`;
    const cell = counts.get(key) ?? { column, row, all: 0, wins: 0 };
    cell.all += 1;
    cell.wins += point.isWin ? 1 : 0;
    counts.set(key, cell);
  }
  let most = 1;
  for (const cell of counts.values()) most = Math.max(most, cell.all);
  return [...counts.values()].map((cell) => {
    const opacity = 0.2 + (0.8 * Math.log1p(cell.all)) / Math.log1p(most);
    return html`<rect class="${cell.wins * 2 >= cell.all ? 'gain' : 'loss'}" x="${cell.column * CELL}" y="${cell.row * CELL}" width="${CELL - 1}" height="${CELL - 1}" opacity="${opacity.toFixed(2)}"><title>${plural(cell.all, 'trade')}, ${formatAs(cell.wins / cell.all, 'fraction')} wins</title></rect>`;
  });
}
