import { atrMultipleSetting } from './atr-multiple.js';
import { runRule } from './run-rule.js';

/** S-70. */
export const STOP_LOSS_ATR = runRule({
  section: 'exits',
  identity: 'axis',
  settings: [
    atrMultipleSetting({
      key: 'stop_loss_atr',
      flag: '--stop-loss-atr',
      description: 'Distance from the entry in ATR of the decision (2 = twice the ATR)',
      label: 'stop-loss in ATR',
    }),
  ],
  build: ({ stop_loss_atr }) => (stop_loss_atr === null ? {} : { stopLossAtr: stop_loss_atr }),
});
