import type { Argument, Command, Option } from 'commander';
import { MARKETS, TIMEFRAMES } from '../../domain/index.js';
import { OBJECTIVE_NAMES } from '../../optimize/index.js';
import { STRATEGIES } from '../../strategies/index.js';
import { LOG_LEVELS } from '../logger.js';
import { commandsBelow, optionWords, settingKey } from '../setting-keys.js';

/** What a shell can complete behind a word. */
export interface CompletedValue {
  readonly words: readonly string[];
  readonly paths: 'files' | 'folders' | 'none';
}

export interface CompletedOption {
  /** `-p` and `--processes`. */
  readonly names: readonly string[];
  /** In one line. */
  readonly description: string;
  /** `undefined` for a flag without a value. */
  readonly value: CompletedValue | undefined;
}

/** A command or subcommand as shells see it. */
export interface CompletedCommand {
  /** `backtest`, `data check`; empty for `wus` itself. */
  readonly path: string;
  readonly children: readonly { readonly name: string; readonly description: string }[];
  readonly options: readonly CompletedOption[];
  readonly argument: CompletedValue;
}

/** Words of options that take others as well, or check them by themselves. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  strategy: STRATEGIES.map(({ shortName }) => shortName),
  strategies: STRATEGIES.map(({ shortName }) => shortName),
  interval: TIMEFRAMES,
  market: MARKETS,
  metric: OBJECTIVE_NAMES,
  log: LOG_LEVELS,
};

/**
 * Describes all commands for the completion of a shell.
 *
 * @param commands - As their builders made them.
 * @returns `wus` itself first.
 */
export function completionModel(commands: readonly Command[]): CompletedCommand[] {
  const own = commands.flatMap((command) =>
    commandsBelow(command, command.name()).map(([path, one]) => described(path, one)),
  );
  const root: CompletedCommand = {
    path: '',
    children: commands.map((command) => child(command)),
    options: [
      { names: ['--help', '-h'], description: 'Show the commands', value: undefined },
      { names: ['--version', '-V'], description: 'Print the version', value: undefined },
    ],
    argument: { words: [], paths: 'none' },
  };
  return [root, ...own];
}

function described(path: string, command: Command): CompletedCommand {
  const options = command.options.filter(({ hidden }) => !hidden);
  const [argument] = command.registeredArguments;
  return {
    path,
    children: command.commands.map((one) => child(one)),
    options: [
      ...options.map(completedOption),
      { names: ['--help', '-h'], description: 'Show this help', value: undefined },
    ],
    argument: argumentValue(argument),
  };
}

function argumentValue(argument: Argument | undefined): CompletedValue {
  const words = argument?.argChoices ?? [];
  // A name that is new is neither a word nor a file.
  const isPath = argument !== undefined && words.length === 0 && argument.name() !== 'name';
  return { words, paths: isPath ? 'files' : 'none' };
}

function child(command: Command): { readonly name: string; readonly description: string } {
  return { name: command.name(), description: plain(command.summary()) };
}

function completedOption(option: Option): CompletedOption {
  const names = [option.long, option.short].filter((name) => name !== undefined);
  return {
    names,
    description: plain(option.description),
    value: option.isBoolean() ? undefined : completedValue(option),
  };
}

function completedValue(option: Option): CompletedValue {
  const own = optionWords(option);
  const words = own.length > 0 ? own : (WORDS[settingKey(option)] ?? []);
  const placeholder = /[<[](.*?)(\.\.\.)?[>\]]/.exec(option.flags)?.[1] ?? '';
  const paths = /folder/.test(placeholder)
    ? 'folders'
    : /file/.test(placeholder)
      ? 'files'
      : 'none';
  return { words, paths };
}

/** One line, short enough to stand beside a flag. */
function plain(text: string): string {
  const [line = ''] = text.split('\n');
  return line.length <= 70 ? line : `${line.slice(0, 69)}…`;
}
