import type { Command } from 'commander';
import { printable } from '../domain/index.js';

/** Functions that colour text, or leave it alone. */
export interface Palette {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
}

/** What a command may know of the terminal it runs in; tests hand in their own. */
export interface Terminal {
  /** Writes one line (or several) to standard output: the result that was asked for. */
  readonly print: (text: string) => void;
  /** Writes one line (or several) to standard error: progress, notes, questions. */
  readonly note: (text: string) => void;
  /** Replaces the line that standard error is on; empty text clears it. Only when `showsProgress`. */
  readonly redraw: (text: string) => void;
  /** Whether standard output is a terminal. */
  readonly isInteractive: boolean;
  /** Whether standard error is a terminal: only then progress may redraw a line. */
  readonly showsProgress: boolean;
  /** Whether colours are wanted on standard output (a terminal, and `NO_COLOR` unset). */
  readonly hasColors: boolean;
  /** Width in characters. */
  readonly columns: number;
  /** The command line that runs, as a shell would take it; and its words. */
  readonly commandLine: string;
  readonly commandWords?: readonly string[];
  /** The command is a step of another one, which says itself what comes next. */
  readonly isStep?: boolean;
  /** Builds every command: for what must know all of them. That loads the whole program. */
  readonly loadCommands?: () => Promise<readonly Command[]>;
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
  /**
   * Runs a long computation that has nothing to put in order: Ctrl-C then says so and ends the program at
   * once, although no event is handled while it computes.
   *
   * @param work - Pure and synchronous.
   */
  readonly compute: <Result>(work: () => Result) => Promise<Result>;
}

/** A terminal over this process. */
export function processTerminal(): Terminal & { readonly interrupt: () => Promise<void> } {
  const lineWidth = (): number => widthOf(process.stderr);
  const stops = new Set<() => void | Promise<void>>();
  let isEnding = false;
  const shown = (text: string): string => printable(text, 'lines-and-colors');
  const note = (text: string): void => void process.stderr.write(`${shown(text)}\n`);
  const redraw = (text: string): void =>
    void process.stderr.write(`\r\u001B[2K${shown(text).slice(0, lineWidth() - 1)}`);
  return {
    print: (text) => void process.stdout.write(`${shown(text)}\n`),
    note,
    redraw,
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
      return widthOf(process.stdout);
    },
    commandLine: 'wus',
    workingFolder: process.cwd(),
    environment: process.env,
    onInterrupt: (stop) => {
      stops.add(stop);
      return () => void stops.delete(stop);
    },
    compute: async (work) => {
      const { interruptible } = await import('./interruptible.js');
      // A signal that has already arrived is handled first: a whole turn of the event loop lies between two of these.
      for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
      const outcome = isEnding ? undefined : interruptible(work);
      if (outcome?.isInterrupted === false) return outcome.result;
      // What waits for the end of this work would wait for ever.
      stops.clear();
      if (!isEnding) process.emit('SIGINT', 'SIGINT');
      return new Promise(() => {});
    },
    interrupt: async () => {
      if (stops.size > 0) {
        for (const stop of stops) await stop();
        return;
      }
      isEnding = true;
      // Loaded only here: the command list needs no files.
      const { writeSync } = await import('node:fs');
      const { writtenFiles } = await import('../files/index.js');
      const clear = process.stderr.isTTY ? '\r\u001B[2K' : '';
      // Past the stream: what was interrupted may have been in the middle of writing to it, and then it only collects.
      writeSync(process.stderr.fd, `${clear}${stoppedLine(writtenFiles())}\n`);
    },
  };
}

const FILES_NAMED = 3;

/** What Ctrl-C leaves of a command that has nothing to put in order. */
function stoppedLine(files: readonly string[]): string {
  if (files.length === 0) return 'Stopped; no result was written';
  const more = files.length - FILES_NAMED;
  return `Stopped; files already written: ${files.slice(0, FILES_NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

const COLUMNS_UNKNOWN = 80;

/** A terminal that was given no size says 0. */
function widthOf({ columns }: { readonly columns?: number }): number {
  return columns === undefined || columns === 0 ? COLUMNS_UNKNOWN : columns;
}
