import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { buildOnce } from '../../../test/e2e/wus.js';
import { runBacktest } from '../../backtest/index.js';
import { type CandleSeries, candleSeriesFromRows } from '../../candles/index.js';
import {
  type JudgementBlock,
  judgementSchema,
  parseBacktestRunConfig,
} from '../../config/index.js';
import { periodReturns } from '../../metrics/index.js';
import { adjustedP, luckOfTrials, skewAdjusted } from '../../statistics/index.js';
import { findStrategy } from '../../strategies/index.js';
import { normalRandom, seededRandom } from '../../util/index.js';
import { readLuck } from '../ledger/luck-file.js';
import { type OptimizeRequest, type OptimizeResult, optimize } from '../optimize.js';
import { judgeWinner } from './judge-winner.js';
import { periodWeeks } from './period-weeks.js';
import { luckWords } from './run-luck.js';
import { allocateWeekTrial, sumTrialWeeks } from './week-trial.js';

beforeAll(() => buildOnce());

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'wus-judge-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** A walk with a drift of its own in each candle; candles can be left out. */
function walk(options: {
  readonly count: number;
  readonly stepMs?: number;
  readonly seed?: number;
  readonly deviation?: number;
  readonly drift?: (index: number) => number;
  readonly isMissing?: (index: number) => boolean;
}): CandleSeries {
  const { count, stepMs = 8 * HOUR_MS, seed = 5, deviation = 0.02 } = options;
  const normal = normalRandom(seededRandom(seed));
  let price = 100;
  const rows = Array.from({ length: count }, (_, i) => {
    const open = price;
    price *= Math.exp((options.drift?.(i) ?? 0) + deviation * normal());
    const time = Date.UTC(2019, 0, 1) + i * stepMs;
    return [time, open, Math.max(open, price), Math.min(open, price), price, 1];
  }).filter((_, i) => options.isMissing?.(i) !== true);
  const timeframe = stepMs === DAY_MS ? '1d' : stepMs === 4 * HOUR_MS ? '4h' : '8h';
  return candleSeriesFromRows({ symbol: 'BTCUSDT', market: 'usdm', timeframe }, rows);
}

type Grid = Record<string, readonly (number | string | boolean | null)[]>;
const GRID: Grid = {
  fast_period: [3, 5, 8, 13],
  slow_period: [21, 34, 55],
  stop_loss_pct: [null, 0.05],
};

function request(change: Partial<OptimizeRequest> = {}, grid: Grid = GRID): OptimizeRequest {
  return {
    config: parseBacktestRunConfig({ strategy: 'MACross', market: 'usdm' }),
    strategy: findStrategy('MACross'),
    candles: walk({ count: 3_000 }),
    dataHash: 'd'.repeat(64),
    grid: { grid, at: (name) => `grid.yaml:${name}` },
    ranking: { metric: 'sharpe_ratio', minTrades: 1 },
    top: 5,
    processes: 1,
    crossValidation: { sampleSize: 20 },
    ...change,
  };
}

const ledger = (): OptimizeRequest['ledger'] => ({ folder, startTime: Date.UTC(2024, 0, 2) });

async function judged(
  change: Partial<OptimizeRequest> = {},
  grid?: Grid,
): Promise<{ result: OptimizeResult; block: JudgementBlock }> {
  const asked = request(change, grid);
  const result = await optimize(asked);
  const block = await judgeWinner(asked, result);
  // A file can hold it, and be read again.
  expect(judgementSchema.parse(JSON.parse(JSON.stringify(block)))).toEqual(block);
  return { result, block: block! };
}

type Judged = Awaited<ReturnType<typeof judged>>;

let plainRun: Promise<Judged> | undefined;

/** The run that nothing is changed in, judged without a ledger: every one has the same bits, so one is enough. */
function plain(): Promise<Judged> {
  plainRun ??= judged();
  return plainRun;
}

let firstRun: { readonly folder: string; readonly judged: Judged } | undefined;
afterAll(() => firstRun && rmSync(firstRun.folder, { recursive: true, force: true }));

/** The same as the first run of an empty ledger folder; each test goes on with a copy of the folder. */
async function firstOfLedger(): Promise<Judged> {
  if (firstRun === undefined) {
    const own = mkdtempSync(path.join(tmpdir(), 'wus-judge-first-'));
    const first = { folder: own, startTime: ledger()!.startTime };
    firstRun = { folder: own, judged: await judged({ ledger: first }) };
  }
  cpSync(firstRun.folder, folder, { recursive: true });
  return firstRun.judged;
}

describe('what luck shows with the trials of a run', () => {
  test('is that of every trial run alone and summed by hand', async () => {
    const { result } = await plain();
    const asked = request();
    const { plan, period } = result.search;
    const weeks = periodWeeks(asked.candles, period);
    const trials = Array.from({ length: plan.count }, (_, id) => {
      const trial = plan.trial(id);
      const run = runBacktest(
        {
          ...asked.config,
          params: plan.signalSettings(trial.signal),
          stop_loss_pct: plan.stopSettings(trial.stop).stop_loss_pct as number | null,
          engine: 'reference',
        },
        asked.candles,
      );
      const returns = periodReturns(
        run.rules.initialBalance,
        run.run.equity,
        asked.candles.openTime,
        8 * HOUR_MS,
      );
      const sums = allocateWeekTrial(weeks);
      sumTrialWeeks(weeks, returns, sums);
      return sums;
    });
    const { blocks } = weeks;
    const cash = luckOfTrials(trials.map(({ sums }) => ({ blocks, sums })));
    const hold = luckOfTrials(trials.map(({ holdSums }) => ({ blocks, sums: holdSums })));
    expect([...result.luck.luck.cash.maxima]).toEqual([...cash.maxima]);
    expect([...result.luck.luck.hold.maxima]).toEqual([...hold.maxima]);
    expect(result.luck.luck.cash.skewness.mean).toBe(cash.pooledSkewness);
  });

  test.each<[string, Partial<OptimizeRequest>]>([
    ['two workers', { processes: 2 }],
    ['three workers', { processes: 3 }],
    ['the reference engine', { engine: 'reference' }],
    ['the reference engine, two workers', { engine: 'reference', processes: 2 }],
    ['a sample that is run again', { crossValidation: undefined }],
  ])('has the same bits with %s, and the words are the same', async (_, change) => {
    const one = await plain();
    const other = await judged(change);
    expect([...luckWords(other.result.luck.luck)]).toEqual([...luckWords(one.result.luck.luck)]);
    const sample = change.crossValidation === undefined && 'crossValidation' in change;
    expect(other.block).toEqual(
      sample
        ? {
            ...one.block,
            ...Object.fromEntries(
              Object.entries(other.block).filter(([name]) =>
                /^sample|prob|expected|choice|splits|sentence|failed/.test(name),
              ),
            ),
          }
        : one.block,
    );
  });

  test('survives a stop and a resume without a trace', async () => {
    const whole = await plain();
    const stop = new AbortController();
    const details = (resume: boolean): OptimizeRequest['details'] => ({
      folder,
      resume,
      path: path.join(folder, 'x.csv'),
      startTime: 0,
    });
    const first = await optimize(
      request({
        details: details(false),
        signal: stop.signal,
        onProgress: ({ done }) => done >= 5 && stop.abort(),
      }),
    );
    expect(first.isComplete).toBe(false);
    const resumed = await judged({ details: details(true), processes: 2 });
    expect(resumed.result.known).toBeGreaterThan(0);
    expect(resumed.block).toEqual(whole.block);
  });

  test('is not known of rows that an older version wrote: they count by their number', async () => {
    const details = (resume: boolean): OptimizeRequest['details'] => ({
      folder,
      resume,
      path: path.join(folder, 'x.csv'),
      startTime: 0,
    });
    const whole = await judged({ details: details(false) });
    rmSync(path.join(folder, 'x.csv.luck'));
    const lines = readFileSync(path.join(folder, 'x.csv'), 'utf8').split('\n');
    writeFileSync(path.join(folder, 'x.csv'), `${lines.slice(0, 21).join('\n')}\n`);
    const resumed = await judged({ details: details(true) });
    expect(resumed.result.luck).toMatchObject({ trials: 24, trialsInLuck: 4 });
    expect(resumed.block.trials_ever).toBe(24);
    expect(resumed.block.p).toBeGreaterThan(0);
    expect(resumed.block.p).toBeLessThanOrEqual(1);
    expect(whole.block.trials_ever).toBe(24);
  });
});

describe('the ledger', () => {
  test('a second grid is judged against both, and adding trials never helps', async () => {
    const first = await firstOfLedger();
    expect(readdirSync(folder).filter((name) => name.endsWith('.luck'))).toEqual([
      'MovingAverageCrossoverStrategy_BTCUSDT_usdm_8h.luck',
      '_BTCUSDT_usdm.luck',
      '_all.luck',
    ]);
    const other = await judged(
      { ledger: ledger() },
      { ...GRID, fast_period: [4, 6, 9, 15], ma_type: ['EMA', 'SMA'] },
    );
    expect(other.block).toMatchObject({ trials_ever: 72, trials_in_run: 48, runs_merged: 2 });
    expect(other.block.luck_sharpe_median!).toBeGreaterThanOrEqual(first.block.luck_sharpe_median!);
    const again = await judged({ ledger: ledger() });
    expect(again.block).toMatchObject({ trials_ever: 72, trials_in_run: 24, runs_merged: 3 });
    expect(again.block.p_luck).toBeGreaterThanOrEqual(first.block.p_luck);
    expect(again.block.luck_sharpe_median).toBe(other.block.luck_sharpe_median);
    const record = readLuck(
      path.join(folder, 'MovingAverageCrossoverStrategy_BTCUSDT_usdm_8h.luck'),
    )!;
    expect([record.seen, record.runs]).toEqual([72, 3]);
  });

  test('another interval of the same instrument is another look at it', async () => {
    const alone = await firstOfLedger();
    const short = walk({ count: 6_000, stepMs: 4 * HOUR_MS, seed: 12 });
    await judged({ ledger: ledger(), candles: short });
    const again = await judged({ ledger: ledger() });
    expect(again.block.luck_sharpe_median!).toBeGreaterThan(alone.block.luck_sharpe_median!);
    expect(again.block.p).toBeGreaterThanOrEqual(alone.block.p);
    expect(again.block).toMatchObject({ trials_ever: 24, p: again.block.p_all_ledgers });
  });

  test('other symbols count against all ledgers, not against this one', async () => {
    const alone = await firstOfLedger();
    expect(alone.block.p_all_ledgers).toBe(alone.block.p);
    const ether = { ...walk({ count: 3_000, seed: 9 }), symbol: 'ETHUSDT' };
    await judged({ ledger: ledger(), candles: ether });
    const again = await judged({ ledger: ledger() });
    expect(again.block.p).toBe(alone.block.p);
    expect(again.block.p_all_ledgers!).toBeGreaterThan(again.block.p);
  });

  test('a zoom around the winner is judged by the evidence of the winner', async () => {
    const first = await firstOfLedger();
    const { fast_period: fast, slow_period: slow } = first.result.best[0]!.parameters as {
      fast_period: number;
      slow_period: number;
    };
    const around = (period: number): number[] => [-1, 0, 1].map((step) => period + step);
    const zoom = await judged(
      { ledger: ledger() },
      { fast_period: around(fast), slow_period: around(slow), stop_loss_pct: [null] },
    );
    const winner = zoom.result.best[0]!.parameters;
    if (winner.fast_period === fast && winner.slow_period === slow) {
      expect(zoom.block.refines).toBeNull();
    } else {
      expect(zoom.block.refines).toContain(`fast_period=${fast}, slow_period=${slow}`);
      expect(zoom.block.sentence).toContain('Refining an earlier winner: judged by the evidence');
      expect(zoom.block.p_founder!).toBeGreaterThanOrEqual(first.block.p);
    }
    expect(zoom.block.p).toBeGreaterThanOrEqual(first.block.p);
  });

  test('the same winner in a smaller grid looks no better', async () => {
    const first = await firstOfLedger();
    const { fast_period: fast, slow_period: slow } = first.result.best[0]!.parameters;
    const stop = first.result.best[0]!.stops.stop_loss_pct as number | null;
    const alone = await judged(
      { ledger: ledger() },
      { fast_period: [fast as number], slow_period: [slow as number], stop_loss_pct: [stop] },
    );
    expect(alone.block).toMatchObject({ trials_ever: 24, trials_in_run: 1, refines: null });
    expect(alone.block.p_luck).toBeGreaterThanOrEqual(first.block.p_luck);
    expect(alone.block.p_hold).toBeGreaterThanOrEqual(first.block.p_hold);
  });

  test('combinations that never trade change neither the chance of luck nor what choosing is worth', async () => {
    const usual = await plain();
    const diluted = await judged(
      { crossValidation: { sampleSize: 30 } },
      { ...GRID, slow_period: [...GRID.slow_period!, 3_500, 3_600, 3_700, 3_800] },
    );
    const whole = await judged({ crossValidation: { sampleSize: 30 } });
    expect(diluted.block.trials_ever).toBe(56);
    for (const name of ['p', 'p_luck', 'p_hold', 'luck_sharpe_median', 'sharpe_ratio'] as const) {
      expect(diluted.block[name]).toBe(usual.block[name]);
    }
    expect(diluted.block).toMatchObject({
      sample_trials: 24,
      sample_is_whole_grid: true,
      overfitting_probability: whole.block.overfitting_probability,
      loss_probability: whole.block.loss_probability,
      expected_sharpe_ratio: whole.block.expected_sharpe_ratio,
    });
  });

  test('the same run again is no refinement', async () => {
    const first = await firstOfLedger();
    const second = await judged({ ledger: ledger() });
    expect(second.block).toEqual({ ...first.block, runs_merged: 2 });
  });

  test('an earlier winner whose settings no longer exist is judged by its weeks', async () => {
    const first = await firstOfLedger();
    const file = path.join(folder, 'MovingAverageCrossoverStrategy_BTCUSDT_usdm_8h.luck');
    const [winner] = readLuck(file)!.winners;
    const { addLuck } = await import('../ledger/luck-file.js');
    const { noLuck } = await import('./run-luck.js');
    rmSync(file);
    const parameters = { of_another_version: 3 };
    addLuck(
      file,
      { luck: noLuck(), winner: { ...winner!, settings: { ...winner!.settings, parameters } } },
      { flush: false },
    );
    const { block } = await judged({ ledger: ledger() });
    expect(block.refines).toContain('of_another_version=3');
    expect(block.p_founder!).toBeCloseTo(first.block.p_luck, 9);
  });

  test.each<[string, (file: string) => void, RegExp]>([
    [
      'is cut short',
      (file) => writeFileSync(file, readFileSync(file).subarray(0, 5_000)),
      /\.unreadable: its trials/,
    ],
    ['is empty', (file) => writeFileSync(file, ''), /\.unreadable: its trials/],
    ['is something else', (file) => writeFileSync(file, 'my notes'), /\.unreadable: its trials/],
    [
      'has another bit',
      (file) => {
        const bytes = readFileSync(file);
        bytes[2_000]! ^= 4;
        writeFileSync(file, bytes);
      },
      /\.unreadable: its trials/,
    ],
  ])(
    'a record that %s is set aside, named, and trials count by their number',
    async (_, harm, note) => {
      const first = await firstOfLedger();
      const file = path.join(folder, 'MovingAverageCrossoverStrategy_BTCUSDT_usdm_8h.luck');
      harm(file);
      const other = await judged({ ledger: ledger() }, { ...GRID, fast_period: [4, 6] });
      expect(other.result.luck.luckLedger!.notes).toEqual([expect.stringMatching(note)]);
      expect(readdirSync(folder)).toContain(`${path.basename(file)}.unreadable`);
      expect(other.block.trials_ever).toBe(36);
      expect(readLuck(file)!.seen).toBe(12);
      // 36 trials were counted, the draws of 12 are known.
      expect(other.block.p_luck).toBeGreaterThan(first.block.p_luck === 1 ? 0.99 : 0);
    },
  );

  test('a record of a newer version stops the run before anything is computed', async () => {
    const file = path.join(folder, 'MovingAverageCrossoverStrategy_BTCUSDT_usdm_8h.luck');
    writeFileSync(file, 'WUSLUK9\nwho knows');
    await expect(optimize(request({ ledger: ledger() }))).rejects.toThrow(
      'was written by another version of wus; use that version, or move the file away to start a new one',
    );
  });

  test('a folder in its place is named', async () => {
    mkdirSync(path.join(folder, '_all.luck'));
    await expect(optimize(request({ ledger: ledger() }))).rejects.toThrow(/_all\.luck: .*folder/);
  });
});

describe('bad input ends in words', () => {
  const one: Grid = { fast_period: [10], slow_period: [50] };
  test.each<[string, Partial<OptimizeRequest>, Grid, RegExp]>([
    [
      'one trial without an edge',
      {},
      one,
      /^(No evidence: one combination|Not proven: one combination, nothing was chosen)/,
    ],
    [
      'no trades',
      {},
      { fast_period: [10], slow_period: [4_000] },
      /^No evidence: no combination traded\.$/,
    ],
    [
      'a market that never moves',
      { candles: walk({ count: 2_000, deviation: 0 }) },
      GRID,
      /^No evidence: no combination traded\.$/,
    ],
    [
      'a market that rises by the same each day',
      { candles: walk({ count: 900, stepMs: DAY_MS, deviation: 0, drift: () => 0.001 }) },
      GRID,
      /^No evidence: /,
    ],
    ['seven weeks', { candles: walk({ count: 150 }) }, GRID, /^No evidence: /],
    [
      'two days',
      { candles: walk({ count: 6 }) },
      { fast_period: [1], slow_period: [2] },
      /^No evidence: /,
    ],
    [
      'a gap of years',
      { candles: walk({ count: 4_000, isMissing: (i) => i > 600 && i < 3_400 }) },
      GRID,
      /^(No evidence|Not proven): /,
    ],
    [
      'daily candles with a gap',
      { candles: walk({ count: 1_500, stepMs: DAY_MS, isMissing: (i) => i > 300 && i < 1_200 }) },
      GRID,
      /^(No evidence|Not proven): /,
    ],
    [
      'no costs',
      {
        config: parseBacktestRunConfig({
          strategy: 'MACross',
          market: 'usdm',
          commission_bps: 0,
          slippage_bps: 0,
        }),
      },
      GRID,
      /^(No evidence|Not proven): /,
    ],
  ])('%s', async (_, change, grid, words) => {
    const { block } = await judged({ ledger: ledger(), ...change }, grid);
    expect(block.sentence).toMatch(words);
    expect(JSON.stringify(block)).not.toMatch(/NaN|Infinity/);
    for (const [name, value] of Object.entries(block)) {
      if (typeof value === 'number') expect(Number.isFinite(value), name).toBe(true);
    }
  });

  test('weeks without candles are no evidence', async () => {
    const { block } = await judged({
      candles: walk({ count: 4_000, isMissing: (i) => i > 600 && i < 3_400 }),
    });
    // 1,200 candles of eight hours are 400 days.
    expect(block.weeks).toBeGreaterThanOrEqual(57);
    expect(block.weeks).toBeLessThanOrEqual(60);
  });
});

test('a trial that only holds the market knows nothing', () => {
  const candles = walk({ count: 3_000, drift: () => 0.002 });
  const weeks = periodWeeks(candles, { from: 0, to: candles.length });
  const returns = periodReturns(candles.open[0]!, candles.close, candles.openTime, 8 * HOUR_MS);
  const trial = allocateWeekTrial(weeks);
  expect(sumTrialWeeks(weeks, returns, trial)).toBeCloseTo(1, 12);
  expect(trial.holdSums.every((sum) => sum === 0)).toBe(true);
  expect(skewAdjusted(trial.sums, undefined).t).toBeGreaterThan(3);
  const { maxima } = luckOfTrials([{ blocks: weeks.blocks, sums: trial.holdSums }]);
  expect(adjustedP(0, maxima)).toBe(1);
});
