import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { COMMANDS } from './commands.js';
import { shellLine } from './shell-line.js';
import type { Terminal } from './terminal.js';

/**
 * Runs one command line. Only what it needs is loaded, so that `wus --help` starts at once.
 *
 * @param args - Words after `wus`.
 * @param terminal - Where it runs.
 * @throws {UsageError} If the command line is not understood.
 */
export async function runCommandLine(args: readonly string[], terminal: Terminal): Promise<void> {
  const [word, ...rest] = args;
  if (word === undefined || word === '--help' || word === '-h' || word === 'help') {
    const [command] = word === 'help' ? rest : [];
    if (command !== undefined) return runCommandLine([command, '--help'], terminal);
    const { topLevelHelp } = await import('./top-level-help.js');
    return terminal.print(topLevelHelp());
  }
  if (word === '--version' || word === '-V') {
    const { packageVersion } = await import('./package-version.js');
    return terminal.print(packageVersion());
  }
  const row = COMMANDS.find(({ name }) => name === word);
  if (row === undefined) return refuse(word);
  const [build, { runCommand }, { addPrintConfig, SettingsPrinted }, { defaultWords }] =
    await Promise.all([
      row.load(),
      import('./create-command.js'),
      import('./print-config.js'),
      import('./setting-keys.js'),
    ]);
  const words = (): string[] => ['wus', ...args, ...runDefaults()];
  const loadCommands = async (): Promise<readonly Command[]> => {
    const { loadAllCommands } = await import('./load-all-commands.js');
    return loadAllCommands(COMMANDS, terminal);
  };
  const command = build({
    ...terminal,
    loadCommands,
    get commandLine() {
      return shellLine(words());
    },
    get commandWords() {
      return words();
    },
  });
  const runDefaults = (): string[] =>
    [command, ...command.commands.filter((child) => rest.includes(child.name()))].flatMap(
      defaultWords,
    );
  addPrintConfig(command, terminal, rest);
  if (hasDefaults(terminal)) {
    const { applyDefaults } = await import('./default-settings.js');
    await applyDefaults(command, terminal, loadCommands);
  }
  try {
    await runCommand(command, rest);
  } catch (error) {
    if (!(error instanceof SettingsPrinted)) throw error;
  }
}

/** Whether somebody has set defaults: a file, or a variable. */
function hasDefaults({ workingFolder, environment }: Terminal): boolean {
  return (
    Object.keys(environment).some((name) => name.startsWith('WUS_DEFAULT_')) ||
    existsSync(`${workingFolder}/wus.yaml`)
  );
}

async function refuse(word: string): Promise<never> {
  const [{ UsageError }, { didYouMean }] = await Promise.all([
    import('../domain/index.js'),
    import('../util/index.js'),
  ]);
  const kind = word.startsWith('-') ? 'option' : 'command';
  const names = COMMANDS.map(({ name }) => name);
  throw new UsageError(
    `Unknown ${kind} "${word}"${didYouMean(word, kind === 'option' ? ['--help', '--version'] : names)}\nwus --help lists the commands`,
  );
}
