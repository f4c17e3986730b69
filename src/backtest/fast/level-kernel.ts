import {
  branch,
  type Code,
  encodeModule,
  f64,
  f64x2,
  i32,
  i32x4,
  type Local,
  repeatWhile,
  select,
  type ValueType,
  v128,
  type WasmFunction,
} from '../../util/index.js';

/** What the kernel of level tables exports; addresses are byte offsets in the memory. */
export interface LevelKernel {
  /**
   * Does for a block of candles, right to left, what `fillLevelTable()` does for a whole column, for several levels at once.
   *
   * @param open - Address of the opens.
   * @param touching - Address of the lows or highs.
   * @param count - Candles of the block.
   * @param first - Number of the first one.
   * @param sign - 1 or -1, see `LevelRequest`.
   * @param values - Address of the stack's values: `WINDOW_BELOW + 1` times -Infinity at the bottom, Infinity above the top.
   * @param indices - Address of the stack's candles.
   * @param top - Position of the top of the stack.
   * @param levels - Address of the levels, `LEVEL_BYTES` each.
   * @param levelsEnd - Address after them.
   * @returns The new top.
   */
  readonly fillLevels: (
    open: number,
    touching: number,
    count: number,
    first: number,
    sign: number,
    values: number,
    indices: number,
    top: number,
    levels: number,
    levelsEnd: number,
  ) => number;
  /**
   * Does the same for levels at a distance: `open * entryFactor` minus (signed) the second factor × the distance of the candle.
   *
   * @param distances - Address of the distances of the block.
   */
  readonly fillDistances: (
    ...parameters: [...Parameters<LevelKernel['fillLevels']>, distances: number]
  ) => number;
}

/** A level: entry factor and level factor (a multiple of the distance) as doubles, the position of the answer before, and the address of its results. */
export const LEVEL_BYTES = 24;
export const LEVEL_FACTOR_AT = 8;
export const ANSWER_AT = 16;
export const RESULTS_AT = 20;

/** Stack positions that are looked at together, around the answer before. */
const WINDOW = 12;
/** Of these so many below it. */
export const WINDOW_BELOW = 6;
/** Positions above the top that are read. */
export const WINDOW_ABOVE = WINDOW - WINDOW_BELOW;

let compiled: WebAssembly.Module | undefined;

/**
 * Compiles the kernel for a memory.
 *
 * @param memory - Of at least one page.
 */
export function compileLevelKernel(memory: WebAssembly.Memory): LevelKernel {
  compiled ??= new WebAssembly.Module(encodeModule([FILL_LEVELS, FILL_DISTANCES], 1));
  const { exports } = new WebAssembly.Instance(compiled, { env: { memory } });
  return exports as unknown as LevelKernel;
}

/** Of the loop over candles and levels. */
const PARAMETERS = [
  ...(['i32', 'i32', 'i32', 'i32', 'f64'] as const),
  ...(['i32', 'i32', 'i32', 'i32', 'i32'] as const),
];
/** Number of `distances`, which follows them. */
const DISTANCES = PARAMETERS.length;

const FILL_LEVELS: WasmFunction = {
  name: 'fillLevels',
  parameters: PARAMETERS,
  result: 'i32',
  body: (locals, declare) =>
    loopOverLevels(locals, declare, (entryPrice, factor) => f64.multiply(entryPrice, factor)),
};

const FILL_DISTANCES: WasmFunction = {
  name: 'fillDistances',
  parameters: [...PARAMETERS, 'i32'],
  result: 'i32',
  body: (locals, declare) =>
    loopOverLevels(locals, declare, (entryPrice, multiple, at) =>
      f64.subtract(entryPrice, f64.multiply(multiple, f64.load(at(locals[DISTANCES]!.get)))),
    ),
};

/** Writes the loop; `levelOf` takes the signed entry price, the second factor, and where a column has the value of the candle. */
function loopOverLevels(
  [open, touching, count, first, sign, values, indices, top, levels, levelsEnd]: readonly Local[],
  declare: (type: ValueType) => Local,
  levelOf: (entryPrice: Code, factor: Code, at: (column: Code) => Code) => Code,
): Code {
  const value = declare('f64');
  const opens = declare('f64');
  const price = declare('f64');
  const level = declare('i32');
  const answer = declare('i32');
  const met = declare('i32');
  const low = declare('i32');
  const high = declare('i32');
  const middle = declare('i32');
  const prices = declare('v128');
  const sum = declare('v128');
  const double = (base: Code, index: Code): Code => i32.add(base, i32.shiftLeft(index, i32.of(3)));
  const integer = (base: Code, index: Code): Code => i32.add(base, i32.shiftLeft(index, i32.of(2)));
  const topValue = (): Code => f64.load(double(values!.get, top!.get));
  /** Minus one in a lane for each value of the window that is not above the price. */
  const metBy = (k: number): Code =>
    f64x2.atMost(v128.load(double(values!.get, low.get), 16 * k), prices.get);
  const answerLevel: Code[] = [
    price.set(
      levelOf(
        f64.multiply(opens.get, f64.load(level.get)),
        f64.load(level.get, LEVEL_FACTOR_AT),
        (column) => double(column, count!.get),
      ),
    ),
    prices.set(f64x2.splat(price.get)),
    answer.set(i32.load(level.get, ANSWER_AT)),
    answer.set(select(i32.less(top!.get, answer.get), top!.get, answer.get)),
    low.set(i32.subtract(answer.get, i32.of(WINDOW_BELOW))),
    sum.set(
      Array.from({ length: WINDOW / 2 }, (_, k) => metBy(k)).reduce((a, b) => i32x4.add(a, b)),
    ),
    met.set(i32.subtract(i32.of(0), i32.add(i32x4.lane(sum.get, 0), i32x4.lane(sum.get, 2)))),
    answer.set(i32.subtract(i32.add(low.get, met.get), i32.of(1))),
    // None or all of them: the answer may lie outside of the window.
    branch(i32.less(i32.of(WINDOW - 2), i32.subtract(met.get, i32.of(1))), [
      high.set(select(met.get, top!.get, low.get)),
      low.set(select(met.get, answer.get, i32.of(WINDOW_BELOW))),
      repeatWhile(i32.less(low.get, high.get), [
        middle.set(i32.shiftRight(i32.add(i32.add(low.get, high.get), i32.of(1)), i32.of(1))),
        branch(
          f64.atLeast(price.get, f64.load(double(values!.get, middle.get))),
          [low.set(middle.get)],
          [high.set(i32.subtract(middle.get, i32.of(1)))],
        ),
      ]),
      answer.set(low.get),
    ]),
    i32.store(level.get, answer.get, ANSWER_AT),
    i32.store(
      integer(i32.load(level.get, RESULTS_AT), count!.get),
      i32.load(integer(indices!.get, answer.get)),
    ),
    level.set(i32.add(level.get, i32.of(LEVEL_BYTES))),
  ];
  return [
    repeatWhile(count!.get, [
      count!.set(i32.subtract(count!.get, i32.of(1))),
      value.set(f64.multiply(sign!.get, f64.load(double(touching!.get, count!.get)))),
      opens.set(f64.multiply(sign!.get, f64.load(double(open!.get, count!.get)))),
      repeatWhile(f64.atLeast(topValue(), value.get), [
        f64.store(double(values!.get, top!.get), f64.of(Number.POSITIVE_INFINITY)),
        top!.set(i32.subtract(top!.get, i32.of(1))),
      ]),
      top!.set(i32.add(top!.get, i32.of(1))),
      f64.store(double(values!.get, top!.get), value.get),
      i32.store(integer(indices!.get, top!.get), i32.add(first!.get, count!.get)),
      level.set(levels!.get),
      repeatWhile(i32.less(level.get, levelsEnd!.get), answerLevel),
    ]),
    top!.get,
  ].flat();
}
