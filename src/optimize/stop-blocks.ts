import type { Setting } from '../domain/index.js';
import { WIDE_DISTANCE, wideDistanceText } from '../rules/index.js';
import { EXIT_AXES, isAlwaysWritten, settingProblem } from '../settings/index.js';
import type { ParameterValue } from '../strategies/index.js';
import { type AxisTree, axisTree } from './blocks.js';
import { axisValues, distinct, type GridEntry } from './grid-axes.js';
import type { WrittenBlocks } from './strategy-blocks.js';

/** What a run permits of exits. */
interface ExitLimits {
  readonly shortsPermitted: boolean;
  readonly allowWideStops: boolean;
}

/**
 * Builds the blocks of the exits (SEMANTICS §4); they vary fastest, so that trials with the same signals stand together.
 *
 * @param entry - Grid; an exit that it does not name is off.
 * @param limits - A short's take-profit lies below 1; a stop above 0.5 is more likely percent than a fraction.
 * @throws {UsageError} With `file:line:column` of the first bad value.
 */
export function stopBlocks(entry: GridEntry, limits: ExitLimits): WrittenBlocks {
  let written = 1n;
  const treeOf = (setting: Setting): AxisTree => {
    const { key, default: fallback } = setting;
    const idle = typeof fallback === 'function' ? null : fallback;
    const values = axisValues(entry, key, [idle], (value) => exitProblem(setting, value, limits));
    written *= BigInt(values.length);
    const below = axes.filter(({ dependsOn }) => dependsOn === key);
    return axisTree(key, distinct(values), idle, below.map(treeOf));
  };
  // A grid that knows nothing of a later exit stays the grid that it was.
  const axes = EXIT_AXES.filter(({ key }) => isAlwaysWritten(key) || entry.grid[key] !== undefined);
  const isTop = ({ dependsOn }: Setting): boolean => axes.every(({ key }) => key !== dependsOn);
  const blocks = axes.filter(isTop).map(treeOf);
  return { blocks, written };
}

function exitProblem(
  setting: Setting,
  value: ParameterValue,
  { shortsPermitted, allowWideStops }: ExitLimits,
): string | undefined {
  const { key, default: fallback, belowForShorts, isDistance } = setting;
  if (value === null && fallback === null) return undefined;
  const problem = settingProblem(setting, value);
  if (problem !== undefined) {
    const orNone = fallback === null ? ', or null for none: current value' : ': current value';
    return `${key} ${problem.replace(': current value', orNone)}`;
  }
  if (typeof value !== 'number') return undefined;
  if (belowForShorts !== undefined && shortsPermitted && value >= belowForShorts) {
    return `${key} must be below ${belowForShorts} where shorts are permitted: current value is ${value}`;
  }
  if (isDistance !== true || allowWideStops || value <= WIDE_DISTANCE) return undefined;
  return `${key} ${wideDistanceText(value)} If that is intended add --allow-wide-stops`;
}
