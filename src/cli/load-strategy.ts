import { type LoadedStrategy, loadStrategy, moveStrategyConsole } from '../plugins/index.js';
import type { Terminal } from './terminal.js';

/**
 * Loads a strategy for a command: by name, or a user's file, whose own prints then go to standard error, because standard
 * output is the command's.
 *
 * @param name - As the user wrote it.
 * @param terminal - For the folder of relative paths.
 * @throws {UserError} If there is no such strategy or its file is not usable.
 */
export async function loadCommandStrategy(
  name: string,
  { workingFolder }: Pick<Terminal, 'workingFolder'>,
): Promise<LoadedStrategy> {
  await moveStrategyConsole();
  return loadStrategy(name, { cwd: workingFolder });
}
