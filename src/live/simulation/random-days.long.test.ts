import { expect, test } from 'vitest';
import { randomDay, runDay } from './worlds.contract.js';

/** `WUS_SEEDS=1-200` chooses the days; a failing seed becomes a case of `known-days.test.ts`. */
const [first, last] = (process.env.WUS_SEEDS ?? '1-1000').split('-').map(Number) as [
  number,
  number,
];

test(`random days of faults ${first} to ${last} keep every promise`, async () => {
  const failures: string[] = [];
  let trades = 0;
  const start = process.cpuUsage();
  for (let seed = first; seed <= last; seed++) {
    const world = randomDay(seed);
    const found = await runDay(world);
    trades += world.trades.length;
    if (found.length > 0) failures.push(`seed ${seed}: ${found.slice(0, 3).join('; ')}`);
  }
  const { user, system } = process.cpuUsage(start);
  const seconds = (user + system) / 1e6 / (last - first + 1);
  console.info(
    `${last - first + 1} days, ${trades} trades, ${seconds.toFixed(2)} s of CPU per day`,
  );
  expect(failures).toEqual([]);
});
