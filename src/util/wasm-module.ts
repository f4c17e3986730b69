/** A small assembler for WebAssembly, so that a vector kernel needs no compiler at install or build time. */

/** Instructions in binary form; an expression leaves its value on the stack. */
export type Code = readonly number[];

/** Types of values; `v128` is a vector of 16 bytes. */
export type ValueType = keyof typeof VALUE_TYPES;

/** A parameter or variable of a function. */
export interface Local {
  readonly get: Code;
  readonly set: (value: Code) => Code;
}

/** A function of a module; all its functions share the memory that is imported as `env.memory`. */
export interface WasmFunction {
  readonly name: string;
  readonly parameters: readonly ValueType[];
  readonly result?: ValueType;
  /**
   * Writes the body.
   *
   * @param parameters - In order.
   * @param declare - Declares a variable; it starts at zero.
   */
  readonly body: (parameters: readonly Local[], declare: (type: ValueType) => Local) => Code;
}

const VALUE_TYPES = { i32: 0x7f, f32: 0x7d, f64: 0x7c, v128: 0x7b } as const;
const VECTOR_PREFIX = 0xfd;
const NO_VALUE = 0x40;
const END = 0x0b;

/** Whole numbers of 32 bits. */
export const i32 = {
  of: (value: number): Code => [0x41, ...signedNumber(value)],
  add: binary(0x6a),
  subtract: binary(0x6b),
  and: binary(0x71),
  or: binary(0x72),
  shiftLeft: binary(0x74),
  shiftRight: binary(0x76),
  equal: binary(0x46),
  notEqual: binary(0x47),
  /** Compares without a sign. */
  less: binary(0x49),
  load: (address: Code, offset = 0): Code => [...address, 0x28, 2, ...wholeNumber(offset)],
  store: (address: Code, value: Code, offset = 0): Code => [
    ...address,
    ...value,
    0x36,
    2,
    ...wholeNumber(offset),
  ],
};

/** Floats of 8 bytes. */
export const f64 = {
  of: (value: number): Code => [0x44, ...new Uint8Array(Float64Array.of(value).buffer)],
  subtract: binary(0xa1),
  multiply: binary(0xa2),
  atLeast: binary(0x66),
  load: (address: Code, offset = 0): Code => [...address, 0x2b, 3, ...wholeNumber(offset)],
  store: (address: Code, value: Code): Code => [...address, ...value, 0x39, 3, 0],
};

/** Floats of 4 bytes. */
export const f32 = {
  max: binary(0x97),
  store: (address: Code, value: Code): Code => [...address, ...value, 0x38, 2, 0],
};

/** Vectors as such. */
export const v128 = {
  load: (address: Code, offset = 0): Code => [
    ...address,
    ...vectorCode(0x00),
    0,
    ...wholeNumber(offset),
  ],
  store: (address: Code, value: Code, offset = 0): Code => [
    ...address,
    ...value,
    ...vectorCode(0x0b),
    0,
    ...wholeNumber(offset),
  ],
  /** Picks 16 bytes out of the 32 of two vectors. */
  shuffle: (a: Code, b: Code, bytes: readonly number[]): Code => [
    ...a,
    ...b,
    ...vectorCode(0x0d),
    ...bytes,
  ],
};

/** Vectors of two floats of 8 bytes. */
export const f64x2 = {
  splat: vectorUnary(0x14),
  /** All bits of a lane are set where it holds. */
  atMost: vectorBinary(0x4b),
};

/** Vectors of four floats. */
export const f32x4 = {
  splat: vectorUnary(0x13),
  less: vectorBinary(0x43),
  greater: vectorBinary(0x44),
  abs: vectorUnary(0xe0),
  negate: vectorUnary(0xe1),
  subtract: vectorBinary(0xe5),
  multiply: vectorBinary(0xe6),
  /** `NaN` where one is `NaN`. */
  min: vectorBinary(0xe8),
  max: vectorBinary(0xe9),
  /** The second where it is less, else the first, also where one is `NaN`; one instruction, where `min` takes eight. */
  lesser: vectorBinary(0xea),
  /** The second where it is greater, else the first. */
  greaterOf: vectorBinary(0xeb),
  /** Rounds two doubles to the first two floats; the others are zero. */
  ofDoubles: vectorUnary(0x5e),
  ofIntegers: vectorUnary(0xfa),
  lane: (vector: Code, lane: number): Code => [...vector, ...vectorCode(0x1f), lane],
  /** The highest bit of each lane, as a number. */
  bits: vectorUnary(0xa4),
};

/** Vectors of four whole numbers of 32 bits. */
export const i32x4 = {
  add: vectorBinary(0xae),
  subtract: vectorBinary(0xb1),
  /** With a sign, as `max`. */
  min: vectorBinary(0xb6),
  max: vectorBinary(0xb8),
  lane: (vector: Code, lane: number): Code => [...vector, ...vectorCode(0x1b), lane],
};

/**
 * Returns `condition ? yes : no` without a branch.
 *
 * @param condition - Of type `i32`; not zero is yes.
 */
export function select(condition: Code, yes: Code, no: Code): Code {
  return [...yes, ...no, ...condition, 0x1b];
}

/**
 * Runs one of two parts.
 *
 * @param condition - Of type `i32`; not zero is yes.
 */
export function branch(condition: Code, yes: readonly Code[], no: readonly Code[] = []): Code {
  const otherwise = no.length === 0 ? [] : [0x05, ...no.flat()];
  return [...condition, 0x04, NO_VALUE, ...yes.flat(), ...otherwise, END];
}

/**
 * Repeats as long as a condition holds.
 *
 * @param condition - Of type `i32`; checked first.
 */
export function repeatWhile(condition: Code, body: readonly Code[]): Code {
  const loop = [0x03, NO_VALUE, ...body.flat(), ...condition, 0x0d, 0, END];
  return branch(condition, [loop]);
}

/**
 * Encodes a module.
 *
 * @param functions - All are exported by name.
 * @param pagesMin - Memory that must be there, pages of 64 KiB.
 */
export function encodeModule(functions: readonly WasmFunction[], pagesMin: number): Uint8Array {
  const types = functions.map(({ parameters, result }) => [
    0x60,
    ...list(parameters.map((type) => [VALUE_TYPES[type]])),
    ...list(result === undefined ? [] : [[VALUE_TYPES[result]]]),
  ]);
  const memory = [...text('env'), ...text('memory'), 2, 0, ...wholeNumber(pagesMin)];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, list(types)),
    ...section(2, list([memory])),
    ...section(3, list(functions.map((_, k) => wholeNumber(k)))),
    ...section(7, list(functions.map(({ name }, k) => [...text(name), 0, ...wholeNumber(k)]))),
    ...section(10, list(functions.map(functionCode))),
  ]);
}

function functionCode({ parameters, body }: WasmFunction): Code {
  const variables: ValueType[] = [];
  const local = (index: number): Local => ({
    get: [0x20, ...wholeNumber(index)],
    set: (value) => [...value, 0x21, ...wholeNumber(index)],
  });
  const code = body(
    parameters.map((_, k) => local(k)),
    (type) => local(parameters.length + variables.push(type) - 1),
  );
  return withSize([...list(variables.map((type) => [1, VALUE_TYPES[type]])), ...code, END]);
}

function section(id: number, content: Code): Code {
  return [id, ...withSize(content)];
}

function withSize(content: Code): Code {
  return [...wholeNumber(content.length), ...content];
}

function list(items: readonly Code[]): Code {
  return [...wholeNumber(items.length), ...items.flat()];
}

function text(value: string): Code {
  return withSize(Array.from(value, (letter) => letter.charCodeAt(0)));
}

/** Seven bits a byte, the lowest first (LEB128). */
function wholeNumber(value: number): Code {
  return value < 128 ? [value] : [(value & 127) | 128, ...wholeNumber(value >>> 7)];
}

function signedNumber(value: number): Code {
  return value >= -64 && value < 64
    ? [value & 127]
    : [(value & 127) | 128, ...signedNumber(value >> 7)];
}

function vectorCode(code: number): Code {
  return [VECTOR_PREFIX, ...wholeNumber(code)];
}

function binary(code: number): (a: Code, b: Code) => Code {
  return (a, b) => [...a, ...b, code];
}

function vectorBinary(code: number): (a: Code, b: Code) => Code {
  return (a, b) => [...a, ...b, ...vectorCode(code)];
}

function vectorUnary(code: number): (a: Code) => Code {
  return (a) => [...a, ...vectorCode(code)];
}
