import { describe, expect, test } from 'vitest';
import { syntheticCandles } from '../../candles/index.js';
import type { Fault } from '../simulation/fault-schedule.contract.js';
import { World } from '../simulation/world.contract.js';
import { busySettings } from '../simulation/worlds.contract.js';
import { explainParity, type ParityReport } from './explain-parity.js';

const HOUR = 3_600_000;
const HISTORY = 300;
const CANDLES = 288;

async function session(
  faults: readonly Fault[],
  config: Record<string, unknown> = {},
): Promise<ParityReport> {
  const candles = syntheticCandles({
    length: HISTORY + CANDLES,
    seed: 11,
    symbol: 'BTCUSDT',
    timeframe: '5m',
    hasTimeGaps: false,
  });
  const settings = busySettings({ units: 0.0123456, slippage_bps: 0, ...config });
  const world = new World({ seed: 1, candles, historyCandles: HISTORY, settings, faults });
  await world.start();
  await world.run(CANDLES);
  const start = new Date(candles.openTime[HISTORY]!).toISOString();
  const { skipped } = world.runner!.state.memory;
  return explainParity({
    run: { ...settings.run, start },
    candles,
    trades: world.trades,
    skipped,
  });
}

const sumOf = (report: ParityReport): number =>
  Object.values(report.totals).reduce((sum, amount) => sum + amount, 0);

describe('explainParity()', () => {
  test('finds the same trades in a session without faults, and cents of difference', async () => {
    const report = await session([]);
    expect(report.matched).toBe(report.liveTrades);
    expect(report.backtestTrades).toBe(report.liveTrades);
    expect(report.liveTrades).toBeGreaterThan(10);
    const { totals } = report;
    expect([totals.signal, totals.timing, totals['missed-data'], totals.blocked]).toEqual([
      0, 0, 0, 0,
    ]);
    // A tick and a step of the grid, on each side.
    for (const { amounts } of report.rows) {
      expect(Math.abs(amounts.price ?? 0)).toBeLessThan(0.0123456 * 0.05);
    }
    expect(totals.size).not.toBe(0);
  });

  test('every difference has causes that add up to it', async () => {
    const report = await session([{ kind: 'late-reply', from: HOUR, to: 6 * HOUR, chance: 0.5 }], {
      trailing_stop_loss_pct: 0.004,
      equity_fraction: 0.5,
      units: null,
    });
    for (const { amounts, difference } of report.rows) {
      const known = Object.values(amounts).reduce((sum, amount) => sum + amount, 0);
      expect(known).toBeCloseTo(difference, 8);
    }
    expect(sumOf(report)).toBeCloseTo(report.liveNetPnl - report.backtestNetPnl, 6);
  });

  test('what was not taken because data was missing is told apart', async () => {
    const report = await session([
      { kind: 'market-stream-dead', from: 2 * HOUR, to: 12 * HOUR },
      { kind: 'rest-down', from: 2 * HOUR, to: 12 * HOUR },
    ]);
    const missed = report.rows.filter(({ live }) => live === undefined);
    expect(missed.length).toBeGreaterThan(3);
    const causes = new Set(missed.flatMap(({ amounts }) => Object.keys(amounts)));
    expect([...causes].sort()).toEqual(['missed-data']);
    expect(missed.some(({ note }) => note?.includes('late'))).toBe(true);
    expect(sumOf(report)).toBeCloseTo(report.liveNetPnl - report.backtestNetPnl, 6);
  });

  test('a trade on another signal than the recorded candles give is a signal difference', () => {
    const candles = syntheticCandles({
      length: 400,
      seed: 11,
      symbol: 'BTCUSDT',
      timeframe: '5m',
      hasTimeGaps: false,
    });
    const { run } = busySettings({ units: 0.01 });
    const trade = (signalTime: number) => ({
      side: 'long' as const,
      signalTime,
      entryTime: signalTime + 300_000,
      exitTime: signalTime + 600_000,
      entryPrice: 100,
      exitPrice: 101,
      units: 0.01,
      commission: 0,
      funding: 0,
      netPnl: 0.01,
      exitReason: 'signal' as const,
    });
    const start = new Date(candles.openTime[300]!).toISOString();
    const flat = { ...run, start, params: { fast_period: 2, slow_period: 90 } };
    const report = explainParity({
      run: flat,
      candles,
      trades: [trade(candles.openTime[0]!), trade(candles.openTime[0]! - 300_000)],
    });
    expect(report.rows.filter(({ live }) => live).map(({ note }) => note)).toEqual([
      'no such candle',
      'the recorded candles give the signal 0',
    ]);
  });
});
