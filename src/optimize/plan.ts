import type { Parameters } from '../strategies/index.js';
import { seededRandom } from '../util/index.js';
import { assignBlocks, blockNames, blocksCount, type MutableSettings } from './blocks.js';
import type { GridBlocks } from './grid.js';

/** One combination of a grid. */
export interface Trial {
  /** Its number in grid order, from 0: strategy parameters vary slowest, then filters, then stops. */
  readonly id: number;
  /** Trials with the same number have the same signals; with the same filter number, the same entry mask. */
  readonly signal: number;
  readonly filter: number;
  readonly stop: number;
}

/** All trials of a run, in grid order, none of them held in memory. */
export interface TrialPlan {
  readonly count: number;
  readonly signalCount: number;
  readonly filterCount: number;
  readonly stopCount: number;
  /** Returns the trial of a number. */
  trial(id: number): Trial;
  /** Complete parameters of the strategy. */
  signalSettings(signal: number): Parameters;
  /** ATR and seasonality filter; `null` where a filter is off. */
  filterSettings(filter: number): Parameters;
  /** Stops; `null` where one is off. */
  stopSettings(stop: number): Parameters;
  /** Trials `from .. to - 1` in grid order. */
  walk(from?: number, to?: number): Generator<Trial>;
  /**
   * Draws distinct trials, each set of them equally likely.
   *
   * @param size - How many; all when there are fewer.
   * @param seed - The same seed draws the same trials.
   * @returns Ids, ascending.
   */
  sample(size: number, seed: number): number[];
}

/**
 * Numbers the trials of a grid.
 *
 * @param blocks - From `readGrid`.
 */
export function openPlan(blocks: GridBlocks): TrialPlan {
  const signalCount = blocksCount(blocks.signal);
  const filterCount = blocksCount(blocks.filter);
  const stopCount = blocksCount(blocks.stop);
  const count = signalCount * filterCount * stopCount;
  const trial = (id: number): Trial => {
    const group = Math.floor(id / stopCount);
    return {
      id,
      signal: Math.floor(group / filterCount),
      filter: group % filterCount,
      stop: id % stopCount,
    };
  };
  const settings = (part: keyof GridBlocks): ((index: number) => Parameters) => {
    const names = blocks[part].flatMap(blockNames);
    return (index) => {
      const into: MutableSettings = Object.fromEntries(names.map((name) => [name, null]));
      assignBlocks(blocks[part], index, into);
      return into;
    };
  };
  return {
    count,
    signalCount,
    filterCount,
    stopCount,
    trial,
    signalSettings: settings('signal'),
    filterSettings: settings('filter'),
    stopSettings: settings('stop'),
    *walk(from = 0, to = count) {
      for (let id = from; id < Math.min(to, count); id++) yield trial(id);
    },
    sample: (size, seed) => sampleIds(count, size, seed),
  };
}

/**
 * Floyd's sampling: holds only what it draws.
 *
 * @see R. Floyd and J. Bentley, "A sample of brilliance", CACM 1987.
 */
function sampleIds(count: number, size: number, seed: number): number[] {
  const random = seededRandom(seed);
  const below = (n: number): number =>
    Math.floor(
      (Math.floor(random() * 2 ** 26) * 2 ** 27 + Math.floor(random() * 2 ** 27)) * 2 ** -53 * n,
    );
  const drawn = new Set<number>();
  for (let top = Math.max(0, count - size); top < count; top++) {
    const id = below(top + 1);
    drawn.add(drawn.has(id) ? top : id);
  }
  return [...drawn].sort((a, b) => a - b);
}
