import { type Command, Option } from 'commander';
import {
  isSwitchedOn,
  ownersOf,
  type Setting,
  type SettingSection,
  UsageError,
} from '../domain/index.js';
import { RUN_SETTINGS } from '../settings/index.js';
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
  /** Keys of the switches without one of which this flag does nothing. */
  readonly needs?: readonly string[];
  /** What the flag was called before; still taken, with a word about it. */
  readonly formerly?: string;
}

export interface RunFlagGroup {
  readonly heading: string;
  readonly flags: readonly RunFlag[];
}

/**
 * Returns the flag of a setting.
 *
 * @param setting - Which one.
 */
export function flagOf(setting: Setting): RunFlag {
  const { key, flag, unit, check, description } = setting;
  const owners = ownersOf(setting);
  const fallback = shownDefault(setting);
  return {
    flags: unit === undefined ? flag : `${flag} <${unit}>`,
    key,
    kind: check.kind === 'number' ? 'number' : check.kind === 'switch' ? 'truth' : 'text',
    description,
    // Words that everybody knows are not listed, and nobody chooses among them by default.
    ...(check.kind === 'word' && fallback !== undefined && { choices: check.words }),
    ...(fallback === undefined ? {} : { default: fallback }),
    ...(owners.length === 0 ? {} : { needs: owners }),
  };
}

function shownDefault({
  check,
  default: fallback,
  shownDefault: shown,
}: Setting): number | string | undefined {
  if (typeof fallback === 'function') return shown;
  if (check.kind === 'switch' || fallback === null || fallback === '') return undefined;
  return fallback as number | string;
}

const flagsOf = (section: SettingSection): readonly RunFlag[] =>
  RUN_SETTINGS.filter((setting) => setting.section === section).map(flagOf);

export const PERIOD_FLAGS: RunFlagGroup = {
  heading: 'Market and period:',
  flags: flagsOf('market'),
};

export const MONEY_FLAGS: RunFlagGroup = { heading: 'Money:', flags: flagsOf('money') };

export const STOP_FLAGS: RunFlagGroup = { heading: 'Stops:', flags: flagsOf('exits') };

export const FILTER_FLAGS: RunFlagGroup = {
  heading: 'Filters (for entries only, not for exits):',
  flags: flagsOf('filters'),
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
    ({ key, needs }) =>
      needs !== undefined &&
      values[key] !== undefined &&
      needs.every((owner) => !isSwitchedOn(values[owner])),
  );
  if (idle === undefined) return;
  const [name = ''] = idle.flags.split(' ');
  const owners = flags.filter(({ key }) => idle.needs!.includes(key)).map((owner) => owner.flags);
  throw new UsageError(`${name} has no effect without ${owners.join(' or ')}: add it, or omit it`);
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
