import { distanceSetting } from './distance.js';
import { runRule } from './run-rule.js';

/** S-73. */
export const BREAK_EVEN = runRule({
  section: 'exits',
  identity: 'axis',
  settings: [
    {
      ...distanceSetting({
        key: 'break_even_pct',
        flag: '--break-even',
        isBelowOne: false,
        description: 'Profit at which the stop moves to the entry price',
        label: 'break-even from a profit of',
      }),
      scope: 'research',
    },
  ],
  build: ({ break_even_pct }) => (break_even_pct === null ? {} : { breakEven: break_even_pct }),
});
