import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { candleSeriesFromRows } from '../candles/index.js';
import type { Market, Timeframe, Trade } from '../domain/index.js';
import { timeframeMs } from '../domain/index.js';
import { computeMetrics, metricsRecord } from '../metrics/index.js';
import type { TradeRules } from '../semantics/index.js';
import { runReference } from './reference-engine.js';

interface GoldenConfig {
  symbol: string;
  strategy: string;
  market: Market;
  timeframe: Timeframe;
  candles: number[][];
  params: { trend_filter_period?: number };
  start?: string;
  end?: string;
  direction?: TradeRules['direction'];
  initial_balance: number;
  units?: number;
  equity_fraction?: number;
  leverage?: number;
  allow_overdraft?: boolean;
  commission_bps: number;
  slippage_bps: number;
  stop_loss_pct?: number;
  take_profit_pct?: number;
  trailing_stop_loss_pct?: number;
  exit_on_neutral?: boolean;
  re_entry?: string;
  max_cumulative_loss?: number;
  filters?: { seasonality?: { hours: string; apply_seasonality_to_symbols: string } };
}
interface GoldenCase {
  id: string;
  case: GoldenConfig;
  expected: { trades: Record<string, unknown>[]; metrics: Record<string, unknown> };
}
const cases = JSON.parse(
  readFileSync(new URL('../../test/golden/semantics-cases.json', import.meta.url), 'utf8'),
) as GoldenCase[];

describe('golden', () => {
  test.each(cases.map((c) => [c.id, c] as const))('%s', (_id, { case: c, expected }) => {
    const candles = candleSeriesFromRows(
      { symbol: c.symbol, market: c.market, timeframe: c.timeframe },
      c.candles,
    );
    const n = candles.length;
    const from = c.start ? c.candles.findIndex((r) => r[0]! >= Date.parse(c.start!)) : 0;
    const to = c.end ? c.candles.findIndex((r) => r[0]! >= Date.parse(c.end!)) : n;
    const signals = new Int8Array(n);
    const mask = new Uint8Array(n).fill(3);
    for (let i = 1; i < n; i++) signals[i] = Math.sign(candles.close[i]! - candles.close[i - 1]!);
    if (c.params.trend_filter_period)
      for (let i = 0; i < n; i++) {
        if (i < 2) {
          mask[i] = 0;
          continue;
        }
        const m = (candles.close[i]! + candles.close[i - 1]! + candles.close[i - 2]!) / 3;
        mask[i] = (candles.close[i]! >= m ? 1 : 0) + (candles.close[i]! <= m ? 2 : 0);
      }
    const s = c.filters?.seasonality;
    if (s && s.apply_seasonality_to_symbols === '') {
      const [a, b] = s.hours.split('-').map(Number) as [number, number];
      for (let i = 0; i < n; i++) {
        const h = new Date(candles.openTime[i]! + 3600000).getUTCHours();
        if (!(a <= h && h < b)) mask[i] = 0;
      }
    }
    const rules: TradeRules = {
      market: c.market,
      direction: c.direction ?? 'both',
      initialBalance: c.initial_balance,
      size: c.units ? { units: c.units } : { equityFraction: c.equity_fraction ?? 1 },
      leverage: c.leverage ?? 1,
      allowOverdraft: c.allow_overdraft ?? false,
      commissionRate: c.commission_bps / 10000,
      slippageRate: c.slippage_bps / 10000,
      ...(c.stop_loss_pct && { stopLoss: c.stop_loss_pct }),
      ...(c.take_profit_pct && { takeProfit: c.take_profit_pct }),
      ...(c.trailing_stop_loss_pct && { trailingStop: c.trailing_stop_loss_pct }),
      exitOnNeutral: c.exit_on_neutral ?? false,
      reEntry: c.re_entry === 'new_signal' ? 'new-signal' : 'immediate',
      ...(c.max_cumulative_loss && { maxCumulativeLoss: c.max_cumulative_loss }),
    };
    const run = runReference({ candles, period: { from, to }, signals, entryMask: mask, rules });
    const rows = run.trades.map((t: Trade) => ({
      symbol: c.symbol,
      strategy: c.strategy,
      side: t.side,
      entry_time: new Date(t.entryTime).toISOString(),
      entry_price: t.entryPrice,
      exit_time: new Date(t.exitTime).toISOString(),
      exit_price: t.exitPrice,
      units: t.units,
      gross_pnl: t.grossPnl + 0,
      commission: t.commission,
      net_pnl: t.netPnl,
      return_pct: t.returnPct,
      exit_reason: t.exitReason,
      candles_held: t.candlesHeld,
      mae_pct: t.maePct,
      mfe_pct: t.mfePct,
      ambiguous: t.ambiguous,
      balance: t.balance,
      exit_inside_candle: t.exitInsideCandle,
    }));
    const unsign = (o: Record<string, unknown>) =>
      Object.fromEntries(Object.entries(o).map(([k, v]) => [k, v === 0 ? 0 : v]));
    expect(rows.map(unsign)).toEqual(expected.trades.map(unsign));
    const m = metricsRecord(
      computeMetrics({
        ...run,
        initialBalance: rules.initialBalance,
        openTimes: candles.openTime.slice(from, to),
        timeframeMs: timeframeMs(candles.timeframe),
        firstOpen: candles.open[from]!,
        lastClose: candles.close[to - 1]!,
      }),
    );
    const iso = (t?: number) => (t === undefined ? null : new Date(t).toISOString());
    const got: Record<string, unknown> = {
      ...m,
      max_cumulative_loss_tripped_at: iso(run.maxCumulativeLossTrippedAt),
      ruined_at: iso(run.ruinedAt),
    };
    for (const [k, v] of Object.entries(expected.metrics)) {
      if (typeof v === 'number') {
        const g = got[k] as number;
        if (!(Math.abs(g - v) <= 1e-9 * Math.max(Math.abs(v), 1e-9)))
          throw new Error(`${k}: ${g} vs ${v}`);
      } else expect(got[k], k).toEqual(v);
    }
  });
});
