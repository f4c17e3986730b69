import { describe, expect, test } from 'vitest';
import { candleSeriesFromRows, syntheticCandles } from '../candles/index.js';
import { parseBacktestRunConfig } from '../config/index.js';
import { PROMISING_EXAMPLE } from '../config/judgement-block.contract.js';
import { DAY_MS } from '../domain/index.js';
import { findStrategy } from '../strategies/index.js';
import type { EarlierLooks } from './forward-looks.js';
import { forwardTest, type OptimizationRecord } from './forward-test.js';
import { frozenConfig } from './frozen-config.js';
import { coveredShare, overlap } from './overlap.js';
import { rollingRatio, rollingSharpe } from './rolling-sharpe.js';

describe('overlap()', () => {
  const a = { start: 10, end: 20 };
  test.each([
    ['lies before', { start: 0, end: 9 }, undefined, 0],
    ['touches', { start: 20, end: 30 }, undefined, 0],
    ['reaches in', { start: 15, end: 30 }, { start: 15, end: 20 }, 0.5],
    ['lies inside', { start: 12, end: 13 }, { start: 12, end: 13 }, 0.1],
    ['covers all', { start: 0, end: 99 }, a, 1],
  ] as const)('of [10, 20) with a period that %s', (_, b, common, share) => {
    expect(overlap(a, b)).toEqual(common);
    expect(overlap(b, a)).toEqual(common);
    expect(coveredShare(a, b)).toBeCloseTo(share, 15);
  });
});

describe('rollingRatio()', () => {
  test('is mean over sample deviation of the last returns, per year', () => {
    // 1 and 3 %: mean 2, deviation √2. 3 and 3: no deviation, so 0. 3 and -3: mean 0.
    const values = rollingRatio([0.01, 0.03, 0.03, -0.03], 2, 4);
    expect(values[0]).toBeNaN();
    expect(values[1]).toBeCloseTo((2 / Math.SQRT2) * 2, 12);
    expect([values[2], values[3]]).toEqual([0, 0]);
  });

  test('needs a full window', () => {
    expect([...rollingRatio([0.01, 0.02], 3, 365)]).toEqual([Number.NaN, Number.NaN]);
  });
});

describe('rollingSharpe()', () => {
  test('looks back 30 and 90 days, known at the end of each day', () => {
    const days = 100;
    const openTimes = Float64Array.from({ length: days * 24 }, (_, i) => i * (DAY_MS / 24));
    // Every other day gains 1 %, the others lose 0.5 %.
    let value = 1_000;
    const equity = openTimes.map((_, i) => {
      if (i % 24 === 23) value *= Math.floor(i / 24) % 2 === 0 ? 1.01 : 0.995;
      return value;
    });
    const found = rollingSharpe({ initialBalance: 1_000, equity, openTimes, timeframe: '1h' });
    expect(found.times).toHaveLength(days);
    expect([found.times[0], found.times[99]]).toEqual([DAY_MS, 100 * DAY_MS]);
    expect(found.lines.map((line) => line.days)).toEqual([30, 90]);
    expect(found.lines.map(({ values }) => values.findIndex(Number.isFinite))).toEqual([29, 89]);
    // 15 returns of 0.01 and 15 of -0.005: mean 0.0025, deviation 0.0075·√(30/29).
    const expected = (0.0025 / (0.0075 * Math.sqrt(30 / 29))) * Math.sqrt(365);
    expect(found.lines[0]!.values[29]).toBeCloseTo(expected, 10);
  });

  test('counts candles of several days by their length', () => {
    const openTimes = Float64Array.from({ length: 12 }, (_, i) => i * 3 * DAY_MS);
    const equity = openTimes.map((_, i) => 100 + (i % 3));
    const found = rollingSharpe({ initialBalance: 100, equity, openTimes, timeframe: '3d' });
    expect(found.lines[0]!.values.findIndex(Number.isFinite)).toBe(9);
    expect(found.times[0]).toBe(3 * DAY_MS);
  });
});

describe('frozenConfig()', () => {
  const strategy = findStrategy('MACross');
  const off = { apply_atr_filter: false, atr_filter_period: null, atr_filter_multiplier: null };
  const entry = {
    strategy: { fast_period: 5, trend_filter_period: null, trend_filter_use_ema: null },
    risk: { stop_loss_pct: 0.03, take_profit_pct: null, trailing_stop_loss_pct: null },
    filters: off,
  };
  const optimized = {
    ...entry,
    filters: {
      apply_atr_filter: true,
      atr_filter_period: 7,
      atr_filter_multiplier: 1.2,
      atr_filter_sma_period: 50,
      apply_seasonality_filter: true,
      allowed_trading_hours_utc: '3-9',
      apply_seasonality_to_symbols: '',
    },
  };

  test('takes parameters and stops; a parameter without effect falls back to its default', () => {
    const { config, notes } = frozenConfig(entry, { strategy: 'MACross', units: 2 }, strategy);
    expect(config).toMatchObject({
      params: { fast_period: 5, trend_filter_period: null },
      units: 2,
      stop_loss_pct: 0.03,
      apply_atr_filter: false,
    });
    expect(config.params).not.toHaveProperty('trend_filter_use_ema');
    expect(notes).toEqual([]);
  });

  test('applies filters only where asked for, and says what is left out', () => {
    const asked = { strategy: 'MACross', apply_atr_filter: true };
    const { config, notes } = frozenConfig(optimized, asked, strategy);
    expect(config).toMatchObject({
      apply_atr_filter: true,
      atr_filter_period: 7,
      atr_filter_multiplier: 1.2,
      atr_filter_sma_period: 50,
      apply_seasonality_filter: false,
    });
    expect(notes).toEqual([
      'The optimizer chose these parameters together with the seasonality filter; it is off here, because apply_seasonality_filter was not given.',
    ]);
  });

  test('values of the command win, and are told', () => {
    const asked = { strategy: 'MACross', apply_atr_filter: true, atr_filter_period: 9 };
    const { config, notes } = frozenConfig(optimized, asked, strategy);
    expect(config).toMatchObject({ atr_filter_period: 9, atr_filter_multiplier: 1.2 });
    expect(notes[0]).toBe(
      'The ATR filter uses atr_filter_period of this command, not of the optimization.',
    );
  });

  test('a filter without optimized values needs all of its own', () => {
    const asked = { strategy: 'MACross', apply_atr_filter: true, atr_filter_period: 9 };
    expect(() => frozenConfig(entry, asked, strategy)).toThrow(
      'apply_atr_filter: there are no optimized values of the ATR filter; optimize again with apply_atr_filter, or give atr_filter_multiplier and atr_filter_sma_period',
    );
    const complete = { ...asked, atr_filter_multiplier: 1, atr_filter_sma_period: 0 };
    expect(frozenConfig(entry, complete, strategy).config).toMatchObject(complete);
    const hours = { strategy: 'MACross', apply_seasonality_filter: true };
    expect(() => frozenConfig(entry, hours, strategy)).toThrow('give allowed_trading_hours_utc');
  });

  test('values without their filter are refused', () => {
    expect(() =>
      frozenConfig(entry, { strategy: 'MACross', atr_filter_period: 9 }, strategy),
    ).toThrow('atr_filter_period has no effect without apply_atr_filter');
  });
});

describe('forwardTest()', () => {
  const candles = syntheticCandles({ length: 24 * 200, timeframe: '1h', hasTimeGaps: false });
  const iso = (day: number): string => new Date(candles.openTime[0]! + day * DAY_MS).toISOString();
  const record: OptimizationRecord = {
    metric: 'total_trades',
    value: 1,
    trades: 1,
    period_start: iso(0),
    period_end: iso(100),
    data_hash: 'a',
    optimized_at: iso(200),
  };
  const run = (
    change: Partial<OptimizationRecord> = {},
    start = 100,
    hash = 'a',
    looks?: EarlierLooks,
  ) =>
    forwardTest({
      looks,
      config: parseBacktestRunConfig({ strategy: 'RSIReversion', start: iso(start) }),
      strategy: findStrategy('RSIReversion'),
      candles,
      dataHash: hash,
      optimized: { ...record, ...change },
    });

  test('splits at the dates: candles before warm up, neither period sees the other', () => {
    const { outOfSample, inSample, overlap: common, forwardPeriod } = run();
    expect(outOfSample.period).toEqual({ from: 2_400, to: 4_800 });
    expect(inSample!.period).toEqual({ from: 0, to: 2_400 });
    expect(common).toBeUndefined();
    expect(forwardPeriod).toEqual({ start: Date.parse(iso(100)), end: Date.parse(iso(200)) });
    expect(outOfSample.run.trades.every((trade) => trade.entryIndex >= 2_400)).toBe(true);
    expect(inSample!.run.trades.every((trade) => trade.exitIndex < 2_400)).toBe(true);
    expect(outOfSample.rules).toEqual(inSample!.rules);
  });

  test('says whether the optimization repeats', () => {
    const trades = run().inSample!.metrics.totalTrades;
    const same = { value: trades, trades };
    expect(run(same).notes).toEqual([]);
    expect(run(same, 100, 'b').notes[0]).toMatch(
      /reproduce its total_trades and its \d+ trades exactly/,
    );
    expect(run({}).notes[0]).toMatch(
      /^On the same candles the optimization period does not reproduce/,
    );
    expect(run({}, 100, 'b').notes[0]).toMatch(/the candles differ \(different data hash\)/);
  });

  test('does without the optimization period when its candles are not there', () => {
    const found = run({ period_start: '2001-01-01T00:00:00Z' });
    expect(found.inSample).toBeUndefined();
    expect(found.judgement.doubts).toContain('no-in-sample');
    expect(found.notes[0]).toMatch(/could not be run again: the candles run from/);
  });

  test('is remembered once: a later test of the same settings and start knows its look', () => {
    const first = run();
    expect(first.newTest!.blocks.length).toBe(first.evidence.weeks);
    expect(first.evidence.look.isDeclared).toBe(false);
    const again = run({}, 100, 'a', { tests: [first.newTest!] });
    expect(again.newTest).toBeUndefined();
    expect(again.evidence.firstLookP).toBe(first.evidence.firstLookP);
    const elsewhere = run({}, 120, 'a', { tests: [first.newTest!] });
    expect(elsewhere.newTest).toBeDefined();
    expect(elsewhere.evidence.settingsTested).toBe(2);
    expect(elsewhere.judgement.doubts).toContain('several-settings');
  });

  test('before a declared look only evidence that may be looked at always counts', () => {
    const declared = candles.openTime.at(-1)! + 30 * DAY_MS;
    const found = run({}, 100, 'a', { tests: [], declared });
    expect([found.evidence.isLookOver, found.evidence.firstLookP]).toEqual([false, 1]);
    expect(found.judgement.doubts).toContain('look-ahead-of-candles');
  });

  test('has the band of what the judgement of the search expected', () => {
    const judgement = { ...PROMISING_EXAMPLE, expected_sharpe_ratio: 1.1 };
    const { band } = run({ judgement }).evidence;
    const width = 1.6448536269514722 * Math.sqrt(365 / 100 + 365 / 100);
    expect(band!.low).toBeCloseTo(1.1 - width, 9);
    expect(run().evidence.band).toBeUndefined();
    expect(run().judgement.doubts).toContain('no-expectation');
  });

  test('an overlap is no test', () => {
    const found = run({}, 50);
    expect(found.newTest).toBeUndefined();
    expect(found.judgement.outcome).toBe('not-unseen');
    expect(found.seenShare).toBeCloseTo(1 / 3, 12);
  });

  test('a broken record is refused', () => {
    expect(() => run({ period_end: 'soon' })).toThrow(
      'The optimization period 2022-01-03T00:00:00.000Z',
    );
  });

  test('a flat market judges nothing', () => {
    const rows = Array.from({ length: 200 }, (_, i) => [i * 3_600_000, 10, 10, 10, 10, 1]);
    const flat = candleSeriesFromRows({ symbol: 'XUSDT', market: 'spot', timeframe: '1h' }, rows);
    const found = forwardTest({
      config: parseBacktestRunConfig({ strategy: 'RSIReversion', start: '1970-01-05' }),
      strategy: findStrategy('RSIReversion'),
      candles: flat,
      dataHash: 'a',
      optimized: { ...record, period_start: '1970-01-01', period_end: '1970-01-05' },
    });
    expect(found.judgement.outcome).toBe('not-confirmed-yet');
    expect(found.judgement.doubts).toContain('no-trades');
    expect(found.evidence.p).toBe(1);
    expect([found.probability, found.monteCarlo]).toEqual([Number.NaN, undefined]);
  });
});
