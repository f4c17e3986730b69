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
import { emptyLuck, luckOfTrial, optimize, trialConfig, withAddition } from '../optimize/index.js';
import { findStrategy } from '../strategies/index.js';
import { normalRandom, seededRandom } from '../util/index.js';
import { type WalkForwardRequest, type WalkForwardResult, walkForward } from './walk-forward.js';
import {
  judgeWalkForward,
  type WalkForwardEvidence,
  weeksOfTests,
} from './walk-forward-judgement.js';
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
      'The candles span 14 days, but one window needs 10 + 5: give more candles, or shorter --train and --test',
    );
  });

  test('tests that overlap are refused', () => {
    expect(() => shown({ stepDays: 4 }, 30)).toThrow(
      '--step 4d is shorter than --test 5d, so candles would be tested twice; use a step of at least 5d',
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
  expect(result.notes).toContain('The last 4 days are too short for a window and were not tested.');
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
      'MovingAverageCrossoverStrategy_walk-forward_BTCUSDT_usdm_1h.luck',
      'MovingAverageCrossoverStrategy_walk-forward_BTCUSDT_usdm_1h.trials',
      'MovingAverageCrossoverStrategy_walk-forward_BTCUSDT_usdm_1h.trials.runs.jsonl',
      '_BTCUSDT_usdm.luck',
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
    const built = new URL('../../dist/program/optimize/pool/worker.js', import.meta.url);
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
        /^A worker thread crashed \(exit code 3\); combinations? \d+( to \d+)? will run again$/,
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
  /** Two years of tests, a year of training for each; weeks of about 1 % around a mean, so many as there are. */
  const evidence = (
    weekMean: number,
    change: Partial<WalkForwardEvidence> = {},
    seed = 1,
  ): WalkForwardEvidence => {
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
    const normal = normalRandom(seededRandom(seed));
    const days = 728;
    const equity = new Float64Array(days);
    const holding = new Float64Array(days);
    let value = 1_000;
    let held = 1_000;
    for (let i = 0; i < days; i++) {
      held *= 1 + 0.02 * normal();
      value *= 1 + weekMean / 7 + 0.0038 * normal();
      equity[i] = value;
      holding[i] = held;
    }
    const stitched = {
      equity,
      holding,
      openTimes: equity.map((_, i) => (18_004 + i) * DAY_MS),
      metrics: { cumulativeProfit: value - 1_000, totalTrades: 20, sharpeRatio: weekMean * 300 },
    };
    return {
      windows: [window(210, 100), window(210, 100), window(210, -10)],
      stitched,
      figures: weeksOfTests(stitched, 1_000, DAY_MS),
      initialBalance: 1_000,
      costs: 10,
      walks: 1,
      ...change,
    };
  };

  test('efficiency is growth per year out-of-sample over in-sample, and judges nothing', () => {
    const judgement = judgeWalkForward(evidence(0.005));
    // (2 ln 1.1 + ln 0.99) / 3 over ln 1.21.
    expect(judgement.efficiency).toBeCloseTo(
      (2 * Math.log(1.1) + Math.log(0.99)) / 3 / Math.log(1.21),
      12,
    );
    expect(judgement.inSampleGrowth).toBeCloseTo(Math.log(1.21), 12);
    expect(judgement.profitableShare).toBeCloseTo(2 / 3, 12);
    expect([judgement.verdict, judgement.failed]).toEqual(['convincing', []]);
    expect(judgement.sentence).toMatch(
      /^Convincing: re-optimized again and again, the strategy earned \d+\.\d % on candles it had not seen; that comes by luck in less than 0\.1 % of worlds without an edge, in 4 of four parts of the tests\.$/,
    );
  });

  test.each([
    ['noise', 0, {}, /^No evidence: /],
    ['a little', 0.0009, {}, /comes by luck in \d/],
    ['no costs', 0.005, { costs: 0 }, /^Not proven: .*no costs were charged/],
  ] as const)('%s gets a word of the four', (_, mean, change, sentence) => {
    expect(judgeWalkForward(evidence(mean, change)).sentence).toMatch(sentence);
  });

  test('more walk-forwards never make the tests look better', () => {
    const tests = evidence(0.0018);
    let record = emptyLuck();
    const ps = [judgeWalkForward(tests).p];
    for (let seed = 2; seed < 14; seed++) {
      record = withAddition(record, {
        luck: luckOfTrial(evidence(0, {}, seed).figures),
        newTrials: 1,
      });
      ps.push(judgeWalkForward({ ...tests, record, walks: seed }).p);
    }
    for (let k = 1; k < ps.length; k++) expect(ps[k]).toBeGreaterThanOrEqual(ps[k - 1]!);
    expect(ps.at(-1)).toBeGreaterThan(ps[0]!);
  });

  test('another window length of the same idea is judged by the evidence of the first one', () => {
    const weak = evidence(0.0012);
    const record = withAddition(emptyLuck(), {
      luck: luckOfTrial(weak.figures),
      newTrials: 1,
      winner: {
        time: '2026-01-01T00:00:00.000Z',
        settings: {
          parameters: {
            walk: 'first',
            train_days: 365,
            test_days: 90,
            step_days: 90,
            anchored: false,
          },
          filters: {},
          stops: {},
        },
        direction: 'both',
        exit_on_neutral: false,
        re_entry: 'immediate',
        skewness: 1e9,
        hold_skewness: 1e9,
        loss_probability: null,
        expected_sharpe_ratio: null,
        blocks: [...weak.figures.blocks],
        sums: [...weak.figures.sums],
      },
    });
    const better = evidence(0.003, { record, walks: 2 });
    const found = judgeWalkForward({ ...better, identity: 'second' });
    expect(found.refines).toBe('365 days of training, 90 of test');
    expect(found.pFounder!).toBeGreaterThan(found.pLuck);
    expect(found.p).toBe(Math.max(found.pFounder!, found.pLuck, found.pHold));
    expect(found.sentence).toContain('Refining an earlier walk-forward');
    // The same one again, on more candles, refines nothing.
    expect(judgeWalkForward({ ...better, identity: 'first' }).pFounder).toBeUndefined();
  });

  test.each([
    ['tests that never moved', new Float64Array(728).fill(1_000), 0],
    ['a single day', new Float64Array(1).fill(1_001), 1],
  ])('%s get a verdict in words', (_, equity, cumulativeProfit) => {
    const stitched = {
      equity,
      holding: equity,
      openTimes: equity.map((_value, i) => (18_004 + i) * DAY_MS),
      metrics: { cumulativeProfit, totalTrades: 0, sharpeRatio: 0 },
    };
    const figures = weeksOfTests(stitched, 1_000, DAY_MS);
    const found = judgeWalkForward(evidence(0, { stitched, figures }));
    expect(found.verdict).toBe('no-evidence');
    expect(found.sentence).toBe('No evidence: no test made a trade.');
    for (const value of [found.p, found.pLuck, found.pHold])
      expect(Number.isFinite(value)).toBe(true);
  });
});
