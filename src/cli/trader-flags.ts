import type { Setting } from '../domain/index.js';
import { BOT_SETTINGS, RUN_SETTINGS } from '../settings/index.js';
import { FILTER_FLAGS, flagOf, type RunFlag, type RunFlagGroup, STOP_FLAGS } from './run-flags.js';

const LOSS_LIMIT = 'max_cumulative_loss';

const tradedFlags = (isWanted: (setting: Setting) => boolean): readonly RunFlag[] =>
  RUN_SETTINGS.filter(({ scope }) => scope !== 'research')
    .filter(isWanted)
    .map(flagOf);

/** Flags of `wus trader` that set keys of a bot: those of `wus backtest` that mean something live, and the bounds of risk. */
export const TRADER_FLAG_GROUPS: readonly RunFlagGroup[] = [
  { heading: 'Market:', flags: tradedFlags(({ section }) => section === 'market') },
  {
    heading: 'Size (--units or --equity-fraction is required outside paper mode):',
    flags: tradedFlags(({ section, key }) => section === 'money' && key !== LOSS_LIMIT),
  },
  { heading: STOP_FLAGS.heading, flags: tradedFlags(({ section }) => section === 'exits') },
  FILTER_FLAGS,
  {
    heading: 'Risk (amounts in quote; no limit without a flag):',
    flags: [...tradedFlags(({ key }) => key === LOSS_LIMIT), ...BOT_SETTINGS.map(flagOf)],
  },
];
