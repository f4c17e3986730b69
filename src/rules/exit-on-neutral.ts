import { switchSetting } from '../domain/index.js';
import { runRule } from './run-rule.js';

/** S-03. */
export const EXIT_ON_NEUTRAL = runRule({
  section: 'exits',
  identity: 'trial',
  settings: [
    switchSetting({
      key: 'exit_on_neutral',
      flag: '--exit-on-neutral',
      description: 'Close the position on a neutral signal',
    }),
  ],
  build: ({ exit_on_neutral }) => ({ exitOnNeutral: exit_on_neutral }),
});
