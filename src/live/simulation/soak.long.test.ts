import { expect, test } from 'vitest';
import { growth } from './soak.contract.js';
import { makeWorld, settleAndCompare } from './worlds.contract.js';

const HOUR = 3_600_000;

test('thirty days leave memory, disk and timers as large as ten', async () => {
  const faults = Array.from({ length: 30 * 24 }, (_, hour) => ({
    kind: (['market-stream-dead', 'user-stream-dead', 'candle-lost'] as const)[hour % 3]!,
    from: hour * HOUR + 600_000,
    to: hour * HOUR + 660_000,
  }));
  const world = makeWorld({ seed: 5, days: 31, faults });
  expect(await growth(world, { fromDay: 10, toDay: 30 })).toEqual([]);
  world.heal();
  await world.run(6);
  expect(await settleAndCompare(world)).toEqual([]);
});
