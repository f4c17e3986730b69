/** What the user is told when a command fails, and the exit code. */
export interface Failure {
  readonly text: string;
  readonly exitCode: number;
}

/**
 * Turns whatever was thrown into words: a `UserError` speaks for itself; anything else is a defect or the
 * system's refusal, shown as one line unless `--log debug` asks for the stack.
 *
 * @param error - What was thrown.
 * @param args - The command line, searched for `--log debug`.
 */
export async function describeFailure(error: unknown, args: readonly string[]): Promise<Failure> {
  const { printable } = await import('../domain/index.js');
  const { text, exitCode } = await wordsFor(error, args);
  // Names of files and words of servers are part of it.
  return { text: printable(text, 'lines'), exitCode };
}

async function wordsFor(error: unknown, args: readonly string[]): Promise<Failure> {
  const { UserError } = await import('../domain/index.js');
  const wantsDetails = asksForDetails(args);
  if (error instanceof UserError) {
    const text = wantsDetails ? `${error.message}\n${error.stack ?? ''}` : error.message;
    return { text, exitCode: error.exitCode };
  }
  if (wantsDetails) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { text, exitCode: 1 };
  }
  const message = error instanceof Error ? error.message : String(error);
  const [firstLine = ''] = message.split('\n');
  return {
    text: `Unexpected failure: ${firstLine}\nRun again with --log debug for details`,
    exitCode: 1,
  };
}

function asksForDetails(args: readonly string[]): boolean {
  return args.some(
    (arg, i) => arg === '--log=debug' || (arg === '--log' && args[i + 1] === 'debug'),
  );
}
