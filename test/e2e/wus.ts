// Runs the built command as a user would: another process, another folder.
import { AsyncLocalStorage } from 'node:async_hooks';
import { spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { constants, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished, test } from 'vitest';

export const repositoryRoot = fileURLToPath(new URL('../../', import.meta.url));
const wusFile = path.join(repositoryRoot, 'bin/wus.js');

/** What a finished command left behind. */
export interface Finished {
  /** As a shell tells it: 130 after Ctrl-C. */
  readonly exitCode: number;
  readonly stdout: string;
  /** Without the lines that only say how far the work is: a slow machine prints them, a fast one does not. */
  readonly stderr: string;
}

export interface RunOptions {
  /** Default: the repository root. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Called once when standard error or output first contains this text. */
  readonly interruptAt?: { readonly text: string; readonly signal: NodeJS.Signals };
}

/** Runs `wus <args>` to its end; the program is built first when it is not, or out of date. */
export async function runWus(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  buildOnce();
  const child = spawn(process.execPath, [wusFile, ...args], {
    cwd: options.cwd ?? repositoryRoot,
    env: { ...process.env, NO_COLOR: '1', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // A test that runs out of time leaves no process behind: one without an end would slow all others.
  whenTestEnds(() => void child.kill('SIGKILL'));
  let stdout = '';
  let stderr = '';
  let waitsFor = options.interruptAt;
  const look = (): void => {
    if (waitsFor === undefined || !`${stdout}${stderr}`.includes(waitsFor.text)) return;
    child.kill(waitsFor.signal);
    waitsFor = undefined;
  };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    look();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    look();
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    // As a shell counts: ended by a signal is 128 and its number.
    child.on('close', (code, signal) => {
      const exitCode = code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
      resolve({ exitCode, stdout, stderr: withoutProgress(stderr) });
    });
  });
}

/** "Reading candles 60 %, 2 s left": whole lines of that form alone, as `createProgress()` writes them to a pipe. */
const PROGRESS_LINE =
  /^[A-Z][a-z]+(?: [a-z]+)* \d{1,3} %(?:,(?: \d+ (?:h|min|s))+ left)?(?: {2}.*)?\n/gm;

/**
 * Takes the lines out of standard error that say how far the work is, and nothing else.
 *
 * @param stderr - All of it.
 */
export function withoutProgress(stderr: string): string {
  return stderr.replaceAll(PROGRESS_LINE, '');
}

/** A folder that disappears with the test; with `WUS_KEEP_FOLDERS=1` it stays, and is named. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'wus-e2e-'));
  if (process.env.WUS_KEEP_FOLDERS === '1') {
    console.info(`kept: ${folder}`);
    return folder;
  }
  whenTestEnds(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

type TidyUp = () => void;

/** How the test that runs here keeps what must be tidied up after it; tests that run side by side have one each. */
const tidying = new AsyncLocalStorage<(tidyUp: TidyUp) => void>();

/** Calls `tidyUp` after the test that runs, whether it passed, failed or ran out of time. */
export function whenTestEnds(tidyUp: TidyUp): void {
  (tidying.getStore() ?? onTestFinished)(tidyUp);
}

/** A test that runs beside the others of its file which are made by this. */
export function testSideBySide(name: string, run: () => Promise<void>, timeoutMs?: number): void {
  test.concurrent(name, (context) => tidying.run(context.onTestFinished, run), timeoutMs);
}

const POLL_MS = 50;
const POLL_LIMIT_MS = 60_000;

/** Waits until something holds; `expect.poll()` knows only the one test that runs alone. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + POLL_LIMIT_MS;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`${String(holds)} did not become true`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** Looking again would cost as much as starting a command; building again would fail again. */
let isBuilt = false;
let buildFailure: Error | undefined;

/** Makes what is not built or out of date; test files that run at the same time wait for each other. */
export function buildOnce(): void {
  if (isBuilt) return;
  if (buildFailure !== undefined) throw buildFailure;
  const lock = path.join(repositoryRoot, 'node_modules/.wus-build-lock');
  const deadline = Date.now() + 100_000;
  for (let args = whatToBuild(); args !== undefined; args = whatToBuild()) {
    if (!takeLock(lock)) {
      if (Date.now() > deadline) throw new Error(`${lock} is in the way; remove it`);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
      continue;
    }
    try {
      args = whatToBuild();
      if (args === undefined) break;
      const started = new Date();
      const { status, stdout, stderr } = spawnSync('npm', args, {
        cwd: repositoryRoot,
        encoding: 'utf8',
      });
      if (status !== 0) {
        buildFailure = new Error(`The build failed:\n${stdout}${stderr}`);
        throw buildFailure;
      }
      writeFileSync(stamp, '');
      utimesSync(stamp, started, started);
    } finally {
      rmSync(lock, { recursive: true, force: true });
    }
  }
  isBuilt = true;
}

const stamp = path.join(repositoryRoot, 'dist/.built');

/** Arguments of npm: everything when `src/` is newer than `dist/`, the program alone when it was made of other modules. */
function whatToBuild(): string[] | undefined {
  if (!isFresh()) return ['run', '--silent', 'build'];
  const state = (file: string): string => {
    const name = path.join(repositoryRoot, 'dist', file);
    return existsSync(name) ? readFileSync(name, 'utf8') : '';
  };
  const isOfModules = state('program/.tsbuildinfo') === state('.tsbuildinfo');
  return isOfModules && existsSync(path.join(repositoryRoot, 'dist/program/cli/main.js'))
    ? undefined
    : ['exec', '--', 'node', 'bundle.js'];
}

function takeLock(lock: string): boolean {
  try {
    mkdirSync(lock);
    return true;
  } catch {
    return false;
  }
}

function isFresh(): boolean {
  const built = statSync(stamp, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const source = path.join(repositoryRoot, 'src');
  return readdirSync(source, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.(test|contract)\.ts$/.test(entry.name))
    .every((entry) => statSync(path.join(entry.parentPath, entry.name)).mtimeMs <= built);
}
