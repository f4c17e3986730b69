import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { decimal } from '../../domain/index.js';
import { findStrategy } from '../../strategies/index.js';
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
const during = (kind: FaultKind, from = HOUR, to = 4 * HOUR): Fault => ({ kind, from, to });

const codes = (world: World): string[] => world.alerts.map(({ code }) => code);

describe('prices', () => {
  test('a gap of 30 % beyond the stop is sold at the open and the loss is told as it is', async () => {
    const world = await runTold(told([{ open: 21_000, close: 21_010 }]));
    expect(world.trades[0]).toMatchObject({ exitReason: 'stop-loss', exitPrice: 21_000 });
    expect(world.trades[0]!.returnPct).toBeCloseTo(-30.2, 1);
    expect(await settleAndCompare(world)).toEqual([]);
  });

  test('a flash print 99 % below is sold at the stop on its way', async () => {
    const world = await runTold(told([{ low: 300, close: 30_020 }]));
    expect(world.trades[0]).toMatchObject({ exitReason: 'stop-loss' });
    expect(world.trades[0]!.exitPrice).toBeCloseTo(30_021 * 0.99, -1);
    expect(codes(world)).not.toContain('strategy-failed');
    expect(await settleAndCompare(world)).toEqual([]);
  });

  test('a position that fell below the smallest order is kept, said to be stuck, and sold when it is worth enough', async () => {
    const fall = [{ close: 12_000 }, { close: 11_900 }, { close: 11_800 }];
    const rise = Array.from({ length: 4 }, (_, i) => ({ close: 20_000 + 10 * i }));
    const world = await runTold(told([...fall, ...rise]), {
      settings: busySettings({ units: 0.0123, stop_loss_pct: null }),
      symbolRules: { minNotional: decimal('200') },
    });
    const stuck = world.alerts.filter(({ code }) => code === 'exit-stuck');
    // The exchange values it at an average price, which rises later: that is said too.
    expect(stuck).toHaveLength(2);
    expect(stuck[0]!.text).toMatch(
      /the exit \(signal\) of 0\.01228 BTC cannot be sent: it is worth 14\d\.\d+ USDT, an order must be worth at least 200/,
    );
    const [trade] = world.trades;
    expect(trade).toMatchObject({ units: 0.0123, exitReason: 'signal' });
    expect(trade!.exitPrice).toBeGreaterThan(200 / 0.0123);
    expect(codes(world)).not.toContain('exit-late');
    expect(await settleAndCompare(world)).toEqual([]);
  });
});

describe('an account that cannot be seen while a position is open', () => {
  const unseen = { ...during('rest-down', 1.5 * CANDLE_MS, 6 * CANDLE_MS) };
  const rise = Array.from({ length: 8 }, (_, i) => ({ close: 30_030 + i }));

  test.each<[string, Fault[]]>([
    ['is told once, and that it is over', [unseen]],
    [
      'a machine that wakes up has not seen it',
      [unseen, during('blocked', 4.1 * CANDLE_MS, 4.2 * CANDLE_MS)],
    ],
  ])('%s', async (_, faults) => {
    const world = await runTold(told(rise), { faults });
    const news = world.alerts.filter(({ code }) => /^account-/.test(code));
    expect(news.map(({ code }) => code)).toEqual(['account-unseen', 'account-seen']);
    expect(news[1]!.time - world.startTime).toBeGreaterThan(6 * CANDLE_MS);
    expect(await settleAndCompare(world)).toEqual([]);
  });
});

test('a refused key is named at once, and that it is accepted again', async () => {
  const rise = Array.from({ length: 8 }, (_, i) => ({ close: 30_030 + i }));
  const from = 1.5 * CANDLE_MS;
  const world = await runTold(told(rise), {
    faults: [during('key-refused', from, 6 * CANDLE_MS)],
  });
  const news = world.alerts.filter(({ code }) => /^key-/.test(code));
  expect(news.map(({ code }) => code)).toEqual(['key-refused', 'key-accepted']);
  expect(news[0]!.time - world.startTime - from).toBeLessThan(60_000);
  expect(news[0]!.text).toMatch(/-2015.*its stop at [\d.]+ was on the exchange/);
  expect(await settleAndCompare(world)).toEqual([]);
});

describe('commission', () => {
  test('in BNB is told apart, runs out in the middle of a trade, and nothing is missing', async () => {
    const world = makeWorld({
      seed: 3,
      bnb: decimal('5'),
      faults: [{ kind: 'bnb-runs-out', from: 3 * HOUR, to: 3 * HOUR }],
    });
    await world.start();
    await world.run(34);
    const paid = world.trades.reduce((sum, { otherCommission }) => {
      const [amount, asset] = otherCommission.split(' ');
      expect(asset).toBe('BNB');
      return sum + decimal(amount!);
    }, 0n);
    const open = world.runner?.state.memory.position?.otherCommission.BNB ?? 0n;
    expect(paid).toBeGreaterThan(0n);
    expect(world.exchange.state.balances.BNB?.free).toBe(decimal('5') - paid - open);
    await world.run(60);
    expect(world.trades.some(({ otherCommission }) => otherCommission === '')).toBe(true);
    expect(await settleAndCompare(world)).toEqual([]);
  });
});

describe('stops', () => {
  test('a stop is cancelled to be moved and the new one is declined: out of the market, and halted', async () => {
    const world = makeWorld({
      seed: 3,
      faults: [during('stop-declined')],
      settings: busySettings({ trailing_stop_loss_pct: 0.006 }),
    });
    expect(await runDay(world, FIVE_HOURS)).toEqual([]);
    expect(world.trades.at(-1)).toMatchObject({ exitReason: 'risk' });
    expect(world.trades.at(-1)!.unprotectedMs).toBeLessThan(10_000);
    expect(world.runner?.state.memory).toMatchObject({ position: null, trading: 'halted' });
    expect(codes(world).filter((code) => code === 'stop-failed')).toHaveLength(2);
  });

  test('rules that changed since the last look refuse one stop; the next one knows them', async () => {
    const rise = Array.from({ length: 6 }, (_, i) => ({ close: 30_100 + 100 * i }));
    const world = await runTold(told(rise), {
      settings: busySettings({ stop_loss_pct: null, trailing_stop_loss_pct: 0.02, units: 0.01234 }),
      faults: [{ kind: 'step-size-up', from: 4 * CANDLE_MS - 1_000, to: 4 * CANDLE_MS }],
    });
    expect(codes(world).filter((code) => code === 'stop-failed')).toHaveLength(1);
    const stops = world.requests.filter(({ order }) => order?.type === 'stop-loss');
    const quantities = stops.map(({ order }) => order?.quantity);
    expect(new Set(quantities)).toEqual(new Set([decimal('0.01232'), decimal('0.0123')]));
    expect(await settleAndCompare(world)).toEqual([]);
  });

  test('an instrument without market stops gets one with a limit, and is left when the price jumps over it', async () => {
    const world = await runTold(told([{ open: 21_000, close: 21_010 }]), {
      orderTypes: ['market', 'limit', 'stop-loss-limit'],
    });
    const stops = world.requests.filter(({ order }) => order?.type.startsWith('stop'));
    expect(new Set(stops.map(({ order }) => order?.type))).toEqual(new Set(['stop-loss-limit']));
    expect(world.trades[0]).toMatchObject({ exitReason: 'stop-loss' });
    expect(world.trades[0]!.exitPrice).toBeLessThan(21_011);
    expect(await settleAndCompare(world)).toEqual([]);
  });

  test('an instrument without any stops is watched by the bot, which is said', async () => {
    const world = await runTold(told([{ open: 21_000, close: 21_010 }]), {
      orderTypes: ['market', 'limit'],
    });
    expect(codes(world)).toContain('stop-not-resting');
    expect(world.trades[0]).toMatchObject({ exitReason: 'stop-loss', exitPrice: 21_000 });
    expect(await settleAndCompare(world)).toEqual([]);
  });

  test('a partly filled stop is cancelled and the answer is lost: the rest is sold once', async () => {
    const world = makeWorld({
      seed: 3,
      levelQuantity: decimal('0.004'),
      faults: [during('reply-lost'), during('cancel-races-fill')].map((fault) => ({
        ...fault,
        chance: 0.4,
      })),
      settings: busySettings({ trailing_stop_loss_pct: 0.006 }),
    });
    expect(await runDay(world, FIVE_HOURS)).toEqual([]);
    expect(world.trades.length).toBeGreaterThan(2);
  });
});

describe('the process', () => {
  test('sleeps for three hours: nothing is entered on what was decided before', async () => {
    const world = makeWorld({ seed: 3, faults: [during('asleep')] });
    expect(await runDay(world, FIVE_HOURS)).toEqual([]);
    const woke = world.startTime + 4 * HOUR;
    expect(codes(world)).toContain('overslept');
    expect(
      world.requests.filter(({ order, time }) => order?.side === 'buy' && time === woke),
    ).toEqual([]);
  });

  test('is busy for 20 s again and again: prices that waited enter nothing', async () => {
    const faults = Array.from({ length: 36 }, (_, i) => {
      const close = HOUR + (i + 1) * CANDLE_MS;
      return during('blocked', close - 2_000, close + 18_000);
    });
    const world = makeWorld({ seed: 3, faults });
    expect(await runDay(world, FIVE_HOURS)).toEqual([]);
    expect(codes(world)).toContain('overslept');
  });

  test('is stopped twice while an order is on its way, and goes on where it was', async () => {
    const world = makeWorld({ seed: 3, latencyMs: 400 });
    await world.start();
    let stops = 0;
    for (let i = 1; i <= 2 * FIVE_HOURS && stops < 6; i++) {
      await world.clock.run(world.startTime + i * CANDLE_MS + 500);
      if (world.runner?.state.memory.order?.phase !== 'sending') continue;
      world.restart();
      stops++;
    }
    expect(stops).toBe(6);
    expect(await settleAndCompare(world)).toEqual([]);
  });

  test('trades on when every alert fails', async () => {
    const fail = (): void => {
      throw new Error('no route to the notifier');
    };
    const faults = [during('reply-lost', HOUR, 2 * HOUR)];
    const worlds = [makeWorld({ seed: 3, faults }), makeWorld({ seed: 3, faults, onAlert: fail })];
    for (const world of worlds) expect(await runDay(world, FIVE_HOURS)).toEqual([]);
    expect(worlds[1]!.trades).toEqual(worlds[0]!.trades);
  });
});

describe('a strategy', () => {
  const good = findStrategy('MACross');
  const spoiled = (spoil: (column: Int8Array) => Int8Array) => ({
    ...good,
    signals: (...args: Parameters<typeof good.signals>) => spoil(good.signals(...args)),
  });

  test('that gives something else than signals is paused, and its position stays protected', async () => {
    let fails = false;
    const strategy = spoiled((column) => (fails ? column.subarray(0, 3) : column));
    const world = makeWorld({ seed: 3, strategyOf: () => strategy });
    await world.start();
    while (world.runner?.state.memory.position == null) await world.run(1);
    fails = true;
    await world.run(FIVE_HOURS);
    expect(codes(world).filter((code) => code === 'strategy-failed')).toHaveLength(1);
    expect(world.trades.length).toBeLessThanOrEqual(1);
    expect(await settleAndCompare(world)).toEqual([]);
  });

  test('that takes a minute enters nothing late', async () => {
    let world: World;
    const strategy = spoiled((column) => {
      if (world.clock.now() > world.startTime + HOUR) world.clock.skip(61_000);
      return column;
    });
    world = makeWorld({ seed: 3, strategyOf: () => strategy });
    await world.start();
    await world.run(FIVE_HOURS);
    const late = world.requests.filter(
      ({ order, time }) => order?.side === 'buy' && time > world.startTime + HOUR + CANDLE_MS,
    );
    expect(late).toEqual([]);
    expect(world.violations).toEqual([]);
  });
});

/** Each fault of the plan and the test that shows it; a title that is gone fails. */
const DIRECTED: readonly (readonly [number, string, string])[] = [
  [1, 'simulation', 'requests are lost before the exchange'],
  [2, 'simulation', 'replies are lost after the exchange acted'],
  [3, 'simulation', 'replies are lost and a new order cannot be found yet'],
  [4, 'simulation', 'the outcome is unknown, and the order was executed'],
  [5, 'simulation', 'the exchange is busy'],
  [6, 'simulation', 'replies come half a minute late, events first'],
  [
    7,
    'simulation',
    'outcomes are unknown, orders cannot be found yet and the account stream is silent',
  ],
  [8, 'simulation', 'reports come twice'],
  [9, 'simulation', 'reports come in reverse order'],
  [10, 'faults', 'a partly filled stop is cancelled and the answer is lost: the rest is sold once'],
  [10, 'resting-exits', 'a take-profit is filled before its cancel, whose reply is lost'],
  [11, 'simulation', 'a stop is filled just before it is cancelled'],
  [11, 'resting-exits', 'a take-profit is filled just before it is cancelled'],
  [
    12,
    'resting-exits',
    'the new one is declined after the old one was cancelled: another takes its place at once',
  ],
  [
    12,
    'faults',
    'a stop is cancelled to be moved and the new one is declined: out of the market, and halted',
  ],
  [13, 'simulation', 'every stop is refused because it would trigger at once'],
  [13, 'resting-exits', 'every stop is refused because it would trigger at once'],
  [14, 'simulation', 'the exchange ends the stop by itself'],
  [15, 'simulation', 'coins sold by somebody else are an alarm, and never sold again'],
  [16, 'simulation', 'somebody else trades on the account'],
  [17, 'simulation', 'somebody else trades on the account'],
  [18, 'faults', 'in BNB is told apart, runs out in the middle of a trade, and nothing is missing'],
  [19, 'simulation', 'the step size grows'],
  [
    20,
    'faults',
    'a position that fell below the smallest order is kept, said to be stuck, and sold when it is worth enough',
  ],
  [20, 'resting-exits', 'what a partly filled take-profit leaves is dust when no order takes it'],
  [21, 'resting-exits', 'a gap of 30 % beyond the stop is told as it is'],
  [21, 'faults', 'a gap of 30 % beyond the stop is sold at the open and the loss is told as it is'],
  [22, 'simulation', 'the market stream is dead'],
  [23, 'simulation', 'the market stream is silent'],
  [24, 'simulation', 'the market stream is silent'],
  [25, 'simulation', 'closed candles are lost'],
  [26, 'simulation', 'closed candles come twice, corrected'],
  [27, 'simulation', 'candles are nonsense or from the future'],
  [28, 'faults', 'a flash print 99 % below is sold at the stop on its way'],
  [29, 'simulation', 'the account stream is dead'],
  [30, 'simulation', 'the account stream is silent'],
  [31, 'simulation', 'the clock is wrong'],
  [32, 'faults', 'sleeps for three hours: nothing is entered on what was decided before'],
  [33, 'faults', 'is busy for 20 s again and again: prices that waited enter nothing'],
  [34, 'simulation', 'requests are limited'],
  [35, 'simulation', 'the address is banned and the process restarts'],
  [
    36,
    '../../exchange/binance/spot-broker',
    'a connection that breaks leaves a write unknown; one that never was did not send',
  ],
  [37, 'simulation', 'the exchange is under maintenance'],
  [38, 'simulation', 'REST is down'],
  [39, 'crash-points', 'the process may be killed at any operation (a spread of all): %s'],
  [40, 'simulation', 'the power fails'],
  [41, 'simulation', 'the disk is full'],
  [42, '../journal/journal', 'a folder serves one process only'],
  [43, 'simulation', 'new settings apply when the bot is flat'],
  [44, 'faults', 'is stopped twice while an order is on its way, and goes on where it was'],
  [45, '../journal/journal', 'refuses a layout of another version'],
  [46, 'soak.long', 'thirty days leave memory, disk and timers as large as ten'],
  [47, 'faults', 'trades on when every alert fails'],
  [48, 'faults', 'that takes a minute enters nothing late'],
  [49, 'faults', 'a refused key is named at once, and that it is accepted again'],
  [50, 'simulation', 'events are odd, or cannot be read'],
  [51, 'simulation', 'requests are held up before they leave'],
  [52, 'clocks', 'is set forward by an hour and back again'],
  [53, 'clocks', 'is set back by an hour and forward again'],
  [
    54,
    'external-orders',
    'in hedge mode is an alarm, and nothing is entered until it is in one-way mode',
  ],
  [55, 'external-orders', 'whose position is liquidated before its stop is an alarm, once an hour'],
  [
    56,
    'external-orders',
    'whose leverage somebody lowers enters nothing that its margin does not carry, says so, and enters again',
  ],
  [57, 'hard-rules', 'the market is closed for half an hour again and again'],
  [58, 'hard-rules', 'the largest market order shrinks'],
  [59, 'hard-rules', 'the smallest notional grows'],
  [
    60,
    'hard-rules',
    'spot: a stop that the exchange forgot is said, and another protects within a minute',
  ],
  [
    61,
    'external-orders',
    'a position opened by hand blocks entries at first sight, and calls a person',
  ],
  [
    62,
    'clocks',
    'a week of sleep: nothing is entered on what was decided before, and trading goes on',
  ],
];

test('every fault of the plan has a test of its own', () => {
  const faults = new Set(DIRECTED.map(([fault]) => fault));
  expect([...faults]).toEqual(Array.from({ length: 62 }, (_, i) => i + 1));
  for (const [fault, file, title] of DIRECTED) {
    const source = readFileSync(new URL(`${file}.test.ts`, import.meta.url), 'utf8');
    expect(source.includes(`'${title}'`), `fault ${fault}: ${title}`).toBe(true);
  }
});
