import type { Payload } from '../simulated/index.js';
import {
  type KlineInterval,
  parseInterval,
  type ReplayCandle,
  type ReplayMarket,
} from './replay-market.js';
import type { KlineStream, ServedStream } from './served-stream.js';

const MINUTE_MS = 60_000;
/** `btcusdt@kline_1d@+08:00`: symbol, interval, and the time zone of its days. */
const KLINE = /^([^@]+)@kline_([0-9]+[a-zA-Z])(?:@([+-])([01][0-9]):([0-5][0-9]))?$/;
/** `btcusdt_perpetual@continuousKline_1m`: pair and interval; nothing else is traded here. */
const CONTINUOUS = /^([^@]+)_perpetual@continuousKline_([0-9]+[a-zA-Z])$/;

/** The stream of candles that a name stands for, if the replayed candles can be put together to them. */
export function klineStream(
  name: string,
  market: ReplayMarket,
  { isUsdm }: { readonly isUsdm: boolean },
): ServedStream | undefined {
  const [, continuousPair, continuousInterval] = CONTINUOUS.exec(name) ?? [];
  const [, plainSymbol, plainInterval, sign, hours, minutes] = KLINE.exec(name) ?? [];
  const lower = continuousPair ?? plainSymbol;
  const interval = parseInterval(continuousInterval ?? plainInterval ?? '');
  if (lower === undefined || interval === undefined || lower !== lower.toLowerCase()) {
    return undefined;
  }
  const symbol = lower.toUpperCase();
  const offset = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * MINUTE_MS;
  const offsetMs = sign === '-' ? -offset : offset;
  if (!market.has(symbol) || !market.hasInterval(symbol, interval, offsetMs)) return undefined;
  const isContinuous = continuousPair !== undefined;
  // Contracts are on USD-M only, and their candles are those of UTC.
  if (isContinuous && !isUsdm) return undefined;
  if (isUsdm && (offsetMs !== 0 || interval === '1s')) return undefined;
  const head: Payload = isContinuous
    ? { e: 'continuous_kline', ps: symbol, ct: 'PERPETUAL' }
    : { e: 'kline', s: symbol };
  return { symbol, content: { interval, offsetMs, head, namesSymbol: !isContinuous } };
}

/** The frame of a candle. */
export function klineEvent(
  { interval, head, namesSymbol }: KlineStream,
  symbol: string,
  candle: ReplayCandle,
  time: number,
  isClosed: boolean,
): Payload {
  const hasTrades = candle.count > 0;
  const { e, ...named } = head;
  return {
    e,
    E: time,
    ...named,
    k: {
      t: candle.openTime,
      T: candle.closeTime,
      ...(namesSymbol ? { s: symbol } : {}),
      i: interval satisfies KlineInterval,
      f: hasTrades ? candle.openTime : -1,
      L: hasTrades ? candle.openTime + candle.count - 1 : -1,
      o: candle.open.toFixed(8),
      c: candle.close.toFixed(8),
      h: candle.high.toFixed(8),
      l: candle.low.toFixed(8),
      v: candle.volume.toFixed(8),
      n: candle.count,
      x: isClosed,
      q: candle.quoteVolume.toFixed(8),
      V: (candle.volume / 2).toFixed(8),
      Q: (candle.quoteVolume / 2).toFixed(8),
      B: '0',
    },
  };
}
