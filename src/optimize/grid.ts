import type { FilterSettings } from '../config/index.js';
import { type Timeframe, UsageError, UserError } from '../domain/index.js';
import type { Strategy } from '../strategies/index.js';
import { didYouMean } from '../util/index.js';
import { type Block, blocksCount } from './blocks.js';
import { withoutConflicts } from './conflicts.js';
import { atrFilterBlocks, seasonalityBlocks } from './filter-blocks.js';
import type { GridEntry } from './grid-axes.js';
import {
  ATR_FILTER_NAMES,
  isAtrFilterKey,
  isSeasonalityKey,
  SEASONALITY_ALIASES,
  SEASONALITY_NAMES,
  SHARED_NAMES,
} from './parameter-names.js';
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
  const { strategy, config: filters } = run;
  refuseUnknownNames(entry, strategy);
  const ignored = Object.keys(entry.grid).filter((name) => isIgnored(name, strategy, filters));
  const own = strategyBlocks(strategy, entry);
  const atr = atrFilterBlocks(entry, filters);
  const seasonality = seasonalityBlocks(entry, filters, run);
  const stops = stopBlocks(entry, {
    shortsPermitted: run.shortsPermitted,
    allowWideStops: filters.allow_wide_stops,
  });
  const signal = withoutConflicts(strategy, own.blocks, (name) => entry.at(name));

  const blocks = {
    signal: signal.blocks,
    filter: [...atr.blocks, ...seasonality.blocks],
    stop: stops.blocks,
  };
  const big = (list: readonly Block[]): bigint => BigInt(blocksCount(list));
  const count = big(blocks.signal) * big(blocks.filter) * big(blocks.stop);
  const possibleFilters = big(atr.blocks) * (big(seasonality.blocks) + BigInt(seasonality.invalid));
  const possible = big(own.blocks) * possibleFilters * big(blocks.stop);
  const written = own.written * atr.written * seasonality.written * stops.written;
  const invalidExamples = [signal.example, seasonality.example].filter(
    (text) => text !== undefined,
  );
  if (count === 0n) {
    throw new UserError(
      `${entry.at('')}: no valid combination${invalidExamples.map((text) => `: ${text}`).join('')}`,
    );
  }
  if (count > COUNT_MAX) {
    throw new UserError(
      `${entry.at('')}: ${count.toLocaleString('en-US')} combinations are more than can be numbered; give fewer values`,
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

function isIgnored(name: string, strategy: Strategy, filters: FilterSettings): boolean {
  if (Object.hasOwn(strategy.parameters, name)) return false;
  return (
    (!filters.apply_atr_filter && isAtrFilterKey(name)) ||
    (!filters.apply_seasonality_filter && isSeasonalityKey(name))
  );
}

function refuseUnknownNames(entry: GridEntry, strategy: Strategy): void {
  const reserved = SHARED_NAMES.find((name) => Object.hasOwn(strategy.parameters, name));
  if (reserved !== undefined) {
    throw new UserError(
      `${strategy.name} declares ${reserved}, which is the name of a filter or stop setting; rename it`,
    );
  }
  const known = [
    ...strategyGridNames(strategy),
    ...SHARED_NAMES,
    ...ATR_FILTER_NAMES,
    ...SEASONALITY_NAMES,
    ...SEASONALITY_ALIASES,
  ];
  for (const name of Object.keys(entry.grid)) {
    if (known.includes(name)) continue;
    throw new UsageError(
      `${entry.at(name)}: ${strategy.name} has no parameter "${name}"${didYouMean(name, known)}; ` +
        `it has ${Object.keys(strategy.parameters).join(', ')}`,
    );
  }
}
