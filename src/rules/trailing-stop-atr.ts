import { atrMultipleSetting } from './atr-multiple.js';
import { runRule } from './run-rule.js';

/** S-70. */
export const TRAILING_STOP_ATR = runRule({
  section: 'exits',
  identity: 'axis',
  settings: [
    atrMultipleSetting({
      key: 'trailing_stop_atr',
      flag: '--trailing-stop-atr',
      description: 'Distance from the best price of the completed candles in ATR of the decision',
      label: 'trailing stop in ATR',
    }),
  ],
  build: ({ trailing_stop_atr }) =>
    trailing_stop_atr === null ? {} : { trailingStopAtr: trailing_stop_atr },
});
