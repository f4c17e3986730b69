import { numberSetting } from '../domain/index.js';
import { runRule } from './run-rule.js';

/** S-84. */
export const EXIT_MIN_PROFIT = runRule({
  section: 'exits',
  identity: 'axis',
  settings: [
    numberSetting({
      key: 'exit_min_profit_pct',
      flag: '--exit-min-profit',
      unit: 'fraction',
      scope: 'research',
      expected: 'a fraction above -1 and below 1 (0.01 = 1 %, negative allows a loss)',
      accepts: (value) => value > -1 && value < 1,
      default: null,
      description: 'A signal closes only a position with this profit (0.01 = 1 %)',
      label: 'least profit of a signal exit',
    }),
  ],
  build: ({ exit_min_profit_pct }) =>
    exit_min_profit_pct === null ? {} : { exitMinProfit: exit_min_profit_pct },
});
