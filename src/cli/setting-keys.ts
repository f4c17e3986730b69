import type { Command, Option } from 'commander';

/** What is known of an option beyond what commander keeps. */
interface OptionFacts {
  /** Name in `wus.yaml` and in other configuration files, snake_case. */
  readonly key?: string;
  /** Words that it takes. */
  readonly words?: readonly string[];
}

const facts = new WeakMap<Option, OptionFacts>();

/**
 * Adds what commander has no place for.
 *
 * @param option - Of a command.
 * @param more - Its key in configuration files, the words that it takes.
 */
export function describeOption(option: Option, more: OptionFacts): Option {
  facts.set(option, { ...facts.get(option), ...more });
  return option;
}

/**
 * Returns the name of an option in `wus.yaml`: that of the key it sets, otherwise its own with underscores.
 *
 * @param option - Of a command.
 */
export function settingKey(option: Option): string {
  return facts.get(option)?.key ?? (option.long ?? option.flags).slice(2).replaceAll('-', '_');
}

/**
 * Returns the words that an option takes; none where anything goes.
 *
 * @param option - Of a command.
 */
export function optionWords(option: Option): readonly string[] {
  return facts.get(option)?.words ?? option.argChoices ?? [];
}

/**
 * Returns what an option is when nobody sets it, as people read it.
 *
 * @param option - Of a command.
 */
export function defaultText(option: Option): string {
  const described = /\(default: (.*)\)$/.exec(option.description)?.[1];
  if (described !== undefined) return described;
  const { defaultValue } = option as { readonly defaultValue: unknown };
  if (defaultValue !== undefined) return plainText(defaultValue);
  return option.isBoolean() ? 'false' : 'not set';
}

/** Where the values of options come from that nobody typed. */
const origins = new WeakMap<Option, string>();

/**
 * Says where the default of an option was set; `undefined` where the program has it from itself.
 *
 * @param option - Of a command.
 */
export function originOf(option: Option): string | undefined {
  return origins.get(option);
}

/** Notes where the default of an option was set: `wus.yaml:3:1`, or a variable. */
export function noteOrigin(option: Option, place: string): void {
  origins.set(option, place);
}

/** A value of an option as people read it. */
export function plainText(value: unknown): string {
  if (Array.isArray(value)) return value.map(plainText).join(' ');
  return typeof value === 'object' ? JSON.stringify(value) : `${value as string | number}`;
}

/** Says whether an option sets a key of a run, as `commission_bps`. */
export function setsRunKey(option: Option): boolean {
  return facts.get(option)?.key !== undefined;
}

/** A command and its subcommands, by their words. */
export function commandsBelow(command: Command, name: string): (readonly [string, Command])[] {
  return [
    [name, command] as const,
    ...command.commands.flatMap((child) => commandsBelow(child, `${name} ${child.name()}`)),
  ];
}

/**
 * Returns the words that a command line would need to say what defaults of the user said: with them it does the same elsewhere.
 *
 * @param command - That was parsed.
 */
export function defaultWords(command: Command): string[] {
  return command.options.flatMap((option) => {
    const name = option.attributeName();
    if (command.getOptionValueSource(name) !== 'config' || option.long === undefined) return [];
    const value: unknown = command.getOptionValue(name);
    if (value === true) return [option.long];
    return [option.long, ...(Array.isArray(value) ? value : [value]).map(String)];
  });
}

/**
 * Returns the options of a command without those keys of a run that only a default of the user sets.
 *
 * @param options - `command.opts()`.
 * @param command - That was parsed.
 */
export function withoutDefaults(
  options: Readonly<Record<string, unknown>>,
  command: Command,
): Record<string, unknown> {
  const weak = command.options
    .filter(
      (option) =>
        setsRunKey(option) && command.getOptionValueSource(option.attributeName()) === 'config',
    )
    .map((option) => option.attributeName());
  return Object.fromEntries(Object.entries(options).filter(([name]) => !weak.includes(name)));
}

/** Keys of runs that have defaults of the user in this process: a command line that is printed must name them. */
const configured = new Set<string>();

/** Notes that a key of a run has a default of the user. */
export function noteConfigured(key: string): void {
  configured.add(key);
}

/** Says whether a key of a run has a default of the user. */
export function isConfigured(key: string): boolean {
  return configured.has(key);
}
