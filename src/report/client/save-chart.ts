import { formatDate, formatTime } from '../shared/index.js';
import type { ChartPicture, PicturePane } from './chart-picture.js';
import { saveFile } from './save-file.js';

const WIDTH = 1200;
const PANE_HEIGHT = 130;
const [LEFT, RIGHT, TOP, BOTTOM, GAP] = [14, 84, 46, 30, 22];
const DAY_MS = 86_400_000;
/** Points of a picture are doubled for screens that have them. */
const PNG_SCALE = 2;

/**
 * Saves what a time chart shows.
 *
 * @param picture - Panes and values in view.
 * @param name - File name without its ending.
 * @param kind - Of the file.
 */
export function saveChart(picture: ChartPicture, name: string, kind: 'SVG' | 'PNG'): void {
  const total = picture.panes.reduce((sum, { weight }) => sum + weight, 0);
  const height = Math.round(TOP + total * PANE_HEIGHT + BOTTOM + GAP * picture.panes.length);
  saveSvg(chartSvg(picture, height), { width: WIDTH, height }, name, kind);
}

/**
 * Saves a drawing as it is, or as an image.
 *
 * @param svg - A whole document that carries its colours.
 * @param size - Of the drawing, pixels.
 * @param name - File name without its ending.
 * @param kind - Of the file.
 */
export function saveSvg(
  svg: string,
  size: { readonly width: number; readonly height: number },
  name: string,
  kind: 'SVG' | 'PNG',
): void {
  const drawing = new Blob([svg], { type: 'image/svg+xml' });
  if (kind === 'SVG') {
    saveFile(drawing, `${name}.svg`);
    return;
  }
  const image = new Image();
  image.addEventListener('load', () => {
    const canvas = document.createElement('canvas');
    canvas.width = size.width * PNG_SCALE;
    canvas.height = size.height * PNG_SCALE;
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
    canvas.toBlob((blob) => {
      if (blob) saveFile(blob, `${name}.png`);
    }, 'image/png');
  });
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
}

function chartSvg(picture: ChartPicture, height: number): string {
  const { colors, times, panes } = picture;
  const parts: string[] = [];
  let top = TOP;
  for (const pane of panes) {
    const bottom = top + pane.weight * PANE_HEIGHT;
    parts.push(...paneParts(pane, picture, top, bottom));
    top = bottom + GAP;
  }
  const last = times.length - 1;
  const span = last < 0 ? '' : `${formatTime(times[0]!)} to ${formatTime(times[last]!)} UTC`;
  const names = panes.flatMap(({ lines }) => lines);
  let x = LEFT;
  const legend = names.map(({ label, color, dashed }) => {
    const entry = `<line x1="${x}" x2="${x + 18}" y1="32" y2="32" stroke="${color}" stroke-width="2"${dashed ? DASHES : ''}/><text x="${x + 23}" y="36">${escaped(label)}</text>`;
    x += 40 + label.length * 7;
    return entry;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" font-family="system-ui,Segoe UI,Roboto,Arial,sans-serif" font-size="12" fill="${colors.soft}"><rect width="${WIDTH}" height="${height}" fill="${colors.card}"/><text x="${LEFT}" y="18" font-weight="600" fill="${colors.ink}">${escaped(document.querySelector('h1')?.textContent ?? '')}</text><text x="${WIDTH - LEFT}" y="18" text-anchor="end">${span}</text>${legend.join('')}${parts.join('')}${timeTicks(times, height - 10)}</svg>`;
}

const DASHES = ' stroke-dasharray="6 4"';

function paneParts(
  pane: PicturePane,
  { times, colors, parts }: ChartPicture,
  top: number,
  bottom: number,
): string[] {
  const columns = [
    ...(pane.candles ? [pane.candles.high, pane.candles.low] : []),
    ...pane.lines.map(({ values }) => values),
  ];
  const [low, high] = extent(columns);
  const isLog = pane.isLog && low > 0;
  const of = (value: number): number => (isLog ? Math.log(value) : value);
  const scale = (bottom - top - 18) / (of(high) - of(low) || 1);
  const y = (value: number): number => round(bottom - (of(value) - of(low)) * scale);
  const x = (i: number): number => position(i, times.length);
  const ticks = ticksOf(low, high, isLog).map(
    (tick) =>
      `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(tick)}" y2="${y(tick)}" stroke="${colors.lineSoft}"/><text x="${WIDTH - RIGHT + 8}" y="${y(tick) + 4}">${escaped(pane.text(tick))}</text>`,
  );
  const lines = pane.lines.map(
    ({ values, color, dashed }) =>
      `<path d="${path(values, x, y)}" fill="none" stroke="${color}" stroke-width="1.5"${dashed ? DASHES : ''}/>`,
  );
  const marks = parts.map(
    ({ at, label }) =>
      `<line x1="${x(at)}" x2="${x(at)}" y1="${top + 18}" y2="${bottom}" stroke="${colors.lineSoft}"/><text x="${x(at) + 2}" y="${top + 26}">${escaped(label)}</text>`,
  );
  return [
    ...ticks,
    ...marks,
    ...(pane.candles ? candleParts(pane.candles, colors, x, y) : []),
    ...lines,
    `<text x="${LEFT + 4}" y="${top + 10}">${escaped(pane.title)}${isLog ? ', log' : ''}</text>`,
  ];
}

function candleParts(
  { open, high, low, close }: NonNullable<PicturePane['candles']>,
  colors: ChartPicture['colors'],
  x: (i: number) => number,
  y: (value: number) => number,
): string[] {
  const width = Math.max(0.6, Math.min(9, ((WIDTH - LEFT - RIGHT) / open.length) * 0.7));
  return Array.from(open, (value, i) => {
    const color = close[i]! >= value ? colors.gain : colors.loss;
    const [upper, lower] = [y(Math.max(value, close[i]!)), y(Math.min(value, close[i]!))];
    return `<path d="M${x(i)} ${y(high[i]!)}V${y(low[i]!)}" stroke="${color}" stroke-width="0.8"/><rect x="${round(x(i) - width / 2)}" y="${upper}" width="${round(width)}" height="${round(Math.max(0.8, lower - upper))}" fill="${color}"/>`;
  });
}

/** Lines stop where they are undefined. */
function path(
  values: Float64Array,
  x: (i: number) => number,
  y: (value: number) => number,
): string {
  let isDrawing = false;
  let text = '';
  values.forEach((value, i) => {
    if (Number.isFinite(value)) text += `${isDrawing ? 'L' : 'M'}${x(i)} ${y(value)}`;
    isDrawing = Number.isFinite(value);
  });
  return text;
}

function timeTicks(times: Float64Array, y: number): string {
  const last = times.length - 1;
  if (last < 1) return '';
  const isShort = times[last]! - times[0]! < 3 * DAY_MS;
  return [0.05, 0.23, 0.41, 0.59, 0.77, 0.95]
    .map((share) => {
      const i = Math.round(share * last);
      const time = times[i]!;
      return `<text x="${position(i, times.length)}" y="${y}" text-anchor="middle">${isShort ? formatTime(time) : formatDate(time)}</text>`;
    })
    .join('');
}

function position(i: number, length: number): number {
  return round(LEFT + ((i + 0.5) / length) * (WIDTH - LEFT - RIGHT));
}

function ticksOf(low: number, high: number, isLog: boolean): number[] {
  if (isLog && high / low > 4) {
    const ticks: number[] = [];
    for (let power = 10 ** Math.floor(Math.log10(low)); power <= high; power *= 10) {
      for (const factor of [1, 2, 5]) {
        const tick = power * factor;
        if (tick >= low && tick <= high) ticks.push(tick);
      }
    }
    return ticks;
  }
  const rough = (high - low) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, k) => (first + k) * step);
}

function extent(columns: readonly Float64Array[]): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const column of columns) {
    for (const value of column) {
      if (!Number.isFinite(value)) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  if (low > high) return [0, 1];
  return low === high ? [low - 1, high + 1] : [low, high];
}

function round(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
