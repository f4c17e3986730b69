import type { Band } from '../../analysis/index.js';
import { html, type SafeHtml } from '../html.js';
import { formatShort } from '../shared/index.js';
import {
  CHART_HEIGHT,
  CHART_WIDTH,
  chartSvg,
  fixed,
  linearScale,
  logScale,
  MARGIN,
  xTick,
} from './frame.js';

/** What a fan chart draws; all of it at the same steps. Shape `[steps]`. */
export interface Fan {
  readonly steps: readonly number[];
  readonly bands: readonly Band[];
  /** What really happened, in the unit of the bands; absent where nothing has happened yet. */
  readonly actual?: readonly number[];
  /** A level that must not be reached. */
  readonly floor: number;
}

/** From this spread on, equal factors get equal room. */
const LOG_FROM = 6;

/**
 * Draws how an equity could have come out: bands that hold 90 % and 50 % of the simulations, their median, and the real one.
 *
 * @param fan - What is drawn.
 * @param options - `label` in words for screen readers; axis names carry the units.
 */
export function fanChart(
  fan: Fan,
  options: { readonly label: string; readonly xName: string; readonly yName: string },
): SafeHtml {
  const { steps, bands, actual = [] } = fan;
  const values = [...bands.flatMap((band) => [band.p5, band.p95]), ...actual];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const isLog = low > 0 && high / low > LOG_FROM;
  const pixels = [CHART_HEIGHT - MARGIN.bottom, MARGIN.top] as const;
  const y = isLog ? logScale([low, high], pixels) : linearScale([low, high], pixels);
  const x = linearScale([0, steps.at(-1) ?? 1], [MARGIN.left, CHART_WIDTH - MARGIN.right], 4);
  const line = (of: readonly number[]): string[] =>
    of.map((value, k) => `${fixed(x.at(steps[k]!))} ${fixed(y.at(value))}`);
  const area = (lower: 'p5' | 'p25', upper: 'p75' | 'p95'): string =>
    [
      ...line(bands.map((band) => band[upper])),
      ...line(bands.map((band) => band[lower])).reverse(),
    ].join(' ');
  const isFloorShown = fan.floor > low && fan.floor < high;
  return chartSvg(
    { ...options, yName: `${options.yName}${isLog ? ', log' : ''}`, y, yText: formatShort },
    [
      html`<polygon class="fan-outer" points="${area('p5', 'p95')}"><title>90 % of the simulations</title></polygon>`,
      html`<polygon class="fan-inner" points="${area('p25', 'p75')}"><title>50 % of the simulations</title></polygon>`,
      html`<polyline class="muted" points="${line(bands.map((band) => band.p50)).join(' ')}"><title>Median</title></polyline>`,
      ...(isFloorShown
        ? [
            html`<line class="ruin" x1="${MARGIN.left}" x2="${CHART_WIDTH - MARGIN.right}" y1="${fixed(y.at(fan.floor))}" y2="${fixed(y.at(fan.floor))}"><title>Ruin</title></line>`,
          ]
        : []),
      ...(actual.length === 0
        ? []
        : [
            html`<polyline class="second" points="${line(actual).join(' ')}"><title>Actual result</title></polyline>`,
          ]),
      ...x.ticks.map((tick) => xTick(x.at(tick), formatShort(tick))),
    ],
  );
}
