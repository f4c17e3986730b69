import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openReport } from './open-report.js';

/** A folder whose only program writes down what it is asked to open. */
function folderWith(program: string, exitCode: number): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'wus-open-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, program);
  writeFileSync(file, `#!/bin/sh\nprintf '%s\\n' "$@" > '${folder}/opened'\nexit ${exitCode}\n`);
  chmodSync(file, 0o755);
  return folder;
}

async function opened(
  folder: string,
  change: { isInteractive?: boolean; CI?: string; platform?: NodeJS.Platform } = {},
): Promise<{ notes: string[]; words: string[] }> {
  const { isInteractive = true, platform = 'linux', CI } = change;
  const notes: string[] = [];
  const environment = { PATH: folder, ...(CI === undefined ? {} : { CI }) };
  const place = {
    ...{ environment, isInteractive, workingFolder: folder },
    note: (text: string) => void notes.push(text),
  };
  await openReport('my report.html', place, platform);
  const text = await Promise.resolve()
    .then(() => readFileSync(path.join(folder, 'opened'), 'utf8'))
    .catch(() => '');
  return { notes, words: text.split('\n').slice(0, -1) };
}

test.each([
  ['linux', 'xdg-open', []],
  ['darwin', 'open', []],
  ['win32', 'cmd', ['/c', 'start', '']],
] as const)('on %s %s gets the whole path', async (platform, program, before) => {
  const folder = folderWith(program, 0);
  expect(await opened(folder, { platform })).toEqual({
    notes: [],
    words: [...before, path.join(folder, 'my report.html')],
  });
});

test.each([
  [
    'without a terminal',
    { isInteractive: false },
    '--open is ignored without a terminal; the report is my report.html',
  ],
  ['in CI', { CI: 'true' }, '--open is ignored in CI; the report is my report.html'],
  ['in CI with a number', { CI: '1' }, '--open is ignored in CI; the report is my report.html'],
])('%s nothing opens, and the report is named', async (_, change, note) => {
  expect(await opened(folderWith('xdg-open', 0), change)).toEqual({ notes: [note], words: [] });
});

test('a program that fails, or is not there, is a sentence', async () => {
  expect((await opened(folderWith('xdg-open', 3))).notes).toEqual([
    'xdg-open cannot open my report.html (exit code 3); open it manually',
  ]);
  expect((await opened(folderWith('firefox', 0))).notes).toEqual([
    'xdg-open cannot open my report.html (no such program); open it manually',
  ]);
});
