import { describe, expect, test } from 'vitest';
import { decimal } from '../../domain/index.js';
import type { OrderRequest } from '../../exchange/index.js';
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
const during = (kind: FaultKind, chance?: number): Fault => ({
  kind,
  from: HOUR,
  to: 4 * HOUR,
  ...(chance !== undefined && { chance }),
});
const at = (kind: FaultKind, hour: number): Fault => ({ kind, from: hour * HOUR, to: hour * HOUR });
const codes = (world: World): string[] => world.alerts.map(({ code }) => code);
const both = (config: Record<string, unknown> = {}) =>
  busySettings({ units: 0.0123, stop_loss_pct: 0.01, take_profit_pct: 0.01, ...config });
const usdm = (config: Record<string, unknown> = {}) =>
  both({ market: 'usdm', leverage: 3, ...config });
/** What was sent, in order: kind of the request and of the order. */
const sent = (world: World): string[] =>
  world.requests
    .filter(({ kind, order }) => order !== undefined || kind === 'cancel')
    .map(({ kind, order }) => (order === undefined ? kind : `${kind} ${order.type}`));
const PAIR = ['place-pair stop-loss', 'place-pair limit-maker'];
/** The entry is at 30,021: its stop at 29,720.79, its take-profit at 30,321.21. */
const RISE = [{ close: 30_200 }, { high: 30_400, close: 30_390 }];
const FALL = [{ low: 29_600, close: 29_990 }];

describe('on spot a stop and a take-profit rest as a pair', () => {
  test('the take-profit fills at its level, and its fill ends the stop', async () => {
    const world = await runTold(told(RISE), { settings: both() });
    expect(sent(world).slice(0, 3)).toEqual(['place market', ...PAIR]);
    expect(world.trades[0]).toMatchObject({ exitReason: 'take-profit', exitPrice: 30_321.21 });
    expect(sent(world)).not.toContain('place limit');
    expect(await settleAndCompare(world)).toEqual([]);
  });

  test('the stop sells at its level, and its release ends the take-profit', async () => {
    const world = await runTold(told(FALL), { settings: both() });
    expect(world.trades[0]).toMatchObject({ exitReason: 'stop-loss', exitPrice: 29_720.79 });
    expect(sent(world).slice(0, 3)).toEqual(['place market', ...PAIR]);
    expect(await settleAndCompare(world)).toEqual([]);
  });

  test('a gap beyond the take-profit fills at the level that rested', async () => {
    const world = await runTold(told([{ open: 31_000, close: 31_010 }]), { settings: both() });
    expect(world.trades[0]).toMatchObject({ exitReason: 'take-profit', exitPrice: 30_321.21 });
    expect(await settleAndCompare(world)).toEqual([]);
  });

  test('a gap of 30 % beyond the stop is told as it is', async () => {
    const world = await runTold(told([{ open: 21_000, close: 21_010 }]), { settings: both() });
    expect(world.trades[0]).toMatchObject({ exitReason: 'stop-loss', exitPrice: 21_000 });
    expect(await settleAndCompare(world)).toEqual([]);
  });

  test('an exit signal withdraws the pair with one request, then sells', async () => {
    const world = await runTold(told([{ close: 30_010 }, { close: 29_990 }]), { settings: both() });
    expect(world.trades[0]).toMatchObject({ exitReason: 'signal' });
    expect(sent(world).slice(3, 5)).toEqual(['cancel', 'place market']);
    expect(await settleAndCompare(world)).toEqual([]);
  });

  test('a trailing stop moves with the pair: without a stop for two round trips', async () => {
    const world = await runTold(told([{ close: 30_100 }, { close: 30_200 }]), {
      settings: both({ take_profit_pct: 0.05, trailing_stop_loss_pct: 0.004 }),
    });
    expect(sent(world).slice(1, 7)).toEqual([...PAIR, 'cancel', ...PAIR, 'cancel']);
    expect(world.runner?.state.memory.unprotected.longestMs).toBeLessThan(400);
    expect(await settleAndCompare(world)).toEqual([]);
  });

  test('a thin market fills the take-profit in parts: the rest leaves at its price or is protected again', async () => {
    const rise = [{ high: 30_330, close: 30_100 }, { close: 30_080 }, ...RISE];
    const world = await runTold(told(rise), { settings: both(), levelQuantity: decimal('0.005') });
    expect(world.trades[0]).toMatchObject({ exitReason: 'take-profit' });
    expect(world.trades[0]!.exitPrice).toBeGreaterThanOrEqual(30_321.21);
    expect(world.trades[0]!.unprotectedMs).toBeLessThan(10_000);
    expect(sent(world).filter((text) => text === 'place-pair limit-maker').length).toBe(2);
    expect(await settleAndCompare(world)).toEqual([]);
  });

  test('what a partly filled take-profit leaves is dust when no order takes it', async () => {
    const rise = [{ high: 30_330, close: 30_100 }];
    const world = await runTold(told(rise), {
      settings: both(),
      levelQuantity: decimal('0.012'),
      symbolRules: { minNotional: decimal('100') },
    });
    expect(world.trades[0]).toMatchObject({ exitReason: 'take-profit', exitPrice: 30_321.22 });
    expect(world.trades[0]!.dust).toBeCloseTo(0.0000077, 7);
    expect(await settleAndCompare(world)).toEqual([]);
  });
});

describe('what cannot rest is watched, which is said once', () => {
  const said = (world: World) =>
    world.alerts.filter(({ code }) => code === 'take-profit-not-resting').map(({ text }) => text);

  test('an instrument takes no pairs', async () => {
    const world = await runTold(told(RISE), { settings: both(), ocoAllowed: false });
    expect(said(world)).toEqual([
      'the take-profit cannot be placed on the exchange (the instrument does not accept OCO orders): the bot monitors it',
    ]);
    expect(world.trades[0]).toMatchObject({ exitReason: 'take-profit' });
    expect(sent(world).slice(0, 4)).toEqual([
      'place market',
      'place stop-loss',
      'cancel',
      'place limit',
    ]);
    expect(await settleAndCompare(world)).toEqual([]);
  });

  test('the exchange refuses the pair', async () => {
    const faults = [{ kind: 'pair-refused' as const, from: 0, to: 10 * HOUR }];
    const world = await runTold(told(RISE), { settings: both(), faults });
    expect(said(world)[0]).toContain('pair-refused');
    expect(sent(world).slice(0, 4)).toEqual(['place market', ...PAIR, 'place stop-loss']);
    expect(codes(world)).not.toContain('stop-failed');
    expect(world.trades[0]!.unprotectedMs).toBeLessThan(1_000);
    expect(await settleAndCompare(world)).toEqual([]);
  });
});

describe('on spot a stop without a take-profit moves in one request', () => {
  const trailing = busySettings({
    units: 0.0123,
    stop_loss_pct: null,
    trailing_stop_loss_pct: 0.01,
  });
  const rise = Array.from({ length: 6 }, (_, i) => ({ close: 30_100 + 100 * i }));

  test('and the bot does not know of one only for as long as two messages differ', async () => {
    const world = await runTold(told(rise), { settings: trailing });
    expect(sent(world).slice(0, 4)).toEqual([
      'place market',
      'place stop-loss',
      'replace stop-loss',
      'replace stop-loss',
    ]);
    expect(world.runner?.state.memory.unprotected.longestMs).toBeLessThan(300);
    expect(await settleAndCompare(world)).toEqual([]);
  });

  test('the new one is declined after the old one was cancelled: another takes its place at once', async () => {
    const faults = [{ kind: 'replace-declined' as const, from: 0, to: 7 * CANDLE_MS }];
    const world = await runTold(told(rise), { settings: trailing, faults });
    expect(codes(world)).toContain('stop-failed');
    expect(sent(world).slice(1, 4)).toEqual([
      'place stop-loss',
      'replace stop-loss',
      'place stop-loss',
    ]);
    expect(world.runner?.state.memory.unprotected.longestMs).toBeLessThan(1_000);
    expect(await settleAndCompare(world)).toEqual([]);
  });

  test('refusals count in a row: one at every move, each time with a stop that rests again, ends nothing', async () => {
    const faults = [{ kind: 'replace-declined' as const, from: 0, to: 20 * CANDLE_MS }];
    const world = await runTold(told(rise), { settings: trailing, faults });
    expect(codes(world).filter((code) => code === 'stop-failed').length).toBeGreaterThan(1);
    expect(codes(world)).not.toContain('reducing');
    expect(world.runner?.state.memory.trading).toBe('active');
    expect(await settleAndCompare(world)).toEqual([]);
  });

  test('the old one is filled before it is replaced: nothing is sold twice', async () => {
    const faults = [{ kind: 'cancel-races-fill' as const, from: 0, to: 20 * CANDLE_MS }];
    const world = await runTold(told(rise), { settings: trailing, faults });
    expect(world.trades[0]).toMatchObject({ exitReason: 'trailing-stop' });
    expect(await settleAndCompare(world)).toEqual([]);
  });
});

describe('a stop and a take-profit on spot: every invariant holds while', () => {
  test.each<[string, Fault[]]>([
    ['requests are lost before the exchange', [during('request-lost', 0.4)]],
    ['replies are lost after the exchange acted', [during('reply-lost', 0.4)]],
    ['the outcome is unknown, and the order was executed', [during('unknown-executed', 0.6)]],
    ['the outcome is unknown, and it was not executed', [during('unknown-not-executed', 0.6)]],
    ['the exchange is busy', [during('busy', 0.5)]],
    ['replies come half a minute late, events first', [during('late-reply', 0.5)]],
    ['reports come twice and in reverse', [during('reports-doubled'), during('reports-reordered')]],
    ['the account stream is silent', [during('user-stream-silent')]],
    [
      'no news of orders arrives',
      [during('unknown-executed', 0.6), during('replica-lag'), during('user-stream-silent')],
    ],
    ['a stop is filled just before it is cancelled', [during('cancel-races-fill')]],
    ['a take-profit is filled just before it is cancelled', [during('cancel-races-profit')]],
    [
      'a take-profit is filled before its cancel, whose reply is lost',
      [during('cancel-races-profit'), during('reply-lost', 0.5), during('user-stream-silent')],
    ],
    ['every pair is refused', [during('pair-refused')]],
    ['every stop is refused because it would trigger at once', [during('stop-refused')]],
    [
      'the exchange ends the stop and leaves the take-profit',
      [1, 1.5, 2, 2.5, 3].map((hour) => at('stop-expired', hour)),
    ],
    [
      'half a pair is left over a crash',
      [1.2, 2.2, 3.2].flatMap((hour) => [at('stop-expired', hour), at('crash', hour)]),
    ],
    ['the process is killed again and again', [1, 2, 3, 4].map((hour) => at('crash', hour))],
    ['the step size grows', [at('step-size-up', 2)]],
    ['the power fails', [at('power-lost', 1.5), at('power-torn', 2.5), at('power-nul', 3.5)]],
  ])('%s', async (_, faults) => {
    for (const levelQuantity of [undefined, decimal('0.05')]) {
      const world = makeWorld({
        seed: 3,
        faults,
        ...(levelQuantity !== undefined && { levelQuantity }),
        settings: busySettings({ trailing_stop_loss_pct: 0.006, take_profit_pct: 0.004 }),
      });
      expect(await runDay(world, FIVE_HOURS)).toEqual([]);
      expect(world.trades.length).toBeGreaterThan(0);
    }
  });
});

describe('on USD-M a stop and a take-profit rest that only reduce', () => {
  const isReducing = ({ order }: { order?: OrderRequest }): boolean =>
    order === undefined || order.reduceOnly === true || order.type === 'market';

  test('the take-profit fills at its level, and the stop is withdrawn before anything is entered', async () => {
    const world = await runTold(told(RISE), { settings: usdm() });
    expect(sent(world).slice(0, 4)).toEqual([
      'place market',
      'place stop-loss',
      'place limit',
      'cancel',
    ]);
    expect(world.requests.every(isReducing)).toBe(true);
    expect(world.trades[0]).toMatchObject({ exitReason: 'take-profit', exitPrice: 30_321.21 });
    expect(await settleAndCompare(world)).toEqual([]);
  });

  test('a stop moves without a moment in which none rests', async () => {
    const world = await runTold(told([{ close: 30_100 }, { close: 30_200 }, { close: 30_250 }]), {
      settings: usdm({ trailing_stop_loss_pct: 0.008, take_profit_pct: 0.05 }),
    });
    expect(sent(world).slice(1, 7)).toEqual([
      'place stop-loss',
      'place limit',
      'place stop-loss',
      'cancel',
      'place stop-loss',
      'cancel',
    ]);
    expect(world.runner?.state.memory.unprotected.count).toBeLessThanOrEqual(2);
    expect(await settleAndCompare(world)).toEqual([]);
  });

  test('a jump over both stops while one replaces the other closes the position once', async () => {
    const world = await runTold(told([{ close: 30_100 }, { open: 21_000, close: 21_010 }]), {
      settings: usdm({ trailing_stop_loss_pct: 0.008 }),
      latencyMs: 2_000,
    });
    expect(world.trades[0]).toMatchObject({ exitPrice: 21_000 });
    expect(await settleAndCompare(world)).toEqual([]);
  });

  test('a thin market fills the take-profit in parts: the stop follows what is left', async () => {
    const rise = [{ high: 30_330, close: 30_100 }, { close: 30_080 }, { close: 30_060 }];
    const world = await runTold(told(rise), { settings: usdm(), levelQuantity: decimal('0.005') });
    const stops = world.requests.filter(({ order }) => order?.type === 'stop-loss');
    const quantities = stops.map(({ order }) => order?.quantity);
    expect(quantities.slice(0, 2)).toEqual([decimal('0.012'), decimal('0.007')]);
    expect(await settleAndCompare(world)).toEqual([]);
  });
});
