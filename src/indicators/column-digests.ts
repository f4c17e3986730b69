import { type ColumnKernels, compileColumnKernels } from './column-kernels.js';
import { compare } from './compare.js';
import { BLOCK_SHIFT, BLOCK_SIZE } from './compare-columns.js';
import type { SignalRuns } from './signal-runs.js';
import type { PrefixSums } from './window-sums.js';

/** Where a digest lies in the memory of the kernels; addresses are byte offsets. */
interface DigestPlace {
  readonly length: number;
  readonly floats: number;
  readonly lowest: number;
  readonly highest: number;
  readonly bytes: number;
}

/** A column rounded to floats, with the extremes of its blocks. */
export interface ColumnDigest extends DigestPlace {
  /** Largest absolute value, rounded. */
  readonly size: number;
  /** What the digested values may be off by before they are rounded. */
  readonly error: number;
}

/** The exact value of a column at a candle. */
export type ValueAt = (index: number) => number;

/** Prefix sums of coarse parts in the memory of the kernels. */
export interface PlacedSums {
  readonly length: number;
  readonly coarse: number;
  readonly coarseUnit: number;
}

const PAGE_BYTES = 2 ** 16;
/** Memory grows by at least this, bytes: each growth is a new buffer to the garbage collector; pages count only once they are used. */
const GROWTH_BYTES = 2 ** 26;
/** Each region starts at a cache line. */
const ALIGNMENT = 64;
/** The kernels walk in steps of four blocks. */
const STEP = 4 * BLOCK_SIZE;
/**
 * Floats of two values differ from them by at most 2^-24 of the larger one each; a tie is far nearer (S-05). What differs by more
 * than this share of the largest value is no tie.
 */
const ROOM_SHARE = 2 ** -22;
/** Room between which floats are as precise as that. */
const ROOM_MIN = 2 ** -100;
const ROOM_MAX = 2 ** 100;

/**
 * Columns in a memory of their own, in which vector instructions compare two of them several times faster than a loop:
 * where even floats lie clearly apart nothing else needs a look, and the few candles that remain are compared exactly.
 */
export class ColumnDigests {
  readonly #memory = new WebAssembly.Memory({ initial: 1 });
  readonly #kernels: ColumnKernels = compileColumnKernels(this.#memory);
  /** First byte that was never handed out. */
  #top = ALIGNMENT;
  /** Bytes of each region in use, by address. */
  readonly #used = new Map<number, number>();
  readonly #free: { readonly at: number; readonly bytes: number }[] = [];
  /** One column of doubles. */
  #scratch = 0;
  #scratchLength = 0;
  #starts = new Int32Array(0);
  #values = new Int8Array(0);

  /** Returns an empty memory, or `undefined` where vector instructions are not to be had. */
  static open(): ColumnDigests | undefined {
    return typeof WebAssembly === 'undefined' ? undefined : new ColumnDigests();
  }

  /**
   * Digests a column; it must not change afterwards.
   *
   * @param values - Shape `[n]`.
   * @returns To be released when it is no longer needed.
   */
  digest(values: Float64Array): ColumnDigest {
    const digest = this.#allocateDigest(values.length);
    // Asked for first: memory that grows has another buffer.
    const scratch = this.#scratchFor(values.length);
    new Float64Array(this.#memory.buffer, scratch, values.length).set(values);
    return this.#digestScratch(digest);
  }

  /**
   * Makes room for other digests.
   *
   * @param digest - Not to be used any more.
   */
  release({ floats }: ColumnDigest): void {
    this.#release(floats);
  }

  /**
   * Copies prefix sums into the memory; the coarse ones are precise enough for digests.
   *
   * @param sums - `prefixSums()` of a column.
   */
  placeSums({ coarse, coarseUnit }: PrefixSums): PlacedSums {
    const at = this.#allocate(8 * coarse.length);
    new Float64Array(this.#memory.buffer, at, coarse.length).set(coarse);
    return { length: coarse.length, coarse: at, coarseUnit };
  }

  /**
   * Makes room for other sums.
   *
   * @param sums - Not to be used any more.
   */
  releaseSums({ coarse }: PlacedSums): void {
    this.#release(coarse);
  }

  /**
   * Digests the moving average of a column; that windows of equal values have exactly that mean is beyond the precision of a digest.
   *
   * @param sums - Of the column.
   * @param period - Candles, integer >= 1.
   * @returns To be released when it is no longer needed.
   */
  digestAverage({ coarse, coarseUnit, length: sums }: PlacedSums, period: number): ColumnDigest {
    const length = sums - 1;
    const place = this.#allocateDigest(length);
    const firstMean = Math.min(length, period - 1);
    // Whole blocks of means; those at both ends are written one by one and always compared exactly.
    const from = (firstMean + BLOCK_SIZE - 1) >> BLOCK_SHIFT;
    const to = Math.max(from, length >> BLOCK_SHIFT);
    const inside = this.#kernels.digestDifferences(
      coarse + 8 * ((from << BLOCK_SHIFT) + 1 - period),
      to - from,
      place.floats + 4 * (from << BLOCK_SHIFT),
      place.lowest + 4 * from,
      place.highest + 4 * from,
      8 * period,
      1 / period,
    );
    const { buffer } = this.#memory;
    const padded = paddedLength(length);
    const floats = new Float32Array(buffer, place.floats, padded);
    for (const column of [place.lowest, place.highest]) {
      const extremes = new Float32Array(buffer, column, padded >> BLOCK_SHIFT);
      extremes.fill(Number.NaN, 0, from).fill(Number.NaN, to);
    }
    floats.fill(Number.NaN, 0, from << BLOCK_SHIFT).fill(Number.NaN, to << BLOCK_SHIFT);
    return { ...place, size: inside, error: coarseUnit };
  }

  /**
   * Compares two columns of equal length as `compareRuns()`, its slow twin, does.
   *
   * @param a - A digest.
   * @param b - A digest.
   * @param valueOfA - Asked where floats are not clear.
   * @param valueOfB - Asked where floats are not clear.
   * @returns `undefined` when the values are too large or too small for floats.
   */
  compare(
    a: ColumnDigest,
    b: ColumnDigest,
    valueOfA: ValueAt,
    valueOfB: ValueAt,
  ): SignalRuns | undefined {
    const { length } = a;
    const room = ROOM_SHARE * Math.max(a.size, b.size) + a.error + b.error;
    if (!(room >= ROOM_MIN && room <= ROOM_MAX)) return undefined;
    const out = this.#scratchFor(length);
    const end = this.#kernels.compare(
      a.lowest,
      a.highest,
      a.floats,
      b.lowest,
      b.highest,
      b.floats,
      paddedLength(length) >> BLOCK_SHIFT,
      room,
      out,
    );
    const marks = new Int32Array(this.#memory.buffer, out, (end - out) >> 2);
    if (this.#values.length < length) {
      this.#starts = new Int32Array(length + 1);
      this.#values = new Int8Array(length);
    }
    const count = runsOfMarks(marks, length, valueOfA, valueOfB, this.#starts, this.#values);
    return {
      length,
      count,
      starts: this.#starts.slice(0, count + 1),
      values: this.#values.slice(0, count),
    };
  }

  #allocateDigest(length: number): DigestPlace {
    const floatBytes = 4 * paddedLength(length);
    const blockBytes = floatBytes / BLOCK_SIZE;
    const bytes = floatBytes + 2 * blockBytes;
    const floats = this.#allocate(bytes);
    const lowest = floats + floatBytes;
    return { length, floats, lowest, highest: lowest + blockBytes, bytes };
  }

  #digestScratch(place: DigestPlace): ColumnDigest {
    const { length, floats, lowest, highest } = place;
    const source = this.#scratchFor(length);
    const padded = paddedLength(length);
    new Float64Array(this.#memory.buffer, source, padded).fill(Number.NaN, length);
    const size = this.#kernels.digest(source, padded >> BLOCK_SHIFT, floats, lowest, highest);
    return { ...place, size, error: 0 };
  }

  #scratchFor(length: number): number {
    if (this.#scratch === 0 || this.#scratchLength !== length) {
      if (this.#scratch !== 0) this.#release(this.#scratch);
      this.#scratch = this.#allocate(scratchBytes(length));
      this.#scratchLength = length;
    }
    return this.#scratch;
  }

  #allocate(bytes: number): number {
    let found = -1;
    this.#free.forEach((region, k) => {
      const isSmaller = found < 0 || region.bytes < this.#free[found]!.bytes;
      if (region.bytes >= bytes && isSmaller) found = k;
    });
    if (found >= 0) {
      const region = this.#free.splice(found, 1)[0]!;
      this.#used.set(region.at, region.bytes);
      return region.at;
    }
    const at = this.#top;
    const size = Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
    this.#top += size;
    const missing = this.#top - this.#memory.buffer.byteLength;
    if (missing > 0) this.#memory.grow(Math.ceil(Math.max(missing, GROWTH_BYTES) / PAGE_BYTES));
    this.#used.set(at, size);
    return at;
  }

  #release(at: number): void {
    this.#free.push({ at, bytes: this.#used.get(at)! });
    this.#used.delete(at);
  }
}

/**
 * Turns what the kernel wrote into runs.
 *
 * @param marks - Pairs of block and bits, in order; a block that is left out goes on as the one before.
 * @param starts - Result. Shape `[n + 1]` or longer.
 * @param values - Result. Shape `[n]` or longer.
 * @returns Number of runs.
 */
function runsOfMarks(
  marks: Int32Array,
  length: number,
  valueOfA: ValueAt,
  valueOfB: ValueAt,
  starts: Int32Array,
  values: Int8Array,
): number {
  let count = 0;
  let value = 2;
  for (let k = 0; k < marks.length; k += 2) {
    const first = marks[k]! << BLOCK_SHIFT;
    const bits = marks[k + 1]!;
    if ((value & 1) !== 0 && ((bits ^ (bits >>> 16)) & 0xffff) === 0xffff) {
      // Every candle is clear: a run starts where a bit differs from the one before.
      let changes = (bits ^ ((bits << 1) | (value > 0 ? 1 : 0))) & 0xffff;
      while (changes !== 0) {
        const change = changes & -changes;
        changes ^= change;
        value = -value;
        starts[count] = first + 31 - Math.clz32(change);
        values[count] = value;
        count++;
      }
      continue;
    }
    const end = Math.min(length, first + BLOCK_SIZE);
    for (let i = first; i < end; i++) {
      const clear = ((bits >> (i - first)) & 1) - ((bits >> (i - first + 16)) & 1);
      const sign = clear !== 0 ? clear : compare(valueOfA(i), valueOfB(i)) || 0;
      if (sign === value) continue;
      value = sign;
      starts[count] = i;
      values[count] = sign;
      count++;
    }
  }
  starts[count] = length;
  return count;
}

function paddedLength(length: number): number {
  return Math.ceil(length / STEP) * STEP;
}

function scratchBytes(length: number): number {
  return 8 * paddedLength(length);
}
