import type { Setting, SettingOutline, SettingValue, ValuesOf } from '../domain/index.js';
import { switchSetting, type Timeframe } from '../domain/index.js';
import type { EntryFilter } from './entry-filter.js';

/** A kind of entry filter: its settings, and how they become a filter. Schema, flags, help, grids and reports know it by this. */
export interface FilterRule<
  Key extends string = string,
  Own extends readonly SettingOutline[] = readonly SettingOutline[],
> {
  /** In sentences, for example `ATR filter`. */
  readonly name: string;
  /** Switches the filter on. */
  readonly apply: Setting<Key, boolean>;
  /** What is set while it is on. */
  readonly settings: readonly Setting[];
  /** Type of the values, never a value. */
  readonly values?: ValuesOf<Own[number]>;
  /** Returns the filter. */
  build(values: ValuesOf<Own[number]>): EntryFilter;
  /** Says in a few words what is on, for the first lines of a trader. */
  summary(values: ValuesOf<Own[number]>): string;
  /** Returns values as a grid writes them, so that equal ones read the same. */
  normal(values: ValuesOf<Own[number]>): ValuesOf<Own[number]>;
  /** Says whether the filter can refuse an entry at all on a symbol, and returns the values without what has no effect there. */
  effective(values: ValuesOf<Own[number]>, symbol: string): ValuesOf<Own[number]> | undefined;
  /** Reads axes of a grid that are not simply lists of its settings. Default: each setting is an axis below the switch. */
  readonly grid?: FilterGrid;
}

/** The axes of a filter that has others than its settings. */
export interface FilterGrid {
  /** Names of further axes. */
  readonly names: readonly string[];
  /**
   * Returns the rows of values to try, switch first, then the settings in their order.
   *
   * @param axes - What the grid has.
   * @param given - Values where the grid has none.
   * @param instrument - What is traded.
   * @throws {UsageError} With `file:line:column` of the first bad value.
   */
  rows(
    axes: GridAxes,
    given: Readonly<Record<string, SettingValue>>,
    instrument: { readonly symbol: string; readonly timeframe: Timeframe },
  ): GridRows;
}

/** A grid as a filter reads it. */
export interface GridAxes {
  has(name: string): boolean;
  /** `file:line:column`. */
  at(name: string): string;
  /** Values of an axis, each checked by `problem`; the fallback where the grid has none. */
  values(
    name: string,
    fallback: readonly SettingValue[],
    problem: (value: unknown) => string | undefined,
  ): readonly SettingValue[];
}

/** Combinations of a filter's values, and what was left out of them. */
export interface GridRows {
  readonly rows: readonly (readonly SettingValue[])[];
  /** Combinations as the grid spells them out. */
  readonly written: bigint;
  readonly invalid: number;
  /** What is wrong with the first invalid one. */
  readonly example: string | undefined;
}

interface FilterOutline<Key extends string, Own extends readonly SettingOutline[]> {
  readonly name: string;
  /** The switch of the filter. */
  readonly apply: { readonly key: Key; readonly flag: string; readonly description: string };
  readonly settings: Own;
  build(values: ValuesOf<Own[number]>): EntryFilter;
  /** @default its name */
  summary?(values: ValuesOf<Own[number]>): string;
  /** @default as they are */
  normal?(values: ValuesOf<Own[number]>): ValuesOf<Own[number]>;
  /** @default all of them have an effect on every symbol */
  effective?(values: ValuesOf<Own[number]>, symbol: string): ValuesOf<Own[number]> | undefined;
  readonly grid?: FilterGrid;
}

/**
 * Declares a kind of entry filter.
 *
 * @param outline - Name, switch, settings, and how they become a filter.
 */
export function filterRule<const Key extends string, const Own extends readonly SettingOutline[]>(
  outline: FilterOutline<Key, Own>,
): FilterRule<Key, Own> {
  const { name, build, grid } = outline;
  const apply = complete(switchSetting(outline.apply));
  return {
    name,
    apply,
    settings: outline.settings.map((own) => complete({ dependsOn: apply.key, ...own })),
    build,
    summary: outline.summary ?? (() => name),
    normal: outline.normal ?? ((values) => values),
    effective: outline.effective ?? ((values) => values),
    ...(grid === undefined ? {} : { grid }),
  };
}

function complete<Key extends string, Value extends SettingValue>(
  outline: SettingOutline<Key, Value>,
): Setting<Key, Value> {
  return { section: 'filters', scope: 'everywhere', identity: 'axis', ...outline };
}
