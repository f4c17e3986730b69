import { numberSetting } from '../domain/index.js';
import { runRule } from './run-rule.js';

/** S-75. */
export const MAX_CANDLES_HELD = runRule({
  section: 'exits',
  identity: 'axis',
  settings: [
    numberSetting({
      key: 'max_candles_held',
      flag: '--max-candles-held',
      unit: 'candles',
      scope: 'research',
      expected: 'an integer >= 1',
      accepts: (value) => Number.isSafeInteger(value) && value >= 1,
      default: null,
      description: 'A position leaves after so many candles',
      label: 'candles held at most',
    }),
  ],
  build: ({ max_candles_held }) =>
    max_candles_held === null ? {} : { maxCandlesHeld: max_candles_held },
});
