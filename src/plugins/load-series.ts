import { createHash } from 'node:crypto';
import { dirname, resolve } from 'node:path';
import type { CandleSeries } from '../candles/index.js';
import { UserError } from '../domain/index.js';
import { candleDataHash, findCandleFiles, loadCandles } from '../history/index.js';
import type { SeriesSource, SeriesSources, Strategy, TableSource } from '../strategies/index.js';
import { countText } from '../util/index.js';
import { readSeriesTable } from './read-series-table.js';

/** What series are loaded for. */
export interface LoadSeriesOptions {
  /** Of the run. */
  readonly candles: CandleSeries;
  /** Where candles of other symbols are: `<folder>/<market>/<interval>/`. */
  readonly dataFolder: string;
  /** From which paths of tables are seen. */
  readonly folder: string;
  /** Open times `[start, end)` in which other symbols must have every candle that the run has. Default: all. */
  readonly start?: number | undefined;
  readonly end?: number | undefined;
}

/** A strategy with the data of its series. */
export interface LoadedSeries {
  /** Returns a strategy with them: that of the run, and instances of it for checks. */
  readonly bind: (strategy: Strategy) => Strategy;
  /** SHA-256 over the data of all series; `undefined` where everything comes from the candles of the run. */
  readonly dataHash: string | undefined;
  /** Files that were read. */
  readonly files: readonly string[];
}

/**
 * Loads the candles of other symbols and the tables that a strategy declares (S-60 to S-62).
 *
 * @param strategy - Whose series.
 * @param options - The candles of the run, and where to look.
 * @throws {UserError} If data is absent or has holes; says which series, and what to do.
 * @throws {UsageError} If rows of a table do not ascend.
 */
export async function loadSeries(
  strategy: Strategy,
  options: LoadSeriesOptions,
): Promise<LoadedSeries> {
  const { candles } = options;
  const byName: Record<string, SeriesSource> = {};
  const hash = createHash('sha256');
  const files: string[] = [];
  for (const [name, spec] of Object.entries(strategy.series ?? {})) {
    const where = `Strategy "${strategy.name}": series.${name}`;
    if (spec.kind === 'timeframe') continue;
    hash.update(JSON.stringify([name, spec]));
    if (spec.kind === 'table') {
      const file = resolve(options.folder, spec.file);
      const table = await readSeriesTable(where, file, spec.columns);
      for (const column of [table.time, ...Object.values(table.columns)])
        hash.update(bytes(column));
      byName[name] = { kind: 'table', table };
      files.push(file);
      continue;
    }
    const found = await candlesOfSymbol(where, spec.symbol, options);
    hash.update(candleDataHash(found.candles));
    byName[name] = { kind: 'candles', candles: found.candles };
    files.push(...found.files);
  }
  const sources: SeriesSources = { firstTime: candles.openTime[0] ?? 0, byName };
  const isNeeded = Object.keys(byName).length > 0;
  return {
    bind: (one) => (isNeeded && one.withSeries !== undefined ? one.withSeries(sources) : one),
    dataHash: isNeeded ? hash.digest('hex') : undefined,
    files,
  };
}

async function candlesOfSymbol(
  where: string,
  symbol: string,
  options: LoadSeriesOptions,
): Promise<{ readonly candles: CandleSeries; readonly files: readonly string[] }> {
  const { candles, dataFolder } = options;
  const { market, timeframe } = candles;
  const files = await findCandleFiles(dataFolder, { market, timeframe, symbol });
  const fetch = `wus fetch-data --symbols ${symbol} --interval ${timeframe}${market === 'spot' ? '' : ` --market ${market}`} --start ${day(candles.openTime[0]!)}`;
  if (files.length === 0) {
    throw new UserError(
      `${where}: no candles of ${symbol} ${timeframe} in ${dataFolder}/${market}/${timeframe}; get them with ${fetch}, or say where they are with --data-dir`,
    );
  }
  const { candles: other } = await loadCandles({ files, symbol, market, timeframe });
  const problem = holes(candles, other, options);
  if (problem !== undefined) throw new UserError(`${where}: ${problem}; get them with ${fetch}`);
  return { candles: other, files };
}

/** Candles of the run for which the other symbol has none, after its first one. */
function holes(
  candles: CandleSeries,
  other: CandleSeries,
  { start = Number.NEGATIVE_INFINITY, end = Number.POSITIVE_INFINITY }: LoadSeriesOptions,
): string | undefined {
  const first = other.openTime[0] ?? Number.POSITIVE_INFINITY;
  let k = 0;
  let count = 0;
  let example: number | undefined;
  for (const time of candles.openTime) {
    if (time < start || time >= end || time < first) continue;
    while (k < other.length && other.openTime[k]! < time) k++;
    if (other.openTime[k] === time) continue;
    count++;
    example ??= time;
  }
  if (other.length === 0 || first >= end) {
    return `${other.symbol} ${other.timeframe} has no candles in the period`;
  }
  if (example === undefined) return undefined;
  return `${other.symbol} ${other.timeframe} lacks ${countText(count, 'candle')} that ${candles.symbol} has, the first at ${new Date(example).toISOString()}`;
}

function day(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

function bytes(column: TableSource['time']): Uint8Array {
  return new Uint8Array(column.buffer, column.byteOffset, column.byteLength);
}

/**
 * Returns the folder from which a strategy's paths are seen: that of its file.
 *
 * @param source - Of the file; `undefined` for a strategy that is built in.
 */
export function folderOf(source: { readonly path: string } | undefined): string {
  return source === undefined ? '.' : dirname(source.path);
}
