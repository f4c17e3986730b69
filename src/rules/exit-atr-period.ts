import { countSetting } from '../domain/index.js';
import { EXIT_ATR_PERIOD as DEFAULT_PERIOD } from '../semantics/index.js';
import { runRule } from './run-rule.js';

/** S-70: period of the ATR that distances are multiples of. */
export const EXIT_ATR_PERIOD = runRule({
  section: 'exits',
  identity: 'axis',
  settings: [
    {
      ...countSetting({
        key: 'exit_atr_period',
        flag: '--exit-atr-period',
        unit: 'candles',
        scope: 'research',
        smallest: 1,
        default: DEFAULT_PERIOD,
        description: 'Period of the ATR of the exits in ATR',
        label: 'period of the ATR of exits',
      }),
      dependsOn: ['stop_loss_atr', 'take_profit_atr', 'trailing_stop_atr'],
    },
  ],
  build: ({ exit_atr_period }) =>
    exit_atr_period === DEFAULT_PERIOD ? {} : { exitAtrPeriod: exit_atr_period },
});
