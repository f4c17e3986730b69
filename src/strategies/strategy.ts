import type { ExtraColumn } from '../candles/index.js';
import type { Indicators, SignalRuns } from '../indicators/index.js';
import type { ParameterSpecs } from './parameter-specs.js';
import type { SeriesSources } from './series-sources.js';
import type { SeriesSpecs } from './series-specs.js';
import type { StrategyCandles } from './strategy-candles.js';
import type { Trace } from './trace.js';
import type { StrategyDecisions } from './trade-signals.js';

/** A value that a parameter can take; `null` switches an optional one off. */
export type ParameterValue = number | string | boolean | null | readonly number[];

/** Parameter values by their snake_case name, as in config files and result columns. */
export type Parameters = Readonly<Record<string, ParameterValue>>;

/** A named column that a report draws: over the candles, or in a pane of its own. */
export interface StrategyPlot {
  readonly label: string;
  readonly pane: 'price' | string;
  /** Shape `[n]`, `NaN` where undefined. */
  readonly values: Float64Array;
}

/**
 * A trading strategy with its parameter types erased: what engines, the optimizer and reports handle.
 * It knows nothing of money, orders or exchanges.
 */
export interface Strategy {
  /** Class name, for example `MovingAverageCrossoverStrategy`. */
  readonly name: string;
  /** For example `MACross`; equal to `name` when there is none. */
  readonly shortName: string;
  readonly parameters: ParameterSpecs;
  /** Columns that candles must have beside prices and volume. Default: none. */
  readonly extraColumns?: readonly ExtraColumn[];
  /** Other candles and tables that it reads, by name (S-60). Default: none. */
  readonly series?: SeriesSpecs | undefined;
  /** Their data, where they were loaded. */
  readonly seriesSources?: SeriesSources | undefined;
  /** Whether it has a rule of its own for open trades (S-85). */
  readonly manages?: true | undefined;
  /** Returns the strategy with the data of its series. */
  readonly withSeries?: (sources: SeriesSources) => Strategy;
  /** Names a series to which the strategy has written in a run on these candles. */
  readonly findSeriesChange?: (candles: StrategyCandles) => string | undefined;
  /**
   * Says what is wrong between parameters that are each in range (for example fast >= slow), or `undefined`.
   *
   * @param parameters - Complete and in range.
   */
  readonly findConflict: (parameters: Parameters) => string | undefined;
  /** First index at which a signal may be non-zero, trend filter not counted. */
  readonly warmUp: (parameters: Parameters) => number;
  /** Candles before a decision that suffice for it (S-63). Default: the larger of 500 and four warm-ups. */
  readonly history?: ((parameters: Parameters) => number) | undefined;
  /**
   * Computes everything that it decides: signals, exits, columns of trades, and how open ones are managed. Default: `signals` is all.
   *
   * @param indicators - As for `signals`.
   * @param trace - As for `signals`.
   */
  readonly decisions?: (
    candles: StrategyCandles,
    parameters: Parameters,
    indicators?: Indicators,
    trace?: Trace,
  ) => StrategyDecisions;
  /**
   * Computes the signal column (S-01), of entries where there is an exit column: element `i` uses candles `0..i` only.
   *
   * @param indicators - With a memory, for many parameter sets on the same candles (`rememberIndicators()`). Default: without.
   * @param trace - Receives what the strategy traces. Default: nothing does.
   * @returns Shape `[n]`, values -1, 0, +1.
   */
  readonly signals: (
    candles: StrategyCandles,
    parameters: Parameters,
    indicators?: Indicators,
    trace?: Trace,
  ) => Int8Array;
  /**
   * Computes the same signals as runs, if that is how the strategy computes them; else the column. Engines that follow many rules
   * ask for this. Default: `signals`.
   */
  readonly signalRuns?: (
    candles: StrategyCandles,
    parameters: Parameters,
    indicators?: Indicators,
  ) => SignalRuns | Int8Array;
  /**
   * Names what is undefined at the newest candle: the signal, and columns for the chart that have ended. Default: nothing.
   */
  readonly undefinedAtNewest?: (
    candles: StrategyCandles,
    parameters: Parameters,
  ) => readonly string[];
  /** Columns for the chart. */
  readonly plots: (candles: StrategyCandles, parameters: Parameters) => readonly StrategyPlot[];
}
