import { MARKETS, wordSetting } from '../domain/index.js';
import { runRule } from './run-rule.js';

/** Spot, or USD-M perpetual futures. */
export const MARKET = runRule({
  section: 'market',
  identity: 'candles',
  settings: [
    wordSetting({
      key: 'market',
      flag: '--market',
      unit: 'market',
      words: MARKETS,
      default: 'spot',
      description: 'Spot, or USD-M perpetual futures',
    }),
  ],
  build: ({ market }) => ({ market }),
});
