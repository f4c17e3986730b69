import { atrMultipleSetting } from './atr-multiple.js';
import { runRule } from './run-rule.js';

/** S-70. */
export const TAKE_PROFIT_ATR = runRule({
  section: 'exits',
  identity: 'axis',
  settings: [
    atrMultipleSetting({
      key: 'take_profit_atr',
      flag: '--take-profit-atr',
      description: 'Distance from the entry in ATR of the decision',
      label: 'take-profit in ATR',
    }),
  ],
  build: ({ take_profit_atr }) =>
    take_profit_atr === null ? {} : { takeProfitAtr: take_profit_atr },
});
