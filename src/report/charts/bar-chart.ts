import { html, type SafeHtml } from '../html.js';
import { formatShort } from '../shared/index.js';
import { CHART_HEIGHT, CHART_WIDTH, chartSvg, fixed, linearScale, MARGIN, xTick } from './frame.js';

/** One bar; gains and losses differ in colour and in the side of the zero line. */
export interface Bar {
  /** Below the axis; empty prints nothing. */
  readonly tick: string;
  /** `undefined`: there is none, which is no zero. */
  readonly value: number | undefined;
  /** Shown while the pointer rests on the bar. */
  readonly detail: string;
  readonly tone?: 'gain' | 'loss' | 'neutral';
}

/**
 * Draws bars from a zero line.
 *
 * @param bars - From left to right.
 * @param options - `label` in words for screen readers; axis names carry the units.
 */
export function barChart(
  bars: readonly Bar[],
  options: {
    readonly label: string;
    readonly xName: string;
    readonly yName: string;
    /** Pixels, for other places than a card. */
    readonly width?: number;
    readonly height?: number;
  },
): SafeHtml {
  const { width: chartWidth = CHART_WIDTH, height = CHART_HEIGHT } = options;
  const values = bars.map((bar) => bar.value ?? 0);
  const bottom = height - MARGIN.bottom;
  const y = linearScale([Math.min(0, ...values), Math.max(0, ...values)], [bottom, MARGIN.top]);
  const slot = (chartWidth - MARGIN.left - MARGIN.right) / Math.max(1, bars.length);
  const width = Math.max(1, Math.min(34, slot - Math.min(4, slot * 0.22)));
  const marks = bars.map((bar, k) => {
    const middle = MARGIN.left + slot * (k + 0.5);
    const tick = bar.tick === '' ? undefined : xTick(middle, bar.tick, height);
    if (bar.value === undefined) {
      return html`<text x="${fixed(middle)}" y="${fixed(y.at(0) - 5)}" text-anchor="middle">×<title>${bar.detail}</title></text>${tick}`;
    }
    const [top, base] = [y.at(Math.max(0, bar.value)), y.at(Math.min(0, bar.value))];
    const tone = bar.tone ?? (bar.value >= 0 ? 'gain' : 'loss');
    return html`<rect class="${tone}" x="${fixed(middle - width / 2)}" y="${fixed(top)}" width="${fixed(width)}" height="${fixed(Math.max(0, base - top))}" rx="1"><title>${bar.detail}</title></rect>${tick}`;
  });
  return chartSvg({ ...options, y, yText: formatShort }, marks);
}
