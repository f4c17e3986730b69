import { numberSetting } from '../domain/index.js';
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
    numberSetting({
      key: 'break_even_offset_pct',
      flag: '--break-even-offset',
      unit: 'fraction',
      scope: 'research',
      dependsOn: 'break_even_pct',
      expected: 'a fraction above -1 and below break_even_pct (0.002 = 0.2 % of profit stay)',
      accepts: (value) => value > -1 && value < 1,
      default: 0,
      description: 'Distance of the moved stop from the entry price, in the direction of profit',
      label: 'break-even at a profit of',
    }),
  ],
  build: ({ break_even_pct, break_even_offset_pct }) => ({
    ...(break_even_pct === null ? {} : { breakEven: break_even_pct }),
    ...(break_even_pct === null || break_even_offset_pct === 0
      ? {}
      : { breakEvenOffset: break_even_offset_pct }),
  }),
  conflict: (run) => {
    const offset = run.break_even_offset_pct;
    if (typeof offset !== 'number' || offset <= 0) return undefined;
    const { break_even_pct } = run;
    if (typeof break_even_pct !== 'number' || offset < break_even_pct) return undefined;
    return {
      key: 'break_even_offset_pct',
      message: `must be below break_even_pct, which is ${break_even_pct}: current value is ${offset}`,
    };
  },
});
