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
  const [build, { runCommand }] = await Promise.all([row.load(), import('./create-command.js')]);
  await runCommand(build({ ...terminal, commandLine: shellLine(['wus', ...args]) }), rest);
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
