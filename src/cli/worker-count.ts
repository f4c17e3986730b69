import { availableParallelism } from 'node:os';
import type { Terminal } from './terminal.js';

/**
 * Returns how many worker threads a command starts: more than the machine has cores only cost memory.
 *
 * @param requested - Value of the option; nothing when it was not given.
 * @param cores - Of this machine.
 */
export function workerCount(requested: unknown, cores = availableParallelism()): number {
  return Math.min((requested as number | undefined) ?? cores, cores);
}

/**
 * Says when fewer threads are started than were asked for.
 *
 * @param flag - For example `--processes`.
 * @param requested - Its value; nothing when it was not given.
 * @param terminal - Gets the note.
 */
export function noteWorkerCount(
  flag: string,
  requested: unknown,
  terminal: Pick<Terminal, 'note'>,
): void {
  const count = workerCount(requested);
  if (requested === undefined || count === requested) return;
  const cores = count === 1 ? '1 core' : `${count} cores`;
  terminal.note(`${flag} ${Number(requested)}: this machine has ${cores}, using ${count}`);
}
