export { closest, didYouMean } from './closest.js';
export { normalRandom, type Random, seededRandom } from './random.js';
