// The clock of the machine is set while the bot runs, or the machine sleeps: nothing but the offset moves.
import { describe, expect, test } from 'vitest';
import type { Market } from '../../domain/index.js';
import type { Fault, FaultKind } from './fault-schedule.contract.js';
import type { World } from './world.contract.js';
import { busySettings, makeWorld, runDay, settleAndCompare } from './worlds.contract.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const FIVE_HOURS = 60;
const MARKETS: readonly Market[] = ['spot', 'usdm'];
const during = (kind: FaultKind, from = HOUR, to = 4 * HOUR): Fault => ({ kind, from, to });
const at = (kind: FaultKind, hour: number): Fault => during(kind, hour * HOUR, hour * HOUR);
const settingsOf = (market: Market) =>
  busySettings(market === 'usdm' ? { market, direction: 'both', leverage: 2 } : {});

const STEPS: readonly [string, Fault[]][] = [
  ['is set forward by an hour and back again', [during('clock-ahead')]],
  ['is set back by an hour and forward again', [during('clock-behind')]],
  [
    'is set to and fro every few minutes',
    Array.from({ length: 20 }, (_, i) =>
      during(
        i % 2 === 0 ? 'clock-ahead' : 'clock-behind',
        HOUR + i * 500_000,
        HOUR + (i + 1) * 500_000 - 90_000,
      ),
    ),
  ],
  [
    'is ahead at a restart, and set right later',
    [during('clock-ahead'), at('crash', 1.3), at('crash', 2.9)],
  ],
  [
    'is behind at a restart, and set right later',
    [during('clock-behind'), at('crash', 1.3), at('crash', 2.9)],
  ],
  ['is ahead at the first start', [during('clock-ahead', 0, 2 * HOUR)]],
  ['is behind at the first start', [during('clock-behind', 0, 2 * HOUR)]],
  [
    'is set while requests are limited',
    [during('clock-ahead', HOUR, 1.2 * HOUR), during('rate-limit', 1.1 * HOUR, 1.3 * HOUR)],
  ],
  [
    'is set while REST is down',
    [during('rest-down', HOUR, 1.5 * HOUR), during('clock-ahead', 1.1 * HOUR, 1.4 * HOUR)],
  ],
  [
    'is set during a sleep',
    [during('asleep', HOUR, 2 * HOUR), during('clock-ahead', 1.5 * HOUR, 3 * HOUR)],
  ],
];

describe.each(MARKETS)('the clock of the machine on %s', (market) => {
  test.each(STEPS)('%s', async (_, faults) => {
    const world = makeWorld({ seed: 3, faults, settings: settingsOf(market) });
    expect(await runDay(world, FIVE_HOURS)).toEqual([]);
    expect(world.trades.length).toBeGreaterThan(0);
  });

  test('trades the same whatever it shows', async () => {
    const run = async (faults: Fault[]): Promise<World> => {
      const world = makeWorld({ seed: 3, faults, settings: settingsOf(market) });
      expect(await runDay(world, FIVE_HOURS)).toEqual([]);
      return world;
    };
    const [right, ahead] = [
      await run([]),
      await run([during('clock-ahead'), during('clock-behind', 4.2 * HOUR, 4.5 * HOUR)]),
    ];
    const told = ({ trades }: World) =>
      trades.map(({ signalTime, side, exitReason }) => [signalTime, side, exitReason]);
    expect(told(ahead)).toEqual(told(right));
  });

  test('a week of sleep: nothing is entered on what was decided before, and trading goes on', async () => {
    const world = makeWorld({
      days: 9,
      seed: 3,
      faults: [during('asleep', HOUR, HOUR + 7 * DAY)],
      settings: settingsOf(market),
    });
    await world.start();
    await world.run((8 * DAY) / 300_000);
    const woke = world.startTime + HOUR + 7 * DAY;
    const orders = world.requests.filter(({ order, time }) => order !== undefined && time >= woke);
    expect(orders.length).toBeGreaterThan(0);
    expect(orders.filter(({ time }) => time < woke + 500)).toEqual([]);
    expect(world.alerts.map(({ code }) => code)).toContain('overslept');
    world.heal();
    await world.run(6);
    expect(await settleAndCompare(world)).toEqual([]);
  });
});
