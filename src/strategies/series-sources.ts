import {
  alignToCloses,
  allocateCandleColumns,
  type CandleColumns,
  type CandleSeries,
  candleRange,
  higherCandles,
  higherTimeframeMs,
} from '../candles/index.js';
import { timeframeMs } from '../domain/index.js';
import { lowerBound, seededRandom } from '../util/index.js';
import { namedValues } from './named-values.js';
import { type OtherFuture, scrambleFuture } from './scramble-future.js';
import type {
  SeriesCandles,
  SeriesSpec,
  SeriesSpecs,
  SeriesTable,
  TableSpec,
} from './series-specs.js';
import type { StrategyCandles } from './strategy-candles.js';
import { StrategyError } from './strategy-error.js';

/** Rows of a table: when each became known, and its numbers. Shape `[m]` each. */
export interface TableSource {
  /** Ascending, ms UTC. */
  readonly time: Float64Array;
  readonly columns: Readonly<Record<string, Float64Array>>;
}

/** Data of series that are not built from the candles of the run. */
export interface SeriesSources {
  /** Open time of the first candle of the run, ms UTC: runs that begin later are windows of it, and get no earlier candles. */
  readonly firstTime: number;
  /** By the name of the series. */
  readonly byName: Readonly<Record<string, SeriesSource>>;
}

/** Data of one series: candles of another symbol, or a table. */
export type SeriesSource =
  /** Of the base timeframe; higher ones are built from them (S-61). */
  | { readonly kind: 'candles'; readonly candles: CandleSeries }
  | { readonly kind: 'table'; readonly table: TableSource };

/** Another future of a check: what became known after a candle is replaced in the series as well (S-62). */
export interface SeriesFuture {
  /** Open time of the last candle that stays, ms UTC. */
  readonly lastOpenTime: number;
  readonly future: Exclude<OtherFuture, 'removed'>;
  readonly seed: number;
}

/** Futures by the candles for which they hold: views of a check. */
const futures = new WeakMap<StrategyCandles, SeriesFuture>();

/**
 * Replaces what series say after a candle, for one view of the candles.
 *
 * @param view - Handed to the strategy.
 * @param future - What is replaced, and how.
 */
export function noteSeriesFuture(view: StrategyCandles, future: SeriesFuture): void {
  futures.set(view, future);
}

type BuiltSeries = Readonly<Record<string, SeriesCandles | SeriesTable<string>>>;

/** Builds the series of a strategy for candles; once for the same candles. */
export interface SeriesBuilder {
  /** @throws {StrategyError} If data is missing or a timeframe does not fit. */
  build(candles: StrategyCandles): BuiltSeries;
  /** Names a series whose values are others than those that were built: the strategy has written to it. */
  findChange(candles: StrategyCandles): string | undefined;
}

/**
 * Returns what builds the series of a strategy.
 *
 * @param strategy - Name, for messages.
 * @param specs - Declared.
 * @param sources - Data of other symbols and tables.
 */
export function seriesBuilder(
  strategy: string,
  specs: SeriesSpecs,
  sources: SeriesSources | undefined,
): SeriesBuilder {
  const known = new WeakMap<StrategyCandles, BuiltSeries>();
  const where = `Strategy "${strategy}"`;
  const fresh = (candles: StrategyCandles): BuiltSeries => {
    const built = Object.entries(specs).map(([name, spec]) => [
      name,
      buildOne(`${where}: series.${name}`, spec, sources?.byName[name], {
        candles,
        historyStart: sources?.firstTime ?? Number.NEGATIVE_INFINITY,
      }),
    ]);
    return namedValues(`${where}: series`, Object.fromEntries(built) as BuiltSeries);
  };
  return {
    build(candles) {
      const built = known.get(candles) ?? fresh(candles);
      known.set(candles, built);
      return built;
    },
    findChange(candles) {
      const before = known.get(candles);
      if (before === undefined) return undefined;
      const now = fresh(candles);
      return Object.keys(specs).find((name) => !hasSameValues(before[name]!, now[name]!));
    },
  };
}

/** The candles of a run, and what of a series is known at their last close. */
interface Closes {
  readonly openTime: Float64Array;
  /** Δ, ms. */
  readonly baseMs: number;
  readonly firstTime: number;
  /** Last close, ms UTC. */
  readonly end: number;
  /** Candles of a series before it belong to the whole history only. */
  readonly historyStart: number;
  readonly future: SeriesFuture | undefined;
}

function buildOne(
  where: string,
  spec: SeriesSpec,
  source: SeriesSource | undefined,
  { candles, historyStart }: { readonly candles: StrategyCandles; readonly historyStart: number },
): SeriesCandles | SeriesTable<string> {
  const { timeframe, openTime, length } = candles;
  if (timeframe === undefined) {
    throw new StrategyError('threw', `${where} needs a candle series; these are plain columns`);
  }
  const baseMs = timeframeMs(timeframe);
  const closes: Closes = {
    openTime,
    baseMs,
    firstTime: openTime[0] ?? 0,
    end: length === 0 ? Number.NEGATIVE_INFINITY : openTime[length - 1]! + baseMs,
    historyStart,
    future: futures.get(candles),
  };
  if (spec.kind === 'timeframe') {
    return candleSeries(where, higher(candles, spec.timeframe, baseMs), closes);
  }
  if (source === undefined) {
    throw new StrategyError(
      'threw',
      `${where} has no data; load it with loadSeries() and hand the strategy that it returns to the run`,
    );
  }
  if (spec.kind === 'table') {
    if (source.kind !== 'table') throw new StrategyError('threw', `${where} needs a table`);
    return tableSeries(where, spec, source.table, closes);
  }
  if (source.kind !== 'candles') throw new StrategyError('threw', `${where} needs candles`);
  const own = disturbed(knownCandles(source.candles, closes), closes);
  return candleSeries(where, higher(own, spec.timeframe ?? timeframe, baseMs), closes);
}

interface KnownCandles {
  readonly candles: CandleColumns;
  readonly lengthMs: number;
}

function higher(candles: CandleColumns, timeframe: string, baseMs: number): KnownCandles {
  const lengthMs = higherTimeframeMs(timeframe, baseMs);
  return {
    candles: lengthMs === baseMs ? withoutExtras(candles) : higherCandles(candles, lengthMs),
    lengthMs,
  };
}

/** Extra columns of the candles of a run are read only where they are declared; a series has none. */
function withoutExtras({ openTime, open, high, low, close, volume, length }: CandleColumns) {
  return { openTime, open, high, low, close, volume, length };
}

/** Candles of another symbol that are complete at the last close; in a window of the history, those of the window (S-63). */
function knownCandles(candles: CandleSeries, closes: Closes): CandleSeries {
  const { end, baseMs, firstTime, historyStart } = closes;
  const from = firstTime > historyStart ? lowerBound(candles.openTime, firstTime) : 0;
  const to = lowerBound(candles.openTime, end - baseMs + 1);
  return copied(candleRange(candles, from, Math.max(from, to)));
}

/** What a strategy writes to its series stays there, and is found. */
function copied(candles: CandleSeries): CandleSeries {
  const { openTime, open, high, low, close, volume } = candles;
  return {
    ...candles,
    openTime: openTime.slice(),
    open: open.slice(),
    high: high.slice(),
    low: low.slice(),
    close: close.slice(),
    volume: volume.slice(),
  };
}

function disturbed(candles: CandleColumns, { future, baseMs, end }: Closes): CandleColumns {
  if (future === undefined) return candles;
  const from = lowerBound(candles.openTime, future.lastOpenTime + 1);
  if (from === 0) return candleRange(candles, 0, 0);
  if (from === candles.length) return candles;
  const other = allocateCandleColumns(candles.length);
  for (const name of ['openTime', 'open', 'high', 'low', 'close', 'volume'] as const) {
    other[name].set(candles[name]);
  }
  const replaced = { from, to: candles.length, future: future.future };
  scrambleFuture(candles, other, replaced, seededRandom(future.seed));
  return candleRange(other, 0, lowerBound(other.openTime, end - baseMs + 1));
}

function candleSeries(where: string, known: KnownCandles, closes: Closes): SeriesCandles {
  const { lengthMs } = known;
  // The last one may still be forming.
  const to = lowerBound(known.candles.openTime, closes.end - lengthMs + 1);
  const candles = candleRange(known.candles, 0, to);
  const knownTime = candles.openTime.map((time) => time + lengthMs);
  const align = aligner(where, `${where}.candles`, knownTime, closes);
  const reader = (name: 'open' | 'high' | 'low' | 'close' | 'volume') => {
    let column: Float64Array | undefined;
    return (i: number): number => {
      column ??= align(candles[name]);
      return column[i] ?? Number.NaN;
    };
  };
  return namedValues(where, {
    candles,
    align,
    open: reader('open'),
    high: reader('high'),
    low: reader('low'),
    close: reader('close'),
    volume: reader('volume'),
  });
}

function tableSeries(
  where: string,
  spec: TableSpec,
  { time, columns }: TableSource,
  closes: Closes,
): SeriesTable<string> {
  const to = lowerBound(time, closes.end + 1);
  const knownTime = time.slice(0, to);
  const values = spec.columns.map((name) => [
    name,
    disturbedRows(columns[name]!.slice(0, to), knownTime, closes),
  ]);
  const align = aligner(where, where, knownTime, closes);
  const all = { ...(Object.fromEntries(values) as object), time: knownTime, align };
  return namedValues(where, all) as SeriesTable<string>;
}

function disturbedRows(
  values: Float64Array,
  time: Float64Array,
  { future, baseMs }: Closes,
): Float64Array {
  if (future === undefined) return values;
  const random = seededRandom(future.seed);
  const factor = { higher: 3, lower: -2, noise: 100 }[future.future];
  for (let j = lowerBound(time, future.lastOpenTime + baseMs + 1); j < values.length; j++) {
    values[j] = values[j]! * factor + (random() - 0.5);
  }
  return values;
}

function aligner(
  where: string,
  columnsOf: string,
  knownTime: Float64Array,
  { openTime, baseMs }: Closes,
): (column: ArrayLike<number>) => Float64Array {
  return (column) => {
    if (column?.length !== knownTime.length) {
      throw new StrategyError(
        'threw',
        `${where}.align() needs a column with one value for each of its ${knownTime.length} elements: it has ${String(column?.length)}; compute it from ${columnsOf}`,
      );
    }
    return alignToCloses(column, knownTime, openTime, baseMs);
  };
}

function hasSameValues(
  before: SeriesCandles | SeriesTable<string>,
  now: SeriesCandles | SeriesTable<string>,
): boolean {
  const [a, b] = [columnsIn(before), columnsIn(now)];
  return b.every((column, k) => column.every((value, i) => Object.is(value, a[k]![i])));
}

function columnsIn(one: SeriesCandles | SeriesTable<string>): readonly Float64Array[] {
  const columns: unknown[] = Object.values('candles' in one ? (one.candles as object) : one);
  return columns.filter((column) => column instanceof Float64Array);
}
