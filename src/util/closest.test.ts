import { describe, expect, test } from 'vitest';
import { closest, didYouMean } from './closest.js';

const PARAMETERS = ['fast_period', 'slow_period', 'ma_type', 'trend_filter_period'];

describe('closest()', () => {
  test.each([
    ['fast_perid', 'fast_period', 'a slip'],
    ['FAST_PERIOD', 'fast_period', 'another case'],
    ['fast', 'fast_period', 'a part that only one name has'],
    ['period', undefined, 'a part of several names'],
    ['ma', undefined, 'a part too short to mean anything'],
    ['leverage', undefined, 'something else'],
  ])('%s → %s: %s', (word, expected, _what) => {
    expect(closest(word, PARAMETERS)).toBe(expected);
  });

  test('takes candidates that can be walked through only once', () => {
    expect(closest('slow', new Map([['slow_period', 1]]).keys())).toBe('slow_period');
  });
});

test('didYouMean() is empty when nothing is close', () => {
  expect(didYouMean('mactros', ['MACross'])).toBe(' (did you mean "MACross"?)');
  expect(didYouMean('x', ['MACross'])).toBe('');
});
