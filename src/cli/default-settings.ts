import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Command, Option } from 'commander';
import { parseYaml, type YamlPath } from '../config/index.js';
import { UsageError } from '../domain/index.js';
import { fileError, systemErrorCode } from '../files/index.js';
import { didYouMean } from '../util/index.js';
import {
  commandsBelow,
  noteConfigured,
  noteOrigin,
  setsRunKey,
  settingKey,
} from './setting-keys.js';
import type { Terminal } from './terminal.js';

/** The file of defaults, in the folder in which commands are run. */
export const DEFAULTS_FILE = 'wus.yaml';
/** `WUS_DEFAULT_COMMISSION_BPS=5` is `commission_bps: 5`. */
export const DEFAULTS_PREFIX = 'WUS_DEFAULT_';

/** A default that somebody set. */
interface FoundDefault {
  readonly value: unknown;
  /** `wus.yaml:3:1`, or the variable. */
  readonly place: string;
}

/** What must be typed each time: consent, and what makes a run another one. */
const TYPED_ONLY =
  /^(yes|yes_live|accept_.*|adopt|force|fresh|resume|from|mode|help|version|print_config|dry_run)$/;

/**
 * Puts the defaults of `wus.yaml` and of the environment into a command, before its words are read: what is typed wins over the
 * environment, that over the section of the command, that over the settings of all commands.
 *
 * @param command - As its builder made it; its subcommands have sections of their own, `data check`.
 * @param terminal - For its folder and environment.
 * @param allCommands - Loads every command: to tell a setting of another command from a typing error.
 * @throws {UsageError} With `file:line:column` of a key that no command has, or a value that its option refuses.
 */
export async function applyDefaults(
  command: Command,
  terminal: Pick<Terminal, 'workingFolder' | 'environment'>,
  allCommands: () => Promise<readonly Command[]>,
): Promise<void> {
  const file = await readDefaultsFile(terminal.workingFolder);
  const variables = Object.entries(terminal.environment).filter(
    ([name, value]) => name.startsWith(DEFAULTS_PREFIX) && value !== undefined && value !== '',
  );
  if (file === undefined && variables.length === 0) return;
  const known = await knownNames(command, namesIn(file, variables), allCommands);
  for (const [name, own] of commandsBelow(command, command.name())) {
    const found = new Map<string, FoundDefault>();
    for (const section of [undefined, name]) {
      if (file !== undefined) addSection(found, file, section, known);
    }
    for (const [variable, value] of variables) {
      const key = variable.slice(DEFAULTS_PREFIX.length).toLowerCase();
      requireKnown(key, variable, known);
      found.set(key, { value, place: variable });
    }
    for (const option of own.options) applyTo(own, option, name, found.get(settingKey(option)));
  }
}

interface DefaultsFile {
  readonly data: Readonly<Record<string, unknown>>;
  readonly at: (path: YamlPath) => string;
}

async function readDefaultsFile(folder: string): Promise<DefaultsFile | undefined> {
  let text: string;
  try {
    text = await readFile(path.join(folder, DEFAULTS_FILE), 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw fileError('read', DEFAULTS_FILE, error);
  }
  const { data, at } = parseYaml(text, DEFAULTS_FILE);
  if (data === null) return undefined;
  if (typeof data !== 'object' || Array.isArray(data)) {
    throw new UsageError(`${DEFAULTS_FILE}:1:1: expected settings, for example "data_dir: data"`);
  }
  return { data: data as Readonly<Record<string, unknown>>, at };
}

/** Names that are used, to be looked for. */
function namesIn(
  file: DefaultsFile | undefined,
  variables: readonly (readonly [string, unknown])[],
): string[] {
  const inside = Object.values(file?.data ?? {}).flatMap((value) =>
    isSection(value) ? Object.keys(value) : [],
  );
  const names = variables.map(([name]) => name.slice(DEFAULTS_PREFIX.length).toLowerCase());
  return [...Object.keys(file?.data ?? {}), ...inside, ...names];
}

function isSection(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

interface KnownNames {
  readonly keys: ReadonlySet<string>;
  /** Keys by the names of their flags, `stop_loss`, where these are others. */
  readonly flags: ReadonlyMap<string, string>;
  readonly sections: ReadonlySet<string>;
}

/** Other commands are loaded only for names that this one does not have. */
async function knownNames(
  command: Command,
  used: readonly string[],
  allCommands: () => Promise<readonly Command[]>,
): Promise<KnownNames> {
  const own = namesOf([command]);
  const isEnough = used.every((name) => own.keys.has(name) || own.sections.has(name));
  return isEnough ? own : namesOf(await allCommands());
}

function namesOf(commands: readonly Command[]): KnownNames {
  const all = commands.flatMap((command) => commandsBelow(command, command.name()));
  const options = all.flatMap(([, command]) => command.options.filter(({ hidden }) => !hidden));
  return {
    keys: new Set(options.map(settingKey)),
    flags: new Map(
      options.map((option) => [
        (option.long ?? '').slice(2).replaceAll('-', '_'),
        settingKey(option),
      ]),
    ),
    sections: new Set(all.map(([name]) => name)),
  };
}

function addSection(
  found: Map<string, FoundDefault>,
  { data, at }: DefaultsFile,
  section: string | undefined,
  known: KnownNames,
): void {
  if (section === undefined) {
    for (const [key, value] of Object.entries(data)) {
      if (isSection(value)) {
        if (!known.sections.has(key)) {
          throw new UsageError(
            `${at([key])}: unknown command "${key}"${didYouMean(key, [...known.sections])}`,
          );
        }
        for (const inner of Object.keys(value)) requireKnown(inner, at([key, inner]), known);
        continue;
      }
      requireKnown(key, at([key]), known);
      if (value !== null) found.set(key, { value, place: at([key]) });
    }
    return;
  }
  const own = data[section];
  if (!isSection(own)) return;
  for (const [key, value] of Object.entries(own)) {
    if (value !== null) found.set(key, { value, place: at([section, key]) });
  }
}

function requireKnown(key: string, place: string, { keys, flags }: KnownNames): void {
  if (TYPED_ONLY.test(key)) {
    throw new UsageError(`${place}: ${key} cannot have a default; give it on the command line`);
  }
  if (keys.has(key)) return;
  const meant = flags.get(key.replaceAll('-', '_'));
  const hint = meant === undefined ? didYouMean(key, [...keys]) : ` (did you mean "${meant}"?)`;
  throw new UsageError(
    `${place}: unknown setting "${key}"${hint}; wus <command> --print-config lists all settings`,
  );
}

function applyTo(
  command: Command,
  option: Option,
  name: string,
  found: FoundDefault | undefined,
): void {
  if (found === undefined || option.hidden) return;
  const [first = ''] = name.split(' ');
  // Bots have config/runtime_config.yaml: a default for backtests must not move their stops.
  if (first === 'trader' && setsRunKey(option)) return;
  const value = optionValue(option, found);
  if (value === undefined) return;
  // As a default: lists that are typed replace it instead of joining it.
  option.defaultValue = value;
  command.setOptionValueWithSource(option.attributeName(), value, 'config');
  noteOrigin(option, found.place);
  if (setsRunKey(option)) noteConfigured(settingKey(option));
}

/** A value as the option would have read it from the command line; `undefined` leaves it as it is. */
function optionValue(option: Option, { value, place }: FoundDefault): unknown {
  const refuse = (wish: string, hint = ''): UsageError =>
    new UsageError(
      `${place}: ${settingKey(option)} must be ${wish}: current value is ${JSON.stringify(value)}${hint}`,
    );
  if (option.isBoolean() || (option.optional && typeof value === 'boolean')) {
    if (value === true || value === 'true') return true;
    if (value === false || value === 'false') return undefined;
    throw refuse('true or false');
  }
  if (option.variadic) {
    const list: readonly unknown[] = Array.isArray(value)
      ? value
      : String(value)
          .split(/[\s,]+/)
          .filter((word) => word !== '');
    if (list.length === 0 || list.some((one) => !['string', 'number'].includes(typeof one)))
      throw refuse('a list of words');
    return list.map(String);
  }
  if (!['string', 'number', 'boolean'].includes(typeof value)) throw refuse('one value');
  const { argChoices } = option;
  if (argChoices !== undefined && !argChoices.includes(String(value))) {
    const hint = didYouMean(String(value), argChoices);
    throw refuse(`one of ${argChoices.join(', ')}`, hint);
  }
  if (option.parseArg === undefined) return String(value);
  try {
    return option.parseArg(String(value), undefined);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${place}: ${message}`, { cause: error });
  }
}
