import type { ParameterValue } from '../strategies/index.js';
import { axisTree } from './blocks.js';
import { axisValues, distinct, type GridEntry } from './grid-axes.js';
import { STOP_NAMES } from './parameter-names.js';
import type { WrittenBlocks } from './strategy-blocks.js';

/**
 * Builds the blocks of the stops (SEMANTICS §4); they vary fastest, so that trials with the same signals stand together.
 *
 * @param entry - Grid; a stop that it does not name is off.
 * @param limits - A short's take-profit lies below 1; a stop above 0.5 is more likely percent than a fraction.
 * @throws {UsageError} With `file:line:column` of the first bad value.
 */
export function stopBlocks(
  entry: GridEntry,
  limits: { readonly shortsPermitted: boolean; readonly allowWideStops: boolean },
): WrittenBlocks {
  let written = 1n;
  const blocks = STOP_NAMES.map((name) => {
    const mayBeLarge = name === 'take_profit_pct' && !limits.shortsPermitted;
    const below = mayBeLarge ? Number.POSITIVE_INFINITY : 1;
    const values = axisValues(
      entry,
      name,
      [null],
      (value) =>
        stopProblem(name, value, below) ??
        (limits.allowWideStops ? undefined : wideProblem(name, value)),
    );
    written *= BigInt(values.length);
    return axisTree(name, distinct(values), null);
  });
  return { blocks, written };
}

function stopProblem(name: string, value: ParameterValue, below: number): string | undefined {
  if (value === null) return undefined;
  if (typeof value === 'number' && value > 0 && value < below) return undefined;
  const wish = below === 1 ? 'a fraction above 0 and below 1' : 'a fraction above 0';
  return `${name} must be ${wish} (0.02 means 2 %), or null for none: current value is ${JSON.stringify(value)}`;
}

/** Above this, a stop is more likely percent than a fraction. */
const WIDE_STOP = 0.5;

function wideProblem(name: string, value: ParameterValue): string | undefined {
  if (typeof value !== 'number' || value <= WIDE_STOP) return undefined;
  const guess = Number((value / 100).toPrecision(12));
  return `${name} is ${value}, that is ${Number((value * 100).toPrecision(12))} %; did you mean ${guess}? To really mean it use --allow-wide-stops`;
}
