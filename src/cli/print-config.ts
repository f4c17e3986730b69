import { type Command, Option } from 'commander';
import { commandsBelow, defaultText, originOf, plainText, settingKey } from './setting-keys.js';
import type { Terminal } from './terminal.js';
import { textTable } from './text-table.js';

const FLAG = '--print-config';

/** Ends a command after it printed its settings. */
export class SettingsPrinted extends Error {}

/**
 * Adds `--print-config` to a command and its subcommands, last in their help.
 *
 * @param command - As its builder made it.
 * @param terminal - Where it prints.
 * @param args - Words behind the command's name.
 */
export function addPrintConfig(
  command: Command,
  terminal: Terminal,
  args: readonly string[],
): void {
  const isAsked = args.includes(FLAG);
  for (const [name, own] of commandsBelow(command, command.name())) {
    if (own.commands.length > 0 && own.options.length === 0) continue;
    own.addOption(
      new Option(FLAG, 'Print every setting with its value and its source').helpGroup('Help:'),
    );
    if (!isAsked) continue;
    // Whoever asks what is set need not have said all of it.
    for (const option of own.options) option.mandatory = false;
    for (const argument of own.registeredArguments) argument.required = false;
    own.hook('preAction', (_this, action) => {
      if (action !== own || action.getOptionValue('printConfig') !== true) return;
      terminal.print(settingsText(name, own));
      throw new SettingsPrinted();
    });
  }
}

/** Every option of a command: key, value, where it comes from. */
function settingsText(name: string, command: Command): string {
  const rows = command.options
    .filter((option) => !option.hidden && option.long !== FLAG)
    .map((option) => [settingKey(option), valueText(command, option), originText(command, option)]);
  return [`# wus ${name}`, ...textTable(rows, 'lll')].join('\n');
}

function valueText(command: Command, option: Option): string {
  const value: unknown = command.getOptionValue(option.attributeName());
  if (value === undefined) return defaultText(option);
  return plainText(value);
}

function originText(command: Command, option: Option): string {
  switch (command.getOptionValueSource(option.attributeName())) {
    case 'cli':
      return 'command line';
    case 'config':
      return originOf(option) ?? 'default';
    default:
      return 'default';
  }
}
