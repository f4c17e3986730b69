import { describe, expect, test } from 'vitest';
import { type CandleSeries, candleSeriesFromRows } from '../candles/index.js';
import { parseBacktestRunConfig } from '../config/index.js';
import { UsageError, UserError } from '../domain/index.js';
import { defineStrategy } from '../strategies/index.js';
import { runBacktest } from './run-backtest.js';

const FIRST = Date.UTC(2024, 0, 1);
const HOUR = 3_600_000;

/** Candles whose closes are given; each opens at the close before. */
function closes(
  values: readonly number[],
  symbol = 'BTCUSDT',
  market: 'spot' | 'usdm' = 'spot',
): CandleSeries {
  const rows = values.map((close, i) => {
    const open = values[i - 1] ?? close;
    return [FIRST + i * HOUR, open, Math.max(open, close), Math.min(open, close), close, 1];
  });
  return candleSeriesFromRows({ symbol, market, timeframe: '1h' }, rows);
}

const wave = closes(Array.from({ length: 60 }, (_, i) => 100 + 10 * Math.sin(i / 4)));
const quick = { strategy: 'MACross', params: { fast_period: 2, slow_period: 5 } };

function run(input: object, candles = wave) {
  return runBacktest(parseBacktestRunConfig({ ...quick, ...input }), candles);
}

describe('runBacktest()', () => {
  test('returns everything that explains the result', () => {
    const result = run({ slippage_bps: 0, commission_bps: 0 });
    expect(result.strategy.name).toBe('MovingAverageCrossoverStrategy');
    expect(result.parameters).toMatchObject({ fast_period: 2, slow_period: 5, ma_type: 'EMA' });
    expect(result.config).toMatchObject({ symbol: 'BTCUSDT', interval: '1h' });
    expect(result.warmUp).toBe(4);
    expect(result.period).toEqual({ from: 0, to: 60 });
    expect(result.metrics.totalTrades).toBe(result.run.trades.length);
    expect(result.metrics.totalTrades).toBeGreaterThan(1);
    expect(result.metrics.finalBalance).toBe(result.run.equity.at(-1));
    expect(result.notes).toEqual([
      'Long only: spot has no short positions; an opposite signal only closes.',
    ]);
  });

  test('needs nothing twice: candles, and what differs from the defaults', () => {
    const usdm = closes([...wave.close], 'ETHUSDT', 'usdm');
    const settings = { ...quick, stop_loss_pct: 0.02, start: '2024-01-02' };
    const short = runBacktest(usdm, settings);
    const long = run({ ...settings, market: 'usdm' }, usdm);
    expect(short.config).toEqual(long.config);
    expect(short.config).toMatchObject({ symbol: 'ETHUSDT', interval: '1h', market: 'usdm' });
    expect(short.run).toEqual(long.run);
    expect(() => runBacktest(wave, { ...quick, stop_los_pct: 0.02 } as never)).toThrow(
      /stop_los_pct.*did you mean/s,
    );
  });

  test('takes a strategy of the caller', () => {
    const strategy = defineStrategy({ name: 'AlwaysIn', warmUp: 0, signals: () => () => 1 });
    const { config, run: done } = runBacktest(wave, { strategy, commission_bps: 0 });
    expect(config.strategy).toBe('AlwaysIn');
    expect(done.trades).toHaveLength(1);
  });

  test('S-04 candles before the start only warm up', () => {
    const all = run({});
    const late = run({ start: '2024-01-02' });
    expect(late.period).toEqual({ from: 24, to: 60 });
    expect(late.run.equity).toHaveLength(36);
    expect(late.signals).toEqual(all.signals);
    expect(late.run.trades.every((trade) => trade.entryIndex > 24)).toBe(true);
    expect(late.notes.join()).not.toContain('warm up');
    expect(run({ start: '2024-01-01T02:00' }).notes.join()).toContain(
      'The first 2 candles of the period are used for warm-up',
    );
  });

  test('S-13 S-11 S-12 filters only ever remove entries', () => {
    const open = run({});
    const filtered = [
      run({ params: { ...quick.params, trend_filter_period: 10 } }),
      run({
        apply_atr_filter: true,
        atr_filter_period: 3,
        atr_filter_sma_period: 5,
        atr_filter_multiplier: 1,
      }),
      run({ apply_seasonality_filter: true, allowed_trading_hours_utc: '5-17' }),
    ];
    for (const result of filtered) {
      expect(result.signals).toEqual(open.signals);
      expect(result.entryMask.some((bits) => bits === 0)).toBe(true);
      for (const trade of result.run.trades) {
        expect(result.entryMask[trade.entryIndex - 1]! & 1).toBe(1);
      }
    }
    const elsewhere = run({
      apply_seasonality_filter: true,
      apply_seasonality_to_symbols: 'ETHUSDT, SOLUSDT',
    });
    expect(elsewhere.run.trades).toEqual(open.run.trades);
  });

  test('runs a strategy of one’s own', () => {
    const always = defineStrategy({
      name: 'AlwaysLong',
      parameters: {},
      warmUp: () => 0,
      signals: () => () => 1,
    });
    const result = runBacktest(
      parseBacktestRunConfig({ strategy: './always-long.ts', slippage_bps: 0, commission_bps: 0 }),
      closes([100, 100, 110]),
      { strategy: always },
    );
    expect(result.metrics.finalBalance).toBeCloseTo(11_000, 8);
  });

  test('S-51 both engines give the same trades and metrics', () => {
    const stops = { stop_loss_pct: 0.02, take_profit_pct: 0.03, trailing_stop_loss_pct: 0.04 };
    const reference = run({ ...stops, engine: 'reference' });
    const fast = run({ ...stops, engine: 'fast' });
    expect(reference.run.trades.length).toBeGreaterThan(2);
    expect(fast.run).toEqual(reference.run);
    expect(fast.metrics).toEqual(reference.metrics);
  });

  test('says what a trader must know', () => {
    const overdraft = run({ units: 1000, allow_overdraft: true });
    expect(overdraft.notes[0]).toBe(
      'Overdraft allowed: this result used borrowed money without limit or interest.',
    );
    expect(run({ units: 1000 }).notes[0]).toMatch(
      /^\d+ entries refused: they cost more than the balance, including commission\.$/,
    );
    const rising = closes(
      [...Array.from({ length: 20 }, (_, i) => 100 + i), 90],
      'BTCUSDT',
      'usdm',
    );
    expect(run({ units: 500, market: 'usdm', leverage: 2 }, rising).notes).toContainEqual(
      expect.stringMatching(
        /^\d+ entries refused: their margin \(notional \/ leverage\) and commission exceeded the balance\.$/,
      ),
    );
    const usdm = runBacktest(
      parseBacktestRunConfig({
        ...quick,
        market: 'usdm',
        max_cumulative_loss: 1,
        commission_bps: 100,
      }),
      closes(
        Array.from({ length: 60 }, (_, i) => 100 + (i % 7)),
        'BTCUSDT',
        'usdm',
      ),
    );
    expect(usdm.notes[0]).toMatch(/^Loss limit of 1 reached on 2024-01-01T\d\d:00:00\.000Z/);
    expect(usdm.notes).toContain('Funding not included.');
    const ruined = runBacktest(
      parseBacktestRunConfig({ ...quick, market: 'usdm', direction: 'short', leverage: 50 }),
      closes([...Array.from({ length: 20 }, (_, i) => 200 - i), 210, 220, 230], 'BTCUSDT', 'usdm'),
    );
    expect(ruined.notes[0]).toMatch(/^Ruined on 2024-01-01T20:00:00.000Z: the balance was zero/);
  });

  test.each<[object, RegExp]>([
    [{ strategy: 'MACros' }, /^Unknown strategy "MACros" \(did you mean "MACross"\?\)/],
    [{ params: { fast: 5 } }, /has no parameter "fast"/],
    [{ params: { fast_period: 9, slow_period: 5 } }, /fast/],
    [{ symbol: 'ETHUSDT' }, /^symbol is ETHUSDT, but the candles are of BTCUSDT/],
    [{ interval: '4h' }, /^interval is 4h, but the candles are of 1h/],
    [{ market: 'usdm' }, /^market is usdm, but the candles are of spot: set market spot/],
    [{ apply_seasonality_filter: true, allowed_trading_hours_utc: '7-7' }, /equal/],
  ])('%j is a usage error', (input, message) => {
    expect(() => run(input)).toThrow(UsageError);
    expect(() => run(input)).toThrow(message);
  });

  test('a period without candles says where the candles are', () => {
    expect(() => run({ start: '2025-01-01' })).toThrow(UserError);
    expect(() => run({ start: '2025-01-01' })).toThrow(
      'BTCUSDT 1h: no candle opens in the period from 2025-01-01T00:00:00.000Z to the end; ' +
        'the candles run from 2024-01-01T00:00:00.000Z to 2024-01-03T11:00:00.000Z, choose a period within',
    );
    expect(() => run({}, closes([]))).toThrow('BTCUSDT 1h: no candles');
  });

  test('fewer candles than the warm-up: says how many are needed', () => {
    const config = parseBacktestRunConfig({ strategy: 'MACross' });
    expect(() => runBacktest(config, closes(new Array(20).fill(100)))).toThrow(
      'BTCUSDT 1h: 21 candles are needed for the first decision, but only 20 are available up to the end of the period; give at least 1 more (0.042 days), or use shorter periods in strategy and filters',
    );
    expect(() => runBacktest(config, closes(new Array(21).fill(100)))).not.toThrow();
    expect(() => run({ params: { ...quick.params, trend_filter_period: 200 } })).toThrow(
      '200 candles are needed',
    );
  });
});
