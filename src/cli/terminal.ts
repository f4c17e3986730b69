/** What a command may know of the terminal it runs in; tests hand in their own. */
export interface Terminal {
  /** Writes one line (or several) to standard output: the result that was asked for. */
  readonly print: (text: string) => void;
  /** Writes one line (or several) to standard error: progress, notes, questions. */
  readonly note: (text: string) => void;
  /** Whether standard output is a terminal. */
  readonly isInteractive: boolean;
  /** Whether standard error is a terminal: only then progress may redraw a line. */
  readonly showsProgress: boolean;
  /** Whether colours are wanted on standard output (a terminal, and `NO_COLOR` unset). */
  readonly hasColors: boolean;
  /** Width in characters. */
  readonly columns: number;
  /** Folder that relative paths start from. */
  readonly workingFolder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /**
   * Registers what must happen before Ctrl-C ends the program (a second Ctrl-C does not wait).
   *
   * @param stop - Stops the work; awaited.
   * @returns Takes the registration back.
   */
  readonly onInterrupt: (stop: () => void | Promise<void>) => () => void;
}

/** A terminal over this process. */
export function processTerminal(): Terminal & { readonly interrupt: () => Promise<void> } {
  const stops = new Set<() => void | Promise<void>>();
  return {
    print: (text) => void process.stdout.write(`${text}\n`),
    note: (text) => void process.stderr.write(`${text}\n`),
    get isInteractive() {
      return process.stdout.isTTY === true;
    },
    get showsProgress() {
      return process.stderr.isTTY === true;
    },
    get hasColors() {
      return process.stdout.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb';
    },
    get columns() {
      return process.stdout.columns ?? 80;
    },
    workingFolder: process.cwd(),
    environment: process.env,
    onInterrupt: (stop) => {
      stops.add(stop);
      return () => void stops.delete(stop);
    },
    interrupt: async () => {
      for (const stop of stops) await stop();
    },
  };
}
