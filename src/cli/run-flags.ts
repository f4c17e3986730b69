import { type Command, Option } from 'commander';
import { UsageError } from '../domain/index.js';
import { acceptFormerName } from './create-command.js';
import { choiceOption, numberOption } from './option-values.js';
import { describeOption } from './setting-keys.js';

/** A flag that sets one key of a run's configuration. */
export interface RunFlag {
  /** As commander writes it: `--stop-loss <fraction>`; without a value the flag means true. */
  readonly flags: string;
  /** Key of the configuration, snake_case. */
  readonly key: string;
  readonly kind: 'number' | 'text' | 'truth';
  readonly description: string;
  /** What the configuration takes when the flag is absent; shown in the help only. */
  readonly default?: number | string;
  readonly choices?: readonly string[];
  /** Key of the switch without which this flag does nothing. */
  readonly needs?: string;
  /** What the flag was called before; still taken, with a word about it. */
  readonly formerly?: string;
}

export interface RunFlagGroup {
  readonly heading: string;
  readonly flags: readonly RunFlag[];
}

const number = (flags: string, key: string, description: string, fallback?: number): RunFlag => ({
  flags,
  key,
  kind: 'number',
  description,
  ...(fallback === undefined ? {} : { default: fallback }),
});
const text = (flags: string, key: string, description: string, fallback?: string): RunFlag => ({
  flags,
  key,
  kind: 'text',
  description,
  ...(fallback === undefined ? {} : { default: fallback }),
});
const choice = (
  flags: string,
  key: string,
  choices: readonly string[],
  description: string,
): RunFlag => ({
  flags,
  key,
  kind: 'text',
  choices,
  default: choices[0]!,
  description,
});
const truth = (flags: string, key: string, description: string): RunFlag => ({
  flags,
  key,
  kind: 'truth',
  description,
});

export const PERIOD_FLAGS: RunFlagGroup = {
  heading: 'Market and period:',
  flags: [
    text('--symbol <symbol>', 'symbol', 'Instrument, for example BTCUSDT'),
    text('--interval <timeframe>', 'interval', 'Candle length, for example 15m, 1h, 1d'),
    choice('--market <market>', 'market', ['spot', 'usdm'], 'Spot, or USD-M perpetual futures'),
    text(
      '--start <date>',
      'start',
      'First candle traded, UTC; earlier ones warm up (default: all)',
    ),
    text('--end <date>', 'end', 'Trading ends before this candle, UTC (default: all)'),
    choice(
      '--direction <side>',
      'direction',
      ['both', 'long', 'short'],
      'Sides that are taken; spot has no short',
    ),
  ],
};

export const MONEY_FLAGS: RunFlagGroup = {
  heading: 'Money:',
  flags: [
    number('--balance <quote>', 'initial_balance', 'Initial balance', 10_000),
    number('--units <base>', 'units', 'Fixed size of every position'),
    number('--equity-fraction <fraction>', 'equity_fraction', 'Size as a share of the balance', 1),
    number(
      '--leverage <factor>',
      'leverage',
      'Notional per margin; margin and commission must fit the balance',
      1,
    ),
    number(
      '--commission <bps>',
      'commission_bps',
      'Per side, in basis points (default: 10 on spot, 5 on usdm)',
    ),
    number(
      '--slippage <bps>',
      'slippage_bps',
      'Against you on every market fill, in basis points',
      1,
    ),
    number(
      '--stop-slippage <bps>',
      'stop_slippage_bps',
      'Against you on stop fills, on top of the slippage, in basis points',
      0,
    ),
    number('--max-cum-loss <quote>', 'max_cumulative_loss', 'No more entries after this loss'),
    truth('--allow-overdraft', 'allow_overdraft', 'Trade money that is not there (needs --units)'),
  ],
};

export const STOP_FLAGS: RunFlagGroup = {
  heading: 'Stops:',
  flags: [
    number('--stop-loss <fraction>', 'stop_loss_pct', 'Distance from the entry (0.02 = 2 %)'),
    number('--take-profit <fraction>', 'take_profit_pct', 'Distance from the entry (0.04 = 4 %)'),
    number(
      '--trailing-stop-loss <fraction>',
      'trailing_stop_loss_pct',
      'Distance from the best price of completed candles',
    ),
    truth('--allow-wide-stops', 'allow_wide_stops', 'Accept distances above 0.5'),
    truth('--exit-on-neutral', 'exit_on_neutral', 'A neutral signal closes the position'),
    choice(
      '--re-entry <when>',
      're_entry',
      ['immediate', 'new_signal'],
      'After a stop: at once, or only on a new signal',
    ),
  ],
};

const ATR_SETTINGS = [
  number('--atr-filter-period <candles>', 'atr_filter_period', 'Period of the ATR', 14),
  number(
    '--atr-filter-multiplier <factor>',
    'atr_filter_multiplier',
    'ATR at least this times its average',
    1.5,
  ),
  number(
    '--atr-filter-sma-period <candles>',
    'atr_filter_sma_period',
    'Period of that average; 0 compares with percent of price',
    100,
  ),
];

const SEASONALITY_SETTINGS = [
  text(
    '--allowed-trading-hours-utc <hours>',
    'allowed_trading_hours_utc',
    '5-17 means 5 <= hour < 17 at the close of the candle',
    '5-17',
  ),
  text(
    '--apply-seasonality-to-symbols <symbols>',
    'apply_seasonality_to_symbols',
    'Only for these, A,B (default: every symbol)',
  ),
];

const needing = (needs: string, flags: readonly RunFlag[]): RunFlag[] =>
  flags.map((flag) => ({ ...flag, needs }));

export const FILTER_FLAGS: RunFlagGroup = {
  heading: 'Filters (they gate entries, never exits):',
  flags: [
    truth('--apply-atr-filter', 'apply_atr_filter', 'Enter only when volatility is high'),
    ...needing('apply_atr_filter', ATR_SETTINGS),
    truth('--apply-seasonality-filter', 'apply_seasonality_filter', 'Enter only in some hours'),
    ...needing('apply_seasonality_filter', SEASONALITY_SETTINGS),
  ],
};

export const RUN_FLAG_GROUPS: readonly RunFlagGroup[] = [
  PERIOD_FLAGS,
  MONEY_FLAGS,
  STOP_FLAGS,
  FILTER_FLAGS,
];

/**
 * Adds a group of flags under its heading.
 *
 * @param command - Made by `createCommand`.
 * @param group - What to add.
 */
export function addRunFlags(command: Command, group: RunFlagGroup): Command {
  command.optionsGroup(group.heading);
  for (const flag of group.flags) {
    command.addOption(optionOf(flag));
    if (flag.formerly === undefined) continue;
    const { formerly } = flag;
    acceptFormerName(command, optionOf({ ...flag, flags: formerly }), optionOf(flag));
  }
  return command;
}

/**
 * Returns the configuration that the given flags ask for; absent flags leave their key out.
 *
 * @param options - `command.opts()`.
 * @param groups - Groups that the command has.
 */
export function runFlagValues(
  options: Readonly<Record<string, unknown>>,
  groups: readonly RunFlagGroup[] = RUN_FLAG_GROUPS,
): Record<string, unknown> {
  return Object.fromEntries(
    groups
      .flatMap(({ flags }) => flags)
      .map((flag) => [flag.key, options[optionOf(flag).attributeName()]] as const)
      .filter(([, value]) => value !== undefined),
  );
}

/**
 * Refuses a setting of something that is switched off: whoever gives one believes that it counts.
 *
 * @param values - From `runFlagValues`.
 * @throws {UsageError} Names the flag and its switch.
 */
export function requireSwitches(values: Readonly<Record<string, unknown>>): void {
  const flags = RUN_FLAG_GROUPS.flatMap((group) => group.flags);
  const idle = flags.find(
    ({ key, needs }) => needs !== undefined && values[key] !== undefined && values[needs] !== true,
  );
  if (idle === undefined) return;
  const [name = ''] = idle.flags.split(' ');
  const owner = flags.find(({ key }) => key === idle.needs)!;
  throw new UsageError(`${name} has no effect without ${owner.flags}: add it, or leave it out`);
}

function optionOf(flag: RunFlag): Option {
  const suffix = flag.default === undefined ? '' : ` (default: ${flag.default})`;
  const choices = flag.choices === undefined ? '' : `: ${flag.choices.join(', ')}`;
  const option = describeOption(new Option(flag.flags, `${flag.description}${choices}${suffix}`), {
    key: flag.key,
    ...(flag.choices === undefined ? {} : { words: flag.choices }),
  });
  const [name = ''] = flag.flags.split(' ');
  if (flag.choices !== undefined) return option.argParser(choiceOption(name, flag.choices));
  return flag.kind === 'number'
    ? option.argParser(numberOption(name, /<(.+)>/.exec(flag.flags)?.[1]))
    : option;
}
