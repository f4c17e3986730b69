import type { Parameters, ParameterValue, Strategy } from '../../strategies/index.js';
import type { Block, RowsBlock } from '../blocks.js';
import type { GridBlocks } from '../grid.js';
import type { RunSettings } from './settings.js';

/**
 * Returns the neighbours of a combination in its grid: all combinations that differ from it in one number that has an
 * effect, by one step up or down in the list of that number's values. Numbers that are given as pairs are one thing, whose
 * steps are the lines of the grid. Words, switches and hours have no neighbours; combinations that the strategy refuses are none.
 *
 * @param strategy - Refuses what contradicts itself.
 * @param blocks - The grid.
 * @param centre - The combination.
 */
export function gridNeighbours(
  strategy: Strategy,
  blocks: GridBlocks,
  centre: RunSettings,
): RunSettings[] {
  const found: RunSettings[] = [];
  const add = (change: Partial<RunSettings>): void => {
    // Numbers below zero: no trial has them, so nothing is shared by mistake.
    found.push({ ...centre, ...change });
  };
  for (const changed of stepsOf(blocks.signal, centre.parameters)) {
    if (strategy.findConflict(changed) !== undefined) continue;
    add({ parameters: changed, signalKey: -1 - found.length });
  }
  for (const changed of stepsOf(blocks.filter, centre.filters)) {
    add({ filters: changed, filterKey: -1 - found.length });
  }
  for (const changed of stepsOf(blocks.stop, centre.stops)) add({ stops: changed });
  return found;
}

function stepsOf(blocks: readonly Block[], settings: Parameters): Parameters[] {
  return blocks.flatMap((block): Parameters[] => {
    if (block.kind === 'linked') return stepsOf(block.blocks, settings);
    if (block.kind === 'rows') return rowSteps(block, settings);
    const value = settings[block.name];
    const isOff = value === null || value === false;
    return [
      ...numberSteps(block.values, value).map((next) => ({ ...settings, [block.name]: next })),
      // What is below a parameter that is off has no effect.
      ...(isOff ? [] : stepsOf(block.children, settings)),
    ];
  });
}

function numberSteps(
  values: readonly ParameterValue[],
  value: ParameterValue | undefined,
): number[] {
  if (typeof value !== 'number') return [];
  const numbers = values.filter((candidate) => typeof candidate === 'number').sort((a, b) => a - b);
  const at = numbers.indexOf(value);
  return [numbers[at - 1], numbers[at + 1]].filter((step) => step !== undefined);
}

function rowSteps({ names, rows }: RowsBlock, settings: Parameters): Parameters[] {
  const at = rows.findIndex((row) => row.every((cell, k) => cell === settings[names[k]!]));
  return [rows[at - 1], rows[at + 1]]
    .filter((row) => row !== undefined && at >= 0)
    .filter((row) => row!.every((cell) => typeof cell === 'number'))
    .map((row) => ({
      ...settings,
      ...Object.fromEntries(names.map((name, k) => [name, row[k]!])),
    }));
}
