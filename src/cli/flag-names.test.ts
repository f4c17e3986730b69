import { expect, test } from 'vitest';
import { UsageError } from '../domain/index.js';
import { withFlagNames } from './flag-names.js';

test.each([
  [
    'stop_loss_pct is 2, that is 200 %; did you mean 0.02? If that is intended set allow_wide_stops',
    '--stop-loss is 2, that is 200 %; did you mean 0.02? If that is intended set --allow-wide-stops',
  ],
  [
    'units must be a quantity above 0: current value is 0',
    '--units must be a quantity above 0: current value is 0',
  ],
  [
    'end is 2020-01-01, not after start 2021-01-01',
    '--end is 2020-01-01, not after start 2021-01-01',
  ],
  ['MACross: fast_period 9', 'MACross: fast_period 9'],
])('"%s" is said with flags', (message, expected) => {
  expect(() =>
    withFlagNames(() => {
      throw new UsageError(message);
    }),
  ).toThrow(new UsageError(expected));
});

test('other errors pass', () => {
  const error = new Error('units');
  expect(() =>
    withFlagNames(() => {
      throw error;
    }),
  ).toThrow(error);
});
