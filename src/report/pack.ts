import { gzipSync } from 'node:zlib';
import {
  type ChartCandles,
  drawingDecimals,
  exactDecimals,
  type PackedCandles,
  type PackedText,
  packColumn,
} from './shared/index.js';

/** Significant digits of prices, when the candles have no tick (synthetic ones). */
const PRICE_DIGITS = 8;
/** Volumes are drawn, not read: three digits of the typical one. */
const VOLUME_DIGITS = 3;

/**
 * Packs a column for the page.
 *
 * @param values - Shape `[n]`.
 * @param decimals - Precision that survives.
 * @param order - Differences taken before storing.
 */
export function packText(
  values: ArrayLike<number>,
  decimals: number,
  order: 0 | 1 | 2,
): PackedText {
  const { length, bytes } = packColumn(values, decimals, order);
  return { length, decimals, order, data: gzipSync(bytes, { level: 7 }).toString('base64') };
}

/**
 * Packs a line that is only looked at: a hundredth of its typical step survives.
 *
 * @param values - Shape `[n]`, `NaN` where undefined.
 */
export function packLine(values: Float64Array): PackedText {
  return packText(values, drawingDecimals(values), 1);
}

/**
 * Packs candles: about five bytes each for one-minute candles with a tick.
 *
 * @param candles - Columns of one level of detail.
 */
export function packCandles(candles: ChartCandles): PackedCandles {
  const { time, open, high, low, close, volume } = candles;
  const decimals = priceDecimals(candles);
  const scale = 10 ** Math.abs(decimals);
  const whole = (value: number): number =>
    Math.round(decimals >= 0 ? value * scale : value / scale);
  const length = time.length;
  const columns = ['gap', 'body', 'upper', 'lower'] as const;
  const [gap, body, upper, lower] = columns.map(() => new Float64Array(length)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  let previousClose = 0;
  for (let i = 0; i < length; i++) {
    const [o, h, l, c] = [whole(open[i]!), whole(high[i]!), whole(low[i]!), whole(close[i]!)];
    gap[i] = o - previousClose;
    body[i] = c - o;
    upper[i] = h - Math.max(o, c);
    lower[i] = Math.min(o, c) - l;
    previousClose = c;
  }
  return {
    decimals,
    time: packText(time, 0, 2),
    gap: packText(gap, 0, 0),
    body: packText(body, 0, 0),
    upper: packText(upper, 0, 0),
    lower: packText(lower, 0, 0),
    volume: packText(volume, volumeDecimals(volume), 1),
  };
}

/**
 * Returns the decimals with which the candles' prices are stored and printed.
 *
 * @param candles - Columns of one level of detail.
 */
export function priceDecimals(candles: ChartCandles): number {
  const columns = [candles.open, candles.high, candles.low, candles.close];
  return Math.max(...columns.map((column) => exactDecimals(column, PRICE_DIGITS)));
}

function volumeDecimals(volume: Float64Array): number {
  const sample = volume.filter((value, i) => value > 0 && i % Math.ceil(volume.length / 999) === 0);
  const typical = sample.sort()[sample.length >> 1];
  return typical === undefined ? 0 : VOLUME_DIGITS - 1 - Math.floor(Math.log10(typical));
}
