import { StrategyError } from './strategy-error.js';

/** What can be traced: a number (`NaN` is an empty cell), a truth value, a short text; nothing is an empty cell. */
export type TraceValue = number | string | boolean | null | undefined;

/**
 * Notes values of a candle.
 *
 * @param i - Index of the candle.
 * @param values - By the name of their column; a name that was already given at this candle is replaced.
 */
export type Trace = (i: number, values: Readonly<Record<string, TraceValue>>) => void;

/** The trace of every run that no file was asked for. */
export const noTrace: Trace = () => {};

/** Columns cost 8 bytes per candle; who traces more than this looks at nothing. */
const COLUMNS_MAX = 40;
const NAME = /^[\p{L}_][\p{L}\p{N}_ .-]{0,39}$/u;
const TEXT_MAX = 100;

type Column = Float64Array | (number | string | undefined)[];

/** Collects what a strategy traces in one run: at most 40 columns, each with a value per candle. */
export class TraceRecorder {
  readonly #length: number;
  readonly #taken: ReadonlySet<string>;
  readonly #columns = new Map<string, Column>();

  /**
   * @param length - Candles.
   * @param taken - Names that the file has already.
   */
  constructor(length: number, taken: readonly string[] = []) {
    this.#length = length;
    this.#taken = new Set(taken);
  }

  /** Names of the traced columns, in the order in which they were first given. */
  get names(): readonly string[] {
    return [...this.#columns.keys()];
  }

  /**
   * Returns a traced value as a table shows it.
   *
   * @param name - One of `names`.
   * @param i - Index of the candle.
   * @returns An empty text where nothing was traced.
   */
  cell(name: string, i: number): number | string {
    const value = this.#columns.get(name)?.[i];
    return value === undefined || Number.isNaN(value) ? '' : value;
  }

  /** To be handed to `Strategy.signals()`. */
  readonly trace: Trace = (i, values) => {
    try {
      this.#note(i, values);
    } catch (error) {
      // The place of the mistake is the strategy's call.
      if (error instanceof TraceProblem) Error.captureStackTrace(error, this.trace);
      throw error;
    }
  };

  #note(i: number, values: Parameters<Trace>[1]): void {
    if (!Number.isInteger(i) || i < 0 || i >= this.#length) {
      throw problem(
        `trace(i, …): i must be a candle, an integer from 0 to ${this.#length - 1}: current value is ${shown(i)}`,
      );
    }
    if (typeof values !== 'object' || values === null || Array.isArray(values)) {
      throw problem(
        `trace(${i}, …): pass the values by name, trace(i, { rsi: rsi[i] }): current value is ${shown(values)}`,
      );
    }
    for (const name of Object.keys(values)) this.#put(i, name, values[name]);
  }

  #put(i: number, name: string, value: unknown): void {
    const known = this.#columns.get(name);
    const isNothing = value === undefined || value === null || Number.isNaN(value);
    if (known === undefined) {
      // The column exists from the first call on, so that its place does not depend on the warm-up; its kind is not known yet.
      if (isNothing) this.#add(name, new Float64Array(this.#length).fill(Number.NaN));
      else this.#add(name, this.#emptyColumn(checked(i, name, value)));
    }
    const column = this.#columns.get(name)!;
    if (isNothing) {
      if (column instanceof Float64Array) column[i] = Number.NaN;
      else column[i] = undefined;
      return;
    }
    this.#write(name, column, i, checked(i, name, value));
  }

  #write(name: string, column: Column, i: number, value: number | string): void {
    if (column instanceof Float64Array && typeof value === 'number') {
      column[i] = value;
      return;
    }
    const mixed =
      column instanceof Float64Array
        ? Array.from(column, (number) => (Number.isNaN(number) ? undefined : number))
        : column;
    mixed[i] = value;
    this.#columns.set(name, mixed);
  }

  #add(name: string, column: Column): void {
    if (!NAME.test(name)) {
      throw problem(
        `trace(): ${shown(name)} cannot name a column; use at most 40 letters, digits, spaces, _ . and -, a letter first`,
      );
    }
    if (this.#taken.has(name)) {
      throw problem(`trace(): the file already has a column "${name}"; choose another name`);
    }
    if (this.#columns.size >= COLUMNS_MAX) {
      throw problem(
        `trace(): "${name}" would be column ${COLUMNS_MAX + 1}; trace at most ${COLUMNS_MAX}`,
      );
    }
    this.#columns.set(name, column);
  }

  #emptyColumn(value: number | string): Column {
    return typeof value === 'number'
      ? new Float64Array(this.#length).fill(Number.NaN)
      : new Array<number | string | undefined>(this.#length).fill(undefined);
  }
}

/** A value that a cell can hold; truth values as `true` and `false`. */
function checked(i: number, name: string, value: unknown): number | string {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'string') {
    if (value.length <= TEXT_MAX) return value;
    throw problem(
      `trace(${i}, …): the text of "${name}" has ${value.length} characters; at most ${TEXT_MAX} are kept`,
    );
  }
  const hint = typeof value === 'function' ? ' (call it and trace its result)' : '';
  throw problem(
    `trace(${i}, …): "${name}" must be a finite number, a boolean or a text (NaN and undefined leave the cell empty): current value is ${shown(value)}${hint}`,
  );
}

const SHOWN_MAX = 40;

function shown(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  if (value instanceof Promise) return 'a Promise';
  if (Array.isArray(value) || ArrayBuffer.isView(value)) return 'an array';
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length <= SHOWN_MAX ? text : `${text.slice(0, SHOWN_MAX)}…`;
}

function problem(message: string): TraceProblem {
  return new TraceProblem('threw', message);
}

/** A wrong call of `trace()`; the caller adds strategy, file and line. */
export class TraceProblem extends StrategyError {}
