import { numberSetting } from '../domain/index.js';
import { runRule } from './run-rule.js';

/** S-28: a fixed quantity, or a share of the balance. */
export const POSITION_SIZE = runRule({
  section: 'money',
  identity: 'run',
  settings: [
    numberSetting({
      key: 'units',
      flag: '--units',
      unit: 'base',
      expected: 'a quantity above 0',
      accepts: (value) => value > 0,
      default: null,
      description: 'Fixed position size',
    }),
    numberSetting({
      key: 'equity_fraction',
      flag: '--equity-fraction',
      unit: 'fraction',
      expected: 'a fraction above 0, at most 1 (0.5 = half of the balance)',
      accepts: (value) => value > 0 && value <= 1,
      hint: (value) => (value > 1 && value <= 100 ? `; did you mean ${value / 100}?` : ''),
      // Overdraft needs a fixed size; without one that is said, and no share stands in for it.
      default: (given) =>
        (given.units ?? null) === null &&
        (given.risk_fraction ?? null) === null &&
        given.allow_overdraft !== true
          ? 1
          : null,
      shownDefault: 1,
      description: 'Position size as a share of the balance',
    }),
  ],
  build: ({ units, equity_fraction }) => ({
    size: units === null ? { equityFraction: equity_fraction ?? 1 } : { units },
  }),
});
