/** What strategies may print with. */
const METHODS = ['log', 'info', 'debug', 'warn', 'error', 'dir', 'table', 'trace'] as const;
/** What is an error to its author is shown while the strategy is checked, too: a check that does not end must not be silent. */
const ERRORS: readonly string[] = ['warn', 'error', 'trace'];
const LINES_MAX = 1_000;
const LINES_WHILE_CHECKED_MAX = 20;

type Print = (...values: unknown[]) => void;

const printed = new Set<string>();
let isSilent = false;
let isChecking = false;
let isInstalled = false;

/**
 * Moves what strategy code prints from standard output, which belongs to the command, to standard error. A strategy runs many
 * times on the same candles: each line is printed once, and only warnings and errors while it is checked.
 *
 * @param options - `isSilent`: print nothing at all, as in the threads of a search.
 */
export async function moveStrategyConsole(
  options: { readonly isSilent?: boolean } = {},
): Promise<void> {
  if (options.isSilent === true) isSilent = true;
  if (isInstalled) return;
  isInstalled = true;
  const [{ Console }, { Writable }] = await Promise.all([
    import('node:console'),
    import('node:stream'),
  ]);
  let text = '';
  const sink = new Writable({
    write(piece: Buffer, _encoding, done) {
      text += piece.toString('utf8');
      done();
    },
  });
  const collecting = new Console(sink, sink);
  const own: Record<string, Print> = {};
  for (const method of METHODS) {
    own[method] = (...values) => {
      if (isSilent || (isChecking && !ERRORS.includes(method))) return;
      text = '';
      (collecting[method] as Print)(...values);
      const limit = isChecking ? LINES_WHILE_CHECKED_MAX : LINES_MAX;
      if (printed.has(text) || printed.size >= limit) return;
      printed.add(text);
      process.stderr.write(text);
    };
  }
  Object.assign(globalThis.console, own);
}

/** Lets lines that were printed be printed again: another run begins. */
export function forgetStrategyOutput(): void {
  printed.clear();
}

/**
 * Runs a check of a strategy, during which it prints nothing but a few warnings and errors.
 *
 * @param run - Synchronous.
 */
export function withoutStrategyOutput<Result>(run: () => Result): Result {
  const before = isChecking;
  isChecking = true;
  try {
    return run();
  } finally {
    isChecking = before;
  }
}
