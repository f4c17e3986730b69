import { UsageError } from '../domain/index.js';
import { RUN_FLAG_GROUPS, type RunFlagGroup } from './run-flags.js';

/**
 * Runs something whose complaints name configuration keys, and lets them name the flags that the user typed.
 *
 * @param run - What may complain.
 * @param groups - Flags of the command, where some have other names than in `wus backtest`.
 * @throws {UsageError} With flags in the place of keys.
 */
export function withFlagNames<T>(
  run: () => T,
  groups: readonly RunFlagGroup[] = RUN_FLAG_GROUPS,
): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(nameFlags(error.message, groups), { cause: error });
  }
}

/**
 * Puts flags in the place of configuration keys. A key at the start of a line is the flag; inside a sentence only keys that
 * are no English words are.
 *
 * @param message - One or several lines.
 * @param groups - Flags of the command.
 */
export function nameFlags(
  message: string,
  groups: readonly RunFlagGroup[] = RUN_FLAG_GROUPS,
): string {
  const names = new Map(
    groups
      .flatMap(({ flags }) => flags)
      .map((flag) => [flag.key, flag.flags.split(' ')[0] ?? flag.flags] as const),
  );
  return message
    .split('\n')
    .map((line) =>
      line
        .replace(/^\w+(?= )/, (word) => names.get(word) ?? word)
        .replace(/(?<![-\w])[a-z]+(_[a-z]+)+(?!\w)/g, (word) => names.get(word) ?? word),
    )
    .join('\n');
}
