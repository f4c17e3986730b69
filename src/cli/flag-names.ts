import { UsageError } from '../domain/index.js';
import { RUN_FLAG_GROUPS } from './run-flags.js';

const FLAGS = new Map(
  RUN_FLAG_GROUPS.flatMap(({ flags }) => flags).map(
    (flag) => [flag.key, flag.flags.split(' ')[0] ?? flag.flags] as const,
  ),
);

/**
 * Runs something whose complaints name configuration keys, and lets them name the flags that the user typed.
 *
 * @param run - What may complain.
 * @throws {UsageError} With flags in the place of keys.
 */
export function withFlagNames<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(nameFlags(error.message), { cause: error });
  }
}

/** A key at the start of a line is the flag; inside a sentence only keys that are no English words are. */
function nameFlags(message: string): string {
  return message
    .split('\n')
    .map((line) =>
      line
        .replace(/^\w+(?= )/, (word) => FLAGS.get(word) ?? word)
        .replace(/(?<![-\w])[a-z]+(_[a-z]+)+(?!\w)/g, (word) => FLAGS.get(word) ?? word),
    )
    .join('\n');
}
