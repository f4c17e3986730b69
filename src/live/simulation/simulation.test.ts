import { describe, expect, test } from 'vitest';
import { decimal } from '../../domain/index.js';
import { findStrategy } from '../../strategies/index.js';
import type { Fault, FaultKind } from './fault-schedule.contract.js';
import {
  CRASHES,
  drawableFaults,
  faultsOfDay,
  fullDiskDay,
  randomDay,
  runRandomDay,
} from './random-days.contract.js';
import { busySettings, makeWorld, runDay, settleAndCompare } from './worlds.contract.js';

const HOUR = 3_600_000;
/** From the second to the fourth hour of five. */
const during = (kind: FaultKind, chance?: number): Fault => ({
  kind,
  from: HOUR,
  to: 4 * HOUR,
  ...(chance !== undefined && { chance }),
});
const at = (kind: FaultKind, hour: number): Fault => ({ kind, from: hour * HOUR, to: hour * HOUR });
const FIVE_HOURS = 60;
const buys = (world: ReturnType<typeof makeWorld>): number[] =>
  world.requests.filter(({ order }) => order?.side === 'buy').map(({ time }) => time);

describe('a day without faults', () => {
  test('trades, and agrees with the exchange to the last unit', async () => {
    const world = makeWorld({ seed: 1 });
    expect(await runDay(world)).toEqual([]);
    expect(world.trades.length).toBe(26);
  });

  test('the same seed gives the same bytes', async () => {
    const runs = [randomDay(7), randomDay(7)];
    for (const world of runs) await runDay(world, FIVE_HOURS);
    expect(runs[0]!.transcript()).toBe(runs[1]!.transcript());
    expect(runs[0]!.transcript().length).toBeGreaterThan(1_000);
  });
});

describe('every invariant holds while', () => {
  test.each<[string, Fault[]]>([
    ['requests are lost before the exchange', [during('request-lost', 0.4)]],
    ['replies are lost after the exchange acted', [during('reply-lost', 0.4)]],
    ['the outcome is unknown, and the order was executed', [during('unknown-executed', 0.6)]],
    ['the outcome is unknown, and it was not executed', [during('unknown-not-executed', 0.6)]],
    ['the exchange is busy', [during('busy', 0.5)]],
    ['replies come half a minute late, events first', [during('late-reply', 0.5)]],
    [
      'replies are lost and a new order cannot be found yet',
      [during('reply-lost', 0.5), during('replica-lag')],
    ],
    ['reports come twice', [during('reports-doubled')]],
    ['reports come in reverse order', [during('reports-reordered')]],
    ['the account stream is dead', [during('user-stream-dead')]],
    ['the account stream is silent', [during('user-stream-silent')]],
    ['the market stream is dead', [during('market-stream-dead')]],
    ['the market stream is silent', [during('market-stream-silent')]],
    ['closed candles are lost', [during('candle-lost', 0.3)]],
    ['closed candles come twice, corrected', [during('candle-doubled')]],
    ['candles are nonsense or from the future', [during('candle-bad', 0.3)]],
    ['REST is down', [during('rest-down')]],
    ['the exchange is under maintenance', [during('maintenance')]],
    ['the key is refused', [during('key-refused')]],
    ['events are odd, or cannot be read', [during('odd-payloads')]],
    ['requests are held up before they leave', [during('send-held-up')]],
    ['requests are limited', [during('rate-limit')]],
    ['the address is banned', [during('ban')]],
    ['the address is banned and the process restarts', [during('ban'), at('crash', 2)]],
    [
      'requests are limited and the power fails: the limit is remembered',
      [during('rate-limit'), ...[1.1, 1.35, 2.02, 2.6, 3.3].map((hour) => at('power-lost', hour))],
    ],
    ['the disk is full', [during('disk-full')]],
    ['the clock is wrong', [during('clock-skew')]],
    ['somebody else trades on the account', [at('foreign-order', 1), at('deposit', 2)]],
    ['the exchange ends the stop by itself', [1, 2, 3, 4].map((hour) => at('stop-expired', hour))],
    ['the step size grows', [at('step-size-up', 2)]],
    ['the process is killed again and again', [1, 2, 3, 4].map((hour) => at('crash', hour))],
    ['the machine sleeps for three hours', [during('asleep')]],
    [
      'the process is busy for 20 s at the close of a candle',
      [1, 2, 3, 4].map((hour) => ({
        kind: 'blocked' as const,
        from: hour * HOUR - 5_000,
        to: hour * HOUR + 15_000,
      })),
    ],
    ['a stop is filled just before it is cancelled', [during('cancel-races-fill')]],
    ['every stop is refused because it would trigger at once', [during('stop-refused')]],
    ['the commission grows fourfold', [at('fee-change', 2)]],
    [
      'outcomes are unknown, orders cannot be found yet and the account stream is silent',
      [during('unknown-executed', 0.6), during('replica-lag'), during('user-stream-silent')],
    ],
    ['the power fails', [at('power-lost', 1.5), at('power-torn', 2.5), at('power-nul', 3.5)]],
  ])('%s', async (_, faults) => {
    const world = makeWorld({
      seed: 3,
      faults,
      settings: busySettings({ trailing_stop_loss_pct: 0.006 }),
    });
    expect(await runDay(world, FIVE_HOURS)).toEqual([]);
    expect(world.trades.length).toBeGreaterThan(0);
  });
});

describe('nothing is entered while', () => {
  test.each<[FaultKind]>([
    ['user-stream-dead'],
    ['market-stream-dead'],
    ['market-stream-silent'],
    ['rest-down'],
    ['ban'],
    ['disk-full'],
  ])('%s', async (kind) => {
    const world = makeWorld({ seed: 3, faults: [during(kind)] });
    await runDay(world, FIVE_HOURS);
    const from = world.startTime + HOUR + 15_000;
    const inside = buys(world).filter((time) => time > from && time < world.startTime + 4 * HOUR);
    expect(inside).toEqual([]);
  });

  test('the bot is halted; resume lets it trade again', async () => {
    const world = makeWorld({ seed: 3 });
    await world.start();
    await world.run(20);
    world.runner?.command('halt');
    const halted = world.clock.now();
    await world.run(40);
    expect(buys(world).filter((time) => time > halted)).toEqual([]);
    world.runner?.command('resume');
    const resumed = world.clock.now();
    await world.run(60);
    expect(buys(world).filter((time) => time > resumed).length).toBeGreaterThan(0);
    expect(await settleAndCompare(world)).toEqual([]);
  });

  test('a strategy throws: its position stays protected', async () => {
    let fails = false;
    const good = findStrategy('MACross');
    const strategy = {
      ...good,
      signals: (...args: Parameters<typeof good.signals>) => {
        if (fails) throw new Error('out of luck');
        return good.signals(...args);
      },
    };
    const world = makeWorld({ seed: 3, strategyOf: () => strategy });
    await world.start();
    await world.run(30);
    fails = true;
    const failed = world.clock.now();
    await world.run(60);
    expect(buys(world).filter((time) => time > failed + 1_000)).toEqual([]);
    expect(world.alerts.filter(({ code }) => code === 'strategy-failed')).toHaveLength(1);
    expect(await settleAndCompare(world)).toEqual([]);
  });
});

describe('by hand', () => {
  test('flatten sells everything at once and halts', async () => {
    const world = makeWorld({ seed: 3 });
    await world.start();
    while (world.runner?.state.memory.position == null) await world.run(1);
    world.runner.command('flatten');
    await world.clock.run(world.clock.now() + 1_000);
    expect(world.runner.state.memory).toMatchObject({
      position: null,
      order: null,
      trading: 'halted',
    });
    expect(world.trades.at(-1)).toMatchObject({ exitReason: 'manual' });
    expect(world.differences()).toEqual([]);
  });

  test('coins sold by somebody else are an alarm, and never sold again', async () => {
    const world = makeWorld({ seed: 3, faults: [during('hand-sale'), at('hand-sale', 2)] });
    await world.start();
    await world.run(FIVE_HOURS);
    const held = world.exchange.state.balances.BTC;
    expect(held?.free).toBeGreaterThanOrEqual(0n);
    if (world.alerts.some(({ code }) => code === 'mismatch')) {
      expect(world.runner?.state.memory.mismatch).toContain('booked as closed externally');
      world.runner?.command('resume');
      expect(world.runner?.state.memory.mismatch).toBeNull();
    }
    expect(world.runner?.state.memory.order?.phase ?? 'open').toBe('open');
  });

  test('new settings apply when the bot is flat', async () => {
    const world = makeWorld({ seed: 3 });
    await world.start();
    while (world.runner?.state.memory.position == null) await world.run(1);
    const settings = busySettings({ stop_loss_pct: 0.02 });
    world.runner.changeSettings(settings);
    await world.clock.run(world.clock.now() + 500);
    expect(world.runner.state.memory.pendingSettings).toEqual(settings);
    world.runner.changeSettings(busySettings({ symbol: 'ETHUSDT' }));
    while (world.runner.state.memory.position != null) await world.run(1);
    await world.run(1);
    expect(world.runner.state.memory.settings).toEqual(settings);
    expect(world.runner.state.memory.pendingSettings).toBeNull();
    expect(world.alerts.map(({ code }) => code)).toContain('settings-refused');
  });
});

describe('risk limits', () => {
  test.each([
    ['an order may not be larger than allowed', { maxOrderNotional: 10 }, 'order-notional'],
    ['the price may not have run away', { priceCollar: 1e-12 }, 'price-collar'],
  ])('%s', async (_, risk, word) => {
    const world = makeWorld({ seed: 3, settings: { ...busySettings(), risk } });
    await runDay(world, FIVE_HOURS);
    expect(world.alerts.some(({ text }) => text.includes(word))).toBe(true);
    if (word === 'order-notional') expect(buys(world)).toEqual([]);
  });

  test('at most so many entries in an hour', async () => {
    const world = makeWorld({
      seed: 3,
      settings: { ...busySettings(), risk: { maxOrdersPerHour: 1 } },
    });
    await runDay(world, FIVE_HOURS);
    const times = buys(world);
    times.slice(1).forEach((time, i) => {
      expect(time - times[i]!).toBeGreaterThanOrEqual(HOUR);
    });
    expect(times.length).toBeGreaterThan(2);
  });

  test('the cumulative loss ends the entries for good', async () => {
    const world = makeWorld({ seed: 3, settings: busySettings({ max_cumulative_loss: 1 }) });
    await runDay(world);
    const { netPnl } = world.runner!.state.memory;
    expect(netPnl).toBeLessThanOrEqual(-decimal('1'));
    const trippedTrade = world.trades.findIndex(
      (_, i) => world.trades.slice(0, i + 1).reduce((sum, trade) => sum + trade.netPnl, 0) <= -1,
    );
    expect(world.trades.length).toBe(trippedTrade + 1);
  });

  test('what could not be sold at its stop is not bought', async () => {
    const world = makeWorld({ seed: 3, symbolRules: { minNotional: decimal('9500') } });
    await runDay(world, FIVE_HOURS);
    expect(buys(world)).toEqual([]);
    expect(world.alerts.some(({ text }) => text.includes('unsellable-at-stop'))).toBe(true);
  });
});

describe('random days of faults', () => {
  test.each(['spot', 'usdm'] as const)(
    'draw every fault, and crash on a quarter (%s)',
    (market) => {
      const days = Array.from({ length: 500 }, (_, i) => faultsOfDay(i + 1, market));
      const drawn = new Set(days.flatMap((faults) => faults.map(({ kind }) => kind)));
      for (const kind of [...drawableFaults(market), ...CRASHES]) expect(drawn).toContain(kind);
      expect(Math.min(...days.map(({ length }) => length))).toBe(3);
      // Eight, the three of a darkness and a crash.
      expect(Math.max(...days.map(({ length }) => length))).toBe(12);
      const crashes = days.filter((faults) => faults.some(({ kind }) => CRASHES.includes(kind)));
      expect(crashes.length / days.length).toBeCloseTo(0.25, 1);
    },
  );

  test.each([
    ['spot', 88],
    ['usdm', 20],
    ['usdm', 78],
  ] as const)('of full disks and dead machines, %s: seed %i', async (market, seed) => {
    expect(await runRandomDay(fullDiskDay(seed, market))).toEqual([]);
  });

  test.each([1, 2, 3, 4, 698, 723, 2478, 7730, 12531])('seed %i', async (seed) => {
    expect(await runRandomDay(randomDay(seed))).toEqual([]);
  });
});
