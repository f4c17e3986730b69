import {
  branch,
  type Code,
  encodeModule,
  f32,
  f32x4,
  i32,
  i32x4,
  type Local,
  repeatWhile,
  select,
  type ValueType,
  v128,
  type WasmFunction,
} from '../util/index.js';
import { BLOCK_SIZE } from './compare-columns.js';

/** What a processor's vector instructions do with columns; addresses are byte offsets in the memory. */
export interface ColumnKernels {
  /**
   * Rounds a column to floats and finds the extremes of its blocks of 16; `NaN` in a block makes them `NaN`.
   *
   * @param values - Address of doubles, a multiple of 16.
   * @param blocks - How many.
   * @param floats - Address for as many floats.
   * @param lowest - Address for one float a block.
   * @param highest - Address for one float a block.
   * @returns The largest absolute value, `NaN` left out.
   */
  readonly digest: (
    values: number,
    blocks: number,
    floats: number,
    lowest: number,
    highest: number,
  ) => number;
  /**
   * Finds the extremes, as floats, of blocks of 16 differences of a column of integers, times a factor. Integers may have
   * overflowed; differences must not.
   *
   * @param values - Address of the first one that is subtracted.
   * @param span - Bytes from there to what it is subtracted from.
   * @param factor - Greater than zero.
   * @param blocks - How many.
   * @param lowest - Address for one float a block.
   * @param highest - Address for one float a block.
   */
  readonly differenceExtremes: (
    values: number,
    span: number,
    factor: number,
    blocks: number,
    lowest: number,
    highest: number,
  ) => void;
  /**
   * Lists the blocks of two columns that are not wholly on the side where the block before them is.
   *
   * @param blocks - A multiple of four.
   * @param room - What lies farther apart is apart.
   * @param list - Address for up to `MARK_BYTES` a block, of which the first four are its number.
   * @returns Address after the list.
   */
  readonly listBlocks: (
    lowestA: number,
    highestA: number,
    lowestB: number,
    highestB: number,
    blocks: number,
    room: number,
    list: number,
  ) => number;
  /**
   * Compares the floats of listed blocks. A block becomes a mark, its number and 32 bits: where the first column lies above the
   * second by more than `room`, and from bit 16 where below. A block that is wholly on the side of the candle before it is left out.
   *
   * @param list - Overwritten with the marks.
   * @returns Address after the marks.
   */
  readonly markFloats: (
    list: number,
    listEnd: number,
    room: number,
    floatsA: number,
    floatsB: number,
  ) => number;
  /**
   * Does what `markFloats` does with differences of one column of integers, times a factor.
   *
   * @param values - Address of the first from which something is subtracted.
   * @param spanA - Bytes back to what is subtracted.
   * @param spanB - Likewise.
   */
  readonly markDifferences: (
    list: number,
    listEnd: number,
    room: number,
    values: number,
    spanA: number,
    factorA: number,
    spanB: number,
    factorB: number,
  ) => number;
}

/** A mark: block and bits. */
export const MARK_BYTES = 8;

/** Candles of a step of the kernels, four blocks. */
const STEP = 4 * BLOCK_SIZE;

/**
 * Returns how long a column must be for the kernels.
 *
 * @param length - Candles.
 */
export function paddedLength(length: number): number {
  return Math.ceil(length / STEP) * STEP;
}

/** Bits of a block whose candles all lie above, or all below. */
const ALL_ABOVE = 0x0000_ffff;
const ALL_BELOW = 0xffff_0000 | 0;
/** Bits of the last candle of a block. */
const LAST_ABOVE = 0x0000_8000;
const LAST_BELOW = 0x8000_0000 | 0;
/** Bits that no block has: its first candle both above and below. */
const NEVER = 0x0001_0001;

/** Lanes of both vectors in turn, for halves of 8 bytes. */
const FIRST_HALVES = [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23];
const SECOND_HALF = [8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15];
const SECOND_LANE = [4, 5, 6, 7, 4, 5, 6, 7, 4, 5, 6, 7, 4, 5, 6, 7];

let compiled: WebAssembly.Module | undefined;

/**
 * Compiles the kernels for a memory.
 *
 * @param memory - Of at least one page.
 */
export function compileColumnKernels(memory: WebAssembly.Memory): ColumnKernels {
  // Compiled once, so that what the processor has learnt about it is there for the next memory.
  compiled ??= new WebAssembly.Module(encodeModule(KERNELS, 1));
  const { exports } = new WebAssembly.Instance(compiled, { env: { memory } });
  return exports as unknown as ColumnKernels;
}

const DIGEST: WasmFunction = {
  name: 'digest',
  parameters: ['i32', 'i32', 'i32', 'i32', 'i32'],
  result: 'f32',
  body: ([values, blocks, floats, lowest, highest], declare) => {
    const end = declare('i32');
    const size = declare('v128');
    const low = declare('v128');
    const high = declare('v128');
    const four = declare('v128');
    const follow = (k: number): Code[] => [
      four.set(
        v128.shuffle(
          f32x4.ofDoubles(v128.load(values!.get, 32 * k)),
          f32x4.ofDoubles(v128.load(values!.get, 32 * k + 16)),
          FIRST_HALVES,
        ),
      ),
      v128.store(floats!.get, four.get, 16 * k),
      low.set(k === 0 ? four.get : f32x4.min(low.get, four.get)),
      high.set(k === 0 ? four.get : f32x4.max(high.get, four.get)),
      size.set(f32x4.greaterOf(size.get, f32x4.abs(four.get))),
    ];
    return [
      end.set(i32.add(lowest!.get, i32.shiftLeft(blocks!.get, i32.of(2)))),
      repeatWhile(i32.less(lowest!.get, end.get), [
        ...[0, 1, 2, 3].flatMap(follow),
        f32.store(lowest!.get, acrossLanes(f32x4.min, low.get)),
        f32.store(highest!.get, acrossLanes(f32x4.max, high.get)),
        values!.set(i32.add(values!.get, i32.of(128))),
        floats!.set(i32.add(floats!.get, i32.of(64))),
        lowest!.set(i32.add(lowest!.get, i32.of(4))),
        highest!.set(i32.add(highest!.get, i32.of(4))),
      ]),
      acrossLanes(f32x4.max, size.get),
    ].flat();
  },
};

const DIFFERENCE_EXTREMES: WasmFunction = {
  name: 'differenceExtremes',
  parameters: ['i32', 'i32', 'f32', 'i32', 'i32', 'i32'],
  body: ([values, span, factor, blocks, lowest, highest], declare) => {
    const end = declare('i32');
    const minuends = declare('i32');
    const factors = declare('v128');
    const low = declare('v128');
    const high = declare('v128');
    const four = declare('v128');
    const follow = (k: number): Code[] => [
      four.set(i32x4.subtract(v128.load(minuends.get, 16 * k), v128.load(values!.get, 16 * k))),
      low.set(k === 0 ? four.get : i32x4.min(low.get, four.get)),
      high.set(k === 0 ? four.get : i32x4.max(high.get, four.get)),
    ];
    const scaled = (extreme: Local): Code =>
      f32x4.multiply(f32x4.ofIntegers(extreme.get), factors.get);
    return [
      factors.set(f32x4.splat(factor!.get)),
      end.set(i32.add(lowest!.get, i32.shiftLeft(blocks!.get, i32.of(2)))),
      repeatWhile(i32.less(lowest!.get, end.get), [
        minuends.set(i32.add(values!.get, span!.get)),
        ...[0, 1, 2, 3].flatMap(follow),
        low.set(scaled(low)),
        high.set(scaled(high)),
        f32.store(lowest!.get, acrossLanes(f32x4.lesser, low.get)),
        f32.store(highest!.get, acrossLanes(f32x4.greaterOf, high.get)),
        values!.set(i32.add(values!.get, i32.of(64))),
        lowest!.set(i32.add(lowest!.get, i32.of(4))),
        highest!.set(i32.add(highest!.get, i32.of(4))),
      ]),
    ].flat();
  },
};

const LIST_BLOCKS: WasmFunction = {
  name: 'listBlocks',
  parameters: ['i32', 'i32', 'i32', 'i32', 'i32', 'f32', 'i32'],
  result: 'i32',
  body: ([lowestA, highestA, lowestB, highestB, blocks, room, list], declare) => {
    const above = declare('v128');
    const block = declare('i32');
    const at = declare('i32');
    const blocksAbove = declare('i32');
    const blocksBelow = declare('i32');
    /** 1 the block lies wholly above, 2 below, 0 its candles decide. */
    const side = declare('i32');
    const sideBefore = declare('i32');
    /** `blocksAbove` and `blocksBelow` of four blocks that go on as the block before; `NEVER` after a mixed one. */
    const goingOn = declare('i32');
    /** Bit k: whether the lowest of one column's block lies above the highest of the other's. */
    const apart = (lowest: Local, highest: Local): Code =>
      f32x4.bits(
        f32x4.greater(
          f32x4.subtract(
            v128.load(i32.add(lowest.get, at.get)),
            v128.load(i32.add(highest.get, at.get)),
          ),
          above.get,
        ),
      );
    const bitOf = (sides: Code, k: number): Code =>
      i32.and(i32.shiftRight(sides, i32.of(k)), i32.of(1));
    /** Writes the block's number; it stays only where a look at the candles, or at the change, is needed. */
    const listBlock = (k: number): Code[] => [
      side.set(
        i32.or(bitOf(blocksAbove.get, k), i32.shiftLeft(bitOf(blocksBelow.get, k), i32.of(1))),
      ),
      i32.store(list!.get, i32.add(block.get, i32.of(k))),
      list!.set(
        stepIf(
          list!.get,
          i32.or(i32.equal(side.get, i32.of(0)), i32.notEqual(side.get, sideBefore.get)),
        ),
      ),
      sideBefore.set(side.get),
    ];
    return [
      above.set(f32x4.splat(room!.get)),
      goingOn.set(i32.of(NEVER)),
      repeatWhile(i32.less(block.get, blocks!.get), [
        at.set(i32.shiftLeft(block.get, i32.of(2))),
        blocksAbove.set(apart(lowestA!, highestB!)),
        blocksBelow.set(apart(lowestB!, highestA!)),
        branch(
          i32.notEqual(
            i32.or(blocksAbove.get, i32.shiftLeft(blocksBelow.get, i32.of(4))),
            goingOn.get,
          ),
          [
            ...[0, 1, 2, 3].flatMap(listBlock),
            goingOn.set(
              select(
                i32.equal(side.get, i32.of(1)),
                i32.of(0x0f),
                select(i32.equal(side.get, i32.of(2)), i32.of(0xf0), i32.of(NEVER)),
              ),
            ),
          ],
        ),
        block.set(i32.add(block.get, i32.of(4))),
      ]),
      list!.get,
    ].flat();
  },
};

const MARK_FLOATS: WasmFunction = {
  name: 'markFloats',
  parameters: ['i32', 'i32', 'f32', 'i32', 'i32'],
  result: 'i32',
  body: ([list, listEnd, room, floatsA, floatsB], declare) => {
    const at = declare('i32');
    return markBlocks(list!, listEnd!, room!, declare, {
      locate: (block) => [at.set(i32.shiftLeft(block, i32.of(6)))],
      differences: (k) =>
        f32x4.subtract(
          v128.load(i32.add(floatsA!.get, at.get), 16 * k),
          v128.load(i32.add(floatsB!.get, at.get), 16 * k),
        ),
    });
  },
};

const MARK_DIFFERENCES: WasmFunction = {
  name: 'markDifferences',
  parameters: ['i32', 'i32', 'f32', 'i32', 'i32', 'f32', 'i32', 'f32'],
  result: 'i32',
  body: ([list, listEnd, room, values, spanA, factorA, spanB, factorB], declare) => {
    const minuends = declare('i32');
    const subtrahendsA = declare('i32');
    const subtrahendsB = declare('i32');
    const factorsA = declare('v128');
    const factorsB = declare('v128');
    const four = declare('v128');
    const scaled = (subtrahends: Local, factors: Local, k: number): Code =>
      f32x4.multiply(
        f32x4.ofIntegers(i32x4.subtract(four.get, v128.load(subtrahends.get, 16 * k))),
        factors.get,
      );
    return [
      ...factorsA.set(f32x4.splat(factorA!.get)),
      ...factorsB.set(f32x4.splat(factorB!.get)),
      ...markBlocks(list!, listEnd!, room!, declare, {
        locate: (block) => [
          minuends.set(i32.add(values!.get, i32.shiftLeft(block, i32.of(6)))),
          subtrahendsA.set(i32.subtract(minuends.get, spanA!.get)),
          subtrahendsB.set(i32.subtract(minuends.get, spanB!.get)),
        ],
        differences: (k) => [
          ...four.set(v128.load(minuends.get, 16 * k)),
          ...f32x4.subtract(scaled(subtrahendsA, factorsA, k), scaled(subtrahendsB, factorsB, k)),
        ],
      }),
    ];
  },
};

/** Where the differences of two columns come from. */
interface DifferenceSource {
  /** Finds a block. */
  readonly locate: (block: Code) => Code[];
  /** Candles 4k to 4k + 3 of the block that was found, as floats. */
  readonly differences: (k: number) => Code;
}

/** The body of a kernel that marks listed blocks. */
function markBlocks(
  list: Local,
  listEnd: Local,
  room: Local,
  declare: (type: ValueType) => Local,
  { locate, differences }: DifferenceSource,
): Code {
  const above = declare('v128');
  const below = declare('v128');
  const out = declare('i32');
  const block = declare('i32');
  /** Bits of a block that is wholly on the side of the candle before it; `NEVER` where that candle is not clear. */
  const goingOn = declare('i32');
  const bits = declare('i32');
  const four = declare('v128');
  const bitsOfQuarter = (k: number): Code[] => [
    four.set(differences(k)),
    bits.set(
      i32.or(
        bits.get,
        i32.or(
          i32.shiftLeft(f32x4.bits(f32x4.greater(four.get, above.get)), i32.of(4 * k)),
          i32.shiftLeft(f32x4.bits(f32x4.less(four.get, below.get)), i32.of(16 + 4 * k)),
        ),
      ),
    ),
  ];
  return [
    above.set(f32x4.splat(room.get)),
    below.set(f32x4.negate(above.get)),
    out.set(list.get),
    goingOn.set(i32.of(NEVER)),
    // No branch depends on the values of a block, so that waiting for the memory of many blocks overlaps.
    repeatWhile(i32.less(list.get, listEnd.get), [
      block.set(i32.load(list.get)),
      list.set(i32.add(list.get, i32.of(MARK_BYTES))),
      bits.set(i32.of(0)),
      ...locate(block.get),
      ...[0, 1, 2, 3].flatMap(bitsOfQuarter),
      // What is written never overtakes the list.
      i32.store(out.get, block.get),
      i32.store(out.get, bits.get, 4),
      out.set(stepIf(out.get, i32.notEqual(bits.get, goingOn.get))),
      goingOn.set(
        select(
          i32.and(bits.get, i32.of(LAST_ABOVE)),
          i32.of(ALL_ABOVE),
          select(i32.and(bits.get, i32.of(LAST_BELOW)), i32.of(ALL_BELOW), i32.of(NEVER)),
        ),
      ),
    ]),
    out.get,
  ].flat();
}

const KERNELS = [DIGEST, DIFFERENCE_EXTREMES, LIST_BLOCKS, MARK_FLOATS, MARK_DIFFERENCES];

/** The address of the next mark where a condition (0 or 1) holds, else the same one. */
function stepIf(address: Code, condition: Code): Code {
  return i32.add(address, i32.shiftLeft(condition, i32.of(Math.log2(MARK_BYTES))));
}

/** The extreme of the four lanes of a vector. */
function acrossLanes(extreme: (a: Code, b: Code) => Code, vector: Code): Code {
  const halves = extreme(vector, v128.shuffle(vector, vector, SECOND_HALF));
  return f32x4.lane(extreme(halves, v128.shuffle(halves, halves, SECOND_LANE)), 0);
}
