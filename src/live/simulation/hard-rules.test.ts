import { describe, expect, test } from 'vitest';
import type { Fault, FaultKind } from './fault-schedule.contract.js';
import type { World } from './world.contract.js';
import {
  busySettings,
  makeWorld,
  runDay,
  runTold,
  settleAndCompare,
  told,
} from './worlds.contract.js';

const HOUR = 3_600_000;
const CANDLE_MS = 300_000;
const FIVE_HOURS = 60;
const MARKETS = [
  ['spot', {}],
  ['usdm', { market: 'usdm', direction: 'both', leverage: 3 }],
] as const;
const during = (kind: FaultKind, from = HOUR, to = 4 * HOUR): Fault => ({ kind, from, to });
const at = (kind: FaultKind, hour: number): Fault => ({ kind, from: hour * HOUR, to: hour * HOUR });
const every = (kind: FaultKind, lengthMs: number): Fault[] =>
  [0.6, 1.2, 1.8, 2.4, 3, 3.6].map((hour) => during(kind, hour * HOUR, hour * HOUR + lengthMs));
const codes = (world: World): string[] => world.alerts.map(({ code }) => code);

describe.each(MARKETS)('%s: every invariant holds while', (_, market) => {
  test.each<[string, Fault[]]>([
    [
      'the exchange forgets orders',
      [1, 1.5, 2, 2.5, 3].map((hour) => at('orders-forgotten', hour)),
    ],
    [
      'the exchange forgets orders while the process is away',
      [1, 2, 3].flatMap((hour) => [at('crash', hour), at('orders-forgotten', hour + 0.002)]),
    ],
    [
      'a person cancels the orders of the bot',
      [1, 1.5, 2, 2.5, 3].map((hour) => at('hand-cancel', hour)),
    ],
    ['the market is closed for half an hour again and again', every('market-closed', HOUR / 2)],
    [
      'the market only cancels for half an hour again and again',
      every('market-cancel-only', HOUR / 2),
    ],
    ['the largest market order shrinks', every('lot-max-down', HOUR / 2)],
    ['the largest market order shrinks and the market is thin', every('lot-max-down', HOUR / 2)],
    ['the smallest notional grows', every('notional-up', HOUR / 2)],
    [
      'the market closes while the process is away',
      [1, 2, 3].flatMap((hour) => [
        at('crash', hour),
        during('market-closed', hour * HOUR, (hour + 0.3) * HOUR),
      ]),
    ],
    [
      'the market closes and no news of orders arrives',
      [
        ...every('market-closed', HOUR / 4),
        during('user-stream-silent'),
        during('unknown-executed'),
      ],
    ],
  ])('%s', async (name, faults) => {
    for (const config of [
      { trailing_stop_loss_pct: 0.006 },
      { take_profit_pct: 0.004, stop_loss_pct: 0.005 },
    ]) {
      const world = makeWorld({
        seed: 3,
        faults,
        ...(name.includes('thin') && { levelQuantity: 5_000_000n }),
        settings: busySettings({ ...config, ...market }),
      });
      expect(await runDay(world, FIVE_HOURS)).toEqual([]);
      expect(world.trades.length).toBeGreaterThan(0);
    }
  });
});

/** It enters at 30,021 and wants to leave at the close of the third candle, twenty minutes after the start. */
const FALL = [{ close: 30_010 }, { close: 29_990 }, { close: 29_980 }, { close: 29_970 }];
const EXIT_MS = 4 * CANDLE_MS;
const options = (market: Record<string, unknown>, faults: readonly Fault[]) => ({
  settings: busySettings({ units: 0.0123, stop_loss_pct: 0.02, ...market, direction: 'long' }),
  faults,
});

describe.each(MARKETS)('%s: an exit is decided while', (_, market) => {
  test.each(['market-closed', 'market-cancel-only'] as const)(
    '%s: its stop stays, one alarm is raised, and it leaves within seconds of the opening',
    async (kind) => {
      const opening = EXIT_MS + 2 * CANDLE_MS;
      const world = await runTold(
        told(FALL),
        options(market, [during(kind, EXIT_MS - 60_000, opening)]),
      );
      const inside = world.requests.filter(
        ({ time }) => time > world.startTime + EXIT_MS && time < world.startTime + opening,
      );
      expect(
        inside.filter(({ kind: what, order }) => what === 'cancel' || order !== undefined),
      ).toEqual([]);
      expect(codes(world).filter((code) => code === 'market-closed')).toHaveLength(1);
      expect(codes(world)).not.toContain('exit-late');
      const [trade] = world.trades;
      expect(trade).toMatchObject({ exitReason: 'signal' });
      expect(trade!.exitFillTime - world.startTime - opening).toBeLessThan(6_000);
      expect(await settleAndCompare(world)).toEqual([]);
    },
  );

  test('the largest market order shrank: it leaves in parts', async () => {
    const world = await runTold(
      told(FALL),
      options(market, [during('lot-max-down', EXIT_MS - 60_000, 40 * CANDLE_MS)]),
    );
    const sold = world.requests.filter(
      ({ order }) => order?.type === 'market' && order.side === 'sell',
    );
    expect(sold.length).toBeGreaterThanOrEqual(2);
    expect(world.trades).toHaveLength(1);
    expect(world.trades[0]).toMatchObject({ exitReason: 'signal' });
    expect(await settleAndCompare(world)).toEqual([]);
  });
});

describe.each(MARKETS)('%s: an order of another state of the bot', (_, market) => {
  test('stays, nothing is entered, and a person is called', async () => {
    const world = makeWorld({
      seed: 3,
      faults: [at('other-state', 1)],
      settings: busySettings({ ...market }),
    });
    await world.start();
    await world.run(FIVE_HOURS);
    const rests = (): string[] =>
      world.venue.openOrders('BTCUSDT').map(({ clientOrderId }) => clientOrderId);
    expect(rests().filter((id) => id.startsWith('wus-otherone'))).toHaveLength(1);
    expect(world.runner?.state.memory.mismatch).toContain('wus-otherone');
    const late = world.startTime + HOUR + 60_000;
    const entries = world.requests.filter(
      ({ order, time }) => time > late && order !== undefined && /e-/.test(order.clientOrderId),
    );
    expect(entries).toEqual([]);
  });
});

test('spot: a stop that the exchange forgot is said, and another protects within a minute', async () => {
  const world = await runTold(
    told(Array.from({ length: 6 }, (_, i) => ({ close: 30_030 + i }))),
    options({}, [during('orders-forgotten', 2 * CANDLE_MS, 2 * CANDLE_MS)]),
  );
  expect(codes(world)).toContain('order-forgotten');
  const stops = world.requests.filter(({ order }) => order?.type === 'stop-loss');
  expect(stops).toHaveLength(2);
  const at2 = world.startTime + 2 * CANDLE_MS;
  expect(stops[1]!.time - at2).toBeLessThan(45_000 + 35_000);
  expect(await settleAndCompare(world)).toEqual([]);
});
