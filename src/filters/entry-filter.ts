import type { CandleSeries } from '../candles/index.js';
import type { Indicators } from '../indicators/index.js';

/** Bits of an entry mask: which entries may be decided at the close of a candle (S-10). */
export const LONG_ALLOWED = 1;
export const SHORT_ALLOWED = 2;
export const BOTH_ALLOWED = LONG_ALLOWED | SHORT_ALLOWED;

/** Says for every candle which new entries may be decided at its close, from the candles up to it (S-10). */
export interface EntryFilter {
  /** For messages and reports, for example `atr`. */
  readonly name: string;
  /** First index at which an entry may be allowed. */
  readonly warmUp: number;
  /**
   * Computes the entry mask.
   *
   * @param candles - What it looks at.
   * @param indicators - With a memory, for many filters on the same candles (`rememberIndicators()`). Default: without.
   * @returns Shape `[n]`, bits `LONG_ALLOWED` and `SHORT_ALLOWED`.
   */
  readonly mask: (candles: CandleSeries, indicators?: Indicators) => Uint8Array;
}

/**
 * Returns the mask of several filters together: an entry needs all of them (S-10).
 *
 * @param candles - What they look at.
 * @param filters - Any number; without one everything is allowed.
 * @returns Shape `[n]`, bits `LONG_ALLOWED` and `SHORT_ALLOWED`.
 */
export function entryMask(candles: CandleSeries, filters: readonly EntryFilter[]): Uint8Array {
  return combineMasks(
    candles.length,
    filters.map((filter) => filter.mask(candles)),
  );
}

/**
 * Returns the masks' common bits.
 *
 * @param length - Candles.
 * @param masks - Each of shape `[length]`; without one everything is allowed.
 * @returns A new column of shape `[length]`.
 * @throws {RangeError} If a mask has another length.
 */
export function combineMasks(length: number, masks: readonly Uint8Array[]): Uint8Array {
  const combined = new Uint8Array(length).fill(BOTH_ALLOWED);
  for (const mask of masks) {
    if (mask.length !== length) {
      throw new RangeError(
        `Cannot combine masks as each must have ${length} values: one has ${mask.length}`,
      );
    }
    // Four candles at a time, where memory lies so that it can be read like that.
    const words = mask.byteOffset % 4 === 0 ? length >> 2 : 0;
    const own = new Int32Array(combined.buffer, 0, words);
    const other = new Int32Array(mask.buffer, words > 0 ? mask.byteOffset : 0, words);
    for (let k = 0; k < words; k++) own[k] = own[k]! & other[k]!;
    for (let i = 4 * words; i < length; i++) combined[i] = combined[i]! & mask[i]!;
  }
  return combined;
}
