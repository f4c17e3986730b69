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
  const shown = asksForDetails(args) ? text : shortened(text);
  return { text: printable(shown, 'lines'), exitCode };
}

/** Longer words and lines are no names and values that anybody reads; the ends of a path are kept. */
const WORD_LENGTH_MAX = 300;
const LINE_LENGTH_MAX = 1_000;
const START_KEPT = 120;
const END_KEPT = 60;

function shortened(text: string): string {
  const cut = (long: string): string => `${long.slice(0, START_KEPT)}…${long.slice(-END_KEPT)}`;
  const words = text.replace(/\S+/g, (word) => (word.length > WORD_LENGTH_MAX ? cut(word) : word));
  const lines = words.split('\n');
  return lines.map((line) => (line.length > LINE_LENGTH_MAX ? cut(line) : line)).join('\n');
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
