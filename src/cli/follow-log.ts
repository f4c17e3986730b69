import { open, readFile, stat } from 'node:fs/promises';
import { fileError, systemErrorCode } from '../files/index.js';
import { pause } from '../trader/index.js';
import type { Terminal } from './terminal.js';

const LOOK_MS = 500;
/** Older parts of a log, the oldest first. */
const OLDER = ['.3', '.2', '.1'];

/**
 * Reads the newest lines of a log and of its older parts.
 *
 * @param file - The newest part.
 * @param last - How many lines.
 * @param isWanted - Which lines.
 * @returns The lines, and how far the newest part was read, bytes.
 */
export async function readLog(
  file: string,
  last: number,
  isWanted: (line: string) => boolean,
): Promise<{ readonly lines: readonly string[]; readonly position: number }> {
  const parts: string[][] = [];
  let position = 0;
  for (const ending of ['', ...OLDER.toReversed()]) {
    const text = await textOf(`${file}${ending}`);
    if (ending === '') position = Buffer.byteLength(text);
    const lines = text.split('\n').filter((line) => line !== '' && isWanted(line));
    parts.unshift(lines);
    if (parts.reduce((sum, part) => sum + part.length, 0) >= last) break;
  }
  return { lines: parts.flat().slice(-last), position };
}

/**
 * Goes on with a log until Ctrl-C, also where it begins anew.
 *
 * @param file - The newest part.
 * @param from - Where to begin, bytes.
 * @param isWanted - Which lines.
 * @param show - Gets each.
 * @param terminal - Ctrl-C ends it.
 */
export async function followLog(
  file: string,
  from: number,
  isWanted: (line: string) => boolean,
  show: (line: string) => void,
  terminal: Pick<Terminal, 'onInterrupt'>,
): Promise<void> {
  const stop = new AbortController();
  const end = terminal.onInterrupt(() => stop.abort());
  let position = from;
  let rest = '';
  while (!stop.signal.aborted) {
    const size = await sizeOf(file);
    // A smaller file is a new one: the rest of the old one is in its older part.
    if (size < position) {
      rest += await textFrom(`${file}.1`, position);
      position = 0;
    }
    if (size > position) {
      const text = await textFrom(file, position);
      position += Buffer.byteLength(text);
      rest += text;
    }
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '' && isWanted(line)) show(line);
    await pause(LOOK_MS, stop.signal);
  }
  end();
}

async function textOf(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: unknown) => {
    if (systemErrorCode(error) === 'ENOENT') return '';
    throw fileError('read', file, error);
  });
}

async function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    () => 0,
  );
}

async function textFrom(file: string, position: number): Promise<string> {
  const handle = await open(file, 'r').catch(() => undefined);
  if (handle === undefined) return '';
  try {
    const { size } = await handle.stat();
    if (size <= position) return '';
    const bytes = Buffer.alloc(size - position);
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, position);
    return bytes.subarray(0, bytesRead).toString();
  } finally {
    await handle.close();
  }
}
