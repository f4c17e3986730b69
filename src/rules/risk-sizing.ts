import { numberSetting } from '../domain/index.js';
import { runRule } from './run-rule.js';

/** S-78: in place of the sizes of S-28. */
export const RISK_SIZING = runRule({
  section: 'money',
  identity: 'run',
  settings: [
    numberSetting({
      key: 'risk_fraction',
      flag: '--risk-fraction',
      unit: 'fraction',
      scope: 'research',
      expected: 'a fraction above 0 and below 1 (0.01 = 1 % of the balance)',
      accepts: (value) => value > 0 && value < 1,
      hint: (value) => (value >= 1 && value < 100 ? `; did you mean ${value / 100}?` : ''),
      default: null,
      description: 'Position size by risk: the stop loses this share of the balance',
    }),
  ],
  build: ({ risk_fraction }) =>
    risk_fraction === null ? {} : { size: { riskFraction: risk_fraction } },
  conflict: ({ risk_fraction, units, equity_fraction, allow_overdraft }) => {
    if (typeof risk_fraction !== 'number') return undefined;
    const refuse = (message: string) => ({ key: 'risk_fraction', message });
    if (typeof units === 'number') {
      return refuse(`is ${risk_fraction} and units is ${units}: keep one`);
    }
    if (typeof equity_fraction === 'number') {
      return refuse(`is ${risk_fraction} and equity_fraction is ${equity_fraction}: keep one`);
    }
    if (allow_overdraft !== true) return undefined;
    return refuse(
      'does not go with allow_overdraft, which needs a fixed size: set units instead, or disable overdraft',
    );
  },
});
