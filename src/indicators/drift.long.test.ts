import { describe, test } from 'vitest';
import { expectForgetting, expectNoDrift } from './drift.contract.js';

describe('nothing drifts', () => {
  test('over 3,000,000 candles around 60,000', () => expectNoDrift(3_000_000, 7));
  test('of any indicator over 525,600 candles', () => expectForgetting(525_600));
});
