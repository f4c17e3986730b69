import type { ReturnsMatrix } from './returns-matrix.js';

const TILE = 64;

/** Result of combinatorially symmetric cross-validation. */
export interface OverfittingProbability {
  /** Share of splits whose in-sample winner ends in the lower half out of sample (λ <= 0). */
  readonly probability: number;
  /** Number of splits C(S, S/2). */
  readonly splits: number;
  readonly blocks: number;
  /** Periods that were used: the earliest remainder is left out so that blocks are equal. */
  readonly periods: number;
  /** ln(ω/(1-ω)) of each split, in lexicographic order of the in-sample blocks. Shape `[splits]`. */
  readonly logits: Float64Array;
  /** In-sample winner of each split. Shape `[splits]`. */
  readonly winners: Int32Array;
  /** Rank of that winner out of sample, 1 = worst; ties share the middle rank. Shape `[splits]`. */
  readonly ranks: Float64Array;
  /** Share of splits whose winner loses money out of sample. */
  readonly lossProbability: number;
  /** Mean Sharpe ratio per return of the winners in the half that they were not chosen on: what to expect of the choice. */
  readonly outOfSampleSharpe: number;
  /** Slope of the winners' Sharpe ratios out of sample on those in sample (least squares); 0 where these are all equal. */
  readonly slope: number;
}

/**
 * Returns the probability of backtest overfitting by combinatorially symmetric cross-validation:
 * how often the best trial of one half of the periods is below the median in the other half.
 *
 * Performance is mean over sample deviation (0 when the deviation is 0); in-sample ties go to the
 * lowest index.
 *
 * @param returns - One column per trial, at least 2 trials.
 * @param blocks - Even number S of contiguous equal blocks, 2 to 20.
 * @param onStep - Called many times on the way; what it throws ends the computation. Default: nothing.
 * @throws {RangeError} If `blocks` is not such a number, or a block would hold fewer than 2 periods, or there are fewer than 2 trials.
 * @see Bailey, Borwein, López de Prado and Zhu, "The Probability of Backtest Overfitting", 2017.
 */
export function overfittingProbability(
  returns: ReturnsMatrix,
  blocks: number,
  onStep: () => void = () => {},
): OverfittingProbability {
  checkArguments(returns, blocks);
  const blockLength = Math.floor(returns.rows / blocks);
  const masks = halfMasks(blocks);
  const splits = masks.length;
  const halfLength = (blocks / 2) * blockLength;

  const bestInSample = new Float64Array(splits).fill(Number.NEGATIVE_INFINITY);
  const outOfSample = new Float64Array(splits);
  const outOfSampleMean = new Float64Array(splits);
  const winners = new Int32Array(splits);
  const less = new Float64Array(splits);
  const equal = new Float64Array(splits);
  const tile = new SubsetSums(blocks, halfLength);

  for (let start = 0; start < returns.columns; start += TILE) {
    onStep();
    tile.load(returns, start, blockLength);
    for (let split = 0; split < splits; split++) {
      const mask = masks[split]!;
      for (let column = 0; column < tile.width; column++) {
        const performance = tile.performance(mask, column);
        if (performance > bestInSample[split]!) {
          bestInSample[split] = performance;
          winners[split] = start + column;
          outOfSample[split] = tile.performance(tile.complement(mask), column);
          outOfSampleMean[split] = tile.mean(tile.complement(mask), column);
        }
      }
    }
  }
  for (let start = 0; start < returns.columns; start += TILE) {
    onStep();
    tile.load(returns, start, blockLength);
    for (let split = 0; split < splits; split++) {
      const mask = tile.complement(masks[split]!);
      const reference = outOfSample[split]!;
      let below = 0;
      let same = 0;
      for (let column = 0; column < tile.width; column++) {
        const performance = tile.performance(mask, column);
        if (performance < reference) below++;
        else if (performance === reference) same++;
      }
      less[split] = less[split]! + below;
      equal[split] = equal[split]! + same;
    }
  }

  const logits = new Float64Array(splits);
  const ranks = new Float64Array(splits);
  let overfit = 0;
  let losses = 0;
  for (let split = 0; split < splits; split++) {
    // The winner itself is among the equal ones.
    const rank = less[split]! + (equal[split]! + 1) / 2;
    ranks[split] = rank;
    const omega = rank / (returns.columns + 1);
    const logit = Math.log(omega / (1 - omega));
    logits[split] = logit;
    // ω is exactly one half on the middle rank; its logarithm may be rounded off zero.
    if (2 * rank <= returns.columns + 1) overfit++;
    if (outOfSampleMean[split]! < 0) losses++;
  }
  return {
    probability: overfit / splits,
    splits,
    blocks,
    periods: blockLength * blocks,
    logits,
    winners,
    ranks,
    lossProbability: losses / splits,
    outOfSampleSharpe: mean(outOfSample),
    slope: slopeOf(bestInSample, outOfSample),
  };
}

function mean(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

function slopeOf(x: Float64Array, y: Float64Array): number {
  const [meanX, meanY] = [mean(x), mean(y)];
  let product = 0;
  let squares = 0;
  for (let k = 0; k < x.length; k++) {
    product += (x[k]! - meanX) * (y[k]! - meanY);
    squares += (x[k]! - meanX) * (x[k]! - meanX);
  }
  return squares > 0 ? product / squares : 0;
}

function checkArguments(returns: ReturnsMatrix, blocks: number): void {
  if (!Number.isInteger(blocks) || blocks % 2 !== 0 || blocks < 2 || blocks > 20) {
    throw new RangeError(
      `Cannot split as the number of blocks must be even, 2 to 20: current value is ${blocks}`,
    );
  }
  if (returns.rows < 2 * blocks) {
    throw new RangeError(
      `Cannot split ${returns.rows} periods into ${blocks} blocks of at least 2 periods`,
    );
  }
  if (returns.columns < 2) {
    throw new RangeError(
      `Cannot compare trials as at least 2 are needed: current value is ${returns.columns}`,
    );
  }
}

/** Bit masks with half of the bits set, in lexicographic order of the chosen blocks. */
function halfMasks(blocks: number): Int32Array {
  const masks: number[] = [];
  const choose = (from: number, left: number, mask: number): void => {
    if (left === 0) {
      masks.push(mask);
      return;
    }
    for (let block = from; block <= blocks - left; block++) {
      choose(block + 1, left - 1, mask | (1 << block));
    }
  };
  choose(0, blocks / 2, 0);
  return Int32Array.from(masks);
}

/**
 * Sums of returns and of their squares over every subset of the lower and of the upper half of the
 * blocks, for a few trials at a time: a split is then two additions per trial.
 */
class SubsetSums {
  width = 0;
  readonly #half: number;
  readonly #subsets: number;
  readonly #all: number;
  readonly #length: number;
  /** Index ((half * subsets + subset) * TILE + column). */
  readonly #sums: Float64Array;
  readonly #squares: Float64Array;
  /** Mean of the whole column: sums are taken around it, so that squares do not cancel. */
  readonly #centres = new Float64Array(TILE);

  constructor(blocks: number, halfLength: number) {
    this.#half = blocks / 2;
    this.#subsets = 1 << this.#half;
    this.#all = (1 << blocks) - 1;
    this.#length = halfLength;
    this.#sums = new Float64Array(2 * this.#subsets * TILE);
    this.#squares = new Float64Array(2 * this.#subsets * TILE);
  }

  complement(mask: number): number {
    return this.#all & ~mask;
  }

  load(returns: ReturnsMatrix, start: number, blockLength: number): void {
    this.width = Math.min(TILE, returns.columns - start);
    const used = blockLength * this.#half * 2;
    for (let column = 0; column < this.width; column++) {
      const from = (start + column) * returns.rows + (returns.rows - used);
      let total = 0;
      for (let t = 0; t < used; t++) total += returns.values[from + t]!;
      const centre = total / used;
      this.#centres[column] = centre;
      for (let block = 0; block < 2 * this.#half; block++) {
        let sum = 0;
        let square = 0;
        for (let t = block * blockLength; t < (block + 1) * blockLength; t++) {
          const value = returns.values[from + t]! - centre;
          sum += value;
          square += value * value;
        }
        this.#addBlock(block, column, sum, square);
      }
    }
  }

  /** Blocks come in ascending order, so every subset that contains one extends a finished subset. */
  #addBlock(block: number, column: number, sum: number, square: number): void {
    const upper = block >= this.#half ? 1 : 0;
    const bit = 1 << (block - upper * this.#half);
    const base = upper * this.#subsets;
    if (bit === 1) {
      this.#sums[base * TILE + column] = 0;
      this.#squares[base * TILE + column] = 0;
    }
    for (let subset = 0; subset < bit; subset++) {
      const from = (base + subset) * TILE + column;
      const to = (base + subset + bit) * TILE + column;
      this.#sums[to] = this.#sums[from]! + sum;
      this.#squares[to] = this.#squares[from]! + square;
    }
  }

  mean(mask: number, column: number): number {
    const low = (mask & (this.#subsets - 1)) * TILE + column;
    const high = (this.#subsets + (mask >> this.#half)) * TILE + column;
    return (this.#sums[low]! + this.#sums[high]!) / this.#length + this.#centres[column]!;
  }

  performance(mask: number, column: number): number {
    const low = (mask & (this.#subsets - 1)) * TILE + column;
    const high = (this.#subsets + (mask >> this.#half)) * TILE + column;
    const sum = this.#sums[low]! + this.#sums[high]!;
    const square = this.#squares[low]! + this.#squares[high]!;
    const mean = sum / this.#length;
    const variance = (square - sum * mean) / (this.#length - 1);
    return variance > 1e-30 ? (mean + this.#centres[column]!) / Math.sqrt(variance) : 0;
  }
}
