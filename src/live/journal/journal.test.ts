import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { decimal } from '../../domain/index.js';
import { initialMemory, toJournalText } from '../core/index.js';
import { busySettings } from '../simulation/worlds.contract.js';
import { Journal, openJournalFolder } from './index.js';
import { decodeRecords, encodeRecord } from './record.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wus-journal-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

type Opened = { journal: Journal; close: () => Promise<void> };
async function open(options: { recordsPerSnapshot?: number } = {}): Promise<Opened> {
  const files = await openJournalFolder(folder);
  try {
    const journal = await Journal.open(files, busySettings(), options);
    return { journal, close: files.close };
  } catch (error) {
    await files.close();
    throw error;
  }
}

async function append(journal: Journal, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const orderCounter = journal.memory.orderCounter + 1;
    await journal.append({ ...journal.memory, orderCounter, dust: decimal('0.00001') }, 'test', i);
  }
  await journal.sync();
}

async function files(pattern: RegExp): Promise<string[]> {
  return (await readdir(folder)).filter((name) => pattern.test(name)).sort();
}

describe('records', () => {
  test('read back, and every other byte string does not', () => {
    const whole = encodeRecord({ sequence: 12, text: '{"a":"é"}' });
    expect(decodeRecords(whole)).toEqual([{ sequence: 12, text: '{"a":"é"}' }]);
    for (let i = 0; i < whole.length; i++) {
      const flipped = Uint8Array.from(whole);
      flipped[i]! ^= 1;
      expect(decodeRecords(flipped).every((record) => record === undefined)).toBe(true);
      const torn = decodeRecords(whole.subarray(0, i));
      expect(torn.every((record) => record === undefined)).toBe(true);
    }
    expect(decodeRecords(new Uint8Array(20))).toEqual([undefined]);
  });
});

describe('Journal', () => {
  test('begins with the memory of a new bot and goes on where it ended', async () => {
    const first = await open();
    expect(first.journal.memory).toMatchObject({ epoch: 0, orderCounter: 0, position: null });
    await append(first.journal, 5);
    await first.close();
    const second = await open();
    expect(second.journal.memory).toEqual(first.journal.memory);
    expect(second.journal.sequence).toBe(5);
    await second.close();
  });

  test('a torn or NUL-filled end is cut off', async () => {
    for (const tail of ['00000010 12345678 6 {"ti', '\0'.repeat(100)]) {
      const { journal, close } = await open();
      const before = journal.memory.orderCounter;
      await append(journal, 3);
      await close();
      const newest = (await files(/^journal/)).at(-1)!;
      await writeFile(
        join(folder, newest),
        `${await readFile(join(folder, newest), 'utf8')}${tail}`,
      );
      const again = await open();
      expect(again.journal.memory.orderCounter).toBe(before + 3);
      await again.close();
    }
  });

  test('damage to the newest snapshot is repaired from the one before', async () => {
    const first = await open({ recordsPerSnapshot: 4 });
    await append(first.journal, 10);
    await first.close();
    await writeFile(join(folder, (await files(/^state/)).at(-1)!), Buffer.alloc(500));
    const second = await open();
    expect(second.journal.memory.orderCounter).toBe(10);
    await second.close();
  });

  test('a torn end of a journal that had to be begun anew is no gap, when the snapshot after it is damaged', async () => {
    const first = await open();
    await append(first.journal, 3);
    await first.close();
    const torn = join(folder, (await files(/^journal/)).at(-1)!);
    await writeFile(torn, `${await readFile(torn, 'utf8')}00000010 12345678 4 {"ti`);
    const second = await open();
    await append(second.journal, 2);
    await second.close();
    await writeFile(join(folder, (await files(/^state/)).at(-1)!), Buffer.alloc(500));
    const third = await open();
    expect(third.journal.memory.orderCounter).toBe(5);
    await third.close();
  });

  test('keeps three snapshots and the records that they need', async () => {
    const { journal, close } = await open({ recordsPerSnapshot: 4 });
    await append(journal, 40);
    expect(await files(/^state/)).toHaveLength(3);
    expect((await files(/^journal/)).length).toBeLessThanOrEqual(4);
    await close();
  });

  test('refuses what it cannot trust instead of beginning anew', async () => {
    const first = await open();
    await append(first.journal, 6);
    await first.close();
    const name = join(folder, (await files(/^journal/)).at(-1)!);
    const lines = (await readFile(name, 'utf8')).split('\n');
    lines[2] = lines[2]!.replace('test', 'tset');
    await writeFile(name, lines.join('\n'));
    await expect(open()).rejects.toThrow(/damaged \(record 3 is missing, but later ones exist\)/);
    for (const state of await files(/^state/)) await writeFile(join(folder, state), '');
    await expect(open()).rejects.toThrow('no complete snapshot is left');
  });

  test('reads a state that was written before the memory knew of trades not yet logged', async () => {
    const { unlogged: _, ...older } = initialMemory(busySettings());
    const text = toJournalText({ ...older, orderCounter: 7 });
    await writeFile(
      join(folder, 'state-000000000000005.json'),
      encodeRecord({ sequence: 5, text }),
    );
    const { journal, close } = await open();
    expect(journal.memory).toEqual({ ...initialMemory(busySettings()), orderCounter: 7 });
    await close();
  });

  test('reads a state in the layout before, also when records of this version follow it', async () => {
    const now = initialMemory(busySettings());
    const { others: _, unprotected: __, ...older } = now;
    const request = { clientOrderId: 'wus-b1-1s-1-1' };
    const text = toJournalText({ ...older, version: 2, order: { request } });
    const tags = { tag: now.settings.bot, nextTag: now.tag };
    await writeFile(
      join(folder, 'state-000000000000005.json'),
      encodeRecord({ sequence: 5, text }),
    );
    const first = await open();
    const order = { request, list: null } as never;
    expect(first.journal.memory).toEqual({ ...now, ...tags, order });
    const unprotected = { count: 1, lastMs: 80, longestMs: 80, totalMs: 80 };
    await first.journal.append({ ...first.journal.memory, unprotected }, 'test', 0);
    await first.journal.sync();
    await first.close();
    const { journal, close } = await open();
    expect(journal.memory).toEqual({ ...now, ...tags, order, unprotected });
    await close();
  });

  test('refuses a layout of another version', async () => {
    const { journal, close } = await open();
    await journal.append({ ...journal.memory, version: 5 as never }, 'test', 0);
    await journal.sync();
    await close();
    await expect(open()).rejects.toThrow(/layout 5, this version reads layout 4/);
  });

  test('a folder serves one process only', async () => {
    const { close } = await open();
    await expect(open()).rejects.toThrow(/in use by another process/);
    await close();
    await (await open()).close();
  });
});
