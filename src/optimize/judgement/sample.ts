import type { CandleSeries } from '../../candles/index.js';
import { DAY_MS, timeframeMs } from '../../domain/index.js';
import type { OptimizeSearch } from '../open-search.js';
import type { SampleColumns } from '../pool/protocol.js';

/** How much work a cross-validation may be. */
export interface CrossValidationOptions {
  /** Most trials that are run again, 0 for none. @default 1000 */
  readonly sampleSize?: number | undefined;
  /** Same seed, same figures. @default 1 */
  readonly seed?: number | undefined;
  /** Told what is being done, for progress. */
  readonly onStage?: ((text: string) => void) | undefined;
}

/** Trials that are run again unless told otherwise: seconds, where 10,000 would take a minute on long candles. */
export const SAMPLE_TRIALS_DEFAULT = 1_000;
export const SAMPLE_TRIALS_MAX = 10_000;

/** Returns that are held, 160 MB: longer periods get a smaller sample. */
const RETURNS_MAX = 20_000_000;
/** The returns of a sample of a grid. */
export interface SampledReturns extends SampleColumns {
  readonly seed: number;
  /** Ids whose returns are not there: their results came from a file. */
  readonly missing: readonly number[];
}

/**
 * Draws the sample that is cross-validated: the whole grid where it fits, else combinations drawn by chance.
 *
 * @param candles - All candles.
 * @param search - What is searched.
 * @param options - Size and seed of the sample.
 * @returns With all returns missing.
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
  return {
    ids: Int32Array.from(ids),
    returns: new SharedArrayBuffer(ids.length * returnsCount * 8),
    returnsCount,
    seed,
    missing: ids,
  };
}

function sampleSize(wanted: number | undefined, returnsCount: number): number {
  const fitting = Math.max(2, Math.floor(RETURNS_MAX / returnsCount));
  return Math.min(wanted ?? SAMPLE_TRIALS_DEFAULT, SAMPLE_TRIALS_MAX, fitting);
}

/** One return per UTC day, or per candle from a day on (S-50). */
function countReturns(candles: CandleSeries, { period }: OptimizeSearch): number {
  if (timeframeMs(candles.timeframe) >= DAY_MS) return period.to - period.from;
  const day = (index: number): number => Math.floor(candles.openTime[index]! / DAY_MS);
  return day(period.to - 1) - day(period.from) + 1;
}
