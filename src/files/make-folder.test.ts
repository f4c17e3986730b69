import { existsSync } from 'node:fs';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeFileAtomic } from './atomic-file.js';
import { makeFolder } from './make-folder.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wus-folder-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('makeFolder() makes every missing folder, and says whether one was missing', async () => {
  const deep = join(folder, 'a', 'b', 'c');
  expect(makeFolder(deep)).toBe(true);
  expect((await stat(deep)).isDirectory()).toBe(true);
  expect(makeFolder(deep)).toBe(false);
});

test('makeFolder() refuses to go through a file', async () => {
  await writeFile(join(folder, 'file'), '');
  expect(() => makeFolder(join(folder, 'file', 'below'))).toThrow(/ENOTDIR|is a file/);
  expect(() => makeFolder(join(folder, 'file'))).toThrow(/is a file/);
});

const hasProc = existsSync('/proc/self');
if (!hasProc) console.warn('SKIPPED: a path below /proc, because this system has none');

test.skipIf(!hasProc)('a path below /proc is refused at once, in words', async () => {
  await expect(writeFileAtomic('/proc/wus-missing/deep/t.csv', 'x')).rejects.toThrow(
    /^Cannot write \/proc\/wus-missing\/deep\/t\.csv: its folder cannot be created; choose another path$/,
  );
});
