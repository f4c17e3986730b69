import type { CandleColumns } from '../candles/index.js';
import { TIMEFRAMES, type Timeframe, UsageError } from '../domain/index.js';

/** The strategy's own symbol in a higher timeframe (S-61). */
export interface TimeframeSpec {
  readonly kind: 'timeframe';
  readonly timeframe: string;
}

/** Another symbol of the same market (S-60). */
export interface SymbolSpec {
  readonly kind: 'symbol';
  readonly symbol: string;
  /** `undefined` for that of the strategy's candles. */
  readonly timeframe: string | undefined;
}

/** Rows with the time at which they became known (S-60). */
export interface TableSpec<Column extends string = string> {
  readonly kind: 'table';
  /** Path, seen from the strategy's file. */
  readonly file: string;
  readonly columns: readonly Column[];
}

export type SeriesSpec = TimeframeSpec | SymbolSpec | TableSpec;

/** What a strategy declares beside its own candles, by the name under which it reads it. */
export type SeriesSpecs = Readonly<Record<string, SeriesSpec>>;

/** Candles beside those of the run, and their values as they are known at the closes of the run (S-60). */
export interface SeriesCandles {
  /** Its own candles, complete ones only. Shape `[m]`. */
  readonly candles: CandleColumns;
  /**
   * Returns a column that was computed on `candles`, read at the closes of the run: the value of the last candle that is complete then.
   *
   * @param column - Shape `[m]`.
   * @returns Shape `[n]`, `NaN` before the first.
   */
  readonly align: (column: ArrayLike<number>) => Float64Array;
  /** The last complete candle at the close of candle `i`; `NaN` before the first. */
  readonly open: (i: number) => number;
  readonly high: (i: number) => number;
  readonly low: (i: number) => number;
  readonly close: (i: number) => number;
  readonly volume: (i: number) => number;
}

/** Columns of a table, and its values as they are known at the closes of the run. */
export type SeriesTable<Column extends string> = Readonly<Record<Column, Float64Array>> & {
  /** When each row became known, ms UTC. Shape `[m]`. */
  readonly time: Float64Array;
  /** As for candles: the value of the last row that is known at each close of the run. */
  readonly align: (column: ArrayLike<number>) => Float64Array;
};

/** What the context of a strategy has for its declared series. */
export type SeriesOf<Specs extends SeriesSpecs> = {
  readonly [Name in keyof Specs]: Specs[Name] extends TableSpec<infer Column>
    ? SeriesTable<Column>
    : SeriesCandles;
};

/** Declares series of a strategy. */
export const series: {
  /**
   * The strategy's own symbol in a higher timeframe: a divisor of a day such as `4h`, `1d` or `1w`.
   *
   * @param timeframe - A multiple of that of the run.
   */
  readonly timeframe: (timeframe: string) => TimeframeSpec;
  /**
   * Another symbol of the same market.
   *
   * @param symbol - For example `BTCUSDT`.
   * @param timeframe - A multiple of that of the run. Default: the same.
   */
  readonly symbol: (symbol: string, timeframe?: string) => SymbolSpec;
  /**
   * A CSV file with a column `time` (ms or ISO 8601, when the row became known) and columns of numbers.
   *
   * @param file - Path, seen from the strategy's file.
   * @param columns - Those that are read.
   */
  readonly table: <const Column extends string>(
    file: string,
    columns: readonly Column[],
  ) => TableSpec<Column>;
} = Object.freeze({
  timeframe: (timeframe: string): TimeframeSpec => ({ kind: 'timeframe', timeframe }),
  symbol: (symbol: string, timeframe?: string): SymbolSpec => ({
    kind: 'symbol',
    symbol,
    timeframe,
  }),
  table: <const Column extends string>(file: string, columns: readonly Column[]) => ({
    kind: 'table' as const,
    file,
    columns,
  }),
});

/** Names of what a table has besides its columns. */
const TABLE_NAMES: readonly string[] = ['time', 'align'];
const KINDS: readonly unknown[] = ['timeframe', 'symbol', 'table'];

/**
 * Checks the series that a definition declares.
 *
 * @param where - For messages: the strategy.
 * @param specs - As written, in a file that may be plain JavaScript.
 * @throws {UsageError} If one is not made by `series`, or its parts are wrong.
 */
export function checkSeriesSpecs(where: string, specs: unknown): void {
  if (typeof specs !== 'object' || specs === null) {
    throw new UsageError(
      `${where}: series must be an object such as { day: series.timeframe('1d') }`,
    );
  }
  for (const [name, spec] of Object.entries(specs as Readonly<Record<string, unknown>>)) {
    const problem = specProblem(spec);
    if (problem !== undefined) throw new UsageError(`${where}: series.${name} ${problem}`);
  }
}

function specProblem(value: unknown): string | undefined {
  const spec = value as SeriesSpec | null;
  if (typeof spec !== 'object' || spec === null || !KINDS.includes(spec.kind)) {
    return `must be made by series.timeframe('1d'), series.symbol('BTCUSDT') or series.table('./file.csv', ['score'])`;
  }
  if (spec.kind === 'symbol' && !/^[A-Z0-9]{2,30}$/.test(String(spec.symbol))) {
    return `must name a symbol in capitals such as BTCUSDT: current value is ${JSON.stringify(spec.symbol)}`;
  }
  if (spec.kind !== 'table') {
    const { timeframe } = spec;
    const isKnown = timeframe === undefined || /^\d+[smhdw]$/.test(String(timeframe));
    return isKnown
      ? undefined
      : `must have a timeframe such as 4h, 1d or 1w: current value is ${JSON.stringify(timeframe)}`;
  }
  if (typeof spec.file !== 'string' || spec.file === '') return 'must name a CSV file';
  const names: readonly unknown[] = Array.isArray(spec.columns) ? spec.columns : [];
  const isNamed = (name: unknown): boolean => typeof name === 'string' && name !== '';
  if (names.length === 0 || !names.every(isNamed)) {
    return `must name the columns that are read, for example ['score']`;
  }
  const taken = names.find((name) => TABLE_NAMES.includes(name as string));
  return taken === undefined ? undefined : `cannot have a column "${taken as string}": rename it`;
}

/**
 * Says whether a text is a timeframe that the exchange has.
 *
 * @param text - For example `4h`.
 */
export function isExchangeTimeframe(text: string): text is Timeframe {
  return (TIMEFRAMES as readonly string[]).includes(text);
}
