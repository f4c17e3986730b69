import { DIRECTIONS, wordSetting } from '../domain/index.js';
import { runRule } from './run-rule.js';

/** S-25. */
export const DIRECTION = runRule({
  section: 'market',
  identity: 'trial',
  settings: [
    wordSetting({
      key: 'direction',
      flag: '--direction',
      unit: 'side',
      words: DIRECTIONS,
      default: 'both',
      description: 'Allowed sides; spot has no short positions',
    }),
  ],
  build: ({ direction }) => ({ direction }),
});
