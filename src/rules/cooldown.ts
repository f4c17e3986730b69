import { countSetting } from '../domain/index.js';
import { runRule } from './run-rule.js';

/** S-77. */
export const COOLDOWN = runRule({
  section: 'exits',
  identity: 'axis',
  settings: [
    countSetting({
      key: 'cooldown_candles',
      flag: '--cooldown-candles',
      unit: 'candles',
      scope: 'research',
      smallest: 0,
      default: 0,
      description: 'No entry for so many candles after an exit',
      label: 'candles without entries after an exit',
    }),
  ],
  build: ({ cooldown_candles }) =>
    cooldown_candles === 0 ? {} : { cooldownCandles: cooldown_candles },
});
