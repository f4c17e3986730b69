import { distanceSetting } from './distance.js';
import { runRule } from './run-rule.js';

/** S-72. */
export const TRAILING_ACTIVATION = runRule({
  section: 'exits',
  identity: 'axis',
  settings: [
    {
      ...distanceSetting({
        key: 'trailing_activation_pct',
        flag: '--trailing-activation',
        isBelowOne: false,
        description: 'Profit at which the trailing stop begins',
        label: 'trailing from a profit of',
      }),
      scope: 'research',
      dependsOn: ['trailing_stop_loss_pct', 'trailing_stop_atr'],
    },
  ],
  build: ({ trailing_activation_pct }) =>
    trailing_activation_pct === null ? {} : { trailingActivation: trailing_activation_pct },
});
