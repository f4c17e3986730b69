import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { UsageError } from '../domain/index.js';
import { requireOwnOutputs } from './output-paths.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'wus-outputs-'));
  writeFileSync(path.join(folder, 'candles.csv'), '');
  symlinkSync('candles.csv', path.join(folder, 'link.csv'));
  symlinkSync('.', path.join(folder, 'folder'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const named = (name: string, file: string) => ({ name, file: path.join(folder, file) });

describe('requireOwnOutputs()', () => {
  test.each([
    ['the same path', 'candles.csv'],
    ['another way to write it', './x/../candles.csv'],
    ['a link to it', 'link.csv'],
    ['the way through a linked folder', 'folder/candles.csv'],
  ])('refuses an output that is an input: %s', async (_what, output) => {
    const wish = requireOwnOutputs([named('the input', 'candles.csv')], [named('Output', output)]);
    await expect(wish).rejects.toThrow(UsageError);
    await expect(wish).rejects.toThrow('the input has the same path; give another file');
  });

  test('refuses two outputs in one file that does not exist yet', async () => {
    const outputs = [named('--trades-file', 'new.csv'), named('--report', 'folder/new.csv')];
    await expect(requireOwnOutputs([], outputs)).rejects.toThrow('--trades-file has the same path');
  });

  test('refuses a dash, which other programs take for standard output', async () => {
    const wish = requireOwnOutputs([], [{ name: 'Output', file: '-' }]);
    await expect(wish).rejects.toThrow(
      'Output -: standard output cannot be used here; give a file',
    );
  });

  test('accepts what is apart, and outputs that nobody asked for', async () => {
    const inputs = [named('a', 'candles.csv'), named('b', 'link.csv')];
    const outputs = [{ name: '--report', file: undefined }, named('--trades-file', 'new.csv')];
    await expect(requireOwnOutputs(inputs, outputs)).resolves.toBeUndefined();
  });
});
