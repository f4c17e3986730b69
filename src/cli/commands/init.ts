import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { writeFileAtomic } from '../../files/index.js';
import { createCommand } from '../create-command.js';
import type { Terminal } from '../terminal.js';

/** Files of the package that `wus init` copies, by their path in both places. */
const TEMPLATES = ['config/optimize_params.yaml', 'config/runtime_config.yaml'];

/** `wus init`: commented configuration files in the current folder; nothing is overwritten. */
export function initCommand(terminal: Terminal): Command {
  return createCommand(terminal, {
    name: 'init',
    summary: 'Create commented configuration files',
    description: 'Existing files are not changed.',
    examples: [
      [
        'wus init',
        'config/optimize_params.yaml with parameter grids, config/runtime_config.yaml with trader settings',
      ],
      [
        'wus init && wus optimize --strategy MACross --symbol BTCUSDT --interval 1h',
        'the first optimization in a new folder',
      ],
    ],
  }).action(async () => {
    for (const name of TEMPLATES) {
      const target = path.join(terminal.workingFolder, name);
      if (existsSync(target)) {
        terminal.print(`kept     ${name} (it exists)`);
        continue;
      }
      const source = fileURLToPath(new URL(`../../../${name}`, import.meta.url));
      await writeFileAtomic(target, await readFile(source));
      terminal.print(`written  ${name}`);
    }
  });
}
