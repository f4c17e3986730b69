import { describe, expect, test } from 'vitest';
import { decimal } from '../../domain/index.js';
import type { Fault, FaultKind } from './fault-schedule.contract.js';
import { randomUsdmDay, runRandomDay } from './random-days.contract.js';
import type { UsdmVenue } from './venue.contract.js';
import { busySettings, makeWorld, runDay, settleAndCompare } from './worlds.contract.js';

const HOUR = 3_600_000;
const FIVE_HOURS = 60;
const during = (kind: FaultKind, chance?: number): Fault => ({
  kind,
  from: HOUR,
  to: 4 * HOUR,
  ...(chance !== undefined && { chance }),
});
const at = (kind: FaultKind, hour: number): Fault => ({ kind, from: hour * HOUR, to: hour * HOUR });
const usdm = (config: Record<string, unknown> = {}) =>
  busySettings({ market: 'usdm', direction: 'both', leverage: 3, ...config });

describe('USD-M, a day without faults', () => {
  test('trades both sides, books funding, and agrees with the exchange to the last unit', async () => {
    const world = makeWorld({ seed: 1, settings: usdm({ trailing_stop_loss_pct: 0.01 }) });
    expect(await runDay(world)).toEqual([]);
    const sides = world.trades.map(({ side }) => side);
    expect(sides.filter((side) => side === 'long').length).toBeGreaterThan(5);
    expect(sides.filter((side) => side === 'short').length).toBeGreaterThan(5);
    expect(world.trades.some(({ funding }) => funding !== 0)).toBe(true);
    const entries = world.requests.filter(({ order }) => order?.reduceOnly === undefined);
    expect(entries.filter(({ order }) => order !== undefined).length).toBe(
      world.trades.length + (world.runner?.state.memory.position === null ? 0 : 1),
    );
  });

  test('a reversal whose exit takes too long is an entry that was skipped, and says so', async () => {
    // Nothing gets through for 90 s after each close: the exit comes late, the entry not at all.
    const faults = Array.from({ length: 48 }, (_, i): Fault => {
      const close = (i + 12) * 300_000;
      return { kind: 'request-lost', from: close - 500, to: close + 90_000 };
    });
    const world = makeWorld({ seed: 3, faults, settings: usdm() });
    expect(await runDay(world, 72)).toEqual([]);
    const { skipped = [] } = world.runner?.state.memory ?? {};
    const late = skipped.filter(({ reason }) => reason === 'late');
    expect(late.length).toBeGreaterThan(0);
    const words = world.alerts
      .filter(({ code }) => code === 'entry-skipped')
      .map(({ text }) => text);
    expect(words.join('\n')).toMatch(/its candle closed [\d.]+ s ago, the limit is 60 s \(late\)/);
  });

  test('a short that is reversed enters the long at the same close', async () => {
    const world = makeWorld({ seed: 1, settings: usdm({ stop_loss_pct: null }) });
    expect(await runDay(world)).toEqual([]);
    const reversals = world.trades.filter(
      (trade, i) => world.trades[i + 1]?.entryTime === trade.exitTime,
    );
    expect(reversals.length).toBeGreaterThan(10);
  });
});

describe('USD-M: every invariant holds while', () => {
  test.each<[string, Fault[]]>([
    ['replies are lost after the exchange acted', [during('reply-lost', 0.4)]],
    ['outcomes are unknown', [during('unknown-executed', 0.6), during('replica-lag')]],
    [
      'no news of orders arrives',
      [during('unknown-executed', 0.6), during('replica-lag'), during('user-stream-silent')],
    ],
    [
      'reports come in reverse order and twice',
      [during('reports-reordered'), during('reports-doubled')],
    ],
    ['the account stream is dead', [during('user-stream-dead')]],
    ['the market stream is silent', [during('market-stream-silent')]],
    ['REST is down', [during('rest-down')]],
    ['the key is refused', [during('key-refused')]],
    ['events are odd, or cannot be read', [during('odd-payloads')]],
    ['requests are held up before they leave', [during('send-held-up')]],
    ['the exchange ends the stop by itself', [1, 2, 3, 4].map((hour) => at('stop-expired', hour))],
    ['a stop is filled just before it is cancelled', [during('cancel-races-fill')]],
    ['every stop is refused because it would trigger at once', [during('stop-refused')]],
    ['the process is killed again and again', [1, 2, 3, 4].map((hour) => at('crash', hour))],
    ['the power fails', [at('power-lost', 1.5), at('power-torn', 2.5), at('power-nul', 3.5)]],
  ])('%s', async (_, faults) => {
    const settings = usdm({ trailing_stop_loss_pct: 0.006, take_profit_pct: 0.01 });
    const world = makeWorld({ seed: 3, faults, settings });
    expect(await runDay(world, FIVE_HOURS)).toEqual([]);
    expect(world.trades.length).toBeGreaterThan(0);
  });
});

describe('USD-M', () => {
  test('a forced close is booked as liquidation, and the bot is free', async () => {
    const world = makeWorld({
      seed: 3,
      wallet: decimal('10000'),
      settings: usdm({ leverage: 20, equity_fraction: 0.5, stop_loss_pct: null }),
    });
    await world.start();
    while (world.runner?.state.memory.position == null) await world.run(1);
    const { side } = world.runner.state.memory.position;
    // The mark price goes its own way: no stop at the last price helps.
    const { exchange } = world.venue as UsdmVenue;
    const price = exchange.lastPrice('BTCUSDT');
    exchange.setMark('BTCUSDT', price - (BigInt(side) * price) / 9n);
    await world.run(2);
    exchange.setMark('BTCUSDT', price);
    expect(world.trades.at(-1)).toMatchObject({ exitReason: 'liquidation' });
    expect(world.alerts.map(({ code }) => code)).toContain('liquidation');
    expect(await settleAndCompare(world)).toEqual([]);
  });

  test.each([
    ['its wallet, leverage 1', 1, {}],
    ['its wallet at the leverage of the account', 5, {}],
    ['its wallet at leverage 20, with slippage', 20, { slippage_bps: 5 }],
  ])(
    'the whole balance is traded, long and short, by a bot that has all of %s',
    async (_, leverage, config) => {
      const sides = new Set<string>();
      const refused: string[] = [];
      for (const seed of [3, 4]) {
        const world = makeWorld({
          seed,
          wallet: decimal('10000'),
          settings: usdm({ leverage, equity_fraction: 1, initial_balance: 10_000, ...config }),
        });
        (world.venue as UsdmVenue).exchange.setLeverage('BTCUSDT', leverage);
        await world.start();
        await world.run(FIVE_HOURS);
        for (const { side } of world.trades) sides.add(side);
        refused.push(
          ...world.alerts.filter(({ code }) => code === 'order-refused').map(({ text }) => text),
        );
        expect(world.trades.length).toBeGreaterThan(5);
      }
      expect(refused).toEqual([]);
      expect([...sides].sort()).toEqual(['long', 'short']);
    },
  );

  test('an entry without the margin for it is not sent, and why is said once in numbers', async () => {
    const world = makeWorld({ seed: 3, wallet: decimal('100'), settings: usdm() });
    await world.start();
    await world.run(FIVE_HOURS);
    expect(world.requests.filter(({ order }) => order !== undefined)).toEqual([]);
    const refused = world.alerts.filter(({ code }) => code === 'order-refused');
    expect(refused[0]?.text).toMatch(
      /^entry order not sent: [\d.]+ BTC, about [\d,.]+ USDT: 100 USDT are free, but an entry needs [\d,.]+ USDT of margin and commission at the account's leverage of 20 \(insufficient-balance\)$/,
    );
    expect(refused.length).toBeLessThanOrEqual(world.runner?.state.memory.skipped.length ?? 0);
  });

  test('a position closed by hand is booked with its fills, and a person is called', async () => {
    const world = makeWorld({ seed: 3, settings: usdm() });
    await world.start();
    while (world.runner?.state.memory.position == null) await world.run(1);
    world.venue.sellByHand();
    await world.run(2);
    expect(world.trades.some(({ exitReason }) => exitReason === 'manual')).toBe(true);
    expect(world.runner?.state.memory.mismatch).toContain('externally');
    expect(await settleAndCompare(world)).toEqual([]);
    const count = world.trades.length;
    world.runner.command('resume');
    await world.run(FIVE_HOURS);
    expect(world.trades.length).toBeGreaterThan(count);
  });

  test('flatten closes a short at once and halts', async () => {
    const world = makeWorld({ seed: 3, settings: usdm({ direction: 'short' }) });
    await world.start();
    while (world.runner?.state.memory.position == null) await world.run(1);
    world.runner.command('flatten', 'test');
    await world.clock.run(world.clock.now() + 1_000);
    expect(world.runner.state.memory).toMatchObject({
      position: null,
      order: null,
      trading: 'halted',
    });
    expect(world.trades.at(-1)).toMatchObject({ side: 'short', exitReason: 'manual' });
  });

  test('the open loss counts where the limit shall flatten', async () => {
    const settings = {
      ...usdm({ stop_loss_pct: null, max_cumulative_loss: 40 }),
      onLossLimit: 'flatten' as const,
    };
    const world = makeWorld({ seed: 3, settings, commissionRate: '0' });
    await world.start();
    await world.run(288);
    expect(world.trades.at(-1)).toMatchObject({ exitReason: 'risk' });
    const net = world.trades.reduce((sum, { netPnl }) => sum + netPnl, 0);
    expect(net).toBeLessThanOrEqual(-40);
    expect(net).toBeGreaterThan(-150);
    expect(world.runner?.state.memory.trading).toBe('halted');
  });
});

describe('USD-M, random days of faults', () => {
  test.each([
    1, 2, 249, 343, 344, 697, 1122, 1339, 1719, 2124, 2460, 6598, 7730, 8976, 9260, 9991, 10916,
  ])('seed %i', async (seed) => {
    expect(await runRandomDay(randomUsdmDay(seed))).toEqual([]);
  });
});
