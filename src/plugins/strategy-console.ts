/** What strategies may print with. */
const METHODS = ['log', 'info', 'debug', 'warn', 'error', 'dir', 'table', 'trace'] as const;
const LINES_MAX = 1_000;

type Print = (...values: unknown[]) => void;

const printed = new Set<string>();
let isSilent = false;
let isInstalled = false;

/**
 * Moves what strategy code prints from standard output, which belongs to the command, to standard error. A strategy runs many
 * times on the same candles: each line is printed once, and nothing while it is checked.
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
      if (isSilent) return;
      text = '';
      (collecting[method] as Print)(...values);
      if (printed.has(text) || printed.size >= LINES_MAX) return;
      printed.add(text);
      process.stderr.write(text);
    };
  }
  Object.assign(globalThis.console, own);
}

/**
 * Runs something during which strategies print nothing.
 *
 * @param run - Synchronous.
 */
export function withoutStrategyOutput<Result>(run: () => Result): Result {
  const before = isSilent;
  isSilent = true;
  try {
    return run();
  } finally {
    isSilent = before;
  }
}
