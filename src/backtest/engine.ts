import type { CandleSeries } from '../candles/index.js';
import type { Trade } from '../domain/index.js';
import type { EngineRules, Manage, TradeColumns } from '../semantics/index.js';

export { LONG_ALLOWED, SHORT_ALLOWED } from '../filters/index.js';

/** Candle indices `[from, to)` of the period that is traded (S-04); earlier candles only warm up. */
export interface CandlePeriod {
  readonly from: number;
  readonly to: number;
}

/** What an engine needs: no strategy, no filter, no file; only columns and rules. */
export interface EngineInput {
  readonly candles: CandleSeries;
  readonly period: CandlePeriod;
  /** Shape `[n]`, values -1, 0, +1, known at the close of each candle (S-01). */
  readonly signals: Int8Array;
  /** Exit column: `signals` then only enters (S-06). Shape `[n]`, bits `LEAVE_LONG` and `LEAVE_SHORT`. */
  readonly exits?: Uint8Array | undefined;
  /** Distances and sizes of the strategy (S-07). */
  readonly columns?: TradeColumns | undefined;
  /** A strategy's own rule for open trades (S-85). */
  readonly manage?: Manage | undefined;
  /** Shape `[n]`, bits `LONG_ALLOWED` and `SHORT_ALLOWED`: all filters together (S-10). */
  readonly entryMask: Uint8Array;
  readonly rules: EngineRules;
}

/** What every engine returns, to the same doubles (S-51). */
export interface EngineResult {
  readonly trades: readonly Trade[];
  /** Equity at the close of each candle of the period (S-28); the last is the final balance. Shape `[to - from]`, quote. */
  readonly equity: Float64Array;
  readonly finalBalance: number;
  /** Refused entries (S-29). */
  readonly skippedEntries: number;
  /** Candles of the period at whose close a position is open (an end-of-data exit counts as closed). */
  readonly candlesInMarket: number;
  /** Open time of the candle in which the loss limit tripped (S-30), ms UTC. */
  readonly maxCumulativeLossTrippedAt: number | undefined;
  /** Open time of the candle after which the balance was gone (S-31), ms UTC. */
  readonly ruinedAt: number | undefined;
}
