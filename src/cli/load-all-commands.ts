import type { Command } from 'commander';
import type { CommandRow } from './commands.js';
import { addPrintConfig } from './print-config.js';
import type { Terminal } from './terminal.js';

/**
 * Builds every command: for what must know all of them. That loads the whole program.
 *
 * @param rows - The list of commands.
 * @param terminal - Handed to their builders.
 */
export async function loadAllCommands(
  rows: readonly CommandRow[],
  terminal: Terminal,
): Promise<Command[]> {
  const builders = await Promise.all(rows.map(({ load }) => load()));
  return builders.map((build) => {
    const command = build(terminal);
    addPrintConfig(command, terminal, []);
    return command;
  });
}
