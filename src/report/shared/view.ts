/** The stretch of candles in view: candle `i` spans `[i, i + 1)`. */
export interface View {
  readonly from: number;
  readonly to: number;
}

/** Fewest candles that a view shows; below it candles are only wider. */
const VISIBLE_MIN = 12;
/** Empty space, as a share of the view, that may be seen past either end. */
const OVERSCROLL = 0.1;

/**
 * Zooms about a fixed point.
 *
 * @param view - Now.
 * @param factor - Above 1 shows more candles.
 * @param anchor - Candle position that stays where it is.
 * @param length - Candles there are.
 */
export function zoomView(view: View, factor: number, anchor: number, length: number): View {
  const smallest = Math.min(VISIBLE_MIN, length) / (view.to - view.from);
  const bounded = Math.max(factor, smallest);
  return clampView(
    {
      from: anchor - (anchor - view.from) * bounded,
      to: anchor + (view.to - anchor) * bounded,
    },
    length,
  );
}

/**
 * Moves the view along the candles.
 *
 * @param view - Now.
 * @param candles - How far; negative is towards the past.
 * @param length - Candles there are.
 */
export function panView(view: View, candles: number, length: number): View {
  return clampView({ from: view.from + candles, to: view.to + candles }, length);
}

/**
 * Shows a stretch of candles with room around it: for a trade that was picked from a table.
 *
 * @param from - First candle index.
 * @param to - Last candle index.
 * @param length - Candles there are.
 */
export function viewAround(from: number, to: number, length: number): View {
  const span = to - from + 1;
  const room = Math.max(30, span * 0.75);
  return clampView({ from: from - room, to: to + 1 + room }, length);
}

/**
 * Keeps a view inside the candles: never wider than all of them, never far past an end.
 *
 * @param view - Wanted.
 * @param length - Candles there are, >= 1.
 */
export function clampView(view: View, length: number): View {
  const span = Math.min(view.to - view.from, length);
  if (span >= length) return { from: 0, to: length };
  const room = span * OVERSCROLL;
  const from = Math.min(Math.max(view.from, -room), length + room - span);
  return { from, to: from + span };
}
