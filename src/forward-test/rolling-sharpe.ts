import { DAY_MS, type Timeframe, timeframeMs } from '../domain/index.js';
import { periodReturns, returnsPerYear, sharpeRatio, volatility } from '../metrics/index.js';

/** Days that a rolling Sharpe ratio looks back. */
export const ROLLING_DAYS = [30, 90] as const;

/** Sharpe ratios per year of the last days, seen from the end of each return. */
export interface RollingSharpe {
  /** End of each return: of the UTC day, or of the candle where candles are at least a day long; ms UTC. Shape `[returns]`. */
  readonly times: Float64Array;
  /** One line per length. */
  readonly lines: readonly RollingLine[];
}

/** Sharpe ratio over a sliding window of one length. */
export interface RollingLine {
  readonly days: number;
  /** Shape `[returns]`; `NaN` until the window is full. */
  readonly values: Float64Array;
}

/** What the equity curve of a run is. */
export interface EquityCurve {
  readonly initialBalance: number;
  /** Equity at each close, quote. Shape `[n]`. */
  readonly equity: Float64Array;
  /** Open times of the candles, ms UTC. Shape `[n]`. */
  readonly openTimes: Float64Array;
  readonly timeframe: Timeframe;
}

/**
 * Returns how the Sharpe ratio of a run changed over time.
 *
 * @param curve - Equity of the run.
 * @returns Values known at the times given, from earlier returns alone.
 */
export function rollingSharpe(curve: EquityCurve): RollingSharpe {
  const { times, sharpe } = rollingMeasures(curve);
  return { times, lines: sharpe };
}

/** Sharpe ratio and volatility per year of the last days. */
export interface RollingMeasures {
  /** As those of `RollingSharpe`. Shape `[returns]`. */
  readonly times: Float64Array;
  /** One line per length. */
  readonly sharpe: readonly RollingLine[];
  /** Fractions. */
  readonly volatility: readonly RollingLine[];
}

/**
 * Returns how the Sharpe ratio and the volatility of a run changed over time.
 *
 * @param curve - Equity of the run.
 * @returns Values known at the times given, from earlier returns alone.
 */
export function rollingMeasures(curve: EquityCurve): RollingMeasures {
  const { initialBalance, equity, openTimes, timeframe } = curve;
  const candleMs = timeframeMs(timeframe);
  const returns = periodReturns(initialBalance, equity, openTimes, candleMs);
  const perYear = returnsPerYear(candleMs);
  const stepMs = Math.max(DAY_MS, candleMs);
  const lines = (measure: Measure): RollingLine[] =>
    ROLLING_DAYS.map((days) => ({
      days,
      values: rolled(returns, Math.max(2, Math.round((days * DAY_MS) / stepMs)), perYear, measure),
    }));
  const firstDay = Math.floor(openTimes[0]! / DAY_MS) * DAY_MS;
  return {
    times: Float64Array.from(returns, (_, k) =>
      candleMs >= DAY_MS ? openTimes[k]! + candleMs : firstDay + (k + 1) * DAY_MS,
    ),
    sharpe: lines(sharpeRatio),
    volatility: lines(volatility),
  };
}

/**
 * Returns the Sharpe ratio of each window of returns.
 *
 * @param returns - Simple returns, fractions. Shape `[n]`.
 * @param length - Returns in a window, >= 2.
 * @param perYear - Returns in a year.
 * @returns Element `i` looks at the `length` returns up to `i`; `NaN` before. Shape `[n]`.
 */
export function rollingRatio(
  returns: readonly number[],
  length: number,
  perYear: number,
): Float64Array {
  return rolled(returns, length, perYear, sharpeRatio);
}

type Measure = (returns: readonly number[], perYear: number) => number;

function rolled(
  returns: readonly number[],
  length: number,
  perYear: number,
  measure: Measure,
): Float64Array {
  return Float64Array.from(returns, (_, k) =>
    k + 1 < length ? Number.NaN : measure(returns.slice(k + 1 - length, k + 1), perYear),
  );
}
