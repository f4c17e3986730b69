import { numberSetting } from '../domain/index.js';
import { runRule } from './run-rule.js';

/** S-30. */
export const LOSS_LIMIT = runRule({
  section: 'money',
  identity: 'run',
  settings: [
    numberSetting({
      key: 'max_cumulative_loss',
      flag: '--max-cum-loss',
      unit: 'quote',
      expected: 'an amount above 0 in the quote currency',
      accepts: (value) => value > 0,
      hint: (value) => (value < 0 ? `; write the loss as ${-value}` : ''),
      default: null,
      description: 'Block entries after this cumulative loss',
    }),
  ],
  build: ({ max_cumulative_loss }) =>
    max_cumulative_loss === null ? {} : { maxCumulativeLoss: max_cumulative_loss },
});
