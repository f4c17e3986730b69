import type { CandleColumns, ExtraColumn } from '../candles/index.js';
import type { Market, Timeframe } from '../domain/index.js';
import { INDICATORS, type Indicators } from '../indicators/index.js';
import { checkDefinition } from './check-definition.js';
import { checkedPlots } from './checked-plots.js';
import type { ParameterSpecs, ValuesOf } from './parameter-specs.js';
import { requireExtraColumns } from './require-extra-columns.js';
import { type SignalResult, signalColumn, signalRunsOrColumn } from './signal-column.js';
import type { Parameters, Strategy, StrategyCandles, StrategyPlot } from './strategy.js';
import { strategyContext } from './strategy-context.js';
import { noTrace, type Trace } from './trace.js';
import { TREND_FILTER_SPECS } from './trend-filter-parameters.js';
import { undefinedAtNewest } from './undefined-at-newest.js';

/** What a strategy's functions are handed. */
export interface StrategyContext<Specs extends ParameterSpecs, Extra extends ExtraColumn = never> {
  /** Closed candles, oldest first; columns of shape `[n]`, the declared extra ones among them. Not to be written to. */
  readonly candles: CandleColumns & Readonly<Record<Extra, Float64Array>>;
  /** Complete and in range. */
  readonly parameters: ValuesOf<Specs>;
  readonly indicators: Indicators;
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

/** A strategy as its author writes it. */
export interface StrategyDefinition<
  Specs extends ParameterSpecs,
  Extra extends ExtraColumn = never,
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
   * a function that gives the signal of candle `i`, called in order for every `i` from the warm-up on.
   */
  readonly signals: (context: StrategyContext<Specs, Extra>) => SignalResult;
  /** Columns for the chart. Default: none. */
  readonly plots?: (context: StrategyContext<Specs, Extra>) => readonly StrategyPlot[];
}

/**
 * Defines a strategy.
 *
 * @param definition - Name, parameters, warm-up and signals.
 * @returns The strategy, with the trend filter's parameters added; what engines, the optimizer and reports handle.
 * @throws {UsageError} If a name is not allowed or taken by a filter or stop, or a default lies outside its range.
 */
export function defineStrategy<
  const Specs extends ParameterSpecs = Record<never, never>,
  const Extra extends ExtraColumn = never,
>(definition: StrategyDefinition<Specs, Extra>): Strategy {
  checkDefinition(definition);
  const { name, shortName = name, findConflict, warmUp, history, signals, plots } = definition;
  const extraColumns: readonly ExtraColumn[] = definition.extraColumns ?? [];
  // Values were checked against the specs by resolveParameters(), which is the only maker of `Parameters`.
  const typed = (parameters: Parameters): ValuesOf<Specs> =>
    parameters as unknown as ValuesOf<Specs>;
  const contextOf = (
    candles: StrategyCandles,
    parameters: Parameters,
    indicators: Indicators = INDICATORS,
    trace: Trace = noTrace,
  ): StrategyContext<Specs, Extra> => {
    requireExtraColumns(name, extraColumns, candles);
    const parts = { candles, parameters: typed(parameters), indicators, trace };
    return strategyContext(name, parts) as StrategyContext<Specs, Extra>;
  };
  const candlesBefore = (parameters: Parameters): number =>
    typeof warmUp === 'number' ? warmUp : warmUp(typed(parameters));
  return Object.freeze({
    name,
    shortName,
    parameters: Object.freeze({ ...definition.parameters, ...TREND_FILTER_SPECS }),
    ...(extraColumns.length === 0 ? {} : { extraColumns }),
    findConflict: (parameters) => findConflict?.(typed(parameters)),
    warmUp: candlesBefore,
    ...(history === undefined
      ? {}
      : {
          history: (parameters: Parameters) =>
            typeof history === 'number' ? history : history(typed(parameters)),
        }),
    signals: (candles, parameters, indicators, trace) =>
      signalColumn(name, candles, candlesBefore(parameters), () =>
        signals(contextOf(candles, parameters, indicators, trace)),
      ),
    signalRuns: (candles, parameters, indicators) =>
      signalRunsOrColumn(name, candles, candlesBefore(parameters), () =>
        signals(contextOf(candles, parameters, indicators)),
      ),
    undefinedAtNewest: (candles, parameters) => {
      const context = contextOf(candles, parameters);
      const columns = plots?.(context) ?? [];
      return undefinedAtNewest(
        candles.length,
        candlesBefore(parameters),
        signals(context),
        columns,
      );
    },
    plots: (candles, parameters) =>
      plots === undefined
        ? []
        : checkedPlots(name, candles, () => plots(contextOf(candles, parameters))),
  } satisfies Strategy);
}
