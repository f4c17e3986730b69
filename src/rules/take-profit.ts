import { distanceSetting } from './distance.js';
import { runRule } from './run-rule.js';

/** S-40. A short cannot earn more than its entry price. */
export const TAKE_PROFIT = runRule({
  section: 'exits',
  identity: 'axis',
  settings: [
    distanceSetting({
      key: 'take_profit_pct',
      flag: '--take-profit',
      isBelowOne: false,
      belowForShorts: 1,
      description: 'Distance from the entry (0.04 = 4 %)',
      label: 'take-profit',
    }),
  ],
  build: ({ take_profit_pct }) => (take_profit_pct === null ? {} : { takeProfit: take_profit_pct }),
});
