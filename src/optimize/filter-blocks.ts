import type { Setting, SettingValue, SettingValues, Timeframe } from '../domain/index.js';
import type { FilterRule, GridAxes } from '../filters/index.js';
import { isAlwaysWritten, settingProblem } from '../settings/index.js';
import { axisTree, type Block } from './blocks.js';
import { axisValues, distinct, type GridEntry } from './grid-axes.js';

/** Blocks of one filter, with what was left out of them. */
export interface FilterBlocks {
  readonly blocks: readonly Block[];
  readonly written: bigint;
  /** Settings that cannot be, and the first of them. */
  readonly invalid: number;
  readonly example: string | undefined;
}

/**
 * Builds the block of a filter: its switch with its settings below it, or the rows that the filter makes of a grid.
 *
 * @param filter - Which one.
 * @param entry - Grid; only looked at when the filter is asked for.
 * @param given - Whether the filter is asked for, and its values otherwise.
 * @param instrument - What the grid is for.
 * @throws {UsageError} With `file:line:column` of the first bad value.
 */
export function filterBlocks(
  filter: FilterRule,
  entry: GridEntry,
  given: SettingValues,
  instrument: { readonly symbol: string; readonly timeframe: Timeframe },
): FilterBlocks {
  const { apply, settings, grid } = filter;
  const isAsked = given[apply.key] === true;
  // A grid that knows nothing of a later filter stays the grid that it was.
  if (!isAsked && !isAlwaysWritten(apply.key)) return { ...NOTHING_INVALID, blocks: [] };
  if (grid !== undefined) {
    const { rows, ...counts } = isAsked
      ? grid.rows(axesOf(entry), given, instrument)
      : { ...NOTHING_INVALID, rows: [[false, ...settings.map(() => null)]] };
    const names = [apply, ...settings].map(({ key }) => key);
    return { ...counts, blocks: [{ kind: 'rows', names, rows }] };
  }
  if (!isAsked) {
    const idle = settings.map(({ key }) => axisTree(key, [null], null));
    return { ...NOTHING_INVALID, blocks: [axisTree(apply.key, [false], false, idle)] };
  }
  const valuesOf = (setting: Setting, fallback: SettingValue) =>
    axisValues(entry, setting.key, [fallback], (value) => {
      const problem = settingProblem(setting, value);
      return problem === undefined ? undefined : `${setting.key} ${problem}`;
    });
  const lists = settings.map((setting) => valuesOf(setting, given[setting.key] ?? null));
  const applies = valuesOf(apply, true);
  const children = lists.map((list, k) => axisTree(settings[k]!.key, distinct(list), null));
  const written = lists.reduce((product, list) => product * BigInt(list.length), 1n);
  return {
    ...NOTHING_INVALID,
    blocks: [axisTree(apply.key, distinct(applies), false, children)],
    written: written * BigInt(applies.length),
  };
}

const NOTHING_INVALID = { written: 1n, invalid: 0, example: undefined } as const;

function axesOf(entry: GridEntry): GridAxes {
  return {
    has: (name) => entry.grid[name] !== undefined,
    at: (name) => entry.at(name),
    // Whatever `problem` lets through is a value of a setting, never a list.
    values: (name, fallback, problem) =>
      axisValues(entry, name, fallback, problem) as readonly SettingValue[],
  };
}
