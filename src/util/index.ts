export { closest, didYouMean } from './closest.js';
export { countText } from './count-text.js';
export { lowerBound } from './lower-bound.js';
export { normalRandom, type Random, seededRandom } from './random.js';
export {
  branch,
  type Code,
  encodeModule,
  f32,
  f32x4,
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
} from './wasm-module.js';
