import { UserError } from '../domain/index.js';
import { countText } from '../util/index.js';
import { withOwnProgram } from './invoked-as.js';
import { grouped } from './metric-display.js';
import type { FinishedOptimization } from './optimize-job.js';
import type { Terminal } from './terminal.js';

/** Turns Ctrl-C into a signal, and keeps the program alive until the work has put things in order. */
export interface InterruptStop {
  readonly signal: AbortSignal;
  /**
   * Says what is not as it was asked for. After Ctrl-C the program ends by itself, so an error would be heard by nobody.
   *
   * @param check - Throws a `UserError`.
   */
  conclude(check: () => void): void;
  /** The work is in order. */
  done(): void;
}

/**
 * Makes Ctrl-C stop a run cleanly.
 *
 * @param terminal - Tells about Ctrl-C.
 */
export function stopOnInterrupt(terminal: Terminal): InterruptStop {
  const controller = new AbortController();
  let settle = (): void => {};
  const settled = new Promise<void>((resolve) => {
    settle = resolve;
  });
  const release = terminal.onInterrupt(() => {
    controller.abort();
    return settled;
  });
  return {
    signal: controller.signal,
    conclude: (check) => {
      try {
        check();
      } catch (error) {
        if (!controller.signal.aborted || !(error instanceof UserError)) throw error;
        terminal.note(error.message);
      }
    },
    done: () => {
      release();
      settle();
    },
  };
}

/**
 * Says what a stopped run has kept, and how to go on.
 *
 * @param finished - Incomplete.
 * @param command - Command line of the run.
 */
export function stoppedText({ result }: FinishedOptimization, command: string): string {
  const counts = `Stopped after ${grouped(result.done, 0)} of ${countText(result.summary.count, 'combination')}`;
  if (result.detailsPath === undefined) {
    return `${counts}; nothing was saved (--save-details saves finished combinations)`;
  }
  const again = / --resume( |$)/.test(command) ? command : `${command} --resume`;
  return `${counts}; they are saved. Continue with: ${withOwnProgram(again)}`;
}
