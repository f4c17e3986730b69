import { UserError } from '../domain/index.js';
import type { Terminal } from './terminal.js';

/**
 * Names the files that could not be read, on standard error.
 *
 * @param refused - Each with its reason.
 * @param terminal - Where.
 */
export function warnOfRefused(
  refused: readonly { readonly reason: string }[],
  terminal: Terminal,
): void {
  for (const { reason } of refused) terminal.note(`Skipped: ${reason}`);
}

/**
 * Returns the error that ends a command which did its work without some of its files.
 *
 * @param refused - How many could not be read.
 * @param total - Of how many.
 */
export function refusedFilesError(refused: number, total: number): UserError {
  const all = Math.max(refused, total);
  return new UserError(
    refused === all
      ? `${all === 1 ? 'The file' : `None of the ${all} files`} could ${all === 1 ? 'not ' : ''}be read (see above): nothing was analyzed`
      : `${refused} of ${all} files could not be read (named above); the others were analyzed`,
  );
}
