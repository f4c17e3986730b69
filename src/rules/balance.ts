import { numberSetting } from '../domain/index.js';
import { runRule } from './run-rule.js';

export const BALANCE = runRule({
  section: 'money',
  identity: 'run',
  settings: [
    numberSetting({
      key: 'initial_balance',
      flag: '--balance',
      unit: 'quote',
      expected: 'an amount above 0',
      accepts: (value) => value > 0,
      default: 10_000,
      description: 'Initial balance',
    }),
  ],
  build: ({ initial_balance }) => ({ initialBalance: initial_balance }),
});
