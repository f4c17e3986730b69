import { describe, expect, test, vi } from 'vitest';
import type { Fault, FaultKind } from './fault-schedule.contract.js';
import type { World } from './world.contract.js';
import { busySettings, runTold, settleAndCompare, told } from './worlds.contract.js';

const CANDLE_MS = 300_000;
const MARKETS = [
  ['spot', {}],
  ['usdm', { market: 'usdm', direction: 'both', leverage: 3 }],
] as const;
/** It enters at 30,021 and wants to leave at the close of the third candle, 30,010, twenty minutes after the start. */
const FALL = [{ close: 30_010 }, { close: 29_990 }, { close: 29_980 }, { close: 29_970 }];
const EXIT_MS = 4 * CANDLE_MS;
const during = (from: number, to: number, ...kinds: readonly FaultKind[]): Fault[] =>
  kinds.map((kind) => ({ kind, from, to }));
/** The exchange executes orders and says afterwards that it never had them. */
const DENIED = ['unknown-executed', 'order-denied', 'user-stream-silent'] as const;
const options = (config: Record<string, unknown>, faults: readonly Fault[]) => ({
  settings: busySettings({ units: 0.0123, stop_loss_pct: null, ...config }),
  faults,
});
const sells = ({ requests }: World): number =>
  requests.filter(({ order }) => order?.side === 'sell').length;
const textsOf = (world: World, code: string): string[] =>
  world.alerts.filter((alert) => alert.code === code).map(({ text }) => text);
const healed = async (world: World): Promise<string[]> => {
  world.heal();
  await world.run(1);
  return settleAndCompare(world);
};

/** On spot half a coin of somebody else lies on the account: it would hide what is missing, and be sold. */
describe.each(MARKETS)('%s: an exit that was executed and denied', (market, config) => {
  const late = (ms: number): Fault[] => during(EXIT_MS, EXIT_MS + ms, 'fills-late');
  test.each<[string, Fault[], string, number]>([
    ['is found by its fills', [], 'was executed', 30_010],
    ['is found by fills that are listed late', late(35_000), 'was executed', 30_010],
    ['is missing where none are ever listed', late(90_000), 'without a listed fill', 30_009],
  ])('%s, and not sent again', async (_, more, told_, price) => {
    const faults = [...during(1.5 * CANDLE_MS, 40 * CANDLE_MS, ...DENIED), ...more];
    const world = await runTold(told(FALL), options(config, faults));
    expect(sells(world)).toBe(1);
    expect(textsOf(world, 'mismatch').join()).toContain(told_);
    expect(world.trades).toHaveLength(1);
    expect(world.trades[0]!.exitPrice).toBeCloseTo(price, -1);
    const wrong = (await healed(world)).filter((text) => !text.startsWith('I10'));
    expect(wrong).toEqual([]);
  });

  test('is taken back when the exchange knows it again', async () => {
    const faults = [
      ...during(1.5 * CANDLE_MS, 40 * CANDLE_MS, 'unknown-executed', 'user-stream-silent'),
      ...during(EXIT_MS, EXIT_MS + 26_000, 'order-denied', 'fills-late'),
    ];
    const world = await runTold(told(FALL), options(config, faults));
    expect(sells(world)).toBe(1);
    expect(textsOf(world, 'mismatch').join()).toContain('appeared');
    expect(world.trades[0]).toMatchObject({ exitPrice: 30_010, exitReason: 'signal' });
    expect(world.trades[0]!.orders).toHaveLength(2);
    expect(await healed(world)).toEqual([]);
  });

  test('an exit that never arrived is sent again as soon as there is no trace of it', async () => {
    const lost = during(EXIT_MS, EXIT_MS + 5_000, 'unknown-not-executed');
    const world = await runTold(told(FALL), options(config, lost));
    expect(sells(world)).toBeGreaterThanOrEqual(2);
    expect(textsOf(world, 'mismatch')).toEqual([]);
    const [first, second] = world.requests.filter(({ order }) => order?.side === 'sell');
    expect(second!.time - first!.time).toBeLessThan(30_000);
    expect(await healed(world)).toEqual([]);
  });

  test('a position that was closed by hand while it wants to leave ends, whatever is refused', async () => {
    const world = await runTold(
      told(FALL),
      options(config, during(EXIT_MS - 1_000, EXIT_MS, 'hand-sale', 'user-stream-silent')),
    );
    expect(world.trades).toHaveLength(1);
    expect(sells(world)).toBeLessThan(8);
    expect(textsOf(world, 'mismatch')).toHaveLength(1);
    expect(market === 'spot' || (await healed(world)).length === 0).toBe(true);
  });
});

test('without the search for it the coins of somebody else are sold, and the simulation says so', async () => {
  vi.resetModules();
  vi.doMock('../core/lost-orders.js', async (importOriginal) => ({
    ...(await importOriginal<object>()),
    unreconciledOrder: () => undefined,
    givenUpOrders: () => [],
  }));
  const worlds = await import('./worlds.contract.js');
  const faults = during(1.5 * CANDLE_MS, 40 * CANDLE_MS, ...DENIED);
  const world = await worlds.runTold(worlds.told(FALL), options({}, faults));
  vi.doUnmock('../core/lost-orders.js');
  expect(world.differences().filter((text) => text.startsWith('I2 sold'))).not.toEqual([]);
});

/** The disk is full when the bot wants to leave, and the machine dies a minute later: the journal does not have the exit. */
const FULL = during(EXIT_MS - 30_000, EXIT_MS + 240_000, 'disk-full');
const DIED = during(EXIT_MS + 60_000, EXIT_MS + 60_000, 'power-lost');

describe.each(MARKETS)('%s: an exit that no journal knows', (_market, both) => {
  const config = { ...both, direction: 'long' };
  /** The process that died may have reported the trade, too: by the same orders. */
  const tradesOf = ({ trades }: World) => new Map(trades.map((one) => [one.orders.join(), one]));

  test.each<[string, Fault[]]>([
    ['is found by its fill', []],
    [
      'is found by its fill though that is listed late',
      during(EXIT_MS, EXIT_MS + 105_000, 'fills-late'),
    ],
    [
      'is found though the account is not reached at first',
      during(EXIT_MS + 60_000, EXIT_MS + 150_000, 'rest-down'),
    ],
  ])('%s, booked, and not sent again', async (_, more) => {
    const world = await runTold(told(FALL), options(config, [...FULL, ...DIED, ...more]));
    expect(world.crashes).toBe(1);
    expect(sells(world)).toBe(1);
    expect(textsOf(world, 'orphan-order')).toHaveLength(1);
    expect(textsOf(world, 'mismatch')).toEqual([]);
    const [trade, ...others] = tradesOf(world).values();
    expect(others).toEqual([]);
    expect(trade?.exitReason).toBe('signal');
    expect(trade?.exitPrice).toBeCloseTo(30_010, -1);
    expect(trade?.orders).toHaveLength(2);
    expect(await healed(world)).toEqual([]);
  });

  test('that was a stop is booked as one', async () => {
    const rise = [{ close: 30_100 }, { close: 30_200 }, { close: 30_300 }];
    const stopped = { ...config, trailing_stop_loss_pct: 0.01 };
    const world = await runTold(
      told([...rise, { close: 29_900 }]),
      options(stopped, [
        ...during(1.5 * CANDLE_MS, 7.5 * CANDLE_MS, 'disk-full'),
        ...during(6.9 * CANDLE_MS, 6.9 * CANDLE_MS, 'power-torn'),
      ]),
    );
    const [stop, ...others] = tradesOf(world).values();
    expect(others).toEqual([]);
    expect(stop?.exitReason).toBe('trailing-stop');
    expect(stop?.exitPrice).toBeCloseTo(30_300 * 0.99, -2);
    expect(textsOf(world, 'orphan-order')).toHaveLength(1);
    expect(textsOf(world, 'mismatch')).toEqual([]);
    expect(await healed(world)).toEqual([]);
  });

  test('that rests is taken over: one stop protects the position', async () => {
    const rise = [{ close: 30_100 }, { close: 30_200 }, { close: 30_300 }, { close: 30_400 }];
    const stopped = { ...config, trailing_stop_loss_pct: 0.02 };
    const world = await runTold(
      told([...rise, ...rise.map(({ close }) => ({ close: close + 400 }))]),
      options(stopped, [
        ...during(1.5 * CANDLE_MS, 6.5 * CANDLE_MS, 'disk-full'),
        ...during(6.3 * CANDLE_MS, 6.3 * CANDLE_MS, 'power-nul'),
      ]),
    );
    expect(textsOf(world, 'orphan-order').join()).toContain('taken over');
    expect(textsOf(world, 'mismatch')).toEqual([]);
    expect(await healed(world)).toEqual([]);
  });
});

test('without the search after a start the coins of somebody else are sold, and the simulation says so', async () => {
  vi.resetModules();
  vi.doMock('../core/unjournaled-orders.js', async (importOriginal) => ({
    ...(await importOriginal<object>()),
    reconcilePendingAtStart: () => undefined,
  }));
  const worlds = await import('./worlds.contract.js');
  const world = await worlds.runTold(worlds.told(FALL), options({}, [...FULL, ...DIED]));
  vi.doUnmock('../core/unjournaled-orders.js');
  expect(world.differences().filter((text) => text.startsWith('I2 sold'))).not.toEqual([]);
});
