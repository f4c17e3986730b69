import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { toJournalText } from '../core/index.js';
import type { World } from './world.contract.js';

const DAY_CANDLES = 288;
const HEAP_GROWTH_MAX = 8_000_000;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

interface Sizes {
  readonly memory: number;
  readonly disk: number;
  readonly timers: number;
  readonly heap: number;
}

/** Runs a world for days and says what grew between two of them (I12). */
export async function growth(
  world: World,
  { fromDay, toDay }: { readonly fromDay: number; readonly toDay: number },
): Promise<string[]> {
  await world.start();
  const runTo = async (days: number): Promise<Sizes> => {
    for (let day = 0; day < days; day++) {
      await world.run(DAY_CANDLES);
      // What the test itself collects is no part of the bot.
      world.forget();
    }
    collect();
    return {
      memory: toJournalText(world.runner?.state.memory).length,
      disk: world.disk.size,
      timers: world.clock.pending,
      heap: process.memoryUsage().heapUsed,
    };
  };
  const before = await runTo(fromDay);
  const after = await runTo(toDay - fromDay);
  const max: Sizes = {
    memory: 2 * before.memory + 2_000,
    disk: 2 * before.disk,
    timers: before.timers + 50,
    heap: before.heap + HEAP_GROWTH_MAX,
  };
  return (Object.keys(max) as (keyof Sizes)[])
    .filter((part) => after[part] >= max[part])
    .map((part) => `I12 ${part} grew from ${before[part]} to ${after[part]}`);
}
