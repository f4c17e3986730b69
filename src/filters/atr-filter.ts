import type { CandleSeries } from '../candles/index.js';
import { countSetting, numberSetting, UsageError } from '../domain/index.js';
import { compare, INDICATORS } from '../indicators/index.js';
import { BOTH_ALLOWED, type EntryFilter } from './entry-filter.js';
import { filterRule } from './filter-rule.js';

/** Entries only in volatile markets (S-11). */
export const ATR_FILTER = filterRule({
  name: 'ATR filter',
  apply: {
    key: 'apply_atr_filter',
    flag: '--apply-atr-filter',
    description: 'Enter only when volatility is high',
  },
  settings: [
    countSetting({
      key: 'atr_filter_period',
      flag: '--atr-filter-period',
      unit: 'candles',
      smallest: 1,
      default: 14,
      description: 'Period of the ATR',
    }),
    numberSetting({
      key: 'atr_filter_multiplier',
      flag: '--atr-filter-multiplier',
      unit: 'factor',
      expected: 'a number above 0',
      accepts: (value) => value > 0,
      default: 1.5,
      description: 'Minimum ratio of the ATR to its average',
    }),
    countSetting({
      key: 'atr_filter_sma_period',
      flag: '--atr-filter-sma-period',
      unit: 'candles',
      smallest: 0,
      default: 100,
      description: 'Period of that average; 0 compares the ATR in percent of the price',
    }),
  ],
  build: (values) =>
    atrFilter({
      period: values.atr_filter_period,
      multiplier: values.atr_filter_multiplier,
      smaPeriod: values.atr_filter_sma_period,
    }),
});

export interface AtrFilterOptions {
  /** Candles, integer >= 1. Default 14. */
  readonly period?: number;
  /** Times the baseline; percent of price when there is no baseline. Above 0. Default 1.5. */
  readonly multiplier?: number;
  /** Candles of the baseline, integer >= 0; 0 = no baseline. Default 100. */
  readonly smaPeriod?: number;
}

export const ATR_FILTER_DEFAULTS = { period: 14, multiplier: 1.5, smaPeriod: 100 } as const;

/**
 * Returns the filter that allows entries only in volatile markets (S-11).
 *
 * @param options - Period, multiplier and baseline.
 * @returns Allows both directions when `ATR >= multiplier * SMA(ATR, smaPeriod)`, or, with `smaPeriod` 0, when
 *   `ATR >= multiplier / 100 * close`. An undefined ATR or baseline blocks.
 * @throws {UsageError} If an option is out of range.
 */
export function atrFilter(options: AtrFilterOptions = {}): EntryFilter {
  const { period, multiplier, smaPeriod } = { ...ATR_FILTER_DEFAULTS, ...options };
  requireInteger('atr_filter_period', period, 1);
  requireInteger('atr_filter_sma_period', smaPeriod, 0);
  if (!(multiplier > 0 && Number.isFinite(multiplier))) {
    throw new UsageError(
      `ATR filter: atr_filter_multiplier must be a number > 0: current value is ${multiplier}`,
    );
  }
  return {
    name: 'atr',
    warmUp: period - 1 + Math.max(0, smaPeriod - 1),
    mask(candles: CandleSeries, { atr, sma } = INDICATORS): Uint8Array {
      const range = atr(candles, period);
      const baseline = smaPeriod > 0 ? sma(range, smaPeriod) : candles.close;
      const factor = smaPeriod > 0 ? multiplier : multiplier / 100;
      const mask = new Uint8Array(range.length);
      for (let i = 0; i < mask.length; i++) {
        if (compare(range[i], factor * baseline[i]!) >= 0) mask[i] = BOTH_ALLOWED;
      }
      return mask;
    },
  };
}

function requireInteger(name: string, value: number, smallest: number): void {
  if (Number.isSafeInteger(value) && value >= smallest) return;
  throw new UsageError(
    `ATR filter: ${name} must be an integer >= ${smallest}: current value is ${value}`,
  );
}
