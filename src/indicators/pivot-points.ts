import { undefinedColumn } from './require-period.js';
import { requireSession, type Session, startsSession } from './session.js';
import type { PriceRanges } from './true-range.js';

/** Columns of shape `[n]`, quote: the pivot, three resistances above and three supports below. */
export interface PivotLines {
  readonly pivot: Float64Array;
  readonly r1: Float64Array;
  readonly r2: Float64Array;
  readonly r3: Float64Array;
  readonly s1: Float64Array;
  readonly s2: Float64Array;
  readonly s3: Float64Array;
}

/** How far the levels lie from the pivot. */
export type PivotKind = 'classic' | 'fibonacci' | 'camarilla';

/** Options of `pivotPoints()`. */
export interface PivotOptions {
  /** UTC. Default `day`. */
  readonly session?: Session;
  /** Default `classic`. */
  readonly kind?: PivotKind;
}

/** Range of one session. */
interface SessionRange {
  high: number;
  low: number;
  close: number;
}

type Levels = { readonly [Name in keyof PivotLines]: number };

/**
 * Returns pivot points of the session before: `pivot = (high + low + close) / 3`; classic `r1 = 2p - low`, `s1 = 2p - high`, `r2, s2 = p ± (high - low)`,
 * `r3 = high + 2 * (p - low)`, `s3 = low - 2 * (high - p)`.
 *
 * `fibonacci` lies 0.382, 0.618 and 1 ranges from the pivot, `camarilla` 1.1/12, 1.1/6 and 1.1/4 ranges from the close. A session of which the beginning is not
 * in the data gives none, so that a value never depends on where the data begins. Levels stand from the first candle of a session to its last.
 *
 * @param candles - Columns of shape `[n]`, with their open times.
 * @param options - Default `day`, `classic`.
 * @returns Columns of shape `[n]`; `NaN` until one whole session has passed.
 * @throws {RangeError} If the session or the kind is not a known one.
 * @see Floor traders' pivots; TradingView's `traditional` has the same levels to r3, s3; Skender the same.
 */
export function pivotPoints(
  candles: PriceRanges & { readonly openTime: Float64Array },
  { session = 'day', kind = 'classic' }: PivotOptions = {},
): PivotLines {
  requireSession('pivot points', session);
  const levelsOf = LEVELS[kind];
  if (levelsOf === undefined) {
    throw new RangeError(
      `Cannot compute pivot points as kind must be ${Object.keys(LEVELS).join(', ')}: current value is ${kind}`,
    );
  }
  const { openTime, high, low, close } = candles;
  const lines = Object.fromEntries(
    NAMES.map((name) => [name, undefinedColumn(close.length)]),
  ) as Record<keyof PivotLines, Float64Array>;
  let current: SessionRange | undefined;
  let levels: Levels | undefined;
  for (let i = 0; i < close.length; i++) {
    if (startsSession(session, openTime, i)) {
      levels = current && levelsOf(current);
      current = { high: high[i]!, low: low[i]!, close: close[i]! };
    } else if (current !== undefined) {
      current.high = Math.max(current.high, high[i]!);
      current.low = Math.min(current.low, low[i]!);
      current.close = close[i]!;
    }
    if (levels !== undefined) for (const name of NAMES) lines[name][i] = levels[name];
  }
  return lines;
}

const NAMES = ['pivot', 'r1', 'r2', 'r3', 's1', 's2', 's3'] as const;

const LEVELS: Readonly<Record<PivotKind, (range: SessionRange) => Levels>> = {
  classic({ high, low, close }) {
    const pivot = (high + low + close) / 3;
    const range = high - low;
    return {
      pivot,
      r1: 2 * pivot - low,
      r2: pivot + range,
      r3: high + 2 * (pivot - low),
      s1: 2 * pivot - high,
      s2: pivot - range,
      s3: low - 2 * (high - pivot),
    };
  },
  fibonacci({ high, low, close }) {
    const pivot = (high + low + close) / 3;
    return around(pivot, pivot, high - low, [0.382, 0.618, 1]);
  },
  camarilla({ high, low, close }) {
    const pivot = (high + low + close) / 3;
    return around(pivot, close, high - low, [1.1 / 12, 1.1 / 6, 1.1 / 4]);
  },
};

function around(
  pivot: number,
  middle: number,
  range: number,
  [one, two, three]: readonly [number, number, number],
): Levels {
  return {
    pivot,
    r1: middle + one * range,
    r2: middle + two * range,
    r3: middle + three * range,
    s1: middle - one * range,
    s2: middle - two * range,
    s3: middle - three * range,
  };
}
