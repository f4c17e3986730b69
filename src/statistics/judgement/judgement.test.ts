import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { normalRandom, seededRandom } from '../../util/index.js';
import {
  adjustedP,
  anytimeEvidence,
  choiceFinding,
  consecutiveWeeks,
  ExactMean,
  edgeBound,
  effectiveBets,
  flipDraws,
  flipLayout,
  flipPosition,
  flipSign,
  flipSignInDraw,
  forwardBand,
  forwardP,
  founderOf,
  holdResidual,
  isAtLeast,
  legacyP,
  losersThreshold,
  luckOfTrials,
  luckQuantiles,
  luckSharpe,
  mergeMaxima,
  NullMaxima,
  overfittingProbability,
  returnsMatrixFromRows,
  sharpeLowerBound,
  skewAdjusted,
  subPeriods,
  sumWeeks,
  type VerdictEvidence,
  verdictOf,
  type WeekSums,
  walshHadamard,
  weekBlock,
  weekCorrelation,
  weekLayout,
  weekNorm,
  weekStatistic,
} from '../index.js';

const VECTORS = '../shared/vectors/judgement';
const absent = !existsSync(VECTORS);
if (absent) console.warn(`SKIPPED: worked judgements, because ${VECTORS} is not there`);

interface Vector<I, E> {
  readonly input: I;
  readonly expected: E;
}

function vector<I, E>(name: string): Vector<I, E> {
  return JSON.parse(readFileSync(`${VECTORS}/${name}.json`, 'utf8')) as Vector<I, E>;
}

/** Equal to 1e-9, relative above 1. */
function expectNear(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(actual.length).toBe(expected.length);
  for (let k = 0; k < expected.length; k++) {
    const scale = Math.max(1, Math.abs(expected[k]!));
    expect(Math.abs(actual[k]! - expected[k]!) / scale).toBeLessThan(1e-9);
  }
}

interface ReturnsInput {
  readonly firstDay: number;
  readonly returns: readonly (readonly number[])[];
}

function weeksOf({ firstDay, returns }: ReturnsInput): WeekSums[] {
  const layout = consecutiveWeeks(firstDay, returns[0]!.length);
  return returns.map((row) => ({ blocks: layout.blocks, sums: sumWeeks(layout, row) }));
}

function drawsOf({ blocks, sums }: WeekSums): Float64Array {
  const out = new Float64Array(1024);
  flipDraws(flipLayout(blocks), sums, weekNorm(sums), out);
  return out;
}

describe.skipIf(absent)('the worked judgements', () => {
  test('week-blocks', () => {
    const { input, expected } = vector<
      ReturnsInput,
      { readonly blocks: number[]; readonly sums: number[][] }
    >('week-blocks');
    weeksOf(input).forEach(({ blocks, sums }, k) => {
      expect(Array.from(blocks)).toEqual(expected.blocks);
      expectNear(sums, expected.sums[k]!);
    });
  });

  test('flip-signs', () => {
    const { input, expected } = vector<
      { readonly blocks: number[] },
      { readonly position: number[]; readonly sign: number[]; readonly draw5: number[] }
    >('flip-signs');
    expect(input.blocks.map(flipPosition)).toEqual(expected.position);
    expect(input.blocks.map(flipSign)).toEqual(expected.sign);
    expect(input.blocks.map((block) => flipSignInDraw(block, 5))).toEqual(expected.draw5);
  });

  test('walsh-hadamard', () => {
    const { input, expected } = vector<number[], number[]>('walsh-hadamard');
    const values = Float64Array.from(input);
    walshHadamard(values);
    expectNear(values, expected);
  });

  test('luck-draws', () => {
    const { input, expected } = vector<
      ReturnsInput,
      {
        readonly t: number[];
        readonly threshold: number;
        readonly kept: boolean[];
        readonly firstDraws: number[][];
        readonly lastDraw: number[];
        readonly sumOfSquares: number[];
        readonly maxima: number[];
        readonly q50: number;
        readonly q95: number;
        readonly pOfTrial0: number;
        readonly pOfTrial3: number;
      }
    >('luck-draws');
    const trials = weeksOf(input);
    const t = trials.map(({ sums }) => weekStatistic(sums));
    expectNear(t, expected.t);
    const threshold = losersThreshold(trials[0]!.blocks.length);
    expectNear([threshold], [expected.threshold]);
    expect(t.map((own) => own > threshold)).toEqual(expected.kept);
    const draws = trials.map(drawsOf);
    draws.forEach((own, k) => {
      expectNear(own.subarray(0, expected.firstDraws[k]!.length), expected.firstDraws[k]!);
      expectNear([own[1023]!], [expected.lastDraw[k]!]);
      expectNear([own.reduce((sum, x) => sum + x * x, 0)], [expected.sumOfSquares[k]!]);
    });
    const luck = luckOfTrials(trials);
    expectNear(luck.maxima, expected.maxima);
    const { median, high } = luckQuantiles(luck.maxima);
    expectNear([median, high], [expected.q50, expected.q95]);
    expectNear([adjustedP(t[0]!, luck.maxima)], [expected.pOfTrial0]);
    expectNear([adjustedP(t[3]!, luck.maxima)], [expected.pOfTrial3]);
  });

  test('hold-residual', () => {
    const { input, expected } = vector<
      ReturnsInput & { readonly market: number[] },
      {
        readonly beta: number[];
        readonly t: number[];
        readonly firstDraws: number[][];
        readonly maximaFirst8: number[];
        readonly pOfTrial3: number;
      }
    >('hold-residual');
    const residuals = input.returns.map((row) => holdResidual(row, input.market));
    expectNear(
      residuals.map(({ beta }) => beta),
      expected.beta,
    );
    const trials = weeksOf({
      firstDay: input.firstDay,
      returns: residuals.map(({ residual }) => [...residual]),
    });
    const t = trials.map(({ sums }) => weekStatistic(sums));
    expectNear(t, expected.t);
    trials.map(drawsOf).forEach((own, k) => {
      expectNear(own.subarray(0, expected.firstDraws[k]!.length), expected.firstDraws[k]!);
    });
    const { maxima } = luckOfTrials(trials);
    expectNear(maxima.subarray(0, 8), expected.maximaFirst8);
    expectNear([adjustedP(t[3]!, maxima)], [expected.pOfTrial3]);
  });

  test('adjusted-p', () => {
    const { input, expected } = vector<
      { readonly t: number; readonly maxima: number[] }[],
      number[]
    >('adjusted-p');
    expectNear(
      input.map(({ t, maxima }) => adjustedP(t, maxima)),
      expected,
    );
  });

  test('skew-adjusted-t', () => {
    const { input, expected } = vector<
      { readonly weekSums: number[]; readonly pooledSkewness: number }[],
      { readonly t: number; skewness: number; used: number; tAdjusted: number }[]
    >('skew-adjusted-t');
    input.forEach(({ weekSums, pooledSkewness }, k) => {
      const found = skewAdjusted(weekSums, pooledSkewness);
      const wanted = expected[k]!;
      expectNear(
        [found.t, found.skewness, found.used, found.tAdjusted],
        [wanted.t, wanted.skewness, wanted.used, wanted.tAdjusted],
      );
    });
  });

  test('merge-maxima', () => {
    const { input, expected } = vector<{ readonly a: number[]; readonly b: number[] }, number[]>(
      'merge-maxima',
    );
    const into = Float64Array.from(input.a);
    mergeMaxima(into, input.b);
    expectNear(into, expected);
  });

  test('founder', () => {
    interface Sums {
      readonly firstBlock: number;
      readonly sums: number[];
    }
    const { input, expected } = vector<
      { readonly earlier: Sums[]; readonly winner: Sums },
      { readonly correlations: number[]; readonly founder: number }
    >('founder');
    const weeks = ({ firstBlock, sums }: Sums): WeekSums => ({
      blocks: sums.map((_, j) => firstBlock + j),
      sums,
    });
    const earlier = input.earlier.map(weeks);
    expectNear(
      earlier.map((other) => weekCorrelation(other, weeks(input.winner), 6)),
      expected.correlations,
    );
    expect(founderOf(earlier, weeks(input.winner), 6)).toBe(expected.founder);
    // Six common weeks are too few for a kinship.
    expect(founderOf(earlier, weeks(input.winner))).toBeUndefined();
  });

  test('legacy-p', () => {
    const { input, expected } = vector<
      { readonly p: number; readonly trialsEver: number; readonly trialsSeen: number }[],
      number[]
    >('legacy-p');
    expectNear(
      input.map(({ p, trialsEver, trialsSeen }) => legacyP(p, trialsEver, trialsSeen)),
      expected,
    );
  });

  test('lower-bound', () => {
    const { input, expected } = vector<
      { readonly t: number; readonly q95: number; readonly years: number }[],
      number[]
    >('lower-bound');
    expectNear(
      input.map(({ t, q95, years }) => sharpeLowerBound(t, q95, years)),
      expected,
    );
  });

  test('edge-bound', () => {
    const { input, expected } = vector<number[], number[]>('edge-bound');
    expectNear(input.map(edgeBound), expected);
  });

  test('effective-bets', () => {
    const { input, expected } = vector<number[][], number[]>('effective-bets');
    expectNear(input.map(effectiveBets), expected);
  });

  test('sub-periods', () => {
    const { input, expected } = vector<
      number[][],
      {
        readonly quarterSums: number[];
        readonly best: number;
        readonly tWithoutBest: number;
      }[]
    >('sub-periods');
    input.forEach((sums, k) => {
      const found = subPeriods(sums);
      expectNear(found.quarterSums, expected[k]!.quarterSums);
      expect(found.best).toBe(expected[k]!.best);
      expectNear([found.tWithoutBest], [expected[k]!.tWithoutBest]);
    });
  });

  test('cross-validated-sharpe', () => {
    const { input, expected } = vector<
      { readonly returns: number[][]; readonly blocks: number; readonly perYear: number },
      {
        readonly pbo: number;
        readonly loss: number;
        readonly oos: number;
        readonly slope: number;
        readonly oosSharpePerYear: number;
      }
    >('cross-validated-sharpe');
    const days = input.returns[0]!.map((_, t) => input.returns.map((row) => row[t]!));
    const found = overfittingProbability(returnsMatrixFromRows(days), input.blocks);
    expectNear(
      [
        found.probability,
        found.lossProbability,
        found.outOfSampleSharpe,
        found.slope,
        found.outOfSampleSharpe * Math.sqrt(input.perYear),
      ],
      [expected.pbo, expected.loss, expected.oos, expected.slope, expected.oosSharpePerYear],
    );
  });

  test('plateau', () => {
    const { input, expected } = vector<
      { readonly overfitting: number; readonly loss: number }[],
      string[]
    >('plateau');
    expect(input.map(({ overfitting, loss }) => choiceFinding(overfitting, loss))).toEqual(
      expected,
    );
  });

  test('verdict', () => {
    const { input, expected } = vector<
      (Omit<VerdictEvidence, 'pFounder'> & { readonly pFamily: number })[],
      string[]
    >('verdict');
    expect(
      input.map(
        ({ pFamily, ...evidence }) => verdictOf({ ...evidence, pFounder: pFamily }).verdict,
      ),
    ).toEqual(expected);
  });

  test('anytime-evidence', () => {
    const { input, expected } = vector<
      { readonly weekSums: number[]; readonly weekDeviationInSample: number },
      { readonly tau: number; readonly e: number[]; readonly pAnytime: number[] }
    >('anytime-evidence');
    const found = anytimeEvidence(input.weekSums, input.weekDeviationInSample);
    expectNear([found.tau], [expected.tau]);
    expectNear(found.values, expected.e);
    expectNear([1 / found.largest], [expected.pAnytime.at(-1)!]);
    expect(found.last).toBe(found.values.at(-1));
  });

  test('forward-p', () => {
    const { input, expected } = vector<
      { readonly firstLookP: number; readonly maxE: number }[],
      number[]
    >('forward-p');
    expectNear(
      input.map(({ firstLookP, maxE }) => forwardP(firstLookP, maxE)),
      expected,
    );
  });

  test('forward-band', () => {
    const { input, expected } = vector<
      { readonly inSampleExpected: number; inYears: number; forwardYears: number }[],
      { readonly low: number; readonly high: number }[]
    >('forward-band');
    input.forEach(({ inSampleExpected, inYears, forwardYears }, k) => {
      const { low, high } = forwardBand(inSampleExpected, inYears, forwardYears);
      expectNear([low, high], [expected[k]!.low, expected[k]!.high]);
    });
  });
});

describe('week blocks', () => {
  test.each([
    ['1970-01-01', 0],
    ['1970-01-07', 0],
    ['1970-01-08', 1],
    ['2022-01-11T23:59:59.999Z', 2714],
    ['1969-12-31', -1],
  ])('%s is of week %d', (day, week) => {
    expect(weekBlock(Date.parse(day))).toBe(week);
  });

  test('a gap of years has no weeks', () => {
    const layout = weekLayout([0, 6, 7, 7000, 7001]);
    expect([...layout.blocks]).toEqual([0, 1, 1000]);
    expect([...sumWeeks(layout, [1, 2, 3, 4, 5])]).toEqual([3, 3, 9]);
  });
});

describe('draws', () => {
  const normal = normalRandom(seededRandom(5));
  const weeks = (blocks: readonly number[]): WeekSums => ({
    blocks,
    sums: blocks.map(() => normal()),
  });

  test('the positions are a permutation of 0..1023', () => {
    expect(new Set(Array.from({ length: 1024 }, (_, j) => flipPosition(j - 512))).size).toBe(1024);
  });

  test.each([
    ['consecutive weeks', Array.from({ length: 300 }, (_, j) => 2500 + j)],
    ['two weeks', [2500, 2501]],
    ['one week', [2600]],
    ['weeks before 1970', [-3, -2, 5]],
    ['weeks that share a place', Array.from({ length: 1100 }, (_, j) => 2000 + j)],
  ])('the transform is the sum over the signs of every week: %s', (_, blocks) => {
    const trial = weeks(blocks);
    const fast = drawsOf(trial);
    const norm = weekNorm(trial.sums);
    for (let b = 0; b < 1024; b += 7) {
      let slow = 0;
      blocks.forEach((block, j) => {
        slow += flipSignInDraw(block, b) * trial.sums[j]!;
      });
      expect(Math.abs(fast[b]! - slow / norm)).toBeLessThan(1e-12);
    }
  });

  test.each([1, 2, 4, 8, 32, 64, 1024])(
    'walshHadamard() of %d values twice is the values times it',
    (n) => {
      const values = Float64Array.from({ length: n }, () => normal());
      const twice = values.slice();
      walshHadamard(twice);
      walshHadamard(twice);
      for (let k = 0; k < n; k++) expect(Math.abs(twice[k]! / n - values[k]!)).toBeLessThan(1e-12);
    },
  );

  test('a trial without a result and one that only lost are left out', () => {
    const blocks = Array.from({ length: 100 }, (_, j) => 2500 + j);
    const maxima = new NullMaxima(blocks);
    maxima.add(new Float64Array(100));
    maxima.add(blocks.map((j) => -1 - (j % 3)));
    maxima.add(new Float64Array(100).fill(Number.NaN));
    expect(maxima.trials).toBe(0);
    expect(adjustedP(3, maxima.maxima)).toBe(1);
    expect(luckSharpe(maxima.maxima, 2)).toEqual({ median: 0, high: 0 });
    maxima.add(blocks.map((j) => (j % 2) - 0.4));
    expect(maxima.trials).toBe(1);
  });

  test('more trials never lower the chance of luck, and the same ones twice change nothing', () => {
    const blocks = Array.from({ length: 200 }, (_, j) => 2500 + j);
    const maxima = new NullMaxima(blocks);
    let before = 0;
    for (let k = 0; k < 50; k++) {
      const { sums } = weeks(blocks);
      maxima.add(sums);
      maxima.add(sums);
      const p = adjustedP(2.5, maxima.maxima);
      expect(p).toBeGreaterThanOrEqual(before);
      before = p;
    }
    expect(before).toBeGreaterThan(0.05);
  });

  test('any split among workers gives the same words', () => {
    const blocks = Array.from({ length: 250 }, (_, j) => 2400 + j);
    const trials = Array.from({ length: 90 }, () => weeks(blocks));
    const whole = new NullMaxima(blocks);
    for (const { sums } of trials) whole.add(sums);
    const parts = [0, 1, 2].map(() => new NullMaxima(blocks));
    trials.forEach(({ sums }, k) => {
      parts[(k * 7) % 3]!.add(sums);
    });
    const merged = new NullMaxima(blocks);
    for (const part of [parts[2]!, parts[0]!, parts[1]!]) merged.merge(part);
    expect([...merged.maxima]).toEqual([...whole.maxima]);
    expect(merged.pooledSkewness).toBe(whole.pooledSkewness);
    expect(merged.trials).toBe(whole.trials);
  });
});

describe('ExactMean', () => {
  test('the order does not matter, and negative values and carries are right', () => {
    const values = [-2.75, 0.1, 1e-3, 3.999999, -0.5, 12.25, -7.1];
    const mean = new ExactMean();
    for (const value of values) mean.add(value);
    const reversed = new ExactMean();
    for (const value of [...values].reverse()) reversed.add(value);
    expect(reversed.words).toEqual(mean.words);
    expect(mean.mean).toBeCloseTo(values.reduce((sum, x) => sum + x, 0) / values.length, 9);
  });

  test('a million values keep their digits', () => {
    const mean = new ExactMean();
    for (let k = 0; k < 1_000_000; k++) mean.add(0.1);
    expect(mean.mean).toBeCloseTo(0.1, 9);
    expect(mean.count).toBe(1_000_000);
  });

  test('what is no number is left out', () => {
    const mean = new ExactMean();
    mean.add(Number.NaN);
    mean.add(Number.POSITIVE_INFINITY);
    expect(mean.mean).toBe(0);
  });
});

// Hand computed: nine gains of about 1 % and one week of -5 %.
const CRASH = [0.01, 0.012, 0.009, 0.011, -0.05, 0.013, 0.01, 0.012, 0.008, 0.011, 0.009, 0.014];

describe('twelve weeks with a crash', () => {
  test('t is Σ S over the root of Σ S²', () => {
    // Σ = 0.069, Σ² = 0.003821.
    expect(weekStatistic(CRASH)).toBeCloseTo(0.069 / Math.sqrt(0.003821), 12);
  });

  test('skewness lowers it, the pooled one more, and never raises it', () => {
    expect(skewAdjusted(CRASH, undefined).tAdjusted).toBeCloseTo(0.6186, 4);
    expect(skewAdjusted(CRASH, -3.5).tAdjusted).toBeCloseTo(0.5282, 4);
    expect(skewAdjusted(CRASH, 5).tAdjusted).toBeCloseTo(0.6186, 4);
    const mirrored = CRASH.map((x) => -x);
    expect(skewAdjusted(mirrored, undefined).tAdjusted).toBe(weekStatistic(mirrored));
  });

  test('the crash week is more than two of all bets', () => {
    expect(effectiveBets(CRASH)).toBeCloseTo(2.2724, 4);
    expect(effectiveBets(CRASH.map((x) => x * 1e-120))).toBeCloseTo(2.2724, 4);
  });

  test('the parts', () => {
    const { quarterSums, inProfit, best, tWithoutBest } = subPeriods(CRASH);
    expectNear(quarterSums, [0.031, -0.026, 0.03, 0.034]);
    expect([inProfit, best]).toEqual([3, 3]);
    expect(tWithoutBest).toBeCloseTo(0.5982, 4);
  });
});

describe('degenerate results', () => {
  test.each<[string, number[]]>([
    ['no week', []],
    ['one week', [0.01]],
    ['two weeks', [0.01, -0.01]],
    ['all zero', new Array<number>(40).fill(0)],
    ['all equal', new Array<number>(40).fill(0.001)],
    ['one week of 40', [...new Array<number>(39).fill(0), 0.2]],
  ])('%s: every figure is a finite number', (_, sums) => {
    const blocks = sums.map((_w, j) => 2500 + j);
    const luck = luckOfTrials([{ blocks, sums }]);
    const { tAdjusted } = skewAdjusted(sums, luck.pooledSkewness);
    const { median, high } = luckSharpe(luck.maxima, 0.5);
    const figures = [
      tAdjusted,
      adjustedP(tAdjusted, luck.maxima),
      median,
      high,
      sharpeLowerBound(tAdjusted, high, 0),
      effectiveBets(sums),
      subPeriods(sums).tWithoutBest,
      losersThreshold(sums.length),
      holdResidual(sums, sums).beta,
      holdResidual(sums, new Float64Array(sums.length)).beta,
      anytimeEvidence(sums, 0).last,
    ];
    for (const figure of figures) expect(Number.isFinite(figure)).toBe(true);
  });

  test('equal weeks of a stopped market are no proof: half of the flips of one week show as much', () => {
    const luck = luckOfTrials([{ blocks: [2500], sums: [0.01] }]);
    const p = adjustedP(skewAdjusted([0.01], undefined).tAdjusted, luck.maxima);
    expect(p).toBeGreaterThan(0.49);
    expect(p).toBeLessThan(0.52);
  });
});

describe('founderOf()', () => {
  test('sees through a crash that only one of the two has met', () => {
    const normal = normalRandom(seededRandom(41));
    const blocks = Array.from({ length: 200 }, (_, j) => 2_700 + j);
    const shared = blocks.map((_, j) => (j % 3 === 0 ? 0 : 0.01 * normal()));
    const crashed = shared.map((sum, j) => (j === 100 ? -0.4 : sum));
    expect(weekCorrelation({ blocks, sums: shared }, { blocks, sums: crashed })).toBeLessThan(0.5);
    expect(founderOf([{ blocks, sums: crashed }], { blocks, sums: shared })).toBe(0);
    // The same crash makes no kin of two ideas that share nothing else.
    const other = blocks.map((_, j) => (j % 3 === 1 ? 0 : 0.01 * normal()));
    expect(founderOf([{ blocks, sums: crashed }], { blocks, sums: other })).toBeUndefined();
  });

  const normal = normalRandom(seededRandom(11));
  const blocks = Array.from({ length: 60 }, (_, j) => 2500 + j);
  const idea = blocks.map(() => normal());
  const near = (share: number): number[] => idea.map((x) => x + share * normal());
  test('the earliest winner of the same idea is the founder', () => {
    const others = blocks.map(() => normal());
    const earlier = [others, near(0.2), near(0.1)].map((sums) => ({ blocks, sums }));
    expect(founderOf(earlier, { blocks, sums: idea })).toBe(1);
    expect(founderOf(earlier.slice(0, 1), { blocks, sums: idea })).toBeUndefined();
  });

  test.each([
    [26, 0],
    [25, undefined],
  ])('%d common weeks: founder %s', (common, founder) => {
    const shifted = { blocks: blocks.slice(0, common), sums: idea.slice(0, common) };
    expect(founderOf([shifted], { blocks, sums: idea })).toBe(founder);
  });

  test('weeks that only one has do not count', () => {
    const every = blocks.filter((_, j) => j % 2 === 0);
    expect(
      weekCorrelation(
        { blocks: every, sums: every.map((_, j) => idea[2 * j]!) },
        { blocks, sums: idea },
      ),
    ).toBeCloseTo(1, 12);
  });

  test('constant results go together with nothing', () => {
    expect(weekCorrelation({ blocks, sums: blocks.map(() => 1) }, { blocks, sums: idea })).toBe(0);
  });
});

describe('verdictOf()', () => {
  const good: VerdictEvidence = {
    sharpe: 1.4,
    pLuck: 0.003,
    pHold: 0.004,
    pFounder: 0,
    weeks: 300,
    bets: 40,
    quartersInProfit: 4,
    tWithoutBest: 2.5,
    lossProbability: 0.01,
    costs: 6,
    stressSharpe: 1,
  };

  test.each<[string, Partial<VerdictEvidence>, string, string[]]>([
    ['all is well', {}, 'convincing', []],
    ['nothing was chosen', { lossProbability: 'not-asked' }, 'convincing', []],
    ['no stress run is asked for', { stressSharpe: 'not-asked' }, 'convincing', []],
    ['the choice was not measured', { lossProbability: undefined }, 'promising', ['choosing']],
    ['the stress run is missing', { stressSharpe: undefined }, 'promising', ['stress']],
    ['a loss under stress', { stressSharpe: 0 }, 'promising', ['stress']],
    ['p at the limit', { pLuck: 0.005 }, 'convincing', []],
    ['p above it', { pHold: 0.0051 }, 'promising', ['convincing-luck']],
    ['luck', { pLuck: 0.031 }, 'not-proven', ['luck']],
    ['holding', { pHold: 0.031 }, 'not-proven', ['holding']],
    ['the founder', { pFounder: 0.2 }, 'not-proven', ['founder']],
    ['much luck', { pLuck: 0.31 }, 'no-evidence', ['luck']],
    ['a loss', { sharpe: -0.1 }, 'no-evidence', ['loss']],
    ['nothing', { sharpe: 0 }, 'no-evidence', ['loss']],
    ['no number', { sharpe: Number.NaN }, 'no-evidence', ['loss']],
    ['a p that is no number', { pLuck: Number.NaN }, 'no-evidence', ['luck']],
    ['12 weeks', { weeks: 12 }, 'no-evidence', ['too-short']],
    ['25 weeks', { weeks: 25 }, 'not-proven', ['too-short']],
    ['51 weeks', { weeks: 51 }, 'promising', ['convincing-weeks']],
    ['7.9 bets', { bets: 7.9 }, 'not-proven', ['few-bets']],
    ['19 bets', { bets: 19 }, 'promising', ['convincing-bets']],
    ['no costs', { costs: 0 }, 'not-proven', ['no-costs']],
    ['two quarters', { quartersInProfit: 2 }, 'promising', ['quarters']],
    ['one quarter carries all', { tWithoutBest: 0.99 }, 'promising', ['best-quarter']],
  ])('%s', (_, change, verdict, shortcomings) => {
    const found = verdictOf({ ...good, ...change });
    expect([found.verdict, found.shortcomings]).toEqual([verdict, shortcomings]);
  });

  test('words are ordered', () => {
    expect(isAtLeast('convincing', 'promising')).toBe(true);
    expect(isAtLeast('promising', 'promising')).toBe(true);
    expect(isAtLeast('not-proven', 'promising')).toBe(false);
  });
});
