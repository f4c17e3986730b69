import { switchSetting } from '../domain/index.js';
import { runRule } from './run-rule.js';

/** Lifts S-29 and S-31. */
export const OVERDRAFT = runRule({
  section: 'money',
  identity: 'run',
  settings: [
    switchSetting({
      key: 'allow_overdraft',
      flag: '--allow-overdraft',
      scope: 'research',
      description: 'Allow orders beyond the balance (needs --units)',
    }),
  ],
  build: ({ allow_overdraft }) => ({ allowOverdraft: allow_overdraft }),
});
