// What a strategy gives beside its signals reaches the engines, alone and in a search.
import { describe, expect, test } from 'vitest';
import { syntheticCandles } from '../candles/index.js';
import { parseBacktestRunConfig } from '../config/index.js';
import { METRICS } from '../metrics/index.js';
import { openEvaluator, referenceRunner } from '../optimize/evaluate.js';
import { readGrid } from '../optimize/grid.js';
import { openPlan } from '../optimize/index.js';
import { openEngine } from '../optimize/pool/engines.js';
import { defineStrategy, integer, series } from '../strategies/index.js';
import { runBacktest } from './run-backtest.js';

const candles = syntheticCandles({ length: 3_000, timeframe: '1h', market: 'usdm', seed: 7 });
const strategy = defineStrategy({
  name: 'Full',
  parameters: { period: integer({ default: 10, min: 2, description: 'Length' }) },
  series: { day: series.timeframe('1d') },
  warmUp: ({ period }) => period,
  signals({ candles: { close, low }, parameters: { period }, series: { day }, indicators }) {
    const rsi = indicators.rsi(close, period);
    const range = indicators.atr(candles, period);
    const trend = day.align(indicators.sma(day.candles.close, 3));
    return {
      enter: (i) => (rsi[i]! < 40 ? 1 : rsi[i]! > 70 && close[i]! < trend[i]! ? -1 : 0),
      exit: (i) => (rsi[i]! > 60 ? 'long' : rsi[i]! < 30 && 'short'),
      stopDistance: (i) => 3 * range[i]!,
      targetDistance: (i) => (i % 5 === 0 ? Number.POSITIVE_INFINITY : 4 * range[i]!),
      size: (i) => (i % 7 === 0 ? 0.5 : 1),
      rank: (i) => -rsi[i]!,
      columns: { lowest: indicators.lowest(low, 20) },
    };
  },
  manage: ({ i, side, closesHeld }, { lowest }) => {
    if (closesHeld > 60) return { exit: true };
    return side > 0 ? { stop: lowest[i]! } : undefined;
  },
});
const base = { strategy: 'Full', symbol: candles.symbol, interval: '1h', market: 'usdm' } as const;
const OPTIONS = [
  {},
  { stop_loss_atr: 2, exit_atr_period: 5, profit_targets: '0:0.05,1440m:0.01' },
  { risk_fraction: 0.02, scale_out: '0.01:0.4', break_even_pct: 0.01 },
  { trailing_stop_atr: 3, trailing_activation_pct: 0.01, max_candles_held: 30, leverage: 3 },
] as const;

describe('exits, distances, sizes and manage of a strategy', () => {
  test.each(OPTIONS)('are the same in both engines with %j', (options) => {
    const [slow, fast] = (['reference', 'fast'] as const).map((engine) =>
      runBacktest(parseBacktestRunConfig({ ...base, ...options, engine }), candles, { strategy }),
    );
    expect(slow!.run.trades.length).toBeGreaterThan(20);
    expect(fast!.run.trades).toEqual(slow!.run.trades);
    expect([...fast!.run.equity]).toEqual([...slow!.run.equity]);
    const reasons = new Set(slow!.run.trades.map(({ exitReason }) => exitReason));
    expect([...reasons]).toEqual(expect.arrayContaining(['signal', 'stop-loss']));
  });

  test('count: without them the same entries make other trades', () => {
    const config = parseBacktestRunConfig(base);
    const whole = runBacktest(config, candles, { strategy });
    const bare = runBacktest(config, candles, {
      strategy: { ...strategy, decisions: undefined as never },
    });
    expect(whole.run.trades).not.toEqual(bare.run.trades);
  });

  test('are those of every trial of a search, by both engines', () => {
    const config = parseBacktestRunConfig({ ...base, risk_fraction: 0.01 });
    const grid = {
      period: [5, 10],
      stop_loss_atr: [null, 2],
      profit_targets: [null, '0:0.05,24:0.01'],
      scale_out: [null, '0.01:0.5'],
    };
    const { blocks } = readGrid(
      { grid, at: String },
      { strategy, symbol: candles.symbol, timeframe: '1h', shortsPermitted: true, config },
    );
    const plan = openPlan(blocks);
    const period = { from: 0, to: candles.length };
    const input = { candles, period, strategy, plan, config };
    const metricsBy = (runner: ReturnType<typeof referenceRunner>): Float64Array => {
      const out = new Float64Array(plan.count * METRICS.length);
      openEvaluator(input, runner).evaluate(0, plan.count, out);
      return out;
    };
    const job = { period, engine: 'fast', tables: undefined } as never;
    const [slow, fast] = [metricsBy(referenceRunner()), metricsBy(openEngine(job, candles))];
    expect(plan.count).toBe(16);
    fast.forEach((value, k) => {
      const was = slow[k]!;
      if (Number.isFinite(was)) expect(value).toBeCloseTo(was, 6 - Math.log10(Math.abs(was) + 1));
      else expect(value).toBe(was);
    });
    for (const id of [0, 7, 15]) {
      const trial = plan.trial(id);
      const alone = runBacktest(
        parseBacktestRunConfig({
          ...base,
          risk_fraction: 0.01,
          params: plan.signalSettings(trial.signal),
          ...plan.stopSettings(trial.stop),
        }),
        candles,
        { strategy },
      );
      METRICS.forEach(({ key }, k) => {
        expect(slow[id * METRICS.length + k], `${id} ${key}`).toBe(alone.metrics[key]);
      });
    }
  });

  test('that prevent entries are told', () => {
    const odd = defineStrategy({
      name: 'Odd',
      warmUp: 0,
      signals: () => ({ enter: () => 1, size: () => 1.5, stopDistance: () => Number.NaN }),
    });
    const { notes, run } = runBacktest(parseBacktestRunConfig(base), candles, { strategy: odd });
    expect(run.trades).toEqual([]);
    const count = candles.length.toLocaleString('en-US');
    const first = new Date(candles.openTime[0]!).toISOString();
    expect(notes).toContain(
      `size of the strategy is not above 0 and at most 1 at ${count} candles that want an entry, the first at ${first} with 1.5: those entries are blocked.`,
    );
    expect(notes.join()).toContain(`stopDistance of the strategy is not above 0 at ${count}`);
  });

  test('contradict exit_on_neutral', () => {
    const config = parseBacktestRunConfig({ ...base, exit_on_neutral: true });
    expect(() => runBacktest(config, candles, { strategy })).toThrow(
      'exit_on_neutral contradicts an exit column',
    );
  });
});
