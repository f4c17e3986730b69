import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { toJournalText } from '../core/index.js';
import { makeWorld, settleAndCompare } from './worlds.contract.js';

const DAY_CANDLES = 288;
const HOUR = 3_600_000;
const HEAP_GROWTH_MAX = 8_000_000;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

test('thirty days leave memory, disk and timers as large as ten', async () => {
  const faults = Array.from({ length: 30 * 24 }, (_, hour) => ({
    kind: (['market-stream-dead', 'user-stream-dead', 'candle-lost'] as const)[hour % 3]!,
    from: hour * HOUR + 600_000,
    to: hour * HOUR + 660_000,
  }));
  const world = makeWorld({ seed: 5, days: 31, faults });
  await world.start();
  const sizes: { memory: number; disk: number; timers: number; heap: number }[] = [];
  for (let day = 1; day <= 30; day++) {
    await world.run(DAY_CANDLES);
    // What the test itself collects is no part of the bot.
    world.forget();
    if (day !== 10 && day !== 30) continue;
    collect();
    sizes.push({
      memory: toJournalText(world.runner?.state.memory).length,
      disk: world.disk.size,
      timers: world.clock.pending,
      heap: process.memoryUsage().heapUsed,
    });
  }
  const [ten, thirty] = sizes;
  console.info(sizes);
  expect(thirty!.memory).toBeLessThan(2 * ten!.memory + 2_000);
  expect(thirty!.disk).toBeLessThan(2 * ten!.disk);
  expect(thirty!.timers).toBeLessThan(ten!.timers + 50);
  expect(thirty!.heap - ten!.heap).toBeLessThan(HEAP_GROWTH_MAX);
  world.heal();
  await world.run(6);
  expect(await settleAndCompare(world)).toEqual([]);
});
