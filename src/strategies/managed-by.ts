import type { CandleColumns } from '../candles/index.js';
import type { Manage, ManageView } from '../semantics/index.js';
import { didYouMean } from '../util/index.js';
import { namedValues } from './named-values.js';
import { describeCandle, thrownInside } from './signal-column.js';
import { StrategyError } from './strategy-error.js';

const KEYS = ['exit', 'stop', 'target'] as const;

/**
 * Returns a strategy's own rule for open trades (S-85), whose answers are checked.
 *
 * @param strategy - Name, for messages.
 * @param candles - What it runs on.
 * @param own - Columns that its signals gave.
 * @param manage - As its author wrote it.
 */
export function managedBy(
  strategy: string,
  candles: CandleColumns,
  own: Readonly<Record<string, ArrayLike<number>>>,
  manage: (view: ManageView, columns: never) => unknown,
): Manage {
  const columns = namedValues(`Strategy "${strategy}": columns of manage()`, { ...own }) as never;
  return (view) => {
    let answer: unknown;
    try {
      answer = manage(view, columns);
    } catch (error) {
      throw thrownInside(strategy, `manage() at ${describeCandle(candles, view.i)}`, error);
    }
    if (answer === undefined || answer === null) return undefined;
    const problem = problemOf(answer);
    if (problem === undefined) return answer;
    throw new StrategyError(
      'bad-signals',
      `Strategy "${strategy}": manage() at ${describeCandle(candles, view.i)} ${problem}`,
      view.i,
    );
  };
}

/** A value of a user in a message. */
function shown(value: unknown): string {
  return JSON.stringify(value) ?? typeof value;
}

function problemOf(answer: unknown): string | undefined {
  if (typeof answer !== 'object' || answer instanceof Promise) {
    const returned = answer instanceof Promise ? 'a Promise' : shown(answer);
    return `must return { stop, target }, { exit: true } or nothing: it returned ${returned}`;
  }
  for (const key of Object.keys(answer as object)) {
    if (!(KEYS as readonly string[]).includes(key)) {
      return `returns "${key}"${didYouMean(key, KEYS)}; it may return ${KEYS.join(', ')}`;
    }
  }
  const { exit, stop, target } = answer as Readonly<Record<(typeof KEYS)[number], unknown>>;
  if (exit !== undefined && typeof exit !== 'boolean') {
    return `must return exit true or false: current value is ${shown(exit)}`;
  }
  if (stop !== undefined && typeof stop !== 'number') {
    return `must return a stop price, NaN where it changes nothing: current value is ${shown(stop)}`;
  }
  if (target !== undefined && typeof target !== 'number') {
    return `must return a target price, NaN where it changes nothing: current value is ${shown(target)}`;
  }
  return undefined;
}
