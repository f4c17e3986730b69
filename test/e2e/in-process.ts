// Runs a command line inside the test: for tables of many calls that are refused before anything is computed.
import { describeFailure } from '../../src/cli/failure.js';
import { runCommandLine } from '../../src/cli/run-command-line.js';
import type { Terminal } from '../../src/cli/terminal.js';
import { printable } from '../../src/domain/index.js';
import type { Finished } from './wus.js';

interface InProcessOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Width of the terminal. Default 80. */
  readonly columns?: number;
}

/**
 * Runs `wus <args>` without a process of its own. One at a time: the working folder belongs to the process.
 *
 * @returns What a process would leave: exit code and both outputs.
 */
export async function runInProcess(
  args: readonly string[],
  { cwd, env = {}, columns = 80 }: InProcessOptions,
): Promise<Finished> {
  let stdout = '';
  let stderr = '';
  const shown = (text: string): string => `${printable(text, 'lines-and-colors')}\n`;
  const terminal: Terminal = {
    print: (text) => {
      stdout += shown(text);
    },
    note: (text) => {
      stderr += shown(text);
    },
    redraw: () => {},
    isInteractive: false,
    showsProgress: false,
    hasColors: false,
    columns,
    commandLine: 'wus',
    workingFolder: cwd,
    environment: { ...process.env, NO_COLOR: '1', ...env },
    onInterrupt: () => () => {},
    compute: async (work) => Promise.resolve(work()),
  };
  const before = { folder: process.cwd(), exitCode: process.exitCode };
  process.chdir(cwd);
  process.exitCode = undefined;
  try {
    await runCommandLine(args, terminal);
    return { exitCode: Number(process.exitCode ?? 0), stdout, stderr };
  } catch (error) {
    const { text, exitCode } = await describeFailure(error, args);
    return { exitCode, stdout, stderr: `${stderr}${text}\n` };
  } finally {
    process.exitCode = before.exitCode;
    process.chdir(before.folder);
  }
}
