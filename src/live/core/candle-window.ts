import { allocateCandleColumns } from '../../candles/candle-series.js';
import type { CandleSeries, CandleSeriesIdentity } from '../../candles/index.js';

/** A closed candle. Prices in quote per base, volume in base. */
export interface ClosedCandle {
  /** Open time, ms UTC. */
  readonly openTime: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

interface Store {
  readonly columns: Omit<CandleSeries, keyof CandleSeriesIdentity>;
  /** Rows in use by the newest window over this store. */
  used: number;
}

/** The newest closed candles, oldest first; a value: appending gives a new window. */
export interface CandleWindow {
  readonly identity: CandleSeriesIdentity;
  /** Most candles kept: beyond twice as many the oldest are dropped. */
  readonly size: number;
  readonly length: number;
  readonly store: Store;
}

/**
 * Returns an empty window.
 *
 * @param identity - Symbol, market and timeframe.
 * @param size - Candles that must be kept.
 */
export function emptyWindow(identity: CandleSeriesIdentity, size: number): CandleWindow {
  const store = { columns: allocateCandleColumns(size * 2), used: 0 };
  return { identity, size, length: 0, store };
}

/**
 * Returns the window with one more candle. Old windows keep their content.
 *
 * @param window - Where to append.
 * @param candle - Later than all in the window.
 */
export function appendCandle(window: CandleWindow, candle: ClosedCandle): CandleWindow {
  const isFull = window.length === window.store.columns.length;
  // Another window may already have written behind ours: then this one needs a store of its own.
  const store = isFull || window.store.used !== window.length ? copyOf(window) : window.store;
  const at = store.used;
  const { openTime, open, high, low, close, volume } = store.columns;
  openTime[at] = candle.openTime;
  open[at] = candle.open;
  high[at] = candle.high;
  low[at] = candle.low;
  close[at] = candle.close;
  volume[at] = candle.volume;
  store.used = at + 1;
  return { ...window, length: store.used, store };
}

/**
 * Returns the candles as strategies and filters see them.
 *
 * @param window - Closed candles.
 */
export function windowSeries(window: CandleWindow): CandleSeries {
  const { columns } = window.store;
  const cut = (column: Float64Array): Float64Array => column.subarray(0, window.length);
  return {
    ...window.identity,
    length: window.length,
    openTime: cut(columns.openTime),
    open: cut(columns.open),
    high: cut(columns.high),
    low: cut(columns.low),
    close: cut(columns.close),
    volume: cut(columns.volume),
  };
}

/**
 * Says what is wrong with a candle from outside, or `undefined`.
 *
 * @param candle - Untrusted numbers.
 * @param timeframeMs - Grid of the open times.
 */
export function candleProblem(candle: ClosedCandle, timeframeMs: number): string | undefined {
  const { openTime, open, high, low, close, volume } = candle;
  // Weeks open on Mondays, the epoch was a Thursday: only days and shorter lie on the plain grid.
  const isOnGrid = timeframeMs > 86_400_000 || openTime % timeframeMs === 0;
  if (!Number.isSafeInteger(openTime) || openTime <= 0 || !isOnGrid) return 'open time';
  for (const price of [open, high, low, close]) {
    if (!(price > 0 && Number.isFinite(price))) return 'price';
  }
  if (high < Math.max(open, close, low) || low > Math.min(open, close)) return 'range';
  return volume >= 0 && Number.isFinite(volume) ? undefined : 'volume';
}

function copyOf(window: CandleWindow): Store {
  const keep = Math.min(window.length, window.size);
  const from = window.length - keep;
  const columns = allocateCandleColumns(window.size * 2);
  const old = window.store.columns;
  for (const name of ['openTime', 'open', 'high', 'low', 'close', 'volume'] as const) {
    columns[name].set(old[name].subarray(from, window.length));
  }
  return { columns, used: keep };
}
