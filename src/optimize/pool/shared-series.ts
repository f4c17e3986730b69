import type { SeriesSource, SeriesSources } from '../../strategies/index.js';
import { openCandles, type SharedCandles, shareCandles } from './shared-candles.js';

/** Data of series as a message: candles lie on shared memory. */
export interface SharedSeries {
  readonly firstTime: number;
  readonly byName: Readonly<Record<string, SharedSource>>;
}

type SharedSource =
  | { readonly kind: 'candles'; readonly candles: SharedCandles }
  | Extract<SeriesSource, { readonly kind: 'table' }>;

/**
 * Returns the data of series as a message.
 *
 * @param sources - Of the main thread.
 */
export function shareSeries({ firstTime, byName }: SeriesSources): SharedSeries {
  return {
    firstTime,
    byName: mapValues(byName, (source) =>
      source.kind === 'table' ? source : { ...source, candles: shareCandles(source.candles) },
    ),
  };
}

/**
 * Returns the data of series of a message.
 *
 * @param shared - From `shareSeries`.
 */
export function openSeries({ firstTime, byName }: SharedSeries): SeriesSources {
  return {
    firstTime,
    byName: mapValues(byName, (source) =>
      source.kind === 'table' ? source : { ...source, candles: openCandles(source.candles) },
    ),
  };
}

function mapValues<Value, Result>(
  values: Readonly<Record<string, Value>>,
  map: (value: Value) => Result,
): Readonly<Record<string, Result>> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, map(value)]));
}
