import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../util/index.js';
import { isOwnOrderId, orderIdPrefix } from '../core/index.js';
import { Journal } from '../journal/index.js';
import { CRASH_SCENARIOS, crashAt, crashStages } from './crash-points.contract.js';
import { becomeStateOf01, refusalOf01 } from './older-state.contract.js';
import { SimulatedDisk } from './simulated-disk.contract.js';
import { busySettings, makeWorld } from './worlds.contract.js';

describe('a state of version 0.1', () => {
  test.each(CRASH_SCENARIOS)(
    'is gone on with in every stage of a position: %s',
    async (scenario) => {
      const stages = await crashStages(scenario);
      // Nothing open, an entry, a stop on its way and at rest, a stop that moves, and an exit, at least.
      expect(stages.size).toBeGreaterThanOrEqual(6);
      const wrong: string[] = [];
      for (const [stage, operation] of stages) {
        let starts = 0;
        const beforeStart = async (disk: SimulatedDisk): Promise<void> => {
          if (starts++ > 0) await becomeStateOf01(disk);
        };
        const found = await crashAt(scenario, operation, undefined, { beforeStart });
        if (found.length > 0) wrong.push(`${stage}: ${found.join('; ')}`);
      }
      expect(wrong).toEqual([]);
    },
  );

  test('keeps its order tag while something is open, then takes one of its own and still knows the old one', async () => {
    const world = makeWorld({ seed: 3, settings: busySettings({ trailing_stop_loss_pct: 0.004 }) });
    await world.start();
    const isOpen = (): boolean => world.runner?.state.memory.position != null;
    for (let i = 0; i < 40 && !isOpen(); i++) await world.run(1);
    expect(isOpen()).toBe(true);
    const former = world.runner!.state.memory.tag;
    world.runner!.stop();
    await becomeStateOf01(world.disk);
    const placed = (): (string | undefined)[] =>
      world.requests.flatMap(({ kind, order }) => (kind === 'place' ? [order?.clientOrderId] : []));
    world.forget();
    await world.start();
    expect(world.journal!.memory).toMatchObject({ tag: former, formerTags: [] });
    const tag = world.journal!.memory.nextTag!;
    expect(tag).not.toBe(former);
    for (let i = 0; i < 80 && isOpen(); i++) await world.run(1);
    expect(isOpen()).toBe(false);
    const before = placed();
    expect(before.length).toBeGreaterThan(0);
    expect(before.every((id) => id?.startsWith(orderIdPrefix(former)))).toBe(true);
    world.forget();
    await world.run(40);
    const { memory } = world.runner!.state;
    expect(memory).toMatchObject({ tag, nextTag: null, formerTags: [former] });
    expect(placed().length).toBeGreaterThan(0);
    expect(placed().every((id) => id?.startsWith(orderIdPrefix(tag)))).toBe(true);
    expect(before.every((id) => isOwnOrderId(memory, id!))).toBe(true);
    expect(world.violations).toEqual([]);
  });
});

describe('version 0.1 at a state of this version', () => {
  const upgraded = async (): Promise<SimulatedDisk> => {
    const disk = new SimulatedDisk();
    const journal = await Journal.open(disk, busySettings());
    await journal.append({ ...journal.memory, orderCounter: 4 }, 'test', 1);
    await becomeStateOf01(disk);
    expect(await refusalOf01(disk)).toBeUndefined();
    const now = await Journal.open(disk, busySettings(), { instance: 'a' });
    await now.append({ ...now.memory, orderCounter: 5 }, 'test', 2);
    await now.sync();
    return disk;
  };
  const filesOf = async (disk: SimulatedDisk): Promise<Record<string, string>> =>
    Object.fromEntries(
      await Promise.all(
        (await disk.list()).map(async (name) => [name, String(await disk.read(name))] as const),
      ),
    );

  test('refuses it by the number of its layout, and has touched nothing by then', async () => {
    const disk = await upgraded();
    const before = await filesOf(disk);
    expect(await refusalOf01(disk)).toBe('layout 4, this version reads 3');
    expect(await filesOf(disk)).toEqual(before);
  });

  test('refuses it as well when the newest snapshot is damaged and its own last one is left', async () => {
    const disk = await upgraded();
    const newest = (await disk.list())
      .filter((name) => name.startsWith('state-'))
      .sort()
      .at(-1)!;
    await disk.remove(newest);
    await disk.append(newest, new Uint8Array(100));
    expect(await refusalOf01(disk)).toBe('layout 4, this version reads 3');
    // This version goes on from there.
    const { memory } = await Journal.open(disk, busySettings());
    expect(memory).toMatchObject({ version: 4, orderCounter: 5 });
  });
});

test('a power cut during the upgrade leaves the old state or the new one', async () => {
  for (let operation = 1; operation < 30; operation++) {
    const disk = new SimulatedDisk();
    const journal = await Journal.open(disk, busySettings());
    await journal.append({ ...journal.memory, orderCounter: 9 }, 'test', 1);
    await becomeStateOf01(disk);
    let count = 0;
    disk.onOperation = () => {
      if (++count === operation) throw new Error('dead');
    };
    const isDone = await Journal.open(disk, busySettings(), { instance: 'a' }).then(
      () => true,
      () => false,
    );
    disk.onOperation = () => undefined;
    disk.cutPower('torn', seededRandom(operation));
    const { memory } = await Journal.open(disk, busySettings(), { instance: 'b' });
    expect(memory).toMatchObject({ version: 4, orderCounter: 9 });
    if (isDone) break;
  }
});
