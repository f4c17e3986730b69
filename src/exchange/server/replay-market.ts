import type { CandleSeries } from '../../candles/index.js';
import {
  candleOpenTime,
  type Decimal,
  decimalFromNumber,
  parseTimeframe,
  type Timeframe,
  timeframeMs,
} from '../../domain/index.js';
import { lowerBound } from '../../util/index.js';
import { candlePath, type PricePoint } from '../simulated/index.js';

/** Candle lengths that Binance knows: ours and the month. */
export type KlineInterval = Timeframe | '1M';

/** A candle as the exchange publishes it; numbers, because the replayed candles are. */
export interface ReplayCandle {
  openTime: number;
  closeTime: number;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
  quoteVolume: number;
  count: number;
}

/** Which candles a client asks for. */
export interface KlineQuery {
  readonly startTime?: number | undefined;
  readonly endTime?: number | undefined;
  readonly limit: number;
  /** How far days begin before those of UTC, ms; default 0. */
  readonly offsetMs?: number;
}

/** A price of the replay as a trade. */
export interface ReplayTrade extends PricePoint {
  /** Ascending per symbol, from 1. */
  readonly id: number;
}

const DAY_MS = 86_400_000;
const TRADES_KEPT = 1_000;

interface SymbolReplay {
  readonly symbol: string;
  readonly tickSize: Decimal;
  /** Series by candle length, longest last; the last is replayed, the others give its inner path. */
  readonly series: readonly CandleSeries[];
  readonly base: CandleSeries;
  readonly baseMs: number;
  /** Index of the base candle that is forming or comes next. */
  index: number;
  path: readonly PricePoint[];
  nextPoint: number;
  /** The latest base candle as far as it was replayed; `undefined` before the first. */
  forming: ReplayCandle | undefined;
  /** Latest trades; between the number kept and twice that. */
  trades: ReplayTrade[];
  lastTradeId: number;
}

/** A step of the replay: a price, or the end of candles. */
export type ReplayStep =
  | { readonly kind: 'price'; readonly symbol: string; readonly point: PricePoint }
  | { readonly kind: 'boundary'; readonly time: number };

/**
 * The market of the local exchange: candles replayed as prices in time order, and the history up to now. What a
 * candle file does not know is derived from volume: quote volume at the typical price, one trade per unit of
 * volume, half of it bought by takers.
 */
export class ReplayMarket {
  readonly #symbols = new Map<string, SymbolReplay>();
  readonly #gridMs: number;
  readonly #updateMs: number | undefined;
  #nextBoundary: number;
  /** First instant and first instant after the last candle, ms UTC. */
  readonly startTime: number;
  readonly endTime: number;

  /**
   * @param inputs - Series of every symbol; several timeframes of one symbol refine each other.
   * @param options - Where the replay starts; candles before are history. `updateMs` is the longest time without
   *   a price inside a candle (default: the four points of the path only).
   * @throws {RangeError} If there are no candles.
   */
  constructor(
    inputs: readonly { readonly candles: CandleSeries; readonly tickSize: Decimal }[],
    options: { readonly startTime: number; readonly updateMs?: number | undefined },
  ) {
    for (const symbol of new Set(inputs.map(({ candles }) => candles.symbol))) {
      const own = inputs.filter(({ candles }) => candles.symbol === symbol);
      const series = own
        .map(({ candles }) => candles)
        .filter(({ length }) => length > 0)
        .sort((a, b) => timeframeMs(a.timeframe) - timeframeMs(b.timeframe));
      const base = series.at(-1);
      if (base === undefined) throw new RangeError(`No candles of ${symbol}`);
      // A candle that is under way at the start is replayed from its open.
      const before = lowerBound(base.openTime, options.startTime) - 1;
      const isUnderWay =
        before >= 0 && base.openTime[before]! + timeframeMs(base.timeframe) > options.startTime;
      const index = isUnderWay ? before : before + 1;
      this.#symbols.set(symbol, {
        symbol,
        tickSize: own[0]!.tickSize,
        series,
        base,
        baseMs: timeframeMs(base.timeframe),
        index,
        path: [],
        nextPoint: 0,
        forming: undefined,
        trades: [],
        lastTradeId: 0,
      });
    }
    const all = [...this.#symbols.values()];
    if (all.length === 0) throw new RangeError('A market needs at least one symbol');
    this.#gridMs = Math.min(
      ...all.flatMap(({ series }) => series.map(({ timeframe }) => timeframeMs(timeframe))),
    );
    this.#updateMs = options.updateMs;
    this.#nextBoundary = Math.floor(options.startTime / this.#gridMs) * this.#gridMs + this.#gridMs;
    this.startTime = Math.min(...all.map(({ base }) => base.openTime[0]!));
    this.endTime = Math.max(
      ...all.map(({ base, baseMs }) => base.openTime[base.length - 1]! + baseMs),
    );
  }

  get symbols(): readonly string[] {
    return [...this.#symbols.keys()];
  }

  has(symbol: string): boolean {
    return this.#symbols.has(symbol);
  }

  /** Shortest candles that can be asked for. */
  finestTimeframe(symbol: string): Timeframe {
    return this.#replay(symbol).series[0]!.timeframe;
  }

  /** Whether candles of a length can be made of those that are replayed. */
  hasInterval(symbol: string, interval: KlineInterval, offsetMs = 0): boolean {
    return sourceFor(this.#replay(symbol), { interval, offsetMs }) !== undefined;
  }

  /** The price that the replay has reached. */
  priceNow(symbol: string): Decimal {
    const { forming } = this.#replay(symbol);
    return decimalFromNumber(forming?.close ?? this.initialPrice(symbol));
  }

  /** The price just before the replay starts. */
  initialPrice(symbol: string): number {
    const { base, index } = this.#replay(symbol);
    return index > 0 ? base.close[index - 1]! : base.open[0]!;
  }

  /**
   * Takes the next step, if it lies at or before a time. Prices come before the boundary at the same instant: at
   * the end of a candle the next one has already opened.
   */
  next(untilTime: number): ReplayStep | undefined {
    let earliest: SymbolReplay | undefined;
    let earliestTime = Number.POSITIVE_INFINITY;
    for (const replay of this.#symbols.values()) {
      const time = this.#pointTime(replay);
      if (time < earliestTime) {
        earliest = replay;
        earliestTime = time;
      }
    }
    if (Math.min(earliestTime, this.#nextBoundary) > untilTime) return undefined;
    if (earliest === undefined || earliestTime > this.#nextBoundary) {
      const time = this.#nextBoundary;
      if (time > this.endTime) return undefined;
      this.#nextBoundary += this.#gridMs;
      return { kind: 'boundary', time };
    }
    return { kind: 'price', symbol: earliest.symbol, point: this.#takePoint(earliest) };
  }

  /** The instant at which candles end next, ms UTC. */
  get nextBoundary(): number {
    return this.#nextBoundary;
  }

  /** Time of the next step, ms UTC; `undefined` at the end of the candles. */
  nextTime(): number | undefined {
    const times = [...this.#symbols.values()].map((replay) => this.#pointTime(replay));
    const next = Math.min(this.#nextBoundary, ...times);
    return next > this.endTime ? undefined : next;
  }

  /** Candles of a symbol that are visible now, ascending; the last may be forming. */
  candles(symbol: string, interval: KlineInterval, query: KlineQuery, now: number): ReplayCandle[] {
    const replay = this.#replay(symbol);
    const grid = { interval, offsetMs: query.offsetMs ?? 0 };
    const source = sourceFor(replay, grid);
    if (source === undefined || query.limit <= 0) return [];
    const end = Math.min(query.endTime ?? now, now);
    const last = lowerBound(source.openTime, end + 1) - 1;
    if (query.startTime === undefined) {
      return this.#backward(replay, source, grid, last, query.limit, now);
    }
    const from = lowerBound(source.openTime, query.startTime);
    const firstOpen = gridOpenTime(query.startTime + intervalMs(interval) - 1, grid);
    const first = Math.max(from, lowerBound(source.openTime, firstOpen));
    return this.#forward(replay, source, grid, { first, last, end }, query.limit, now);
  }

  /** The candle that begins at an instant, if it is visible. */
  candleAt(
    symbol: string,
    interval: KlineInterval,
    openTime: number,
    now: number,
    offsetMs = 0,
  ): ReplayCandle | undefined {
    const query = { startTime: openTime, limit: 1, offsetMs };
    const [candle] = this.candles(symbol, interval, query, now);
    return candle?.openTime === openTime ? candle : undefined;
  }

  /** The latest trades of a symbol, oldest first. */
  recentTrades(symbol: string, limit = TRADES_KEPT): readonly ReplayTrade[] {
    return this.#replay(symbol).trades.slice(-Math.min(limit, TRADES_KEPT));
  }

  /** Id of the latest trade of a symbol; 0 before the first. */
  lastTradeId(symbol: string): number {
    return this.#replay(symbol).lastTradeId;
  }

  #replay(symbol: string): SymbolReplay {
    const replay = this.#symbols.get(symbol);
    if (replay === undefined) throw new RangeError(`No symbol ${symbol} in this market`);
    return replay;
  }

  #pointTime(replay: SymbolReplay): number {
    const point = replay.path[replay.nextPoint];
    if (point !== undefined) return point.time;
    return replay.index < replay.base.length
      ? replay.base.openTime[replay.index]!
      : Number.POSITIVE_INFINITY;
  }

  #takePoint(replay: SymbolReplay): PricePoint {
    if (replay.nextPoint >= replay.path.length) this.#openCandle(replay);
    const point = replay.path[replay.nextPoint++]!;
    const price = Number(point.price) / 1e8;
    const { forming } = replay;
    const quantity = Number(point.quantity) / 1e8;
    if (forming !== undefined) {
      forming.high = Math.max(forming.high, price);
      forming.low = Math.min(forming.low, price);
      forming.close = price;
      forming.volume += quantity;
      forming.quoteVolume += quantity * price;
      forming.count = tradesIn(forming.volume);
    }
    if (replay.nextPoint === replay.path.length) replay.index++;
    if (point.quantity > 0n) {
      replay.trades.push({ ...point, id: ++replay.lastTradeId });
      if (replay.trades.length > 2 * TRADES_KEPT) replay.trades = replay.trades.slice(-TRADES_KEPT);
    }
    return point;
  }

  #openCandle(replay: SymbolReplay): void {
    const { base, index, baseMs } = replay;
    const candle = candleFrom(base, index);
    const { open, openTime } = candle;
    replay.forming = {
      ...candle,
      high: open,
      low: open,
      close: open,
      volume: 0,
      quoteVolume: 0,
      count: 0,
    };
    const finer = finerCandles(replay, openTime);
    const path =
      finer.length > 0
        ? finer.flatMap(({ series, i }) =>
            candlePath(candleFrom(series, i), timeframeMs(series.timeframe), replay.tickSize),
          )
        : candlePath(candle, baseMs, replay.tickSize);
    replay.path =
      this.#updateMs === undefined ? path : subdivide(path, this.#updateMs, replay.tickSize);
    replay.nextPoint = 0;
  }

  #forward(
    replay: SymbolReplay,
    source: CandleSeries,
    grid: CandleGrid,
    range: { first: number; last: number; end: number },
    limit: number,
    now: number,
  ): ReplayCandle[] {
    const groups: ReplayCandle[] = [];
    for (let i = range.first; i < source.length; i++) {
      const openTime = gridOpenTime(source.openTime[i]!, grid);
      if (openTime > range.end) break;
      const current = groups.at(-1);
      const isNew = current?.openTime !== openTime;
      if (isNew && groups.length === limit) break;
      const part = visiblePart(replay, source, i, now);
      if (part === undefined) break;
      if (isNew) groups.push(groupFrom(part, openTime, grid));
      else merge(current, part);
    }
    return groups;
  }

  #backward(
    replay: SymbolReplay,
    source: CandleSeries,
    grid: CandleGrid,
    last: number,
    limit: number,
    now: number,
  ): ReplayCandle[] {
    if (last < 0) return [];
    let first = last;
    let groups = 1;
    let openTime = gridOpenTime(source.openTime[last]!, grid);
    while (first > 0) {
      const before = gridOpenTime(source.openTime[first - 1]!, grid);
      if (before !== openTime && groups++ === limit) break;
      openTime = before;
      first--;
    }
    const range = { first, last, end: now };
    return this.#forward(replay, source, grid, range, limit, now);
  }
}

/** Parses an interval as the API writes it. */
export function parseInterval(text: string): KlineInterval | undefined {
  if (text === '1M') return '1M';
  try {
    return parseTimeframe(text);
  } catch {
    return undefined;
  }
}

/** Open time of the candle that contains an instant. */
export function intervalOpenTime(time: number, interval: KlineInterval): number {
  if (interval !== '1M') return candleOpenTime(time, interval);
  const date = new Date(time);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
}

/** First instant after the candle that opens at a time. */
export function intervalEndTime(openTime: number, interval: KlineInterval): number {
  if (interval !== '1M') return openTime + timeframeMs(interval);
  const date = new Date(openTime);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
}

/** A candle as the REST interface prints it. */
export function klineRow(candle: ReplayCandle): unknown[] {
  return [
    candle.openTime,
    candle.open.toFixed(8),
    candle.high.toFixed(8),
    candle.low.toFixed(8),
    candle.close.toFixed(8),
    candle.volume.toFixed(8),
    candle.closeTime,
    candle.quoteVolume.toFixed(8),
    candle.count,
    (candle.volume / 2).toFixed(8),
    (candle.quoteVolume / 2).toFixed(8),
    '0',
  ];
}

function intervalMs(interval: KlineInterval): number {
  return interval === '1M' ? 1 : timeframeMs(interval);
}

/** Which candles are meant: their length, and how far their days begin before those of UTC. */
interface CandleGrid {
  readonly interval: KlineInterval;
  readonly offsetMs: number;
}

function gridOpenTime(time: number, { interval, offsetMs }: CandleGrid): number {
  return intervalOpenTime(time + offsetMs, interval) - offsetMs;
}

/** The longest candles of which those of a grid can be put together. */
function sourceFor(
  replay: SymbolReplay,
  { interval, offsetMs }: CandleGrid,
): CandleSeries | undefined {
  const length = interval === '1M' ? undefined : timeframeMs(interval);
  return replay.series.findLast(({ timeframe }) => {
    const own = timeframeMs(timeframe);
    const fits = length === undefined ? own <= DAY_MS : own <= length && length % own === 0;
    return fits && offsetMs % own === 0;
  });
}

/** A source candle as far as it may be seen now; `undefined` if it lies in the future. */
function visiblePart(
  replay: SymbolReplay,
  source: CandleSeries,
  i: number,
  now: number,
): ReplayCandle | undefined {
  const candle = candleFrom(source, i);
  if (candle.closeTime < now) return candle;
  if (source !== replay.base || candle.openTime > now) return undefined;
  return replay.forming?.openTime === candle.openTime ? { ...replay.forming } : undefined;
}

function candleFrom(series: CandleSeries, i: number): ReplayCandle {
  const [open, high] = [series.open[i]!, series.high[i]!];
  const [low, close] = [series.low[i]!, series.close[i]!];
  const volume = series.volume[i]!;
  const openTime = series.openTime[i]!;
  return {
    openTime,
    closeTime: openTime + timeframeMs(series.timeframe) - 1,
    open,
    high,
    low,
    close,
    volume,
    quoteVolume: (volume * (open + high + low + close)) / 4,
    count: tradesIn(volume),
  };
}

function tradesIn(volume: number): number {
  return volume === 0 ? 0 : Math.min(1_000_000, Math.max(1, Math.round(volume)));
}

function groupFrom(
  part: ReplayCandle,
  openTime: number,
  { interval, offsetMs }: CandleGrid,
): ReplayCandle {
  const endTime = intervalEndTime(openTime + offsetMs, interval) - offsetMs;
  return { ...part, openTime, closeTime: endTime - 1 };
}

function merge(group: ReplayCandle, part: ReplayCandle): void {
  group.high = Math.max(group.high, part.high);
  group.low = Math.min(group.low, part.low);
  group.close = part.close;
  group.volume += part.volume;
  group.quoteVolume += part.quoteVolume;
  group.count += part.count;
}

/** The finest complete set of candles inside a base candle; empty without one. */
function finerCandles(
  replay: SymbolReplay,
  openTime: number,
): { series: CandleSeries; i: number }[] {
  for (const series of replay.series) {
    if (series === replay.base) break;
    const first = lowerBound(series.openTime, openTime);
    const count = replay.baseMs / timeframeMs(series.timeframe);
    const isComplete =
      series.openTime[first] === openTime &&
      series.openTime[first + count - 1] === openTime + replay.baseMs - replay.baseMs / count;
    if (isComplete) return Array.from({ length: count }, (_, k) => ({ series, i: first + k }));
  }
  return [];
}

/** Adds points on the way, so that no more than `updateMs` pass without one. */
function subdivide(
  path: readonly PricePoint[],
  updateMs: number,
  tickSize: Decimal,
): readonly PricePoint[] {
  return path.flatMap((point, i) => {
    const before = path[i - 1];
    if (before === undefined || point.isJump) return [point];
    const count = Math.max(1, Math.ceil((point.time - before.time) / updateMs));
    return Array.from({ length: count }, (_, k) => {
      const part = k + 1;
      const way = ((point.price - before.price) * BigInt(part)) / BigInt(count);
      return {
        time: before.time + Math.floor(((point.time - before.time) * part) / count),
        price: part === count ? point.price : before.price + (way / tickSize) * tickSize,
        quantity: point.quantity / BigInt(count),
        isJump: false,
      };
    });
  });
}
