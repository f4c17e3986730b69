import { distanceSetting } from './distance.js';
import { runRule } from './run-rule.js';

/** S-40. */
export const TRAILING_STOP = runRule({
  section: 'exits',
  identity: 'axis',
  settings: [
    distanceSetting({
      key: 'trailing_stop_loss_pct',
      flag: '--trailing-stop-loss',
      isBelowOne: true,
      description: 'Distance from the best price of the completed candles',
      label: 'trailing stop',
    }),
  ],
  build: ({ trailing_stop_loss_pct }) =>
    trailing_stop_loss_pct === null ? {} : { trailingStop: trailing_stop_loss_pct },
});
