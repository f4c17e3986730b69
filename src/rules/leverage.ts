import { numberSetting } from '../domain/index.js';
import { runRule } from './run-rule.js';

/** The highest that Binance offers. */
const LEVERAGE_MAX = 125;

/** S-29. */
export const LEVERAGE = runRule({
  section: 'money',
  identity: 'run',
  settings: [
    numberSetting({
      key: 'leverage',
      flag: '--leverage',
      unit: 'factor',
      expected: `a number from 1 to ${LEVERAGE_MAX}`,
      accepts: (value) => value >= 1 && value <= LEVERAGE_MAX,
      default: 1,
      description: 'Notional / margin; margin and commission must not exceed the balance',
    }),
  ],
  build: ({ leverage }) => ({ leverage }),
});
