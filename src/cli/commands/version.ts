import type { Command } from 'commander';
import { createCommand } from '../create-command.js';
import { packageVersion } from '../package-version.js';
import type { Terminal } from '../terminal.js';

/** `wus version`: what a bug report needs. */
export function versionCommand(terminal: Terminal): Command {
  return createCommand(terminal, {
    name: 'version',
    summary: 'Print the versions of wus and Node',
    examples: [
      ['wus version', 'for bug reports'],
      ['wus --version', 'the package version only, for scripts'],
    ],
  }).action(() => {
    terminal.print(
      `wus ${packageVersion()}, Node ${process.versions.node}, ${process.platform} ${process.arch}`,
    );
  });
}
