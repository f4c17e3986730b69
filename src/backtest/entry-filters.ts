import type { FilterSettings } from '../config/index.js';
import { isSwitchedOn, type SettingValues } from '../domain/index.js';
import { type EntryFilter, trendFilter } from '../filters/index.js';
import { FILTER_RULES } from '../settings/index.js';
import { type Parameters, trendFilterOptions } from '../strategies/index.js';

/**
 * Returns the entry filters of a run: the trend filter and those of `ENTRY_FILTERS`, as far as they are on (S-10).
 *
 * @param config - Which filters apply.
 * @param parameters - Complete strategy parameters; the trend filter is one of them (S-13).
 * @throws {UsageError} If a filter's options are wrong.
 */
export function entryFilters(config: FilterSettings, parameters: Parameters): EntryFilter[] {
  const trend = trendFilterOptions(parameters);
  const values: SettingValues = config;
  const asked = FILTER_RULES.filter(({ apply }) => isSwitchedOn(values[apply.key]));
  return [
    ...(trend === undefined ? [] : [trendFilter(trend)]),
    ...asked.map((filter) => filter.build(values)),
  ];
}
