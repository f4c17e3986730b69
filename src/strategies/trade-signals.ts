import type { CandleColumns } from '../candles/index.js';
import type { SignalRuns } from '../indicators/index.js';
import { LEAVE_LONG, LEAVE_SHORT, type Manage, type TradeColumns } from '../semantics/index.js';
import { didYouMean } from '../util/index.js';
import {
  checkedSignal,
  columnOfSignals,
  computedBy,
  describeCandle,
  describeResult,
  type SignalResult,
  thrownInside,
} from './signal-column.js';
import { StrategyError } from './strategy-error.js';

/** A value for each candle: an array, or a function of the index that is called in order for every candle from the warm-up on. */
export type Column<Value = number> = ArrayLike<Value> | ((i: number) => Value);

/** Which sides leave at a close (S-06): as words, or 0 none, 1 long, 2 short, 3 both. Undefined is none. */
export type ExitValue = 'long' | 'short' | 'both' | boolean | number | null | undefined;

/** Columns that a strategy hands to its own `manage`, by name. */
export type OwnColumns = Readonly<Record<string, Column>>;

/** What `signals()` may give in place of one column (S-06, S-07). */
export interface TradeSignals {
  /** +1 enters long, -1 short, 0 neither. */
  readonly enter: Column;
  /** Which sides leave. Default: an opposite `enter` leaves, as a signal does. */
  readonly exit?: Column<ExitValue>;
  /** From the entry price to a stop, quote per unit; `Infinity` is none. At an entry where it is `NaN` or not above 0 nothing is entered. */
  readonly stopDistance?: Column;
  /** From the entry price to a target, likewise. */
  readonly targetDistance?: Column;
  /** Multiplies the quantity of the entry: above 0, at most 1 (S-79). */
  readonly size?: Column;
  /** Which entry comes first in a portfolio. */
  readonly rank?: Column;
  /** For `manage`. */
  readonly columns?: OwnColumns;
}

/** Columns as `manage` reads them. */
export type ManagedColumns<Columns> = {
  readonly [Name in keyof Columns]: Columns[Name] extends Float64Array
    ? Float64Array
    : ArrayLike<number>;
};

/** Everything that a strategy decides on candles. */
export interface StrategyDecisions {
  /** `s[i]`, or `n[i]` beside an exit column. Shape `[n]`, or its runs. */
  readonly signals: Int8Array | SignalRuns;
  /** Shape `[n]`, bits `LEAVE_LONG` and `LEAVE_SHORT` (S-06). */
  readonly exits?: Uint8Array;
  /** Distances, sizes and rank (S-07). */
  readonly columns?: TradeColumns;
  /** S-85. */
  readonly manage?: Manage;
}

/** What a strategy gives, and the columns that it hands to its own `manage`. */
export interface ReadSignals {
  readonly decisions: StrategyDecisions;
  readonly own: Readonly<Record<string, ArrayLike<number>>>;
}

const DISTANCES = ['stopDistance', 'targetDistance', 'size', 'rank'] as const;
const KEYS: readonly string[] = ['enter', 'exit', ...DISTANCES, 'columns'];

/**
 * Runs a strategy's `signals()` and reads what it gives: one column, or columns by name.
 *
 * @param strategy - Name, for messages.
 * @param candles - What it runs on.
 * @param warmUp - First index at which anything may be decided.
 * @param compute - Calls the strategy.
 * @throws {StrategyError} If the strategy throws, or gives anything else; says which column and which candle.
 */
export function readSignals(
  strategy: string,
  candles: CandleColumns,
  warmUp: number,
  compute: () => unknown,
): ReadSignals {
  const result = computedBy(strategy, warmUp, compute);
  if (!isTradeSignals(result)) {
    const signals = columnOfSignals(strategy, candles, warmUp, result as SignalResult);
    return { decisions: { signals }, own: {} };
  }
  const unknown = Object.keys(result).find((key) => !KEYS.includes(key));
  if (unknown !== undefined) {
    throw bad(
      strategy,
      `signals() gives "${unknown}"${didYouMean(unknown, KEYS)}; it may give ${KEYS.join(', ')}`,
    );
  }
  return new SignalReader(strategy, candles, warmUp).read(result);
}

function isTradeSignals(result: unknown): result is TradeSignals {
  if (typeof result !== 'object' || result === null || result instanceof Promise) return false;
  return 'enter' in result || !('length' in result);
}

/** Writes the value of a candle. */
type Write = (i: number) => void;

class SignalReader {
  readonly #strategy: string;
  readonly #candles: CandleColumns;
  readonly #warmUp: number;
  /** Functions are called candle by candle, in one order. */
  readonly #writes: Write[] = [];

  constructor(strategy: string, candles: CandleColumns, warmUp: number) {
    this.#strategy = strategy;
    this.#candles = candles;
    this.#warmUp = warmUp;
  }

  read(given: TradeSignals): ReadSignals {
    const { length } = this.#candles;
    if (given.enter === undefined) {
      throw bad(
        this.#strategy,
        'signals() gives no "enter"; give { enter: (i) => … }, or one column of signals',
      );
    }
    const signals = new Int8Array(length);
    this.#column('enter', given.enter, (i, value) => {
      signals[i] = checkedSignal(this.#strategy, this.#candles, i, value as number, 'enter');
    });
    const exits = given.exit === undefined ? undefined : new Uint8Array(length);
    if (exits !== undefined) {
      this.#column('exit', given.exit!, (i, value) => {
        exits[i] = this.#leaving(i, value);
      });
    }
    const columns: Record<string, Float64Array> = {};
    for (const name of DISTANCES) {
      const values = given[name];
      if (values !== undefined) columns[name] = this.#numbers(name, values);
    }
    const own = Object.entries(given.columns ?? {}).map(
      ([name, values]) => [name, this.#ownColumn(name, values)] as const,
    );
    for (let i = this.#warmUp; i < length; i++) for (const write of this.#writes) write(i);
    return {
      decisions: {
        signals,
        ...(exits === undefined ? {} : { exits }),
        ...(Object.keys(columns).length === 0 ? {} : { columns }),
      },
      own: Object.fromEntries(own),
    };
  }

  #numbers(name: string, values: Column): Float64Array {
    const numbers = new Float64Array(this.#candles.length).fill(Number.NaN);
    this.#column(name, values, (i, value) => {
      if (typeof value !== 'number')
        throw this.#wrong(name, i, 'a number, NaN where it is undefined', value);
      numbers[i] = value;
    });
    return numbers;
  }

  #ownColumn(name: string, values: Column): ArrayLike<number> {
    if (typeof values === 'function') return this.#numbers(`columns.${name}`, values);
    this.#requireLength(`columns.${name}`, values);
    return values;
  }

  #column(name: string, values: Column<unknown>, write: (i: number, value: unknown) => void): void {
    if (typeof values !== 'function') {
      this.#requireLength(name, values);
      for (let i = 0; i < this.#candles.length; i++) write(i, values[i]);
      return;
    }
    this.#writes.push((i) => {
      let value: unknown;
      try {
        value = values(i);
      } catch (error) {
        const where = `${name} of ${describeCandle(this.#candles, i)}`;
        throw thrownInside(this.#strategy, where, error);
      }
      write(i, value);
    });
  }

  #requireLength(name: string, values: ArrayLike<unknown>): void {
    const { length } = this.#candles;
    const isList = typeof values === 'object' && values !== null && values.length === length;
    if (isList) return;
    throw bad(
      this.#strategy,
      `${name} must have one value per candle (${length}) or be a function of the candle index: it is ${describeResult(values)}`,
    );
  }

  #leaving(i: number, value: unknown): number {
    if (value === 'long') return LEAVE_LONG;
    if (value === 'short') return LEAVE_SHORT;
    if (value === 'both') return LEAVE_LONG | LEAVE_SHORT;
    if (value === false || value === null || value === undefined) return 0;
    if (typeof value === 'number') {
      if (Number.isNaN(value)) return 0;
      if (value === 0 || value === 1 || value === 2 || value === 3) return value;
    }
    const hint = value === true ? "; say which side leaves: condition && 'long'" : '';
    throw this.#wrong('exit', i, "'long', 'short', 'both', false, or 0 to 3", value, hint);
  }

  #wrong(name: string, i: number, expected: string, value: unknown, hint = ''): StrategyError {
    const candle = describeCandle(this.#candles, i);
    const shown = typeof value === 'string' ? JSON.stringify(value) : String(value);
    return bad(
      this.#strategy,
      `${name} of ${candle} must be ${expected}: current value is ${shown}${hint}`,
      i,
    );
  }
}

function bad(strategy: string, message: string, index?: number): StrategyError {
  return new StrategyError('bad-signals', `Strategy "${strategy}": ${message}`, index);
}
