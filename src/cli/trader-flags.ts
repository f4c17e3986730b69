import {
  FILTER_FLAGS,
  MONEY_FLAGS,
  PERIOD_FLAGS,
  type RunFlag,
  type RunFlagGroup,
  STOP_FLAGS,
} from './run-flags.js';

const amount = (flags: string, key: string, description: string): RunFlag => ({
  flags,
  key,
  kind: 'number',
  description,
});

/** Flags of `wus trader` that set keys of a bot: those of `wus backtest` that mean something live, and the bounds of risk. */
export const TRADER_FLAG_GROUPS: readonly RunFlagGroup[] = [
  {
    heading: 'Market:',
    flags: chosen(PERIOD_FLAGS, ['symbol', 'interval', 'market', 'direction']),
  },
  {
    heading: 'Size (outside paper mode one of --units and --equity-fraction is needed):',
    flags: chosen(MONEY_FLAGS, [
      'initial_balance',
      'units',
      'equity_fraction',
      'leverage',
      'commission_bps',
    ]),
  },
  STOP_FLAGS,
  FILTER_FLAGS,
  {
    heading: 'Risk (amounts in quote; without a flag there is no bound):',
    flags: [
      ...chosen(MONEY_FLAGS, ['max_cumulative_loss']),
      {
        flags: '--on-loss-limit <action>',
        key: 'on_loss_limit',
        kind: 'text',
        choices: ['stop-entries', 'flatten'],
        default: 'stop-entries',
        description:
          'What reaching --max-cum-loss or --max-daily-loss does; flatten also counts and closes the open position',
      },
      amount('--max-order-notional <quote>', 'max_order_notional', 'Largest entry order'),
      amount('--max-position-notional <quote>', 'max_position_notional', 'Largest position'),
      amount('--max-orders-per-hour <n>', 'max_orders_per_hour', 'Most entries in an hour'),
      amount(
        '--max-daily-loss <quote>',
        'max_daily_loss',
        'No entries for the rest of a UTC day with this loss',
      ),
      amount(
        '--price-collar <fraction>',
        'price_collar',
        'No entry at a price further than this from the close that decided (0.01 = 1 %)',
      ),
    ],
  },
];

function chosen(group: RunFlagGroup, keys: readonly string[]): readonly RunFlag[] {
  return keys.map((key) => {
    const flag = group.flags.find((one) => one.key === key);
    if (flag === undefined) throw new RangeError(`no flag sets ${key}`);
    return flag;
  });
}
