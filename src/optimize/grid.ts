import type { FilterSettings } from '../config/index.js';
import { type SettingValues, type Timeframe, UsageError, UserError } from '../domain/index.js';
import { FILTER_RULES, SHARED_AXES, SHARED_NAMES } from '../settings/index.js';
import type { Strategy } from '../strategies/index.js';
import { didYouMean } from '../util/index.js';
import { type Block, blocksCount } from './blocks.js';
import { withoutConflicts } from './conflicts.js';
import { filterBlocks } from './filter-blocks.js';
import type { GridEntry } from './grid-axes.js';
import { stopBlocks } from './stop-blocks.js';
import { strategyBlocks, strategyGridNames } from './strategy-blocks.js';

/** The trials of a run as plain data, from which every thread builds the same plan. */
export interface GridBlocks {
  /** The strategy's own parameters: what decides the signals. */
  readonly signal: readonly Block[];
  /** What decides the entry mask. */
  readonly filter: readonly Block[];
  /** What decides the exits. */
  readonly stop: readonly Block[];
}

/** What became of the combinations that a grid spells out. */
export interface GridSummary {
  readonly written: bigint;
  /** Combinations to run. */
  readonly count: number;
  /** Keys left out because their filter was not asked for. */
  readonly ignored: readonly string[];
  /** Equal to another one, or different only in what has no effect. */
  readonly merged: bigint;
  readonly invalid: bigint;
  /** Why the first invalid ones are. */
  readonly invalidExamples: readonly string[];
}

/** What a grid is read for. */
export interface GridRun {
  readonly strategy: Strategy;
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly shortsPermitted: boolean;
  /** Which filters are asked for, their values where the grid has none, and whether wide stops are meant. */
  readonly config: FilterSettings & { readonly allow_wide_stops: boolean };
}

/**
 * Turns a grid into blocks of trials: keys of filters that are not asked for are dropped, what has no effect is not
 * repeated, equal values are merged, combinations that the strategy refuses are left out.
 *
 * @param entry - Grid of the symbol and strategy.
 * @param run - What it is read for.
 * @throws {UsageError} With `file:line:column` of an unknown parameter or a bad value.
 * @throws {UserError} If no combination is left, or more than 2^50.
 */
export function readGrid(
  entry: GridEntry,
  run: GridRun,
): { readonly blocks: GridBlocks; readonly summary: GridSummary } {
  const { strategy, config } = run;
  refuseUnknownNames(entry, strategy);
  const ignored = Object.keys(entry.grid).filter((name) => isIgnored(name, strategy, config));
  const own = strategyBlocks(strategy, entry);
  const filters = FILTER_RULES.map((filter) => filterBlocks(filter, entry, config, run));
  const stops = stopBlocks(entry, {
    shortsPermitted: run.shortsPermitted,
    allowWideStops: config.allow_wide_stops,
    timeframe: run.timeframe,
  });
  const signal = withoutConflicts(strategy, own.blocks, (name) => entry.at(name));

  const blocks = {
    signal: signal.blocks,
    filter: filters.flatMap((filter) => filter.blocks),
    stop: stops.blocks,
  };
  const big = (list: readonly Block[]): bigint => BigInt(blocksCount(list));
  const count = big(blocks.signal) * big(blocks.filter) * big(blocks.stop);
  const product = (factors: readonly bigint[]): bigint => factors.reduce((a, b) => a * b, 1n);
  const possibleFilters = product(filters.map((own) => big(own.blocks) + BigInt(own.invalid)));
  const possible = big(own.blocks) * possibleFilters * (big(blocks.stop) + stops.invalid);
  const written = own.written * product(filters.map((filter) => filter.written)) * stops.written;
  const invalidExamples = [
    signal.example,
    ...filters.map(({ example }) => example),
    stops.example,
  ].filter((text) => text !== undefined);
  if (count === 0n) {
    throw new UserError(
      `${entry.at('')}: no valid combination${invalidExamples.map((text) => `: ${text}`).join('')}`,
    );
  }
  if (count > COUNT_MAX) {
    throw new UserError(
      `${entry.at('')}: ${count.toLocaleString('en-US')} combinations exceed the maximum; give fewer values`,
    );
  }
  const summary: GridSummary = {
    written,
    count: Number(count),
    ignored,
    merged: written - possible,
    invalid: possible - count,
    invalidExamples,
  };
  return { blocks, summary };
}

/** Up to here every number of a trial and every quotient of it is exact in a double. */
const COUNT_MAX = 2n ** 50n;

/** Keys of a filter that is not asked for. */
function isIgnored(name: string, strategy: Strategy, given: SettingValues): boolean {
  if (Object.hasOwn(strategy.parameters, name)) return false;
  const owner = FILTER_RULES.find(
    ({ apply, settings, grid }) =>
      [apply, ...settings].some(({ key }) => key === name) || grid?.names.includes(name) === true,
  );
  return owner !== undefined && given[owner.apply.key] !== true;
}

function refuseUnknownNames(entry: GridEntry, strategy: Strategy): void {
  const reserved = SHARED_AXES.map(({ key }) => key).find((name) =>
    Object.hasOwn(strategy.parameters, name),
  );
  if (reserved !== undefined) {
    throw new UserError(
      `${strategy.name} declares ${reserved}, the name of a filter or stop setting; rename it`,
    );
  }
  const known = [...strategyGridNames(strategy), ...SHARED_NAMES];
  for (const name of Object.keys(entry.grid)) {
    if (known.includes(name)) continue;
    throw new UsageError(
      `${entry.at(name)}: ${strategy.name} has no parameter "${name}"${didYouMean(name, known)}; ` +
        `it has ${Object.keys(strategy.parameters).join(', ')}`,
    );
  }
}
