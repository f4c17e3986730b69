import { boolean, integer } from './parameter-specs.js';
import type { Parameters } from './strategy.js';

/** The parameters that every strategy has (S-13). */
export const TREND_FILTER_SPECS = {
  trend_filter_period: integer({
    default: null,
    min: 1,
    description: 'Period of the trend filter: longs only at or above the average; null = off',
  }),
  trend_filter_use_ema: boolean({
    default: true,
    dependsOn: 'trend_filter_period',
    description: 'Trend filter average: true = EMA, false = SMA',
  }),
} as const;

/**
 * Returns the trend filter that parameters ask for.
 *
 * @param parameters - Complete (`resolveParameters()`).
 * @returns Options of `trendFilter()`, or `undefined` when it is off.
 */
export function trendFilterOptions(
  parameters: Parameters,
): { readonly period: number; readonly useEma: boolean } | undefined {
  const period = parameters.trend_filter_period;
  if (typeof period !== 'number') return undefined;
  return { period, useEma: parameters.trend_filter_use_ema !== false };
}
