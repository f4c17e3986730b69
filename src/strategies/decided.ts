import type { CandleColumns } from '../candles/index.js';
import { expandRuns } from '../indicators/index.js';
import { decisionsOf } from './decisions-of.js';
import { probeManage } from './probe-manage.js';
import type { Parameters, Strategy } from './strategy.js';
import type { StrategyCandles } from './strategy-candles.js';

/** Everything that a strategy decided on candles, as columns that can be compared. */
export interface Decided {
  /** Shape `[n]`, values -1, 0, +1. */
  readonly signals: Int8Array;
  /** Exits, distances, sizes, rank and what `manage` answered in trades that a probe made. */
  readonly others: readonly DecidedColumn[];
}

export interface DecidedColumn {
  /** As messages name it. */
  readonly name: string;
  /** Shape `[n]`. */
  readonly values: ArrayLike<number>;
}

/**
 * Runs a strategy and returns everything that it decides.
 *
 * @param strategy - Built in or a user's.
 * @param candles - What it runs on.
 * @param parameters - Complete.
 */
export function decidedOn(
  strategy: Strategy,
  candles: StrategyCandles,
  parameters: Parameters,
): Decided {
  const decisions = decisionsOf(strategy, candles, parameters);
  const { exits, columns = {}, manage } = decisions;
  const given = decisions.signals;
  const signals = given instanceof Int8Array ? given : expandRuns(given);
  const probed = manage && probeManage({ ...decisions, signals, manage }, candles);
  const others = Object.entries({ exit: exits, ...columns, ...probed }).flatMap(([name, values]) =>
    values === undefined ? [] : [{ name, values }],
  );
  return { signals, others };
}

/**
 * Finds the first difference of two runs.
 *
 * @param a - Of one run.
 * @param b - Of another, which may have seen fewer candles.
 * @param count - Candles that are compared.
 * @returns `undefined` where both decided the same.
 */
export function firstDifference(a: Decided, b: Decided, count: number): Difference | undefined {
  let first: Difference | undefined;
  const compare = (name: string, was: ArrayLike<number>, is: ArrayLike<number>): void => {
    const end = first?.index ?? count;
    for (let index = 0; index < end; index++) {
      const [x, y] = [was[index]!, is[index]!];
      if (x === y || (Number.isNaN(x) && Number.isNaN(y))) continue;
      first = { name, index, was: x, is: y };
      return;
    }
  };
  compare('signal', a.signals, b.signals);
  a.others.forEach(({ name, values }, k) => {
    compare(name, values, b.others[k]?.values ?? []);
  });
  return first;
}

/** Where two runs differ: the column, the candle, and its values. */
export interface Difference {
  readonly name: string;
  readonly index: number;
  readonly was: number;
  readonly is: number;
}

/**
 * Returns a column that changes wherever something is decided: a leak shows there first.
 *
 * @param decided - Of one run.
 * @param candles - It ran on.
 */
export function marksOf({ signals, others }: Decided, candles: CandleColumns): Int8Array {
  const events = others.filter(({ name }) => !COLUMNS_WITHOUT_EVENTS.includes(name));
  if (events.length === 0) return signals;
  const marks = signals.slice();
  for (const { values } of events) {
    for (let i = 1; i < candles.length; i++) {
      const [before, now] = [values[i - 1]!, values[i]!];
      const isSame = before === now || (Number.isNaN(before) && Number.isNaN(now));
      if (!isSame) marks[i] = marks[i]! ^ EVENT;
    }
  }
  return marks;
}

/** They change with every candle, and say something only where one is entered. */
const COLUMNS_WITHOUT_EVENTS: readonly string[] = [
  'stopDistance',
  'targetDistance',
  'size',
  'rank',
];
const EVENT = 16;
