import {
  allocateCandleColumns,
  allocateExtraColumns,
  type CandleColumns,
  EXTRA_COLUMN_NAMES,
} from '../candles/index.js';
import { type Random, seededRandom } from '../util/index.js';
import { UNDECLARED_COLUMNS } from './require-extra-columns.js';
import { type CandleColumnName, type ReplacedFuture, scrambleFuture } from './scramble-future.js';
import { noteSeriesFuture } from './series-sources.js';
import type { StrategyCandles } from './strategy-candles.js';

const NAMES = ['openTime', 'open', 'high', 'low', 'close', 'volume'] as const;

/**
 * A copy of candles to run a strategy on: with another future for a while, and to see whether it writes to what it is given.
 *
 * A column is filled when it is read for the first time: most strategies look at one or two of the six, and a column of a million
 * candles costs 8 MB as soon as something is written there. Until then it is all zeros.
 */
export class CandleCopy {
  readonly #candles: StrategyCandles;
  /** Laid out as the candles are. */
  readonly #space: CandleColumns;
  readonly #names: readonly CandleColumnName[];
  /** Those columns of it that are filled. */
  readonly #columns: Partial<Record<CandleColumnName, Float64Array>> = {};
  /** The other future in force, with the seed that gives it again. */
  #other: { readonly replaced: ReplacedFuture; readonly seed: number } | undefined;

  /** @param candles - Only read. */
  constructor(candles: StrategyCandles) {
    this.#candles = candles;
    const extras = EXTRA_COLUMN_NAMES.filter((name) => candles[name] !== undefined);
    this.#names = [...NAMES, ...extras];
    this.#space = {
      ...allocateCandleColumns(candles.length),
      ...allocateExtraColumns(extras, candles.length),
    };
  }

  /**
   * Returns candles `[from, to)`: new arrays over the copy each time, so that a strategy may remember results by array.
   *
   * @param from - First index.
   * @param to - Index after the last.
   */
  view(from: number, to: number): StrategyCandles {
    const seen: Partial<Record<CandleColumnName, Float64Array>> = {};
    const column = (name: CandleColumnName): Float64Array => {
      seen[name] ??= this.#column(name).subarray(from, to);
      return seen[name];
    };
    const { symbol, market, timeframe } = this.#candles;
    const isSeries = symbol !== undefined && market !== undefined && timeframe !== undefined;
    const view: StrategyCandles = {
      ...(isSeries ? { symbol, market, timeframe } : {}),
      length: to - from,
      get openTime() {
        return column('openTime');
      },
      get open() {
        return column('open');
      },
      get high() {
        return column('high');
      },
      get low() {
        return column('low');
      },
      get close() {
        return column('close');
      },
      get volume() {
        return column('volume');
      },
    };
    Object.setPrototypeOf(view, UNDECLARED_COLUMNS);
    if (this.#other !== undefined) {
      const { replaced, seed } = this.#other;
      const lastOpenTime = this.#candles.openTime[replaced.from - 1]!;
      noteSeriesFuture(view, { lastOpenTime, future: replaced.future, seed });
    }
    for (const name of this.#names.slice(NAMES.length)) {
      Object.defineProperty(view, name, { enumerable: true, get: () => column(name) });
    }
    return view;
  }

  /**
   * Runs a function while some candles are others.
   *
   * @param replaced - Which candles, and how.
   * @param random - Gives the seed of the other future.
   * @param run - Synchronous; what it reads are views of this copy.
   */
  withOtherFuture<Result>(replaced: ReplacedFuture, random: Random, run: () => Result): Result {
    const seed = Math.floor(random() * 2 ** 32);
    scrambleFuture(this.#candles, this.#columns, replaced, seededRandom(seed));
    this.#other = { replaced, seed };
    try {
      return run();
    } finally {
      this.#other = undefined;
      const { from, to } = replaced;
      for (const name of this.#names) {
        this.#columns[name]?.set(this.#candles[name]!.subarray(from, to), from);
      }
    }
  }

  /** Finds the first value that is another than it was, in the copy or in the candles themselves, or `undefined`. */
  findChange(): { readonly column: CandleColumnName; readonly index: number } | undefined {
    for (const column of this.#names) {
      const isFilled = this.#columns[column] !== undefined;
      const [copied, values] = [this.#space[column]!, this.#candles[column]!];
      // A loop, because `findIndex` makes an object of every value.
      for (let index = 0; index < copied.length; index++) {
        if (!Object.is(copied[index], isFilled ? values[index] : 0)) return { column, index };
      }
    }
    return undefined;
  }

  #column(name: CandleColumnName): Float64Array {
    const known = this.#columns[name];
    if (known !== undefined) return known;
    const column = this.#space[name]!;
    column.set(this.#candles[name]!);
    this.#columns[name] = column;
    // First read while the future is another one: this column shows the same one.
    if (this.#other !== undefined) {
      const { replaced, seed } = this.#other;
      scrambleFuture(this.#candles, { [name]: column }, replaced, seededRandom(seed));
    }
    return column;
  }
}
