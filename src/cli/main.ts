import { runCommandLine } from './run-command-line.js';
import { processTerminal } from './terminal.js';

const EXIT_INTERRUPTED = 130;
const EXIT_TERMINATED = 143;

const args = process.argv.slice(2);
const terminal = processTerminal();

// A reader that has seen enough (`wus … | head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});
process.on('uncaughtException', (error) => void fail(error));
stopOn('SIGINT', EXIT_INTERRUPTED);
stopOn('SIGTERM', EXIT_TERMINATED);

runCommandLine(args, terminal).catch(fail);

async function fail(error: unknown): Promise<void> {
  const { describeFailure } = await import('./failure.js');
  const { text, exitCode } = await describeFailure(error, args);
  process.exitCode = exitCode;
  process.stderr.write(`${text}\n`, () => process.exit());
}

/** npx hands on the signal that a terminal sends to both: one Ctrl-C arrives twice, within this time, ms. */
const SAME_SIGNAL_MS = 200;

/** Lets the running command put things in order; asked twice, it ends at once. */
function stopOn(signal: NodeJS.Signals, exitCode: number): void {
  process.once(signal, () => {
    const askedAt = performance.now();
    process.on(signal, () => {
      if (performance.now() - askedAt > SAME_SIGNAL_MS) process.exit(exitCode);
    });
    terminal
      .interrupt()
      .catch(() => {})
      .finally(() => {
        if (signal === 'SIGTERM') process.once('exit', () => endBy(signal));
        process.exit(exitCode);
      });
  });
}

/** Ends by the signal that was sent, so that whoever waits for the process sees that it obeyed; a shell calls that 143. */
function endBy(signal: NodeJS.Signals): void {
  if (process.platform === 'win32') return;
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}
