import { spawn } from 'node:child_process';
import path from 'node:path';
import type { Command } from 'commander';
import type { Terminal } from './terminal.js';

/** A program that fails does so within this time, ms; a browser goes on. */
const FAILS_WITHIN_MS = 1_500;

/** What is known of the place in which a browser would open. */
export type OpeningPlace = Pick<
  Terminal,
  'isInteractive' | 'environment' | 'note' | 'workingFolder'
>;

/** Adds the flag `--open`. */
export function addOpenFlag(command: Command): Command {
  return command.option('--open', 'Open the report in the browser (in a terminal only)');
}

/**
 * Opens a report in the browser. Nothing opens without a terminal or in CI; what keeps it from opening is said in a sentence, and is
 * no failure of the command.
 *
 * @param file - The report.
 * @param place - Where the command runs.
 * @param platform - Of this machine.
 */
export async function openReport(
  file: string,
  place: OpeningPlace,
  platform: NodeJS.Platform = process.platform,
): Promise<void> {
  const { environment, isInteractive, note, workingFolder } = place;
  if (environment.CI !== undefined && environment.CI !== '' && environment.CI !== 'false') {
    note(`--open is ignored in CI; the report is ${file}`);
    return;
  }
  if (!isInteractive) {
    note(`--open is ignored without a terminal; the report is ${file}`);
    return;
  }
  const [program, ...args] = opener(path.resolve(workingFolder, file), platform);
  const problem = await started(program, args, environment);
  if (problem !== undefined) note(`${program} cannot open ${file} (${problem}); open it manually`);
}

function opener(file: string, platform: NodeJS.Platform): [string, ...string[]] {
  if (platform === 'darwin') return ['open', file];
  // The empty word is the title of the window: the first word in quotes would be taken for it.
  if (platform === 'win32') return ['cmd', '/c', 'start', '', file];
  return ['xdg-open', file];
}

/** Starts a program that outlives this one; what went wrong at once, or nothing. */
function started(
  program: string,
  args: readonly string[],
  environment: OpeningPlace['environment'],
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: 'ignore', detached: true, env: environment });
    const timer = setTimeout(() => end(undefined), FAILS_WITHIN_MS);
    const end = (problem: string | undefined): void => {
      clearTimeout(timer);
      child.removeAllListeners().on('error', () => {});
      child.unref();
      resolve(problem);
    };
    child.on('error', (error: NodeJS.ErrnoException) =>
      end(error.code === 'ENOENT' ? 'no such program' : error.message),
    );
    child.on('exit', (code) => end(code === 0 ? undefined : `exit code ${code ?? 'none'}`));
  });
}
