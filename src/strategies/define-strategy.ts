import type { CandleColumns, ExtraColumn } from '../candles/index.js';
import type { Market, Timeframe } from '../domain/index.js';
import { expandRuns, INDICATORS, type Indicators } from '../indicators/index.js';
import type { ManageResult, ManageView } from '../semantics/index.js';
import { checkDefinition } from './check-definition.js';
import { checkedPlots } from './checked-plots.js';
import { managedBy } from './managed-by.js';
import type { ParameterSpecs, ValuesOf } from './parameter-specs.js';
import { requireExtraColumns } from './require-extra-columns.js';
import { type SeriesSources, seriesBuilder } from './series-sources.js';
import type { SeriesOf, SeriesSpecs } from './series-specs.js';
import type { SignalResult } from './signal-column.js';
import type { Parameters, Strategy, StrategyPlot } from './strategy.js';
import type { StrategyCandles } from './strategy-candles.js';
import { strategyContext } from './strategy-context.js';
import { noTrace, type Trace } from './trace.js';
import { type ManagedColumns, readSignals, type TradeSignals } from './trade-signals.js';
import { TREND_FILTER_SPECS } from './trend-filter-parameters.js';
import { undefinedAtNewest } from './undefined-at-newest.js';

/** What a strategy's functions are handed. */
export interface StrategyContext<
  Specs extends ParameterSpecs,
  Extra extends ExtraColumn = never,
  Declared extends SeriesSpecs = NoSeries,
> {
  /** Closed candles, oldest first; columns of shape `[n]`, the declared extra ones among them. Not to be written to. */
  readonly candles: CandleColumns & Readonly<Record<Extra, Float64Array>>;
  /** Complete and in range. */
  readonly parameters: ValuesOf<Specs>;
  readonly indicators: Indicators;
  /** The declared series: higher timeframes, other symbols, tables, each with `align()`. */
  readonly series: SeriesOf<Declared>;
  /** Of the candles, for example `BTCUSDT`. */
  readonly symbol: string;
  /** Of the candles, for example `1h`. */
  readonly timeframe: Timeframe;
  /** Of the candles: `spot` or `usdm`. */
  readonly market: Market;
  /**
   * Writes values of candle `i` to the file of `--trace-file`; does nothing in every other run (searches, checks, trading).
   */
  readonly trace: Trace;
}

type NoSeries = Record<never, never>;

/** What `signals()` may give: one column, or columns by name. */
export type GivenSignals = SignalResult | TradeSignals;

/** Fails in the compiler where `signals()` gives a name that is none. */
type OnlyKnownColumns<Given> = [Given] extends [never]
  ? unknown
  : Given extends TradeSignals
    ? Exclude<keyof Given, keyof TradeSignals> extends never
      ? unknown
      : { readonly signals: never }
    : unknown;

// biome-ignore lint/suspicious/noConfusingVoidType: a function without a return statement is one, too.
type ManageAnswer = ManageResult | undefined | void;
type OnlyLevels<Answer> = [Answer] extends [never]
  ? unknown
  : Answer extends object
    ? Exclude<keyof Answer, keyof ManageResult> extends never
      ? unknown
      : { readonly manage: never }
    : unknown;

type ColumnsIn<Given> = Given extends { readonly columns: infer Own }
  ? ManagedColumns<Own>
  : Record<never, never>;

/** A strategy as its author writes it. */
export interface StrategyDefinition<
  Specs extends ParameterSpecs,
  Extra extends ExtraColumn = never,
  Declared extends SeriesSpecs = NoSeries,
  Given = GivenSignals,
  Answer = ManageAnswer,
> {
  /** Letters, digits, `.`, `_`, `-`; at most 80. */
  readonly name: string;
  /** A second, shorter name. Default: the name. */
  readonly shortName?: string;
  /** By snake_case name; the trend filter's two are added to every strategy (S-13). Default: none. */
  readonly parameters?: Specs;
  /**
   * Columns that the candles must have beside prices and volume: `quoteVolume`, `count`, `takerBuyVolume`, `takerBuyQuoteVolume`. A file without them
   * is refused. Default: none.
   */
  readonly extraColumns?: readonly Extra[];
  /** Other candles and tables that it reads, by name: `series.timeframe()`, `series.symbol()`, `series.table()` (S-60). Default: none. */
  readonly series?: Declared;
  /** Says what is wrong between parameters that are each in range, or nothing. Default: never. */
  readonly findConflict?: (parameters: ValuesOf<Specs>) => string | undefined;
  /** First index at which a signal may be non-zero: the candles that must lie before it. */
  readonly warmUp: number | ((parameters: ValuesOf<Specs>) => number);
  /**
   * Candles before a decision that suffice for it (S-63): what a trader keeps. Default: the larger of 500 and four warm-ups.
   */
  readonly history?: number | ((parameters: ValuesOf<Specs>) => number);
  /**
   * The signals (S-01): +1 wants long, -1 short, 0 neutral; an undefined one (`NaN`) is neutral (S-02). Either one value per candle, or
   * a function that gives the signal of candle `i`, called in order for every `i` from the warm-up on. Or such columns by name:
   * `{ enter, exit, stopDistance, targetDistance, size, rank, columns }` (S-06, S-07).
   */
  readonly signals: (context: StrategyContext<Specs, Extra, Declared>) => Given;
  /**
   * The last resort for open trades (S-85): called at every close at which one is open; gives the levels from the next candle on, or an
   * exit. A pure function of what it sees and of `columns` up to candle `i`. Default: none.
   */
  readonly manage?: (view: ManageView, columns: ColumnsIn<Given>) => Answer;
  /** Columns for the chart. Default: none. */
  readonly plots?: (context: StrategyContext<Specs, Extra, Declared>) => readonly StrategyPlot[];
}

/**
 * Defines a strategy.
 *
 * @param definition - Name, parameters, warm-up and signals.
 * @returns The strategy, with the trend filter's parameters added; what engines, the optimizer and reports handle.
 * @throws {UsageError} If a name is not allowed or taken by a filter or stop, or a default lies outside its range.
 */
export function defineStrategy<
  Given extends GivenSignals,
  Answer extends ManageAnswer,
  const Specs extends ParameterSpecs = Record<never, never>,
  const Extra extends ExtraColumn = never,
  const Declared extends SeriesSpecs = NoSeries,
>(
  definition: StrategyDefinition<Specs, Extra, Declared, Given, Answer> &
    OnlyKnownColumns<Given> &
    OnlyLevels<Answer>,
): Strategy {
  checkDefinition(definition);
  // Values were checked against the specs by resolveParameters(), which is the only maker of `Parameters`.
  return strategyOf(definition as unknown as ErasedDefinition, undefined);
}

/** A definition whose types have done their work. */
type ErasedDefinition = Omit<
  StrategyDefinition<ParameterSpecs, ExtraColumn, SeriesSpecs, GivenSignals>,
  'manage' | 'warmUp' | 'history' | 'findConflict'
> & {
  readonly findConflict?: (parameters: Parameters) => string | undefined;
  readonly warmUp: number | ((parameters: Parameters) => number);
  readonly history?: number | ((parameters: Parameters) => number);
  readonly manage?: (view: ManageView, columns: never) => unknown;
};

type ErasedContext = StrategyContext<ParameterSpecs, ExtraColumn, SeriesSpecs>;

function strategyOf(definition: ErasedDefinition, sources: SeriesSources | undefined): Strategy {
  const { name, shortName = name, findConflict, warmUp, history, signals, plots } = definition;
  const { manage, series: declared } = definition;
  const extraColumns: readonly ExtraColumn[] = definition.extraColumns ?? [];
  const builder = seriesBuilder(name, declared ?? {}, sources);
  const contextOf = (
    candles: StrategyCandles,
    parameters: Parameters,
    indicators: Indicators = INDICATORS,
    trace: Trace = noTrace,
  ): ErasedContext => {
    requireExtraColumns(name, extraColumns, candles);
    const parts = { candles, parameters, indicators, trace, series: builder.build(candles) };
    return strategyContext(name, parts) as unknown as ErasedContext;
  };
  const candlesBefore = (parameters: Parameters): number =>
    typeof warmUp === 'number' ? warmUp : warmUp(parameters);
  const decisions: NonNullable<Strategy['decisions']> = (
    candles,
    parameters,
    indicators,
    trace,
  ) => {
    const { decisions: read, own } = readSignals(name, candles, candlesBefore(parameters), () =>
      signals(contextOf(candles, parameters, indicators, trace)),
    );
    return manage === undefined ? read : { ...read, manage: managedBy(name, candles, own, manage) };
  };
  return Object.freeze({
    name,
    shortName,
    parameters: Object.freeze({ ...definition.parameters, ...TREND_FILTER_SPECS }),
    ...(extraColumns.length === 0 ? {} : { extraColumns }),
    ...(declared === undefined ? {} : { series: declared }),
    ...(sources === undefined ? {} : { seriesSources: sources }),
    ...(manage === undefined ? {} : { manages: true as const }),
    withSeries: (data) => strategyOf(definition, data),
    findSeriesChange: builder.findChange,
    findConflict: (parameters) => findConflict?.(parameters),
    warmUp: candlesBefore,
    ...(history === undefined
      ? {}
      : {
          history: (parameters: Parameters) =>
            typeof history === 'number' ? history : history(parameters),
        }),
    decisions,
    signals: (candles, parameters, indicators, trace) => {
      const column = decisions(candles, parameters, indicators, trace).signals;
      return column instanceof Int8Array ? column : expandRuns(column);
    },
    signalRuns: (candles, parameters, indicators) =>
      decisions(candles, parameters, indicators).signals,
    undefinedAtNewest: (candles, parameters) => {
      const context = contextOf(candles, parameters);
      const columns = plots?.(context) ?? [];
      const given = signals(context);
      const entries = 'enter' in given ? (given.enter as SignalResult) : given;
      return undefinedAtNewest(candles.length, candlesBefore(parameters), entries, columns);
    },
    plots: (candles, parameters) =>
      plots === undefined
        ? []
        : checkedPlots(name, candles, () => plots(contextOf(candles, parameters))),
  } satisfies Strategy);
}
