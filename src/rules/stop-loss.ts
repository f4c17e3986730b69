import { distanceSetting } from './distance.js';
import { runRule } from './run-rule.js';

/** S-40. */
export const STOP_LOSS = runRule({
  section: 'exits',
  identity: 'axis',
  settings: [
    distanceSetting({
      key: 'stop_loss_pct',
      flag: '--stop-loss',
      isBelowOne: true,
      description: 'Distance from the entry (0.02 = 2 %)',
      label: 'stop-loss',
    }),
  ],
  build: ({ stop_loss_pct }) => (stop_loss_pct === null ? {} : { stopLoss: stop_loss_pct }),
});
