import {
  type ChartCandles,
  type PackedCandles,
  type PackedText,
  unpackColumn,
} from '../shared/index.js';

/**
 * Reads a packed column of the page.
 *
 * @param packed - Gzipped bytes in base64.
 */
export async function loadColumn(packed: PackedText): Promise<Float64Array> {
  const text = atob(packed.data);
  const zipped = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) zipped[i] = text.charCodeAt(i);
  const stream = new Blob([zipped]).stream().pipeThrough(new DecompressionStream('gzip'));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  return unpackColumn({ ...packed, bytes });
}

/**
 * Reads a time axis without candles.
 *
 * @param packed - Open times, ms UTC.
 */
export async function loadTimes(packed: PackedText | undefined): Promise<ChartCandles> {
  const time = packed === undefined ? new Float64Array() : await loadColumn(packed);
  const none = new Float64Array();
  return { time, open: none, high: none, low: none, close: none, volume: none };
}

/**
 * Reads the candles of the page.
 *
 * @param packed - Columns stored as differences, in whole price steps.
 */
export async function loadCandles(packed: PackedCandles): Promise<ChartCandles> {
  const [time, gap, body, upper, lower, volume] = await Promise.all([
    loadColumn(packed.time),
    loadColumn(packed.gap),
    loadColumn(packed.body),
    loadColumn(packed.upper),
    loadColumn(packed.lower),
    loadColumn(packed.volume),
  ]);
  const scale = 10 ** Math.abs(packed.decimals);
  const price = (steps: number): number => (packed.decimals >= 0 ? steps / scale : steps * scale);
  const length = time.length;
  const columns = Array.from({ length: 4 }, () => new Float64Array(length));
  const [open, high, low, close] = columns as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  let previousClose = 0;
  for (let i = 0; i < length; i++) {
    const o = previousClose + gap[i]!;
    const c = o + body[i]!;
    open[i] = price(o);
    close[i] = price(c);
    high[i] = price(Math.max(o, c) + upper[i]!);
    low[i] = price(Math.min(o, c) - lower[i]!);
    previousClose = c;
  }
  return { time, open, high, low, close, volume };
}
