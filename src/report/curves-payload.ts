import type { Curve } from './charts/curves-chart.js';
import { packLine, packText } from './pack.js';
import type {
  ColorRole,
  LinePayload,
  PackedText,
  PanePayload,
  ReportPayload,
} from './shared/index.js';

/** Points of the common time axis: more than pixels, so that zooming in shows more. */
const POINTS_MAX = 20_000;
const MINUTE_MS = 60_000;
const COLORS = ['series-1', 'series-2', 'series-3', 'series-4'] as const;

/** Element id of the chart of a page that shows curves over their own times. */
export const CURVES_CHART_ID = 'curves-chart';

/** How curves are drawn. */
export interface CurvesLook {
  /** What the axis measures: `Equity (USDT)`. */
  readonly title: string;
  /** `equity`: percent of its beginning, falls in percent. `profit`: starts at 0, falls in money. */
  readonly kind: 'equity' | 'profit';
  readonly quoteAsset: string;
  /** Whether percent is shown at first. */
  readonly isPercent: boolean;
}

/**
 * Packs curves over their own times for one interactive chart: values on a common, even time axis, and how far each is below
 * its peak.
 *
 * @param curves - At least one, each with at least one value.
 * @param look - How they are drawn.
 */
export function curvesPayload(curves: readonly Curve[], look: CurvesLook): ReportPayload {
  const axis = commonAxis(curves);
  const columns = curves.map((curve) => heldAt(curve, axis));
  const isEquity = look.kind === 'equity';
  const color = (k: number): { color: ColorRole; dashed?: boolean } => ({
    color: COLORS[k % COLORS.length]!,
    ...(k >= COLORS.length ? { dashed: true } : {}),
  });
  const lines = curves.map(
    (curve, k): LinePayload => ({
      kind: 'line',
      label: curve.label,
      ...color(k),
      unit: 'quote',
      source: { packed: packLine(columns[k]!) },
      aggregate: 'last',
      ...(isEquity && curve.values[0]! > 0 ? { base: curve.values[0]! } : {}),
    }),
  );
  const falls = curves.map(
    (curve, k): LinePayload => ({
      kind: 'line',
      label: curves.length === 1 ? 'Drawdown' : `Drawdown of ${curve.label}`,
      ...(curves.length === 1 ? {} : { follows: curve.label }),
      ...color(k),
      unit: isEquity ? 'fraction' : 'quote',
      source: isEquity
        ? { drawdownOf: curve.label, initial: curve.values[0]! }
        : { fallOf: curve.label },
      aggregate: 'min',
    }),
  );
  const panes: PanePayload[] = [
    { title: look.title, weight: 3, hasLog: isEquity, lines },
    {
      title: isEquity ? 'Drawdown (% below the peak)' : `Drawdown (${look.quoteAsset})`,
      weight: 1.2,
      lines: falls,
    },
  ];
  return {
    groupSize: 1,
    candleMs: axis.stepMs,
    priceDigits: 2,
    quoteAsset: look.quoteAsset,
    times: packTimes(axis),
    charts: [{ id: CURVES_CHART_ID, panes, isPercent: look.isPercent && isEquity }],
    stops: {},
  };
}

interface Axis {
  readonly start: number;
  readonly stepMs: number;
  readonly length: number;
}

/** As fine as the finest curve, whole minutes apart, and no longer than `POINTS_MAX`. */
function commonAxis(curves: readonly Curve[]): Axis {
  let [start, end, finest] = [Infinity, -Infinity, Infinity];
  for (const { times } of curves) {
    const last = times.length - 1;
    start = Math.min(start, times[0]!);
    end = Math.max(end, times[last]!);
    if (last > 0) finest = Math.min(finest, (times[last]! - times[0]!) / last);
  }
  const span = Math.max(1, end - start);
  const wanted = Math.max(MINUTE_MS, Math.min(finest, span), span / POINTS_MAX);
  const stepMs = Math.ceil(wanted / MINUTE_MS) * MINUTE_MS;
  const first = Math.floor(start / stepMs) * stepMs;
  return { start: first, stepMs, length: Math.ceil((end - first) / stepMs) + 1 };
}

/** The newest value at each moment; none before the first and after the last. */
function heldAt({ times, values }: Curve, { start, stepMs, length }: Axis): Float64Array {
  const column = new Float64Array(length).fill(Number.NaN);
  const last = times.length - 1;
  let at = -1;
  for (let i = 0; i < length; i++) {
    const time = start + i * stepMs;
    while (at < last && times[at + 1]! <= time) at++;
    if (at >= 0 && (at < last || time - times[last]! < stepMs)) column[i] = values[at]!;
  }
  return column;
}

function packTimes({ start, stepMs, length }: Axis): PackedText {
  return packText(
    Float64Array.from({ length }, (_, i) => start + i * stepMs),
    0,
    2,
  );
}
