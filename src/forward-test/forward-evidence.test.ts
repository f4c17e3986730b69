import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { LuckWinner, TrialFigures } from '../optimize/index.js';
import { normalRandom, seededRandom } from '../util/index.js';
import { type ForwardEvidence, forwardEvidence, weekEnd, weeksUntil } from './forward-evidence.js';
import { lookOf } from './forward-looks.js';
import { type JudgementInput, judge } from './judgement.js';

const FIRST_BLOCK = 2_700;

function figures(sums: readonly number[], firstBlock = FIRST_BLOCK): TrialFigures {
  return {
    blocks: Int32Array.from(sums, (_, j) => firstBlock + j),
    sums: Float64Array.from(sums),
    holdSums: Float64Array.from(sums),
    t: 0,
    holdT: 0,
    beta: 0.5,
    weeks: sums.length,
    years: (sums.length * 7) / 365,
    bets: 0,
    parts: { quarterSums: [], inProfit: 0, best: 0, tWithoutBest: 0 },
  };
}

function drawn(count: number, mean: number, seed: number): number[] {
  const normal = normalRandom(seededRandom(seed));
  return Array.from({ length: count }, () => mean + 0.03 * normal());
}

const END = weekEnd(FIRST_BLOCK + 103);
const inSample = figures(drawn(200, 0, 1), FIRST_BLOCK - 200);
const base = {
  end: END,
  inSample,
  look: { time: END, isDeclared: true },
  others: [],
  expectedSharpe: 1,
  inYears: 4,
};

describe('weeksUntil()', () => {
  test('leaves the running week out', () => {
    const own = figures([1, 2, 3]);
    const lengths = [0, 1, 2].map((k) => [
      weeksUntil(own, weekEnd(FIRST_BLOCK + k)).sums.length,
      weeksUntil(own, weekEnd(FIRST_BLOCK + k) - 1).sums.length,
    ]);
    expect(lengths).toEqual([
      [1, 0],
      [2, 1],
      [3, 2],
    ]);
  });
});

describe('forwardEvidence()', () => {
  const good = figures(drawn(104, 0.012, 2));

  test('of weeks with an edge is confirmed by the look and by any look', () => {
    const found = forwardEvidence({ ...base, unseen: good });
    expect(found).toMatchObject({ weeks: 104, isLookOver: true, settingsTested: 1 });
    expect(found.firstLookP).toBeLessThan(0.01);
    expect(found.largestEvidence).toBeGreaterThan(20);
    expect(found.p).toBeLessThan(0.02);
  });

  test('before the look only what may be looked at always counts', () => {
    const found = forwardEvidence({
      ...base,
      unseen: good,
      look: { time: END + 1, isDeclared: true },
    });
    expect([found.isLookOver, found.firstLookP]).toEqual([false, 1]);
    expect(found.p).toBe(Math.min(1, 2 / found.largestEvidence));
  });

  test('the look does not move: weeks after it change nothing of it', () => {
    const look = { time: weekEnd(FIRST_BLOCK + 51), isDeclared: true };
    const early = forwardEvidence({
      ...base,
      look,
      unseen: figures([...good.sums].slice(0, 52)),
      end: look.time,
    });
    const late = forwardEvidence({ ...base, look, unseen: good });
    expect(late.firstLookP).toBe(early.firstLookP);
    expect(late.firstLookP).not.toBe(forwardEvidence({ ...base, unseen: good }).firstLookP);
  });

  test('other settings on the same weeks cost evidence, on other weeks they do not', () => {
    const alone = forwardEvidence({ ...base, unseen: good });
    const others = [11, 12, 13, 14].map((seed) => figures(drawn(104, 0, seed)));
    const tested = forwardEvidence({ ...base, unseen: good, others });
    expect(tested.settingsTested).toBe(5);
    expect(tested.firstLookP).toBeGreaterThanOrEqual(alone.firstLookP);
    expect(tested.p).toBeGreaterThanOrEqual(alone.p);
    const elsewhere = others.map(({ sums }) => figures([...sums], FIRST_BLOCK + 104));
    expect(forwardEvidence({ ...base, unseen: good, others: elsewhere })).toEqual(alone);
  });

  test('without the candles of the optimization the evidence stays 1', () => {
    const found = forwardEvidence({ ...base, unseen: good, inSample: undefined });
    expect([found.largestEvidence, found.lastEvidence]).toEqual([1, 1]);
    expect(found.p).toBe(2 * found.firstLookP);
  });

  test.each([
    ['no weeks', []],
    ['one week', [0.01]],
    ['weeks without a result', new Array<number>(60).fill(0)],
    ['equal weeks', new Array<number>(60).fill(0.01)],
    ['losses only', new Array<number>(60).fill(-0.01)],
  ])('of %s is a number', (_name, sums) => {
    const unseen = figures(sums);
    const found = forwardEvidence({ ...base, unseen, expectedSharpe: undefined });
    for (const value of [found.p, found.pHold, found.firstLookP, found.lastEvidence]) {
      expect(Number.isFinite(value)).toBe(true);
    }
    expect(found.band).toBeUndefined();
  });

  test('confirms noise one time in twenty at most, however often it is looked at', () => {
    let confirmed = 0;
    const tests = 400;
    for (let seed = 0; seed < tests; seed++) {
      const unseen = figures(drawn(104, 0, 1_000 + seed));
      if (forwardEvidence({ ...base, unseen }).p <= 0.05) confirmed++;
    }
    expect(confirmed / tests).toBeLessThanOrEqual(0.05);
  });

  test('has a band of 1.6449 standard errors of both periods around what was expected', () => {
    const unseen = { ...figures([0.01]), years: 1 };
    const found = forwardEvidence({ ...base, unseen, expectedSharpe: 1, inYears: 4 });
    // Φ⁻¹(0.95) √(1/4 + 1/1)
    expect(found.band!.low).toBeCloseTo(1 - 1.839_002_261_450_286, 12);
    expect(found.band!.high).toBeCloseTo(1 + 1.839_002_261_450_286, 12);
  });

  const band = join(import.meta.dirname, '../../../shared/vectors/judgement/forward-band.json');
  if (!existsSync(band)) console.warn(`SKIPPED: the vectors of the band are not at ${band}`);
  test.skipIf(!existsSync(band))('has the band of its reference vectors', () => {
    const { input, expected } = JSON.parse(readFileSync(band, 'utf8')) as {
      input: { inSampleExpected: number; inYears: number; forwardYears: number }[];
      expected: { low: number; high: number }[];
    };
    input.forEach(({ inSampleExpected, inYears, forwardYears }, k) => {
      const unseen = { ...figures([0.01]), years: forwardYears };
      const found = forwardEvidence({ ...base, unseen, expectedSharpe: inSampleExpected, inYears });
      expect(found.band!.low).toBeCloseTo(expected[k]!.low, 9);
      expect(found.band!.high).toBeCloseTo(expected[k]!.high, 9);
    });
  });
});

describe('lookOf()', () => {
  const record = (firstBlock: number, weeks: number, period = 9): LuckWinner => ({
    time: '2026-01-01T00:00:00.000Z',
    settings: { parameters: { period }, filters: {}, stops: {} },
    direction: 'both',
    exit_on_neutral: false,
    re_entry: 'immediate',
    skewness: 0,
    hold_skewness: 0,
    loss_probability: null,
    expected_sharpe_ratio: null,
    blocks: Array.from({ length: weeks }, (_, j) => firstBlock + j),
    sums: new Array<number>(weeks).fill(0),
  });

  test('is now for settings that were never tested', () => {
    const { look, isFirst } = lookOf({ tests: [] }, record(10, 3), END);
    expect([look, isFirst]).toEqual([{ time: END, isDeclared: false }, true]);
  });

  test('stays that of the first forward test of the same settings and start', () => {
    const found = lookOf({ tests: [record(10, 3), record(10, 8)] }, record(10, 20), END);
    expect(found.look).toEqual({ time: weekEnd(12), isDeclared: false });
    expect([found.isFirst, found.others]).toEqual([false, []]);
  });

  test('of other settings or another start is no look of these', () => {
    const found = lookOf({ tests: [record(11, 3), record(10, 3, 7)] }, record(10, 20), END);
    expect([found.look.time, found.isFirst, found.others.length]).toEqual([END, true, 2]);
  });

  test('is the declared date where there is one', () => {
    const found = lookOf({ tests: [record(10, 3)], declared: 5 }, record(10, 20), END);
    expect(found.look).toEqual({ time: 5, isDeclared: true });
  });
});

describe('judge()', () => {
  const evidence: ForwardEvidence = {
    weeks: 104,
    look: { time: 0, isDeclared: true },
    isLookOver: true,
    firstLookP: 0.01,
    largestEvidence: 30,
    lastEvidence: 25,
    p: 0.02,
    pHold: 0.03,
    beta: 0.2,
    settingsTested: 1,
    expectedSharpe: 1,
    band: { low: 0.2, high: 1.8 },
  };
  const input: JudgementInput = {
    evidence,
    sharpe: 1.2,
    profit: 500,
    trades: 12,
    seenShare: 0,
    isBefore: false,
    hasInSample: true,
    costRate: 0.0011,
  };

  test.each<[string, Partial<JudgementInput>, Partial<ForwardEvidence>, string, string[]]>([
    ['luck ruled out', {}, {}, 'confirmed', []],
    ['exactly the limit', {}, { p: 0.05, pHold: 0.05 }, 'confirmed', []],
    ['luck not ruled out', {}, { p: 0.051 }, 'not-confirmed-yet', []],
    ['a loss inside the band', { profit: -1, sharpe: 0.3 }, { p: 0.9 }, 'not-confirmed-yet', []],
    ['a profit below the band', { sharpe: 0.1 }, { p: 0.4 }, 'weakened', ['below-band']],
    ['a loss below the band', { profit: -1, sharpe: -0.4 }, { p: 1 }, 'failed', ['below-band']],
    [
      'evidence against it',
      { profit: -1, sharpe: 0.3 },
      { p: 1, lastEvidence: 0.09 },
      'failed',
      [],
    ],
    ['sure, but less than expected', { sharpe: 0.1 }, {}, 'confirmed', ['below-band']],
    ['sure once, lost since', { profit: -9, sharpe: -0.1 }, {}, 'failed', ['below-band']],
    ['earned by holding alone', {}, { pHold: 0.4 }, 'not-confirmed-yet', ['holding']],
    ['no costs', { costRate: 0 }, {}, 'not-confirmed-yet', ['no-costs']],
    [
      'before the optimization',
      { isBefore: true },
      {},
      'not-confirmed-yet',
      ['before-optimization'],
    ],
    ['seen in part', { seenShare: 0.1 }, {}, 'not-unseen', ['overlap']],
    ['no trade', { trades: 0, profit: 0, sharpe: 0 }, { p: 1 }, 'not-confirmed-yet', ['no-trades']],
    ['few trades are no reason', { trades: 2 }, {}, 'confirmed', []],
    ['the look to come', {}, { isLookOver: false }, 'confirmed', ['look-ahead-of-candles']],
    ['several settings', {}, { settingsTested: 3 }, 'confirmed', ['several-settings']],
    [
      'no expectation',
      { sharpe: -3, profit: -5 },
      { p: 1, band: undefined },
      'not-confirmed-yet',
      ['no-expectation'],
    ],
  ])('%s', (_name, change, changed, outcome, doubts) => {
    const found = judge({ ...input, ...change, evidence: { ...evidence, ...changed } });
    expect(found).toEqual({ outcome, doubts });
  });
});
