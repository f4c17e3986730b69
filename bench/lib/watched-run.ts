import { spawn } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';

/** What was seen of a process. */
export interface WatchedRun {
  readonly code: number | null;
  /** Everything that it printed on standard error. */
  readonly text: string;
  /** Wall time of all of it, s. */
  readonly seconds: number;
  /** Wall time until a line of standard error matched, s; `undefined` when none did. */
  readonly firstMatchSeconds: number | undefined;
  /** Over time; empty where `/proc` is not there. */
  readonly memory: readonly MemorySample[];
}

/** A look at a running process. */
export interface MemorySample {
  readonly seconds: number;
  /** Resident memory, MB. */
  readonly megabytes: number;
  /** Bytes that stood in the watched file by then; 0 without one. */
  readonly written: number;
}

const SAMPLE_MS = 200;

/**
 * Runs a Node process and watches it.
 *
 * @param args - Of `node`.
 * @param options - Working folder, what to wait for, and when to end it.
 */
export function watchRun(
  args: readonly string[],
  options: {
    readonly cwd: string;
    readonly firstMatch?: RegExp;
    /** Sends Ctrl-C as soon as something matched. */
    readonly stopsAtMatch?: boolean;
    readonly environment?: Readonly<Record<string, string>>;
    /** A file that the process writes: its size is part of each sample. */
    readonly output?: string;
  },
): Promise<WatchedRun> {
  return new Promise((resolve, reject) => {
    const startTime = performance.now();
    const seconds = (): number => (performance.now() - startTime) / 1000;
    const child = spawn(process.execPath, args, {
      cwd: options.cwd,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, NO_COLOR: '1', ...options.environment },
    });
    const memory: MemorySample[] = [];
    let text = '';
    let firstMatchSeconds: number | undefined;
    const timer = setInterval(() => {
      const megabytes = residentMegabytes(child.pid);
      const written = options.output === undefined ? 0 : sizeOf(options.output);
      if (megabytes !== undefined) memory.push({ seconds: seconds(), megabytes, written });
    }, SAMPLE_MS);
    child.stderr.on('data', (part: Buffer) => {
      text += part.toString();
      if (firstMatchSeconds !== undefined || options.firstMatch?.test(text) !== true) return;
      firstMatchSeconds = seconds();
      if (options.stopsAtMatch === true) child.kill('SIGINT');
    });
    child.on('error', reject);
    child.on('close', (code) => {
      clearInterval(timer);
      resolve({ code, text, seconds: seconds(), firstMatchSeconds, memory });
    });
  });
}

function residentMegabytes(pid: number | undefined): number | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const kilobytes = /^VmRSS:\s+(\d+)/m.exec(status)?.[1];
    return kilobytes === undefined ? undefined : (Number(kilobytes) * 1024) / 1e6;
  } catch {
    return undefined;
  }
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
