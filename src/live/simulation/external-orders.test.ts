// Others use the same account, and the account is in another mode than a bot expects.
import { describe, expect, test } from 'vitest';
import { syntheticCandles } from '../../candles/index.js';
import { decimal } from '../../domain/index.js';
import type { Fault, FaultKind } from './fault-schedule.contract.js';
import type { World } from './world.contract.js';
import { busySettings, makeWorld, runDay, settleAndCompare } from './worlds.contract.js';

const HOUR = 3_600_000;
const FIVE_HOURS = 60;
const during = (kind: FaultKind, from = HOUR, to = 4 * HOUR): Fault => ({ kind, from, to });
const often = (kind: FaultKind, everyMs: number): Fault[] =>
  Array.from({ length: Math.floor((5 * HOUR) / everyMs) }, (_, i) =>
    during(kind, (i + 1) * everyMs, (i + 1) * everyMs),
  );
const codes = ({ alerts }: World): string[] => alerts.map(({ code }) => code);
const entries = ({ requests }: World, from: number, to: number): number =>
  requests.filter(
    ({ order, time }) =>
      /[0-9a-z]e-[0-9a-z]+-[0-9a-z]+$/.test(order?.clientOrderId ?? '') &&
      time >= from &&
      time < to,
  ).length;
const usdm = (config: Record<string, unknown> = {}) =>
  busySettings({ market: 'usdm', direction: 'both', leverage: 2, ...config });

/** BNBUSDT with commissions in BNB, beside a stock of others. */
function feesInKind(faults: readonly Fault[]): World {
  return makeWorld({
    seed: 3,
    faults,
    bnb: decimal('5'),
    settings: busySettings({ symbol: 'BNBUSDT', units: 0.0123 }),
    candles: syntheticCandles({
      length: 100 + 2 * 288,
      seed: 3,
      symbol: 'BNBUSDT',
      timeframe: '5m',
      hasTimeGaps: false,
    }),
  });
}

describe('commission in the coin that is traded', () => {
  test.each<[string, Fault[]]>([
    ['agrees to the last unit', []],
    ['while other bots pay theirs in it', often('foreign-fees', 600_000)],
    [
      'while orders get lost and other bots pay theirs in it',
      [...often('foreign-fees', 450_000), { ...during('request-lost'), chance: 0.5 }],
    ],
    [
      'while replies get lost and other bots pay theirs in it',
      [...often('foreign-fees', 450_000), { ...during('reply-lost'), chance: 0.5 }],
    ],
    ['over crashes', [...often('foreign-fees', 450_000), ...often('crash', HOUR)]],
  ])('%s', async (_, faults) => {
    const world = feesInKind(faults);
    expect(await runDay(world, FIVE_HOURS)).toEqual([]);
    expect(world.trades.length).toBeGreaterThan(2);
    expect(world.runner?.state.memory.mismatch).toBeNull();
    const paid = world.trades.filter(({ otherCommission }) => otherCommission.endsWith(' BNB'));
    expect(paid.length).toBeGreaterThan(0);
  });
});

describe.each(['spot', 'usdm'] as const)('on the same account, %s', (market) => {
  const settings = market === 'usdm' ? usdm() : busySettings();

  test.each<[string, Fault[]]>([
    ['somebody takes money', often('withdrawal', 1_500_000)],
    [
      'somebody brings and takes money',
      [...often('withdrawal', 1_500_000), ...often('deposit', 1_800_000)],
    ],
    ['other bots pay commissions', often('foreign-fees', 300_000)],
  ])('%s: trading goes on', async (_, faults) => {
    const world = makeWorld({ seed: 3, faults, settings });
    expect(await runDay(world, FIVE_HOURS)).toEqual([]);
    expect(world.trades.length).toBeGreaterThan(2);
    expect(world.runner?.state.memory.mismatch).toBeNull();
  });
});

test('a position opened by hand blocks entries at first sight, and calls a person', async () => {
  const world = makeWorld({ seed: 3, settings: usdm({ direction: 'long' }) });
  await world.start();
  await world.run(12);
  world.runner?.command('flatten');
  await world.run(2);
  expect(world.runner?.state.memory).toMatchObject({ position: null, trading: 'halted' });
  world.venue.buyByHand();
  world.runner?.command('resume');
  const from = world.clock.now();
  await world.run(36);
  expect(entries(world, from, world.clock.now())).toBe(0);
  expect(codes(world)).toContain('mismatch');
  world.venue.sellByHand();
  world.runner?.command('resume');
  await world.run(36);
  expect(entries(world, from, world.clock.now())).toBeGreaterThan(0);
  expect(world.runner?.state.memory.mismatch).toBeNull();
});

describe('an account', () => {
  test('in hedge mode is an alarm, and nothing is entered until it is in one-way mode', async () => {
    const world = makeWorld({ seed: 3, faults: [during('hedge-mode')], settings: usdm() });
    expect(await runDay(world, FIVE_HOURS)).toEqual([]);
    const { startTime } = world;
    // The first look in that mode may come a poll later.
    expect(entries(world, startTime + HOUR + 46_000, startTime + 4 * HOUR)).toBe(0);
    expect(entries(world, startTime + 4 * HOUR, world.clock.now())).toBeGreaterThan(0);
    expect(codes(world)).toContain('hedge-mode');
    expect(codes(world)).toContain('one-way-mode');
  });

  test('whose position is liquidated before its stop is an alarm, once an hour', async () => {
    const faults = [during('liquidation-near')];
    const world = makeWorld({ seed: 3, faults, settings: usdm() });
    expect(await runDay(world, FIVE_HOURS)).toEqual([]);
    const said = codes(world).filter((code) => code === 'stop-beyond-liquidation');
    expect(said.length).toBeGreaterThan(0);
    expect(said.length).toBeLessThan(world.trades.length + 4);
  });

  test('whose leverage somebody lowers enters nothing that its margin does not carry, says so, and enters again', async () => {
    const settings = usdm({ direction: 'long', leverage: 5, units: 0.1 });
    const world = makeWorld({
      seed: 3,
      faults: [during('leverage-lowered')],
      wallet: decimal('2000'),
      settings,
    });
    expect(await runDay(world, FIVE_HOURS)).toEqual([]);
    const { startTime } = world;
    const refused = world.alerts.filter(({ code }) => code === 'order-refused');
    expect(refused[0]?.text).toMatch(/at the account's leverage of 1/);
    expect(entries(world, startTime + HOUR + 46_000, startTime + 4 * HOUR)).toBe(0);
    expect(entries(world, startTime + 4 * HOUR, world.clock.now())).toBeGreaterThan(0);
  });

  test('may tell of balances before or after the executions: the trades are the same', async () => {
    const run = async (tellsAccountFirst: boolean): Promise<World> => {
      const faults = [{ ...during('reply-lost'), chance: 0.3 }];
      const world = makeWorld({ seed: 3, faults, settings: usdm(), tellsAccountFirst });
      expect(await runDay(world, FIVE_HOURS)).toEqual([]);
      return world;
    };
    const [after, before] = [await run(false), await run(true)];
    expect(before.trades.map(({ signalTime }) => signalTime)).toEqual(
      after.trades.map(({ signalTime }) => signalTime),
    );
  });
});

test('a key that is refused for an hour: nothing is lost, and trading goes on', async () => {
  const world = makeWorld({ seed: 3, faults: [during('key-refused', HOUR, 2 * HOUR)] });
  await world.start();
  await world.run(FIVE_HOURS);
  world.heal();
  await world.run(6);
  expect(codes(world)).toContain('key-refused');
  expect(await settleAndCompare(world)).toEqual([]);
});
