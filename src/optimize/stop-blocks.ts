import {
  isSwitchedOn,
  ownersOf,
  type Setting,
  type SettingValue,
  type SettingValues,
  type Timeframe,
} from '../domain/index.js';
import { WIDE_DISTANCE, wideDistanceText } from '../rules/index.js';
import {
  canonicalValue,
  EXIT_AXES,
  isAlwaysWritten,
  ruleConflicts,
  settingProblem,
} from '../settings/index.js';
import type { ParameterValue } from '../strategies/index.js';
import { type AxisTree, axisTree, type Block, blocksCount } from './blocks.js';
import { withoutConflicts } from './conflicts.js';
import { axisValues, distinct, type GridEntry } from './grid-axes.js';
import type { WrittenBlocks } from './strategy-blocks.js';

/** What a run permits of exits. */
interface ExitLimits {
  readonly shortsPermitted: boolean;
  readonly allowWideStops: boolean;
  readonly timeframe: Timeframe;
}

/** The blocks of the exits, and what was left out of them. */
export interface StopBlocks extends WrittenBlocks {
  /** Combinations that contradict themselves, and the first of them. */
  readonly invalid: bigint;
  readonly example: string | undefined;
}

/** An exit that the grid has, or had before grids could name more. */
interface ExitAxis {
  readonly setting: Setting;
  /** As written, without repetitions. */
  readonly values: readonly ParameterValue[];
  /** Value while it has no effect. */
  readonly idle: ParameterValue;
}

/**
 * Builds the blocks of the exits (SEMANTICS §4); they vary fastest, so that trials with the same signals stand together.
 *
 * @param entry - Grid; an exit that it does not name is off.
 * @param limits - A short's take-profit lies below 1; a stop above 0.5 is more likely percent than a fraction.
 * @throws {UsageError} With `file:line:column` of the first bad value.
 */
export function stopBlocks(entry: GridEntry, limits: ExitLimits): StopBlocks {
  let written = 1n;
  // A grid that knows nothing of a later exit stays the grid that it was.
  const named = EXIT_AXES.filter(
    ({ key }) => isAlwaysWritten(key) || entry.grid[key] !== undefined,
  );
  const axes = named.map((setting): ExitAxis => {
    const { key, default: fallback } = setting;
    const idle = typeof fallback === 'function' ? null : fallback;
    const list = axisValues(entry, key, [idle], (value) => exitProblem(setting, value, limits));
    written *= BigInt(list.length);
    const values = list.map((value) =>
      canonicalValue(setting, value as SettingValue, limits.timeframe),
    );
    return { setting, values: distinct(values), idle };
  });
  const linked = withoutIdle(treesOf(axes), axes, entry);
  const refuse = (run: SettingValues): string | undefined => {
    const [first] = ruleConflicts(run);
    return first && `${first.key} ${first.message}`;
  };
  const valid = withoutRefused(linked, refuse, entry);
  return {
    blocks: valid.blocks,
    written,
    invalid: BigInt(blocksCount(linked)) - BigInt(blocksCount(valid.blocks)),
    example: valid.example,
  };
}

/** An exit stands below the one that switches it; one that several switch stands beside them. */
function treesOf(axes: readonly ExitAxis[]): AxisTree[] {
  const treeOf = ({ setting, values, idle }: ExitAxis): AxisTree => {
    const below = axes.filter((axis) => parentOf(axis, axes)?.setting === setting);
    return axisTree(setting.key, values, idle, below.map(treeOf));
  };
  const top = axes.filter((axis) => parentOf(axis, axes) === undefined);
  return top.map((axis) =>
    treeOf(
      isShared(axis, axes) ? { ...axis, values: distinct([axis.idle, ...axis.values]) } : axis,
    ),
  );
}

/** The axes that can switch one on, without those that never do. */
function switchesOf({ setting }: ExitAxis, axes: readonly ExitAxis[]): readonly ExitAxis[] {
  const owners = axes.filter((axis) => ownersOf(setting).includes(axis.setting.key));
  const acting = owners.filter(({ values }) => values.some(isSwitchedOn));
  return acting.length === 0 ? owners.slice(0, 1) : acting;
}

function parentOf(axis: ExitAxis, axes: readonly ExitAxis[]): ExitAxis | undefined {
  const switches = switchesOf(axis, axes);
  return switches.length === 1 ? switches[0] : undefined;
}

/** Whether several exits switch it, and all of them can be off. */
function isShared(axis: ExitAxis, axes: readonly ExitAxis[]): boolean {
  const switches = switchesOf(axis, axes);
  return switches.length > 1 && switches.every(({ values }) => !values.every(isSwitchedOn));
}

/** Takes repetitions out: where nothing switches an exit it has one value, elsewhere only those that are written. */
function withoutIdle(
  blocks: readonly Block[],
  axes: readonly ExitAxis[],
  entry: GridEntry,
): readonly Block[] {
  const shared = axes.filter((axis) => isShared(axis, axes));
  if (shared.length === 0) return blocks;
  const repeats = (run: SettingValues): string | undefined => {
    const one = shared.find(({ setting, values, idle }) => {
      const value = run[setting.key];
      const isOn = ownersOf(setting).some((key) => isSwitchedOn(run[key]));
      return isOn ? !values.includes(value!) : value !== idle;
    });
    return one?.setting.key;
  };
  return withoutRefused(blocks, repeats, entry).blocks;
}

function withoutRefused(
  blocks: readonly Block[],
  refuse: (run: SettingValues) => string | undefined,
  entry: GridEntry,
): { readonly blocks: readonly Block[]; readonly example: string | undefined } {
  const left = withoutConflicts(
    { findConflict: (settings) => refuse(settings as SettingValues) },
    blocks,
    (name) => entry.at(name),
  );
  // Blocks that lose nothing stay as they are: they are part of the identity of details.
  return left.example === undefined ? { blocks, example: undefined } : left;
}

function exitProblem(
  setting: Setting,
  value: ParameterValue,
  { shortsPermitted, allowWideStops, timeframe }: ExitLimits,
): string | undefined {
  const { key, check, default: fallback, belowForShorts, isDistance } = setting;
  if (value === null && fallback === null) return undefined;
  const problem = settingProblem(setting, value, timeframe);
  if (problem !== undefined) {
    const orNone = fallback === null ? ', or null for none: current value' : ': current value';
    const inQuotes = check.kind === 'text' ? '; in a list every table stands in quotes' : '';
    return `${key} ${problem.replace(': current value', orNone)}${inQuotes}`;
  }
  const permitted = { market: 'usdm', direction: shortsPermitted ? 'both' : 'long' } as const;
  const written = canonicalValue(setting, value as SettingValue, timeframe);
  const [alone] = ruleConflicts({ ...permitted, [key]: written });
  if (alone !== undefined) return `${alone.key} ${alone.message}`;
  if (typeof value !== 'number') return undefined;
  if (belowForShorts !== undefined && shortsPermitted && value >= belowForShorts) {
    return `${key} must be below ${belowForShorts} where shorts are permitted: current value is ${value}`;
  }
  if (isDistance !== true || allowWideStops || value <= WIDE_DISTANCE) return undefined;
  return `${key} ${wideDistanceText(value)} If that is intended add --allow-wide-stops`;
}
