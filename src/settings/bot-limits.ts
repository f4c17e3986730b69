import {
  numberSetting,
  type Setting,
  type SettingOutline,
  type SettingValue,
  wordSetting,
} from '../domain/index.js';

const AMOUNT = {
  unit: 'quote',
  expected: 'an amount above 0 in the quote currency',
  accepts: (value: number): boolean => value > 0,
  default: null,
} as const;

/** What reaching a loss limit does. */
export const ON_LOSS_LIMIT = ofBots(
  wordSetting({
    key: 'on_loss_limit',
    flag: '--on-loss-limit',
    unit: 'action',
    words: ['stop-entries', 'flatten'],
    default: 'stop-entries',
    description:
      'Action at --max-cum-loss or --max-daily-loss; flatten also counts the open loss and closes the position',
  }),
);

/** Bounds on what a bot may do; without a value there is no bound. */
export const BOT_LIMITS = [
  ofBots(
    numberSetting({
      ...AMOUNT,
      key: 'max_order_notional',
      flag: '--max-order-notional',
      description: 'Largest entry order',
    }),
  ),
  ofBots(
    numberSetting({
      ...AMOUNT,
      key: 'max_position_notional',
      flag: '--max-position-notional',
      description: 'Largest position',
    }),
  ),
  ofBots(
    numberSetting({
      ...countBounds(1),
      key: 'max_orders_per_hour',
      flag: '--max-orders-per-hour',
      unit: 'n',
      default: null,
      description: 'Maximum number of entries per hour',
    }),
  ),
  ofBots(
    numberSetting({
      ...AMOUNT,
      key: 'max_daily_loss',
      flag: '--max-daily-loss',
      description: 'Block entries for the rest of a UTC day after this loss',
    }),
  ),
  ofBots(
    numberSetting({
      key: 'price_collar',
      flag: '--price-collar',
      unit: 'fraction',
      expected: 'a fraction above 0 and below 1 (0.01 = 1 %)',
      accepts: (value) => value > 0 && value < 1,
      default: null,
      description: 'Largest distance of the entry price from the signal close (0.01 = 1 %)',
    }),
  ),
] as const;

function countBounds(smallest: number): { expected: string; accepts: (value: number) => boolean } {
  return {
    expected: `an integer >= ${smallest}`,
    accepts: (value) => Number.isSafeInteger(value) && value >= smallest,
  };
}

function ofBots<Key extends string, Value extends SettingValue>(
  outline: SettingOutline<Key, Value>,
): Setting<Key, Value> {
  return { section: 'risk', scope: 'trading', identity: 'none', ...outline };
}
