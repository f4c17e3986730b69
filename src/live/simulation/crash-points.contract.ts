import type { PowerCut } from './simulated-disk.contract.js';
import { busySettings, makeWorld, settleAndCompare } from './worlds.contract.js';

const CANDLES = 30;

/** A few trades with every kind of step: entry, stop, moved stop, exit by signal and by stop. */
function shortWorld() {
  return makeWorld({
    seed: 3,
    settings: busySettings({ trailing_stop_loss_pct: 0.004, take_profit_pct: 0.006 }),
    ticksPerCandle: 8,
  });
}

/** Number of disk and network operations of the scenario: the places where a process can die. */
export async function crashPoints(): Promise<number> {
  const world = shortWorld();
  await world.start();
  await world.run(CANDLES);
  if (world.trades.length < 2)
    throw new Error(`only ${world.trades.length} trades: not a full cycle`);
  return world.operations;
}

/** Kills the process at one operation, starts it again and returns what is wrong afterwards. */
export async function crashAt(operation: number, cut: PowerCut | undefined): Promise<string[]> {
  const world = shortWorld();
  world.crashAtOperation = operation;
  world.crashCut = cut;
  await world.start();
  await world.run(CANDLES);
  world.heal();
  await world.run(2);
  const found = await settleAndCompare(world);
  if (world.crashes !== 1) found.push(`${world.crashes} crashes`);
  return found;
}
