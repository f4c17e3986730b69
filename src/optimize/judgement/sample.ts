import type { CandleSeries } from '../../candles/index.js';
import { DAY_MS, timeframeMs } from '../../domain/index.js';
import type { OptimizeSearch } from '../open-search.js';
import type { SampleColumns } from '../pool/protocol.js';

/** How much work a cross-validation may be. */
export interface CrossValidationOptions {
  /** Most trials that are cross-validated, 0 for none. @default 1000 */
  readonly sampleSize?: number | undefined;
  /** Same seed, same figures. @default 1 */
  readonly seed?: number | undefined;
  /** Told what is being done, for progress. */
  readonly onStage?: ((text: string) => void) | undefined;
}

/** Trials that are cross-validated unless told otherwise. */
export const SAMPLE_TRIALS_DEFAULT = 1_000;
export const SAMPLE_TRIALS_MAX = 10_000;

/** Returns that are held, 160 MB: longer periods get a smaller sample. */
const RETURNS_MAX = 20_000_000;

/** Combinations whose returns are kept, as multiples of the sample: those that never trade are left out of it. */
const CANDIDATES = 4;

/** A sample of a grid: what is cross-validated. */
export interface SampledReturns {
  /** Ascending. */
  readonly ids: readonly number[];
  readonly seed: number;
  readonly returnsCount: number;
  /** Returns that the search has kept, more than those of the sample. */
  readonly kept: SampleColumns | undefined;
  /** Ids of the sample whose returns were not kept: their results came from a file, or nobody kept any. */
  readonly missing: readonly number[];
  /** Whether the sample holds all combinations of the grid that trade. */
  readonly isWhole: boolean;
}

/** Keeps the returns of a sample while it is searched: the whole grid where it fits, else combinations drawn by chance. */
export class SampleKeeper {
  readonly columns: SampleColumns;
  readonly #size: number;
  readonly #seed: number;
  readonly #isWholeGrid: boolean;
  readonly #candidates: ReadonlySet<number>;
  /** Candidates that traded, in any order, and those of them without returns. */
  readonly #traded: number[] = [];
  readonly #missing = new Set<number>();

  /**
   * @param candles - All candles.
   * @param search - What is searched.
   * @param options - Size and seed of the sample.
   */
  constructor(
    candles: CandleSeries,
    search: OptimizeSearch,
    options: Pick<CrossValidationOptions, 'sampleSize' | 'seed'>,
  ) {
    const returnsCount = countReturns(candles, search);
    this.#seed = options.seed ?? 1;
    this.#size = sampleSize(options.sampleSize, returnsCount);
    const count = Math.min(CANDIDATES * this.#size, fittingColumns(returnsCount));
    const ids = count === 0 ? [] : search.plan.sample(count, this.#seed);
    this.#isWholeGrid = ids.length === search.plan.count;
    this.#candidates = new Set(ids);
    this.columns = {
      ids: Int32Array.from(ids),
      returns: new SharedArrayBuffer(ids.length * returnsCount * 8),
      returnsCount,
    };
  }

  /**
   * Notes that a trial is done.
   *
   * @param id - Of the trial.
   * @param trades - That it made.
   * @param isComputed - Whether it was run now; else its results came from a file.
   */
  take(id: number, trades: number, isComputed: boolean): void {
    if (!(trades > 0) || !this.#candidates.has(id)) return;
    this.#traded.push(id);
    if (!isComputed) this.#missing.add(id);
  }

  /** Of the candidates that traded, as many as the sample holds, evenly from the first to the last. */
  sample(): SampledReturns {
    const traded = this.#traded.sort((a, b) => a - b);
    const count = Math.min(this.#size, traded.length);
    const ids = Array.from(
      { length: count },
      (_, k) => traded[Math.floor((k * traded.length) / count)]!,
    );
    return {
      ids,
      seed: this.#seed,
      returnsCount: this.columns.returnsCount,
      kept: this.columns,
      missing: ids.filter((id) => this.#missing.has(id)),
      isWhole: this.#isWholeGrid && count === traded.length,
    };
  }
}

/**
 * Draws a sample without a search that keeps its returns.
 *
 * @param candles - All candles.
 * @param search - What is searched.
 * @param options - Size and seed of the sample.
 */
export function drawSample(
  candles: CandleSeries,
  search: OptimizeSearch,
  options: Pick<CrossValidationOptions, 'sampleSize' | 'seed'>,
): SampledReturns {
  const seed = options.seed ?? 1;
  const returnsCount = countReturns(candles, search);
  const size = sampleSize(options.sampleSize, returnsCount);
  const ids = size === 0 ? [] : search.plan.sample(size, seed);
  const isWhole = ids.length === search.plan.count;
  return { ids, seed, returnsCount, kept: undefined, missing: ids, isWhole };
}

function sampleSize(wanted: number | undefined, returnsCount: number): number {
  return Math.min(wanted ?? SAMPLE_TRIALS_DEFAULT, SAMPLE_TRIALS_MAX, fittingColumns(returnsCount));
}

function fittingColumns(returnsCount: number): number {
  return Math.max(2, Math.floor(RETURNS_MAX / returnsCount));
}

/** One return per UTC day, or per candle from a day on (S-50). */
function countReturns(candles: CandleSeries, { period }: OptimizeSearch): number {
  if (timeframeMs(candles.timeframe) >= DAY_MS) return period.to - period.from;
  const day = (index: number): number => Math.floor(candles.openTime[index]! / DAY_MS);
  return day(period.to - 1) - day(period.from) + 1;
}
