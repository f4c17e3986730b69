import { chmod, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { UserError } from '../domain/index.js';
import { openAtomicFile, writeFileAtomic } from './atomic-file.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wus-atomic-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('writeFileAtomic()', () => {
  test('writes text, bytes and pieces, and leaves nothing else behind', async () => {
    await writeFileAtomic(join(folder, 'text'), 'a\n');
    await writeFileAtomic(join(folder, 'bytes'), Uint8Array.of(1, 2));
    await writeFileAtomic(join(folder, 'pieces'), ['x', Uint8Array.of(121)]);
    expect(await readFile(join(folder, 'text'), 'utf8')).toBe('a\n');
    expect([...(await readFile(join(folder, 'bytes')))]).toEqual([1, 2]);
    expect(await readFile(join(folder, 'pieces'), 'utf8')).toBe('xy');
    expect((await readdir(folder)).sort()).toEqual(['bytes', 'pieces', 'text']);
  });

  test('creates missing folders', async () => {
    await writeFileAtomic(join(folder, 'a/b/c.txt'), 'deep');
    expect(await readFile(join(folder, 'a/b/c.txt'), 'utf8')).toBe('deep');
  });

  test('keeps the old file and removes the temporary one when the content fails half-way', async () => {
    const path = join(folder, 'file');
    await writeFile(path, 'old');
    const pieces = function* (): Generator<string> {
      yield 'new';
      throw new Error('source broke');
    };
    await expect(writeFileAtomic(path, pieces())).rejects.toThrow('source broke');
    expect(await readFile(path, 'utf8')).toBe('old');
    expect(await readdir(folder)).toEqual(['file']);
  });

  test('keeps a symbolic link and the permissions of the file it replaces', async () => {
    await writeFile(join(folder, 'real'), 'old');
    await chmod(join(folder, 'real'), 0o640);
    await symlink('real', join(folder, 'link'));
    await writeFileAtomic(join(folder, 'link'), 'new');
    expect(await readFile(join(folder, 'real'), 'utf8')).toBe('new');
    expect((await stat(join(folder, 'real'))).mode & 0o777).toBe(0o640);
  });

  test('does not replace a read-only file, not even for root', async () => {
    const path = join(folder, 'kept');
    await writeFile(path, 'old');
    await chmod(path, 0o444);
    await expect(writeFileAtomic(path, 'new')).rejects.toThrow(
      `Cannot write ${path}: it is read-only; change its permissions or choose another path`,
    );
    expect(await readFile(path, 'utf8')).toBe('old');
    expect(await readdir(folder)).toEqual(['kept']);
  });

  test('writes to a device as it is', async () => {
    await writeFileAtomic('/dev/null', 'gone');
    expect((await stat('/dev/null')).isCharacterDevice()).toBe(true);
  });

  test('says what is wrong with a path that cannot be written', async () => {
    await writeFile(join(folder, 'file'), '');
    const error = await writeFileAtomic(join(folder, 'file/inside'), '').catch((e: unknown) => e);
    expect(error).toBeInstanceOf(UserError);
    expect((error as Error).message).toMatch(/^Cannot write .*file\/inside: part of the path/);
    await expect(writeFileAtomic(folder, '')).rejects.toThrow('it is a folder; give a file');
  });
});

describe('openAtomicFile()', () => {
  test('shows nothing until the commit, and nothing at all after discard', async () => {
    const path = join(folder, 'file');
    const file = await openAtomicFile(path);
    await file.write('whole');
    await expect(stat(path)).rejects.toThrow('ENOENT');
    await file.commit();
    expect(await readFile(path, 'utf8')).toBe('whole');
    const second = await openAtomicFile(path);
    await second.write('other');
    await second.discard();
    expect(await readFile(path, 'utf8')).toBe('whole');
    expect(await readdir(folder)).toEqual(['file']);
  });

  test('removes the temporary file when the process exits before the commit', async () => {
    const file = await openAtomicFile(join(folder, 'never'));
    expect(await readdir(folder)).toHaveLength(1);
    process.emit('exit', 0);
    expect(await readdir(folder)).toHaveLength(0);
    await file.discard();
  });
});
