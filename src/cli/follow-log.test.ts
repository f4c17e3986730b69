import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { followLog, readLog } from './follow-log.js';

function logFile(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'wus-log-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return path.join(folder, 'trader.log');
}
const all = (): boolean => true;

test('readLog() goes back into older parts for as many lines as are wanted', async () => {
  const file = logFile();
  writeFileSync(`${file}.2`, 'a1\nb2\n');
  writeFileSync(`${file}.1`, 'a3\nb4\n');
  writeFileSync(file, 'a5\nb6\n');
  expect(await readLog(file, 2, all)).toEqual({ lines: ['a5', 'b6'], position: 6 });
  expect((await readLog(file, 3, all)).lines).toEqual(['b4', 'a5', 'b6']);
  expect((await readLog(file, 9, (line) => line.startsWith('a'))).lines).toEqual([
    'a1',
    'a3',
    'a5',
  ]);
  expect(await readLog(`${file}.absent`, 9, all)).toEqual({ lines: [], position: 0 });
});

test('followLog() goes on from where it was, through a new file, with whole lines', async () => {
  const file = logFile();
  writeFileSync(file, 'old\n');
  const shown: string[] = [];
  let stop: () => void | Promise<void> = () => undefined;
  const following = followLog(
    file,
    4,
    (line) => !line.includes('no'),
    (line) => shown.push(line),
    {
      onInterrupt: (action) => {
        stop = action;
        return () => undefined;
      },
    },
  );
  appendFileSync(file, 'one\nno\nhal');
  await expect.poll(() => shown).toEqual(['one']);
  appendFileSync(file, 'f\nlast of it\n');
  renameSync(file, `${file}.1`);
  writeFileSync(file, 'new\n');
  await expect.poll(() => shown, { timeout: 5_000 }).toEqual(['one', 'half', 'last of it', 'new']);
  await stop();
  await following;
});
