import { Command, CommanderError, type Help, type Option } from 'commander';
import { printable, UsageError } from '../domain/index.js';
import type { Terminal } from './terminal.js';

/** What every command says about itself. */
export interface CommandOutline {
  readonly name: string;
  /** One line, without a full stop; the same as in the list of commands. */
  readonly summary: string;
  /** What the help says under the summary. */
  readonly description?: string;
  /** `[command line, what it shows]`: at least two. */
  readonly examples: readonly (readonly [string, string])[];
}

/**
 * Creates a command with the house's help, errors and output; the caller adds options and the action.
 * A mistake on the command line becomes a `UsageError`, help goes to standard output.
 *
 * @param terminal - Where help is printed.
 * @param outline - Name, summary, examples.
 */
export function createCommand(terminal: Terminal, outline: CommandOutline): Command {
  const { name, summary, description, examples } = outline;
  const command = new Command(name)
    .usage('[options]')
    .summary(summary)
    .description(description === undefined ? `${summary}.` : `${summary}.\n\n${description}`)
    .helpOption('-h, --help', 'Show this help')
    .helpCommand(false)
    .configureHelp({ helpWidth: Math.min(terminal.columns, 100), formatItem })
    .addHelpText('after', () => `\nExamples:\n${exampleLines(examples)}`);
  terminals.set(command, terminal);
  command.hook('preAction', (_this, action) => refuseOddValues(action));
  return adopt(command, terminal, `wus ${name}`);
}

/** Where each command speaks: what is added to it later must not be handed the terminal by everybody on the way. */
const terminals = new WeakMap<Command, Terminal>();

/**
 * Lets a command take an option under the name that it had before; people are told the new one.
 *
 * @param command - Has the option under its new name.
 * @param former - The old one; not in the help.
 * @param current - The new one.
 */
export function acceptFormerName(command: Command, former: Option, current: Option): void {
  command.addOption(former.hideHelp());
  command.hook('preAction', (_this, action) => {
    const value: unknown = action.getOptionValue(former.attributeName());
    if (action !== command || value === undefined) return;
    if (action.getOptionValueSource(current.attributeName()) === 'cli') {
      throw new UsageError(`${former.long} is the former name of ${current.long}: give only one`);
    }
    action.setOptionValueWithSource(current.attributeName(), value, 'cli');
    terminals
      .get(command)
      ?.note(`${former.long} is now ${current.long} in every command; the old name still works`);
  });
}

const IS_PATH = /[<[](file|folder)/;
const CONTROL = /\p{Cc}/u;

/** Refuses values that nobody means: empty ones, and what a file with line ends of Windows or a terminal left in them. */
function refuseOddValues(command: Command): void {
  for (const option of command.options) {
    const value: unknown = command.getOptionValue(option.attributeName());
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    const isPath = IS_PATH.test(option.flags);
    const what = option.flags.includes('folder') ? 'folder' : 'file';
    for (const one of values) {
      const problem = typeof one === 'string' ? problemOf(one, isPath) : undefined;
      if (problem === undefined) continue;
      throw new UsageError(`${option.long} ${problem}; ${isPath ? `name a ${what}` : 'give one'}`);
    }
  }
}

function problemOf(value: string, isPath: boolean): string | undefined {
  // In other programs a dash is standard input or output; here it would be a file of that name.
  if (isPath && value === '-') return '-: standard input and output cannot be used here';
  if (value.trim() === '') return 'has no value';
  if (CONTROL.test(value)) return `${printable(value)}: the value has control characters`;
  return undefined;
}

/**
 * Adds a subcommand (`wus data check`) that follows the same rules as its parent.
 *
 * @param parent - Made by `createCommand`.
 * @param terminal - Where help is printed.
 * @param outline - Name, summary, examples.
 * @returns The subcommand, for options and action.
 */
export function addSubcommand(
  parent: Command,
  terminal: Terminal,
  outline: CommandOutline,
): Command {
  const child = createCommand(terminal, outline);
  parent.usage('<command> [options]').addCommand(child);
  return adopt(child, terminal, `wus ${parent.name()} ${outline.name}`);
}

/** Runs a command; help and version requests end quietly. */
export async function runCommand(command: Command, args: readonly string[]): Promise<void> {
  try {
    await command.parseAsync([...args], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return;
    throw error;
  }
}

function adopt(command: Command, terminal: Terminal, path: string): Command {
  return command
    .configureHelp({ ...command.configureHelp(), commandUsage: () => `${path} ${command.usage()}` })
    .configureOutput({
      writeOut: (text) => terminal.print(text.trimEnd()),
      writeErr: () => {},
      getOutHasColors: () => terminal.hasColors,
      getOutHelpWidth: () => Math.min(terminal.columns, 100),
    })
    .exitOverride((error) => {
      if (error.exitCode === 0) throw error;
      // What commander throws for a parent without a subcommand says nothing.
      const message =
        error.code === 'commander.help'
          ? `Which one? ${command.commands.map((child) => child.name()).join(', ')}`
          : sentence(error.message);
      throw new UsageError(`${message}\nSee ${path} --help`);
    });
}

/** commander writes `error: unknown option '--x'\n(Did you mean --y?)`; ours is one line. */
function sentence(message: string): string {
  const [first = '', ...rest] = message
    .replace(/^error: /, '')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const line = [first, ...rest.map((part) => part.replace('(Did', '(did'))].join(' ');
  return line.charAt(0).toUpperCase() + line.slice(1);
}

function exampleLines(examples: CommandOutline['examples']): string {
  return examples.map(([line, what]) => `  ${line}\n      ${what}`).join('\n');
}

/** Long terms get a line of their own instead of pushing every description to the right. */
function formatItem(
  this: Help,
  term: string,
  termWidth: number,
  description: string,
  helper: Help,
): string {
  const column = Math.min(termWidth, 34);
  const width = (helper.helpWidth ?? 80) - column - 4;
  const lines = helper.boxWrap(description, Math.max(width, 20)).split('\n');
  const indent = ' '.repeat(column + 4);
  const head = `  ${term}`;
  if (description === '') return head;
  const first = head.length > column + 2 ? `${head}\n${indent}` : head.padEnd(column + 4);
  return `${first}${lines.join(`\n${indent}`)}`;
}
