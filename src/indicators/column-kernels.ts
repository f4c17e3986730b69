import {
  branch,
  type Code,
  encodeModule,
  f32,
  f32x4,
  f64x2,
  i32,
  type Local,
  repeatWhile,
  select,
  type ValueType,
  v128,
  type WasmFunction,
} from '../util/index.js';

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
   * Digests differences of a column of doubles, times a factor; all else as in `digest`.
   *
   * @param values - Address of the first one that is subtracted.
   * @param span - Bytes from there to what it is subtracted from.
   * @param factor - Applied to the differences.
   */
  readonly digestDifferences: (
    values: number,
    blocks: number,
    floats: number,
    lowest: number,
    highest: number,
    span: number,
    factor: number,
  ) => number;
  /**
   * Compares two digests block by block and writes, for each block that is not wholly on the side where the block before it was,
   * its number and 32 bits: where the first column lies above the second by more than `room`, and from bit 16 where below.
   *
   * @param blocks - A multiple of four.
   * @param out - Address for up to 8 bytes a block.
   * @returns Address after what was written.
   */
  readonly compare: (
    lowestA: number,
    highestA: number,
    floatsA: number,
    lowestB: number,
    highestB: number,
    floatsB: number,
    blocks: number,
    room: number,
    out: number,
  ) => number;
}

/** Bits of a block whose candles all lie above, or all below. */
const ALL_ABOVE = 0x0000_ffff;
const ALL_BELOW = 0xffff_0000 | 0;

/** Block and bits. */
const MARK_BYTES = 8;

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
  compiled ??= new WebAssembly.Module(encodeModule([DIGEST, DIGEST_DIFFERENCES, COMPARE], 1));
  const { exports } = new WebAssembly.Instance(compiled, { env: { memory } });
  return exports as unknown as ColumnKernels;
}

const DIGEST: WasmFunction = {
  name: 'digest',
  parameters: ['i32', 'i32', 'i32', 'i32', 'i32'],
  result: 'f32',
  body: (parameters, declare) =>
    digestOf(parameters, declare, (address, offset) => v128.load(address, offset)),
};

const DIGEST_DIFFERENCES: WasmFunction = {
  name: 'digestDifferences',
  parameters: ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'f64'],
  result: 'f32',
  body: (parameters, declare) => {
    const span = parameters[5]!;
    const factor = declare('v128');
    return [
      ...factor.set(f64x2.splat(parameters[6]!.get)),
      ...digestOf(parameters, declare, (address, offset) =>
        f64x2.multiply(
          f64x2.subtract(v128.load(i32.add(address, span.get), offset), v128.load(address, offset)),
          factor.get,
        ),
      ),
    ];
  },
};

/** The body of a digest of what `pairAt` gives, two doubles at a time. */
function digestOf(
  [values, blocks, floats, lowest, highest]: readonly Local[],
  declare: (type: ValueType) => Local,
  pairAt: (address: Code, offset: number) => Code,
): Code {
  const end = declare('i32');
  const size = declare('v128');
  const low = declare('v128');
  const high = declare('v128');
  const four = declare('v128');
  /** Candles 4k to 4k + 3 of the block, as floats. */
  const quarter = (k: number): Code => {
    const pair = (half: number): Code => f32x4.ofDoubles(pairAt(values!.get, 32 * k + 16 * half));
    return v128.shuffle(pair(0), pair(1), FIRST_HALVES);
  };
  const follow = (k: number): Code[] => [
    four.set(quarter(k)),
    v128.store(floats!.get, four.get, 16 * k),
    low.set(k === 0 ? four.get : f32x4.min(low.get, four.get)),
    high.set(k === 0 ? four.get : f32x4.max(high.get, four.get)),
    size.set(f32x4.maxIgnoringNaN(size.get, f32x4.abs(four.get))),
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
}

const COMPARE: WasmFunction = {
  name: 'compare',
  parameters: ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'f32', 'i32'],
  result: 'i32',
  body: (parameters, declare) => {
    const [lowestA, highestA, floatsA, lowestB, highestB, floatsB, blocks, room, out] = parameters;
    const above = declare('v128');
    const below = declare('v128');
    const block = declare('i32');
    const at = declare('i32');
    const blocksAbove = declare('i32');
    const blocksBelow = declare('i32');
    /** 1 the block lies wholly above, 2 below, 0 its candles decide. */
    const side = declare('i32');
    const sideBefore = declare('i32');
    /** `blocksAbove` and `blocksBelow` of four blocks that go on as the block before; 256, which is never met, after a mixed one. */
    const goingOn = declare('i32');
    const listEnd = declare('i32');
    const listed = declare('i32');
    const one = declare('i32');
    const before = declare('i32');
    const bits = declare('i32');
    const difference = declare('v128');
    /** Bit k: whether the lowest of one column's block lies above the highest of the other's. */
    const apart = (lowest: Code, highest: Code): Code =>
      f32x4.bits(
        f32x4.greater(
          f32x4.subtract(v128.load(i32.add(lowest, at.get)), v128.load(i32.add(highest, at.get))),
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
      i32.store(listEnd.get, i32.add(block.get, i32.of(k))),
      listEnd.set(
        stepIf(
          listEnd.get,
          i32.or(i32.equal(side.get, i32.of(0)), i32.notEqual(side.get, sideBefore.get)),
        ),
      ),
      sideBefore.set(side.get),
    ];
    const bitsOfQuarter = (k: number): Code[] => [
      difference.set(
        f32x4.subtract(
          v128.load(i32.add(floatsA!.get, at.get), 16 * k),
          v128.load(i32.add(floatsB!.get, at.get), 16 * k),
        ),
      ),
      bits.set(
        i32.or(
          bits.get,
          i32.or(
            i32.shiftLeft(f32x4.bits(f32x4.greater(difference.get, above.get)), i32.of(4 * k)),
            i32.shiftLeft(f32x4.bits(f32x4.less(difference.get, below.get)), i32.of(16 + 4 * k)),
          ),
        ),
      ),
    ];
    return [
      above.set(f32x4.splat(room!.get)),
      below.set(f32x4.negate(above.get)),
      goingOn.set(i32.of(256)),
      listEnd.set(out!.get),
      repeatWhile(i32.less(block.get, blocks!.get), [
        at.set(i32.shiftLeft(block.get, i32.of(2))),
        blocksAbove.set(apart(lowestA!.get, highestB!.get)),
        blocksBelow.set(apart(lowestB!.get, highestA!.get)),
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
                select(i32.equal(side.get, i32.of(2)), i32.of(0xf0), i32.of(256)),
              ),
            ),
          ],
        ),
        block.set(i32.add(block.get, i32.of(4))),
      ]),
      // No branch depends on the floats of a block, so that waiting for the memory of many blocks overlaps.
      listed.set(out!.get),
      repeatWhile(i32.less(listed.get, listEnd.get), [
        one.set(i32.load(listed.get)),
        listed.set(i32.add(listed.get, i32.of(MARK_BYTES))),
        at.set(i32.shiftLeft(one.get, i32.of(6))),
        bits.set(i32.of(0)),
        ...[0, 1, 2, 3].flatMap(bitsOfQuarter),
        // What is written never overtakes the list.
        i32.store(out!.get, one.get),
        i32.store(out!.get, bits.get, 4),
        out!.set(
          stepIf(
            out!.get,
            i32.or(
              i32.notEqual(bits.get, before.get),
              i32.and(
                i32.notEqual(bits.get, i32.of(ALL_ABOVE)),
                i32.notEqual(bits.get, i32.of(ALL_BELOW)),
              ),
            ),
          ),
        ),
        before.set(bits.get),
      ]),
      out!.get,
    ].flat();
  },
};

/** The address of the next mark where a condition (0 or 1) holds, else the same one. */
function stepIf(address: Code, condition: Code): Code {
  return i32.add(address, i32.shiftLeft(condition, i32.of(Math.log2(MARK_BYTES))));
}

/** The extreme of the four lanes of a vector. */
function acrossLanes(extreme: (a: Code, b: Code) => Code, vector: Code): Code {
  const halves = extreme(vector, v128.shuffle(vector, vector, SECOND_HALF));
  return f32x4.lane(extreme(halves, v128.shuffle(halves, halves, SECOND_LANE)), 0);
}
