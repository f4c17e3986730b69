import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { buildOnce } from '../../test/e2e/wus.js';
import { runBacktest } from '../backtest/index.js';
import { type CandleSeries, candleSeriesFromRows } from '../candles/index.js';
import { parseBacktestRunConfig } from '../config/index.js';
import { DAY_MS } from '../domain/index.js';
import { optimize, trialConfig } from '../optimize/index.js';
import { findStrategy } from '../strategies/index.js';
import { normalRandom, seededRandom } from '../util/index.js';
import { type WalkForwardRequest, type WalkForwardResult, walkForward } from './walk-forward.js';
import { judgeWalkForward, type WalkForwardEvidence } from './walk-forward-judgement.js';
import { walkForwardSpans } from './walk-forward-plan.js';

beforeAll(() => buildOnce());

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'wus-walk-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const HOUR_MS = 3_600_000;
const START = Date.UTC(2022, 0, 1);
const ROLLING = { trainDays: 10, testDays: 5, stepDays: 5, anchored: false };

describe('the windows', () => {
  const days = (from: number, to: number): { start: number; end: number } => ({
    start: START + from * DAY_MS,
    end: START + to * DAY_MS,
  });
  const shown = (change: object, length: number): string[] =>
    walkForwardSpans(days(0, length), { ...ROLLING, ...change }).map((span) => {
      const day = (time: number): number => (time - START) / DAY_MS;
      return `${day(span.trainStart)}-${day(span.trainEnd)} ${day(span.testStart)}-${day(span.testEnd)}`;
    });

  test.each([
    ['roll', {}, 27, ['0-10 10-15', '5-15 15-20', '10-20 20-25']],
    ['are anchored', { anchored: true }, 25, ['0-10 10-15', '0-15 15-20', '0-20 20-25']],
    ['leave days between', { stepDays: 8 }, 25, ['0-10 10-15', '8-18 18-23']],
    ['are one', {}, 15, ['0-10 10-15']],
  ])('%s', (_, change, length, expected) => {
    expect(shown(change, length)).toEqual(expected);
  });

  test('too few days are refused', () => {
    expect(() => shown({}, 14.9)).toThrow(
      'The candles span 14 days, but one window takes 10 + 5: give more candles, or shorter --train and --test',
    );
  });

  test('tests that overlap are refused', () => {
    expect(() => shown({ stepDays: 4 }, 30)).toThrow(
      '--step 4d is shorter than --test 5d, so candles would be tested twice; give a step of at least 5d',
    );
  });
});

function randomCandles(days: number, seed: number): CandleSeries {
  const random = seededRandom(seed);
  const normal = normalRandom(random);
  let price = 100;
  const rows = Array.from({ length: 24 * days }, (_, i) => {
    const open = price;
    const moves = [open, ...Array.from({ length: 4 }, () => (price *= Math.exp(0.006 * normal())))];
    return [START + i * HOUR_MS, open, Math.max(...moves), Math.min(...moves), price, 1];
  });
  return candleSeriesFromRows({ symbol: 'BTCUSDT', market: 'usdm', timeframe: '1h' }, rows);
}

const candles = randomCandles(31, 4);

function request(change: Partial<WalkForwardRequest> = {}): WalkForwardRequest {
  return {
    config: parseBacktestRunConfig({ strategy: 'MACross', market: 'usdm', start: '2022-01-03' }),
    strategy: findStrategy('MACross'),
    candles,
    dataHash: 'd'.repeat(64),
    grid: {
      grid: { fast_period: [3, 5, 8], slow_period: [13, 21], stop_loss_pct: [null, 0.01] },
      at: (name) => `grid.yaml:${name}`,
    },
    ranking: { metric: 'sharpe_ratio', minTrades: 3 },
    lengths: ROLLING,
    processes: 1,
    ...change,
  };
}

const kept = (fresh = false): WalkForwardRequest['state'] => ({ folder, fresh });
/** Everything that a user sees. */
const essence = ({ windows, stitched, judgement, notes }: WalkForwardResult): unknown => ({
  windows: windows.map(({ outOfSample, ...window }) => ({
    ...window,
    trades: outOfSample.run.trades,
    metrics: outOfSample.metrics,
  })),
  stitched,
  judgement,
  notes,
});

test('every window is what optimize and backtest say, on candles that the choice never saw', async () => {
  const result = await walkForward(request());
  expect(result).toMatchObject({ planned: 3, known: 0, isComplete: true });
  let balance = 10_000;
  for (const window of result.windows) {
    const iso = (time: number): string => new Date(time).toISOString();
    const { config } = request();
    const { onPlan: _plan, onProgress: _progress, ...same } = request();
    const best = await optimize({
      ...same,
      config: { ...config, start: iso(window.trainStart), end: iso(window.trainEnd) },
      top: 1,
    });
    const trial = best.search.plan.trial(best.best[0]!.id);
    expect(window.settings.parameters).toEqual(best.search.plan.signalSettings(trial.signal));
    expect(window.settings.stops).toEqual(best.best[0]!.stops);
    const { run } = runBacktest(
      {
        ...trialConfig(config, window.settings),
        initial_balance: balance,
        start: iso(window.testStart),
        end: iso(window.testEnd),
      },
      candles,
    );
    expect(window.outOfSample.run.trades).toEqual(run.trades);
    expect(run.trades.every((trade) => trade.exitTime < window.testEnd)).toBe(true);
    expect(run.trades.every((trade) => trade.entryTime >= window.testStart)).toBe(true);
    balance = run.finalBalance;
  }
  const { stitched, windows } = result;
  expect(stitched!.equity.length).toBe(3 * 5 * 24);
  expect([...stitched!.openTimes]).toEqual(
    Array.from({ length: 360 }, (_, i) => Date.UTC(2022, 0, 13) + i * HOUR_MS),
  );
  expect(stitched!.equity.at(-1)).toBe(balance);
  expect(stitched!.metrics.finalBalance).toBe(balance);
  expect(stitched!.trades.length).toBe(
    windows.reduce((sum, { outOfSample }) => sum + outOfSample.run.trades.length, 0),
  );
  expect(stitched!.holding[0]).toBeCloseTo(
    (10_000 * candles.close[12 * 24]!) / candles.open[12 * 24]!,
    8,
  );
  expect(result.notes).toContain('The last 4 days hold no whole window and were not tested.');
});

test('later candles change nothing in earlier windows', async () => {
  const all = await walkForward(request());
  const to = 24 * 22;
  const short: CandleSeries = {
    ...candles,
    length: to,
    ...Object.fromEntries(
      (['openTime', 'open', 'high', 'low', 'close', 'volume'] as const).map((name) => [
        name,
        candles[name].slice(0, to),
      ]),
    ),
  };
  const part = await walkForward(request({ candles: short }));
  expect(part.windows.length).toBe(2);
  const settings = (result: WalkForwardResult): unknown[] =>
    result.windows.map((window) => [window.settings, window.inSample]);
  expect(settings(part)).toEqual(settings(all).slice(0, 2));
  expect(part.windows.map(({ outOfSample }) => outOfSample.run.trades)).toEqual(
    all.windows.slice(0, 2).map(({ outOfSample }) => outOfSample.run.trades),
  );
});

describe('counting', () => {
  const ledger = () => ({ folder: path.join(folder, 'ledger'), startTime: START });

  test('the same walk-forward counts once, another one once more; combinations have their own ledger', async () => {
    const counts = async (change: Partial<WalkForwardRequest> = {}): Promise<unknown[]> => {
      const { selection } = await walkForward(request({ ledger: ledger(), ...change }));
      return [selection!.walks, selection!.trials];
    };
    expect(await counts()).toEqual([1, 12]);
    expect(await counts({ processes: 2 })).toEqual([1, 12]);
    expect(await counts({ lengths: { ...ROLLING, trainDays: 12 } })).toEqual([2, 12]);
    expect(await counts({ ranking: { metric: 'sharpe_ratio', minTrades: 4 } })).toEqual([3, 12]);
    expect(await counts()).toEqual([3, 12]);
    expect(readdirSync(path.join(folder, 'ledger')).sort()).toEqual([
      'MovingAverageCrossoverStrategy_BTCUSDT_usdm_1h.luck',
      'MovingAverageCrossoverStrategy_BTCUSDT_usdm_1h.trials',
      'MovingAverageCrossoverStrategy_BTCUSDT_usdm_1h.trials.runs.jsonl',
      'MovingAverageCrossoverStrategy_walk-forward_BTCUSDT_usdm_1h.trials',
      'MovingAverageCrossoverStrategy_walk-forward_BTCUSDT_usdm_1h.trials.runs.jsonl',
      '_all.luck',
    ]);
  });

  test('the grid is tested on the whole walk, whatever the number of workers', async () => {
    const one = (await walkForward(request({ robustSample: 8 }))).selection!.evidence!;
    const two = (await walkForward(request({ robustSample: 8, processes: 2 }))).selection!.evidence;
    expect(two).toEqual(one);
    // 25 days of three windows; eight of twelve combinations, and 10 % of doubt is left to the numbers.
    expect(one.sample).toEqual({ trials: 8, seed: 1, returns: 25, isWhole: false });
    expect(one.overfitting!.splits).toBe(6);
    expect(one.overfitting!.probability).toBeGreaterThan(0);
    expect(one.plateau.neighbours).toBeGreaterThan(0);
  });
});

describe('a walk that goes on', () => {
  const stateFile = (): string =>
    path.join(folder, readdirSync(folder).find((name) => name.endsWith('.jsonl'))!);

  test.each([
    ['one window', (text: string) => text.indexOf('\n') + 1, 1],
    ['one and a half', (text: string) => text.indexOf('\n') + 40, 1],
    ['nothing', () => 0, 0],
    ['all but the last line end', (text: string) => text.length - 1, 2],
    ['everything', (text: string) => text.length, 3],
  ])('after a crash that left %s it ends up the same', async (_, sizeOf, known) => {
    const whole = await walkForward(request({ state: kept() }));
    const text = readFileSync(stateFile(), 'utf8');
    truncateSync(stateFile(), sizeOf(text));
    const again = await walkForward(request({ state: kept(), processes: 2 }));
    expect(again.known).toBe(known);
    expect(essence(again)).toEqual(essence(whole));
    expect(readFileSync(stateFile(), 'utf8')).toBe(text);
    expect(readdirSync(folder).length).toBe(1);
  });

  test('other settings do not take its windows; --fresh forgets them', async () => {
    await walkForward(request({ state: kept() }));
    const other = await walkForward(
      request({ state: kept(), ranking: { metric: 'sharpe_ratio', minTrades: 4 } }),
    );
    expect(other.known).toBe(0);
    expect((await walkForward(request({ state: kept(true) }))).known).toBe(0);
    expect((await walkForward(request({ state: kept() }))).known).toBe(3);
  });

  test('a stopped walk keeps its windows', async () => {
    const controller = new AbortController();
    const stopped = await walkForward(
      request({
        state: kept(),
        signal: controller.signal,
        onProgress: (window) => {
          if (window === 2) controller.abort();
        },
      }),
    );
    expect(stopped.isComplete).toBe(false);
    expect(stopped.windows.length).toBeGreaterThanOrEqual(1);
    const again = await walkForward(request({ state: kept() }));
    expect(again.known).toBe(stopped.windows.length);
    expect(essence(again)).toEqual(essence(await walkForward(request())));
  });

  test('a state in use is refused', async () => {
    await walkForward(request({ state: kept() }));
    const lock = `${stateFile()}.lock`;
    writeFileSync(lock, JSON.stringify({ pid: 1, host: 'elsewhere', nonce: 'x' }));
    await expect(walkForward(request({ state: kept() }))).rejects.toThrow(
      'is in use by another run: wait for it',
    );
  });
});

describe('the worker threads', () => {
  /** The built worker; each writes down its start, and the first one that gets its job number `deadlyJob` dies of it. */
  function watchedWorker(deadlyJob?: number): {
    readonly entry: URL;
    readonly starts: () => number;
  } {
    const file = path.join(folder, 'worker.mjs');
    const built = new URL('../../dist/optimize/pool/worker.js', import.meta.url);
    writeFileSync(
      path.join(folder, 'watch.mjs'),
      `import { appendFileSync, mkdirSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
const folder = ${JSON.stringify(folder)};
appendFileSync(folder + '/starts', 'x');
let jobs = 0;
/** Only one thread can make the folder. */
const isFirst = () => {
  try {
    mkdirSync(folder + '/died');
    return true;
  } catch {
    return false;
  }
};
parentPort.on('message', (message) => {
  if (message.job) jobs++;
  else if (jobs === ${deadlyJob} && isFirst()) process.exit(3);
});
`,
    );
    writeFileSync(file, `import './watch.mjs';\nimport ${JSON.stringify(built.href)};\n`);
    return {
      entry: pathToFileURL(file),
      starts: () => readFileSync(path.join(folder, 'starts'), 'utf8').length,
    };
  }

  const many: Partial<WalkForwardRequest> = {
    lengths: { trainDays: 4, testDays: 1, stepDays: 1, anchored: false },
    robustSample: 8,
    processes: 2,
  };

  test('are the same for all windows and for the test of the grid', async () => {
    const { entry, starts } = watchedWorker();
    const result = await walkForward(request({ ...many, workerEntry: entry }));
    expect(result.windows.length).toBe(25);
    expect(starts()).toBe(2);
    expect(essence(result)).toEqual(essence(await walkForward(request({ ...many, processes: 1 }))));
  });

  test.each([
    ['a later window', 20, 3],
    // So few runs that the other thread takes over.
    ['the test of the grid', 26, 2],
  ])('one that dies in %s is replaced, with equal results', async (_, deadlyJob, threads) => {
    const { entry, starts } = watchedWorker(deadlyJob);
    const log: string[] = [];
    const onLog = (line: string): void => void log.push(line);
    const result = await walkForward(request({ ...many, workerEntry: entry, onLog }));
    expect(log).toEqual([
      expect.stringMatching(
        /^A worker thread died \(exit code 3\); its work on combinations? \d+( to \d+)? is done again$/,
      ),
    ]);
    expect(starts()).toBe(threads);
    expect(essence(result)).toEqual(essence(await walkForward(request(many))));
  });
});

test('a lost balance ends the walk', async () => {
  const { config } = request();
  const result = await walkForward(
    request({
      config: {
        ...config,
        units: 400,
        equity_fraction: null,
        leverage: 100,
        initial_balance: 400,
      },
    }),
  );
  expect(result.isComplete).toBe(true);
  expect(result.stitched!.metrics.finalBalance).toBeLessThanOrEqual(0);
  expect(result.windows.length).toBeLessThan(3);
  expect(result.notes.join()).toMatch(
    /The balance was lost in window \d of 3; later windows were not tested/,
  );
});

describe('the judgement', () => {
  /** A year of training and a year of test; equity rises evenly with a small wobble. */
  const evidence = (change: Partial<WalkForwardEvidence> = {}): WalkForwardEvidence => {
    const year = 365 * DAY_MS;
    const window = (inSample: number, outOfSample: number): WalkForwardEvidence['windows'][0] => ({
      trainStart: 0,
      trainEnd: year,
      testStart: year,
      testEnd: 2 * year,
      inSample: { cumulativeProfit: inSample, sharpeRatio: 2 },
      outOfSample: {
        metrics: { cumulativeProfit: outOfSample },
        rules: { initialBalance: 1_000 },
      },
    });
    const equity = Float64Array.from({ length: 200 }, (_, i) => 1_000 + 2 * i + (i % 2) * 3);
    return {
      windows: [window(210, 100), window(210, 100), window(210, -10)],
      stitched: {
        equity,
        openTimes: equity.map((_, i) => i * DAY_MS),
        metrics: { cumulativeProfit: 190, totalTrades: 120, sharpeRatio: 1.5 },
      },
      initialBalance: 1_000,
      timeframeMs: DAY_MS,
      costs: 10,
      walks: 1,
      combinations: 12,
      overfitting: { probability: 0.2, splits: 12_870 },
      ...change,
    };
  };

  /** A Sharpe ratio of about one to two per year. */
  const wobbly = (drift: number): Pick<WalkForwardEvidence['stitched'], 'equity' | 'openTimes'> => {
    const equity = new Float64Array(201);
    equity[0] = 1_000;
    for (let i = 1; i < 201; i++) equity[i] = equity[i - 1]! + drift + (i % 2 === 0 ? 8 : -8);
    return { equity, openTimes: equity.map((_, i) => i * DAY_MS) };
  };

  test('efficiency is growth per year out-of-sample over in-sample', () => {
    const judgement = judgeWalkForward(evidence());
    // (2 ln 1.1 + ln 0.99) / 3 over ln 1.21.
    expect(judgement.efficiency).toBeCloseTo(
      (2 * Math.log(1.1) + Math.log(0.99)) / 3 / Math.log(1.21),
      12,
    );
    expect(judgement.inSampleGrowth).toBeCloseTo(Math.log(1.21), 12);
    expect(judgement.profitableShare).toBeCloseTo(2 / 3, 12);
    expect(judgement.failed).toEqual([
      'efficiency 0.32, at least 0.5 is needed: so much of the growth per year in-sample was left',
    ]);
  });

  test('what holds up is said so', () => {
    const { windows, ...rest } = evidence();
    const judgement = judgeWalkForward({ ...rest, windows: windows.slice(0, 2) });
    expect(judgement.efficiency).toBeCloseTo(0.5, 12);
    expect(judgement.sentence).toBe(
      'Held up: re-optimized again and again, the strategy earned 19.0 % on candles it had not seen, 0.50 of the growth per year in-sample, with 2 of 2 windows in profit.',
    );
  });

  test('one combination alone was not chosen: it needs no overfitting probability', () => {
    const failed = (change: Partial<WalkForwardEvidence>): string =>
      judgeWalkForward(evidence(change)).failed.join();
    expect(failed({ combinations: 1, overfitting: undefined })).toBe(failed({}));
  });

  test('the first walk-forward is judged against no skill, a later one against the luck of all', () => {
    const first = judgeWalkForward(evidence());
    expect(first).toMatchObject({ luckSharpe: 0, lengthYearsMin: 0 });
    expect(first.deflatedSharpe).toBe(first.probability);
    const values = [1, 2, 10, 1_000].map((walks) =>
      judgeWalkForward(evidence({ walks, stitched: { ...evidence().stitched, ...wobbly(0.4) } })),
    );
    const falls = values.map(({ deflatedSharpe }) => deflatedSharpe);
    expect(falls).toEqual([...falls].sort((a, b) => b - a));
    expect(new Set(falls).size).toBe(4);
    // √(1/200)·√365 · E(1000).
    expect(values[3]!.luckSharpe).toBeCloseTo(Math.sqrt(365 / 200) * 3.255122, 5);
  });

  test.each<[string, Partial<WalkForwardEvidence>, string]>([
    ['no costs', { costs: 0 }, 'no costs were charged (commission and slippage are 0)'],
    [
      'few trades and a loss',
      {
        stitched: {
          ...evidence().stitched,
          metrics: { cumulativeProfit: -50, totalTrades: 99, sharpeRatio: -1 },
        },
      },
      'the tests together lost 5.0 %\nefficiency 0.32, at least 0.5 is needed: so much of the growth per year in-sample was left\n99 trades, at least 100 are needed',
    ],
    [
      'equity that never moved',
      {
        stitched: {
          ...evidence().stitched,
          equity: new Float64Array(200).fill(1_000),
        },
      },
      'equity never moved, so no Sharpe ratio can be judged',
    ],
    [
      'a choice that overfits',
      { overfitting: { probability: 0.2001, splits: 70 } },
      'probability of overfitting 0.200, at most 0.2 is allowed: so often the best combination of one half of the candles is below the median in the other',
    ],
    [
      'a choice that was not tested',
      { overfitting: undefined },
      'whether the grid overfits was not tested',
    ],
    [
      'tests that are too short for so many tries',
      { walks: 20, stitched: { ...evidence().stitched, ...wobbly(0.6) } },
      '0.55 years of tests, at least ',
    ],
    [
      'the best of a hundred walk-forwards',
      { walks: 100, stitched: { ...evidence().stitched, ...wobbly(0.6) } },
      ' of the tests, at least 0.95 is needed: the best of 100 walk-forwards shows about 3.42 per year by luck alone, this one 1.50',
    ],
  ])('%s is named', (_, change, expected) => {
    const { failed, holdsUp } = judgeWalkForward(evidence(change));
    expect(holdsUp).toBe(false);
    expect(failed.join('\n')).toContain(expected);
  });

  /** Efficiency 0.5 and all windows in profit. */
  const efficient = (): Partial<WalkForwardEvidence> => ({
    windows: evidence().windows.slice(0, 2),
  });
  test.each<[string, Partial<WalkForwardEvidence>, string]>([
    ['efficiency', { costs: 0 }, 'efficiency 0.32, at least 0.5 is needed.'],
    [
      'luck',
      { ...efficient(), walks: 100, stitched: { ...evidence().stitched, ...wobbly(0.6) } },
      'the best of 100 walk-forwards shows a Sharpe ratio of 3.42 per year by luck alone, this one 1.50.',
    ],
    [
      'overfitting',
      { ...efficient(), costs: 0, overfitting: { probability: 0.2001, splits: 70 } },
      'probability of overfitting 0.200, at most 0.2 is allowed.',
    ],
    [
      'costs',
      { ...efficient(), costs: 0 },
      'no costs were charged (commission and slippage are 0).',
    ],
  ])('the verdict says in one short sentence what tells most: %s', (_, change, expected) => {
    expect(judgeWalkForward(evidence(change)).sentence).toBe(`Did not hold up: ${expected}`);
  });
});
