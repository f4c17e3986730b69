import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, utimesSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { isLivingLock, takeLivingLock } from './living-lock.js';
import { type LockOwner, ownLockOwner } from './lock-owner.js';

const FAST = { beatMs: 20, silenceMs: 400 };
const isLinux = process.platform === 'linux';

let folder: string;
let path: string;
let beats: NodeJS.Timeout | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wus-lock-'));
  path = join(folder, 'bot', 'lock');
});
afterEach(() => {
  clearInterval(beats);
  return rm(folder, { recursive: true, force: true });
});

/** A lock that somebody else left. */
async function left(owner: object): Promise<void> {
  const lock = await takeLivingLock(path, FAST);
  const text = readFileSync(path, 'utf8');
  lock?.release();
  const { file: _, ...own } = JSON.parse(text) as LockOwner;
  await writeFile(path, JSON.stringify({ ...own, ...owner }));
}

async function living(): Promise<{ pid: number; child: ChildProcess; start: string }> {
  const child = spawn('sleep', ['60']);
  await once(child, 'spawn');
  onTestFinished(() => void child.kill('SIGKILL'));
  const stat = isLinux ? readFileSync(`/proc/${child.pid}/stat`, 'utf8') : '';
  return {
    pid: child.pid!,
    child,
    start: stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '',
  };
}

/** Touches the lock as an owner does whom nobody sees. */
function beating(): void {
  beats = setInterval(() => utimesSync(path, new Date(), new Date()), 20);
}

describe('a lock that lives', () => {
  test('is had once, touched, and gone after its release', async () => {
    const lock = await takeLivingLock(path, FAST);
    expect(await takeLivingLock(path, FAST)).toBeUndefined();
    expect(isLivingLock(path)).toBe(true);
    utimesSync(path, new Date(0), new Date(0));
    await expect.poll(() => existsSync(path)).toBe(true);
    lock?.release();
    lock?.release();
    expect(existsSync(path)).toBe(false);
    expect(isLivingLock(path)).toBe(false);
  });

  test('of a living process is respected, of a dead or a torn one taken over at once', async () => {
    const { pid, child, start } = await living();
    await left({ pid, ...(isLinux && { start }) });
    await expect(takeLivingLock(path, FAST)).rejects.toThrow(`another process (${pid})`);
    expect(isLivingLock(path)).toBe(true);
    child.kill('SIGKILL');
    await once(child, 'exit');
    (await takeLivingLock(path, { silenceMs: 60_000 }))?.release();
    await writeFile(path, '{"pid":');
    (await takeLivingLock(path, { silenceMs: 60_000 }))?.release();
  });

  test.runIf(isLinux)(
    'is not that of another process with the number of its dead owner',
    async () => {
      const { pid, start } = await living();
      await left({ pid, start: String(Number(start) - 1) });
      expect(isLivingLock(path)).toBe(false);
      (await takeLivingLock(path, { silenceMs: 60_000 }))?.release();
    },
  );

  test.runIf(isLinux)(
    'of version 0.1 is that of the process with its number, if that was there before it',
    async () => {
      const { pid } = await living();
      await left({});
      await writeFile(path, JSON.stringify({ pid, host: hostname(), nonce: '00' }));
      await expect(takeLivingLock(path, FAST)).rejects.toThrow(`another process (${pid})`);
      utimesSync(path, new Date(0), new Date(0));
      (await takeLivingLock(path, FAST))?.release();
    },
  );
});

describe('a lock whose owner cannot be seen from here', () => {
  const AWAY: readonly (readonly [string, object])[] = [
    ['in another container with the same host name', { processes: 'pid:[1]' }],
    ['in another container with another host name', { processes: 'pid:[1]', host: 'b7c1' }],
    ['before a new start of the machine', { boot: 'another' }],
    ['on another machine', { boot: 'another', host: 'elsewhere', processes: 'pid:[1]' }],
  ];

  test.runIf(isLinux).each(AWAY)('is respected while it is touched: %s', async (_, owner) => {
    await left(owner);
    beating();
    await expect(takeLivingLock(path, FAST)).rejects.toThrow(
      /in use by process \d+ on .*, which is running/,
    );
    expect(isLivingLock(path)).toBe(true);
  });

  test.runIf(isLinux).each(AWAY)('is taken over when it is silent: %s', async (_, owner) => {
    await left(owner);
    const lock = await takeLivingLock(path, FAST);
    expect(lock).toBeDefined();
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ pid: process.pid });
    lock?.release();
  });

  test('and never touched it: the refusal says what to do', async () => {
    await left({});
    await writeFile(path, JSON.stringify({ pid: 4242, host: 'burned-down', nonce: '00' }));
    await expect(takeLivingLock(path, FAST)).rejects.toThrow(
      /in use by process 4242 on burned-down; it is unknown.*\n.*then remove .*lock and start again/,
    );
  });

  test.runIf(isLinux)('and whose folder is a copy: the refusal says what to do', async () => {
    const lock = await takeLivingLock(path, FAST);
    const text = readFileSync(path, 'utf8').replace(ownLockOwner().processes!, 'pid:[1]');
    await mkdir(join(folder, 'copy'));
    const copy = join(folder, 'copy', 'lock');
    await writeFile(copy, text);
    await expect(takeLivingLock(copy, FAST)).rejects.toThrow(/is a copy.*\n.*then remove .*lock/);
    lock?.release();
  });
});

test('who stood still for so long that another took over is not the owner any more', async () => {
  let isLost = false;
  const lock = await takeLivingLock(path, { ...FAST, onLost: () => (isLost = true) });
  const other = JSON.stringify({ ...ownLockOwner(), nonce: 'other' });
  await writeFile(path, other);
  await expect.poll(() => isLost).toBe(true);
  lock?.release();
  expect(readFileSync(path, 'utf8')).toBe(other);
});

test('says where a lock cannot be written', async () => {
  await writeFile(join(folder, 'file'), '');
  await expect(takeLivingLock(join(folder, 'file', 'lock'))).rejects.toThrow(/Cannot write .*lock/);
});
