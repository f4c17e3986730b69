const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const LENGTH = 22;

/**
 * Makes up an id as the exchange does for orders without one.
 *
 * @param state - Seed, and the draws made so far: both part of the state, so that a restored exchange goes on alike.
 * @param length - Characters; default 22.
 */
export function generateId(
  state: { readonly seed: number; draws: number },
  length = LENGTH,
): string {
  let id = '';
  for (let i = 0; i < length; i++) {
    id += ALPHABET[hash(state.seed, state.draws++) % ALPHABET.length];
  }
  return id;
}

/** Murmur3's finalizer over seed and counter: stateless, so that the state stays plain data. */
function hash(seed: number, counter: number): number {
  let value = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(counter + 1, 0xc2b2ae35);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
