import {
  moments,
  predictivePath,
  quantile,
  shuffle,
  stationaryBootstrapIndices,
} from '../statistics/index.js';
import { type Random, seededRandom } from '../util/index.js';

/** What is resampled, and how often. */
export interface MonteCarloInput {
  /** Return of each trade on the balance before its entry, in order. Shape `[trades]`, fraction. */
  readonly tradeReturns: ArrayLike<number>;
  /** Simple daily returns of the equity, in order. Shape `[days]`, fraction. */
  readonly dailyReturns: ArrayLike<number>;
  /** Quote. */
  readonly initialBalance: number;
  readonly seed: number;
  /** @default 2000 */
  readonly runs?: number;
  /** Mean block of the bootstrap, days. @default the cube root of the number of days, at least 5 */
  readonly meanBlock?: number;
  /** Loss of the initial balance that counts as ruin, fraction. @default 0.5 */
  readonly ruinLoss?: number;
  /**
   * Sharpe ratio per year that may be expected of a chosen winner: the returns of what may come are lowered to it, because those of
   * a winner hold the luck of the choice. @default as the returns are
   */
  readonly expectedSharpe?: number | undefined;
  /** Returns in a year. @default 365 */
  readonly returnsPerYear?: number;
}

/** Quantiles 5, 25, 50, 75 and 95 % over the runs. */
export interface Band {
  readonly p5: number;
  readonly p25: number;
  readonly p50: number;
  readonly p75: number;
  readonly p95: number;
}

/** The runs of one way of resampling. */
export interface MonteCarloRuns {
  /** Equity at evenly spread steps, the first at the start. Shape `[steps]`, quote. */
  readonly equity: readonly Band[];
  /** Step numbers (trades or days) of `equity`. Shape `[steps]`. */
  readonly steps: readonly number[];
  /** Quote. */
  readonly finalBalance: Band;
  /** Fraction. */
  readonly maxDrawdown: Band;
  /** Share of runs whose equity falls to `(1 - ruinLoss) × initialBalance` or below. */
  readonly riskOfRuin: number;
  /** Share of runs that end below the initial balance. */
  readonly riskOfLoss: number;
}

/** How sure the result is, and what may come: two questions, two bands. */
export interface MonteCarlo {
  /** Trades in random order: same final balance, other drawdowns. `undefined` with fewer than 2 trades. */
  readonly tradeShuffle: MonteCarloRuns | undefined;
  /**
   * How sure the result is: days drawn in blocks, which keeps runs of good and bad days. A band of the estimate; fresh paths leave it
   * far more often than one time in ten. `undefined` with fewer than 20 days.
   */
  readonly blockBootstrap: MonteCarloRuns | undefined;
  /**
   * What may come in as many days again: days drawn in blocks from days drawn in blocks, so that the band also holds what the sample
   * does not know about itself. `undefined` with fewer than 20 days.
   */
  readonly predictive: MonteCarloRuns | undefined;
  /** Subtracted from each return of `predictive` (0 unless `expectedSharpe` asks for less), fraction. */
  readonly predictiveShift: number;
  readonly runs: number;
  readonly meanBlock: number;
  readonly ruinLoss: number;
  readonly seed: number;
}

const RUNS = 2_000;
const RUIN_LOSS = 0.5;
const STEPS_MAX = 120;
const TRADES_MIN = 2;
const DAYS_MIN = 20;
const RETURNS_PER_YEAR = 365;

/**
 * Returns how sure equity, drawdown and final balance are, and what may come of the same days.
 *
 * Shuffling trades hides that bad days come together; blocks keep that. All compound returns from the initial balance. The same
 * input and seed give the same numbers. What lasts longer than the blocks, regimes of months, makes all bands too narrow.
 *
 * @param input - Returns of trades and days, and the seed.
 * @see Politis and Romano, "The Stationary Bootstrap", 1994.
 */
export function monteCarlo(input: MonteCarloInput): MonteCarlo {
  const runs = input.runs ?? RUNS;
  const ruinLoss = input.ruinLoss ?? RUIN_LOSS;
  const days = input.dailyReturns.length;
  const meanBlock = input.meanBlock ?? Math.max(5, Math.round(Math.cbrt(days)));
  const random = seededRandom(input.seed);
  const settings = { runs, ruinLoss, initialBalance: input.initialBalance };
  const predictiveShift = shiftOf(input);
  return {
    tradeShuffle:
      input.tradeReturns.length < TRADES_MIN
        ? undefined
        : simulate(settings, input.tradeReturns.length, shuffledTrades(input.tradeReturns, random)),
    blockBootstrap:
      days < DAYS_MIN
        ? undefined
        : simulate(settings, days, resampledDays(input.dailyReturns, meanBlock, random)),
    predictive:
      days < DAYS_MIN
        ? undefined
        : simulate(
            settings,
            days,
            pathsThatMayCome(lowered(input.dailyReturns, predictiveShift), meanBlock, input.seed),
          ),
    predictiveShift,
    runs,
    meanBlock,
    ruinLoss,
    seed: input.seed,
  };
}

/** How much the returns of a winner lie above what may be expected of it; never below 0: nothing is made better than it was. */
function shiftOf({ dailyReturns, expectedSharpe, returnsPerYear }: MonteCarloInput): number {
  if (expectedSharpe === undefined || Number.isNaN(expectedSharpe)) return 0;
  const { mean, deviation } = moments(Float64Array.from(dailyReturns));
  if (!(deviation > 0)) return 0;
  const perYear = Math.sqrt(returnsPerYear ?? RETURNS_PER_YEAR);
  const sharpe = (mean / deviation) * perYear;
  return Math.max(0, ((sharpe - Math.max(0, expectedSharpe)) * deviation) / perYear);
}

function lowered(returns: ArrayLike<number>, shift: number): Float64Array {
  return Float64Array.from(returns, (value) => value - shift);
}

/** Gives the returns of the next run; the array is reused. */
type NextRun = () => Float64Array;

function shuffledTrades(returns: ArrayLike<number>, random: Random): NextRun {
  const order = Float64Array.from(returns);
  return () => {
    shuffle(order, random);
    return order;
  };
}

function resampledDays(returns: ArrayLike<number>, meanBlock: number, random: Random): NextRun {
  const indices = new Int32Array(returns.length);
  const drawn = new Float64Array(returns.length);
  return () => {
    stationaryBootstrapIndices(returns.length, meanBlock, random, indices);
    for (let t = 0; t < drawn.length; t++) drawn[t] = returns[indices[t]!]!;
    return drawn;
  };
}

/** The seed starts anew, so that both bands draw from the same numbers. */
function pathsThatMayCome(returns: Float64Array, meanBlock: number, seed: number): NextRun {
  const random = seededRandom(seed);
  const { length } = returns;
  const first = new Int32Array(length);
  const second = new Int32Array(length);
  const path = new Float64Array(length);
  return () => {
    stationaryBootstrapIndices(length, meanBlock, random, first);
    stationaryBootstrapIndices(length, meanBlock, random, second);
    return predictivePath(returns, first, second, path);
  };
}

interface Settings {
  readonly runs: number;
  readonly ruinLoss: number;
  readonly initialBalance: number;
}

function simulate(settings: Settings, length: number, nextRun: NextRun): MonteCarloRuns {
  const { runs, initialBalance } = settings;
  const steps = stepNumbers(length);
  const equity = steps.map(() => new Float64Array(runs));
  const finalBalances = new Float64Array(runs);
  const drawdowns = new Float64Array(runs);
  const ruinLevel = (1 - settings.ruinLoss) * initialBalance;
  let ruined = 0;
  let lost = 0;
  for (let run = 0; run < runs; run++) {
    const returns = nextRun();
    let value = initialBalance;
    let peak = value;
    let trough = value;
    let worst = 0;
    let step = 0;
    for (let t = 0; t <= length; t++) {
      if (t > 0) value *= 1 + returns[t - 1]!;
      if (value > peak) peak = value;
      else worst = Math.max(worst, (peak - value) / peak);
      trough = Math.min(trough, value);
      if (steps[step] === t) equity[step++]![run] = value;
    }
    finalBalances[run] = value;
    drawdowns[run] = worst;
    if (trough <= ruinLevel) ruined++;
    if (value < initialBalance) lost++;
  }
  return {
    equity: equity.map(bandOf),
    steps,
    finalBalance: bandOf(finalBalances),
    maxDrawdown: bandOf(drawdowns),
    riskOfRuin: ruined / runs,
    riskOfLoss: lost / runs,
  };
}

/** At most `STEPS_MAX` + 1 step numbers from 0 to `length`, both included. */
function stepNumbers(length: number): number[] {
  const count = Math.min(length, STEPS_MAX);
  return Array.from({ length: count + 1 }, (_, i) => Math.round((i * length) / count));
}

function bandOf(values: Float64Array): Band {
  const sorted = values.slice().sort();
  return {
    p5: quantile(sorted, 0.05),
    p25: quantile(sorted, 0.25),
    p50: quantile(sorted, 0.5),
    p75: quantile(sorted, 0.75),
    p95: quantile(sorted, 0.95),
  };
}
