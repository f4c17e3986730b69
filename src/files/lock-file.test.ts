import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { tryLockFile, waitForLockFile } from './lock-file.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wus-lock-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('one holder at a time, also within a process', async () => {
  const path = join(folder, 'deep', 'x.lock');
  const lock = tryLockFile(path);
  expect(lock).toBeDefined();
  expect(tryLockFile(path)).toBeUndefined();
  expect(await waitForLockFile(path, 60)).toBeUndefined();
  lock?.release();
  lock?.release();
  const next = await waitForLockFile(path, 0);
  expect(next).toBeDefined();
  next?.release();
  expect(await readdir(join(folder, 'deep'))).toEqual([]);
});

test('a lock of a dead process, and a torn one, are taken over; one of a living process is not', async () => {
  const path = join(folder, 'x.lock');
  const child = spawn('sleep', ['60']);
  await once(child, 'spawn');
  await writeFile(path, JSON.stringify({ pid: child.pid, host: hostname() }));
  expect(tryLockFile(path)).toBeUndefined();
  child.kill('SIGKILL');
  await once(child, 'exit');
  const lock = tryLockFile(path);
  expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ pid: process.pid });
  lock?.release();
  await writeFile(path, '{"pid":');
  const second = tryLockFile(path);
  expect(second).toBeDefined();
  second?.release();
});

test('a lock of another computer is respected', async () => {
  const path = join(folder, 'x.lock');
  await writeFile(path, JSON.stringify({ pid: 1, host: 'elsewhere' }));
  expect(tryLockFile(path)).toBeUndefined();
});

test('says where a lock cannot be written', async () => {
  await writeFile(join(folder, 'file'), '');
  expect(() => tryLockFile(join(folder, 'file', 'x.lock'))).toThrow(/Cannot write .*x\.lock/);
});
