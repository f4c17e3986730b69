import { wordSetting } from '../domain/index.js';
import { runRule } from './run-rule.js';

/** S-26. */
export const RE_ENTRY = runRule({
  section: 'exits',
  identity: 'trial',
  settings: [
    wordSetting({
      key: 're_entry',
      flag: '--re-entry',
      unit: 'when',
      words: ['immediate', 'new_signal'],
      default: 'immediate',
      description: 'Re-entry after a stop: immediately, or only on a new signal',
    }),
  ],
  build: ({ re_entry }) => ({ reEntry: re_entry === 'new_signal' ? 'new-signal' : 'immediate' }),
});
