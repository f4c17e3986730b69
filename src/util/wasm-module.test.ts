import { expect, test } from 'vitest';
import {
  branch,
  encodeModule,
  f32x4,
  i32,
  repeatWhile,
  select,
  v128,
  type WasmFunction,
} from './wasm-module.js';

/** Compiles one function over a memory of a page. */
function compile(one: WasmFunction, memory = new WebAssembly.Memory({ initial: 1 })) {
  const module = new WebAssembly.Module(encodeModule([one], 1));
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  return exports[one.name] as (...args: number[]) => number;
}

test.each([0, 1, -1, 63, 64, -64, -65, 127, 128, 300, -300, 2 ** 31 - 1, -(2 ** 31)])(
  'a whole number is what it was: %d',
  (value) => {
    const one = compile({ name: 'one', parameters: [], result: 'i32', body: () => i32.of(value) });
    expect(one()).toBe(value);
  },
);

test('a loop repeats while its condition holds, not at all when it never does', () => {
  const sumBelow = compile({
    name: 'sumBelow',
    parameters: ['i32'],
    result: 'i32',
    body: ([end], declare) => {
      const sum = declare('i32');
      const next = declare('i32');
      return [
        repeatWhile(i32.less(next.get, end!.get), [
          sum.set(i32.add(sum.get, next.get)),
          next.set(i32.add(next.get, i32.of(1))),
        ]),
        sum.get,
      ].flat();
    },
  });
  expect([0, 1, 5, 200].map((end) => sumBelow(end))).toEqual([0, 0, 10, 19_900]);
});

test('a branch runs one of its parts, select picks one of two values', () => {
  const sign = compile({
    name: 'sign',
    parameters: ['i32'],
    result: 'i32',
    body: ([value], declare) => {
      const result = declare('i32');
      return [
        branch(value!.get, [result.set(i32.of(10))], [result.set(i32.of(20))]),
        i32.add(result.get, select(i32.equal(value!.get, i32.of(2)), i32.of(1), i32.of(0))),
      ].flat();
    },
  });
  expect([0, 1, 2].map((value) => sign(value))).toEqual([20, 10, 11]);
});

test('vectors are loaded, computed and stored at their offsets', () => {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const subtract = compile(
    {
      name: 'subtract',
      parameters: ['i32'],
      result: 'i32',
      body: ([at], declare) => {
        const difference = declare('v128');
        return [
          difference.set(f32x4.subtract(v128.load(at!.get), v128.load(at!.get, 16))),
          v128.store(at!.get, difference.get, 200),
          f32x4.bits(f32x4.greater(difference.get, f32x4.negate(difference.get))),
        ].flat();
      },
    },
    memory,
  );
  const floats = new Float32Array(memory.buffer);
  floats.set([5, 1, Number.NaN, 4, 2, 3, 1, 4], 16);
  expect(subtract(64)).toBe(0b0001);
  expect(floats.slice(66, 70)).toEqual(Float32Array.of(3, -2, Number.NaN, 0));
});
