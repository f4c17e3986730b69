import { switchSetting } from '../domain/index.js';
import { runRule } from './run-rule.js';

/** Consent to distances above `WIDE_DISTANCE`: whoever writes 2 for 2 % means another stop. */
export const WIDE_STOPS = runRule({
  section: 'exits',
  identity: 'none',
  settings: [
    switchSetting({
      key: 'allow_wide_stops',
      flag: '--allow-wide-stops',
      description: 'Allow distances above 0.5',
    }),
  ],
  build: () => ({}),
});
