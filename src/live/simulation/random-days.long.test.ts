import { expect, test } from 'vitest';
import { fullDiskDay, randomDay, runRandomDay } from './random-days.contract.js';

/** `WUS_SEEDS=1-200` chooses the days, `WUS_MARKET=usdm` one market; a failing seed becomes a case of its own. */
const [first, last] = (process.env.WUS_SEEDS ?? '1-1000').split('-').map(Number) as [
  number,
  number,
];
/** One day in so many is run twice: the same seed gives the same bytes. */
const REPEATED = 50;
const markets = (['spot', 'usdm'] as const).filter(
  (market) => (process.env.WUS_MARKET ?? market) === market,
);

test.each(markets)(
  `%s: random days of faults ${first} to ${last} keep every invariant`,
  async (market) => {
    const failures: string[] = [];
    let trades = 0;
    const start = process.cpuUsage();
    for (let seed = first; seed <= last; seed++) {
      const world = randomDay(seed, market);
      const found = await runRandomDay(world);
      if (seed % REPEATED === 0) {
        const again = randomDay(seed, market);
        await runRandomDay(again);
        if (again.transcript() !== world.transcript()) found.push('I14 another course each time');
      }
      trades += world.trades.length;
      if (found.length > 0) failures.push(`seed ${seed}: ${found.slice(0, 3).join('; ')}`);
    }
    const { user, system } = process.cpuUsage(start);
    const seconds = (user + system) / 1e6 / (last - first + 1);
    console.info(
      `${market}: ${last - first + 1} days, ${trades} trades, ${seconds.toFixed(2)} s of CPU per day`,
    );
    expect(failures).toEqual([]);
  },
);

/** `WUS_FULL_DISK_SEEDS=1-500` chooses others. */
const [firstFull, lastFull] = (process.env.WUS_FULL_DISK_SEEDS ?? '1-200')
  .split('-')
  .map(Number) as [number, number];

test.skipIf(process.env.WUS_SEEDS !== undefined).each(markets)(
  `%s: days of full disks and dead machines ${firstFull} to ${lastFull} keep every invariant`,
  async (market) => {
    const failures: string[] = [];
    for (let seed = firstFull; seed <= lastFull; seed++) {
      const found = await runRandomDay(fullDiskDay(seed, market));
      if (found.length > 0) failures.push(`seed ${seed}: ${found.slice(0, 3).join('; ')}`);
    }
    expect(failures).toEqual([]);
  },
);
