/**
 * An error whose message is written for the user: what is wrong, where, and what to do.
 * The command line prints the message alone and exits with `exitCode`.
 */
export class UserError extends Error {
  override readonly name: string = 'UserError';
  readonly exitCode: 1 | 2 = 1;
}

/** A `UserError` in the way something was asked for (a flag, a parameter, a config key): exit code 2. */
export class UsageError extends UserError {
  override readonly name = 'UsageError';
  override readonly exitCode = 2;
}
