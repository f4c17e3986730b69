// Commands that run until they are told to stop.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import path from 'node:path';
import { buildOnce, repositoryRoot, whenTestEnds } from './wus.js';

const WAIT_MS = 60_000;

interface WusProcessOptions {
  readonly cwd: string;
  readonly env?: Record<string, string>;
  /** Command that prepares its surroundings and then becomes it. */
  readonly within?: readonly string[];
}

/** A running `wus <args>`. */
export class WusProcess {
  readonly #child: ChildProcess;
  #output = '';
  readonly #ended: Promise<number>;

  constructor(args: readonly string[], options: WusProcessOptions) {
    buildOnce();
    const [command = '', ...words] = [
      ...(options.within ?? []),
      ...[process.execPath, path.join(repositoryRoot, 'bin/wus.js'), ...args],
    ];
    this.#child = spawn(command, words, {
      cwd: options.cwd,
      env: { ...process.env, NO_COLOR: '1', ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output += text;
      });
    }
    this.#ended = once(this.#child, 'close').then(([code, signal]) => endOf(code, signal));
    whenTestEnds(() => void this.#child.kill('SIGKILL'));
  }

  /** Standard output and error so far. */
  get output(): string {
    return this.#output;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  /** Waits for a text in the output after the last one waited for; returns its line. */
  async waitFor(pattern: RegExp, from = 0): Promise<string> {
    const deadline = Date.now() + WAIT_MS;
    while (Date.now() < deadline) {
      const match = pattern.exec(this.#output.slice(from));
      if (match !== null) return match[0];
      if (this.#child.exitCode !== null) break;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`${String(pattern)} did not come. Output:\n${this.#output}`);
  }

  /** Sends a signal and waits for the end. */
  async end(signal: NodeJS.Signals): Promise<number> {
    this.#child.kill(signal);
    return this.#ended;
  }
}

/** The number that a shell shows for the end of a process. */
function endOf(code: unknown, signal: unknown): number {
  if (typeof code === 'number') return code;
  return 128 + (constants.signals[signal as NodeJS.Signals] ?? 0);
}
