import { expect } from 'vitest';
import { runBacktest } from '../../backtest/index.js';
import type { CandleSeries } from '../../candles/index.js';
import type { Trade } from '../../domain/index.js';
import type { LiveTrade } from '../core/index.js';
import { World } from './world.contract.js';
import { busySettings } from './worlds.contract.js';

/** Candles before the first that is traded. */
export const HISTORY = 300;

/** The four strategies, with every kind of stop among them. */
export const STRATEGIES: [string, Record<string, unknown>][] = [
  ['MACross', { params: { fast_period: 5, slow_period: 13 }, stop_loss_pct: 0.01 }],
  ['MACross', { params: { fast_period: 3, slow_period: 8 }, trailing_stop_loss_pct: 0.008 }],
  [
    'RSIReversion',
    {
      params: { rsi_period: 7 },
      stop_loss_pct: 0.006,
      take_profit_pct: 0.01,
      exit_on_neutral: true,
    },
  ],
  ['BBReversion', { params: { bb_period: 14 }, take_profit_pct: 0.006, stop_loss_pct: 0.02 }],
  [
    'LongShort',
    {
      params: { return_z_threshold: 1.2, volume_z_threshold: [-3, 3] },
      stop_loss_pct: 0.008,
      trailing_stop_loss_pct: 0.01,
      re_entry: 'new_signal',
    },
  ],
];

/** The same candles through the trader, tick by tick, and through the backtest. */
export async function both(
  candles: CandleSeries,
  strategy: string,
  config: Record<string, unknown>,
) {
  const { market } = candles;
  const sides = market === 'usdm' ? { market, direction: 'both', leverage: 2 } : {};
  const money = { units: 0.01, commission_bps: 0, slippage_bps: 0 };
  const run = { strategy, ...money, ...sides, ...config };
  const settings = busySettings({
    stop_loss_pct: null,
    symbol: candles.symbol,
    interval: candles.timeframe,
    ...run,
  });
  const world = new World({
    seed: 1,
    candles,
    historyCandles: HISTORY,
    settings,
    commissionRate: '0',
    latencyMs: 5,
    ticksPerCandle: 16,
  });
  await world.start();
  await world.run(candles.length - HISTORY);
  const start = new Date(candles.openTime[HISTORY]!).toISOString();
  const { run: result } = runBacktest({ ...settings.run, start }, candles);
  const closed = result.trades.filter(({ exitReason }) => exitReason !== 'end-of-data');
  return { live: world.trades, backtest: closed, differences: world.differences() };
}

const shown = (trade: Trade | LiveTrade) => ({
  side: trade.side,
  entry: new Date(trade.entryTime).toISOString(),
  exit: new Date(trade.exitTime).toISOString(),
  reason: trade.exitReason,
});

/** Demands the same trades: candles, reasons and quantities equal, prices within a tick. */
export function compare(live: readonly LiveTrade[], backtest: readonly Trade[]): void {
  expect(live.map(shown)).toEqual(backtest.map(shown));
  live.forEach((trade, i) => {
    const past = backtest[i]!;
    expect(Math.abs(trade.entryPrice - past.entryPrice)).toBeLessThanOrEqual(0.0101);
    // A take-profit sells at its level or better; everything else within a tick.
    const gain = (trade.side === 'long' ? 1 : -1) * (trade.exitPrice - past.exitPrice);
    expect(gain).toBeGreaterThanOrEqual(-0.0101);
    if (trade.exitReason !== 'take-profit') expect(gain).toBeLessThanOrEqual(0.0101);
    expect(trade.units).toBe(past.units);
  });
}
