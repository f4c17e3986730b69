import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { WorkerInput } from './protocol.js';
import { openWorkerPool, type WorkerPool } from './worker-pool.js';

/** A worker that really dies: for good at the trials in `deadly`, once at those in `onceDeadly`; trial 99 fails. */
const WORKER = `
import { existsSync, writeFileSync } from 'node:fs';
import { parentPort, threadId, workerData } from 'node:worker_threads';
const { folder, deadly = [], onceDeadly = [], diesAtStart, tellsItsEnd } = workerData;
// A thread that is ended by force runs no such listener.
if (tellsItsEnd) process.on('exit', () => writeFileSync(folder + '/ended-' + threadId, ''));
if (diesAtStart) process.exit(7);
parentPort.on('message', (range) => {
  if (range === 'stop') return parentPort.close();
  const { first, count } = range;
  if (first === 1000) for (;;);
  const metrics = new Float64Array(count);
  for (let k = 0; k < count; k++) {
    const id = first + k;
    if (deadly.includes(id)) process.exit(3);
    if (onceDeadly.includes(id) && !existsSync(folder + '/' + id)) {
      writeFileSync(folder + '/' + id, '');
      throw new Error('out of memory, say');
    }
    if (id === 99) return parentPort.postMessage({ kind: 'failed', trial: id, message: 'bad trial', isUserError: false });
    metrics[k] = id * 10;
  }
  console.log('did ' + first);
  parentPort.postMessage({ kind: 'done', first, count, metrics, rows: undefined });
});
parentPort.postMessage({ kind: 'ready' });
`;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'wus-pool-'));
  writeFileSync(path.join(folder, 'worker.mjs'), WORKER);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const log: string[] = [];
function pool(data: object): WorkerPool {
  log.length = 0;
  return openWorkerPool({
    processes: 2,
    input: { folder, ...data } as unknown as WorkerInput,
    onLog: (line) => log.push(line),
    describe: (trial) => `Combination ${trial + 1}`,
    entry: pathToFileURL(path.join(folder, 'worker.mjs')),
  });
}

async function values(own: WorkerPool, first: number, count: number): Promise<number[]> {
  const parts = await own.evaluate({ first, count });
  return parts.flatMap((part) => [...part.metrics]);
}

test('a worker that dies is replaced and its work done again', async () => {
  const own = pool({ onceDeadly: [2, 3] });
  try {
    expect(await values(own, 0, 6)).toEqual([0, 10, 20, 30, 40, 50]);
    expect(log.filter((line) => line.startsWith('A worker thread died'))[0]).toBe(
      'A worker thread died (out of memory, say); its work on combinations 1 to 6 is done again',
    );
    expect(await values(own, 6, 1)).toEqual([60]);
  } finally {
    await own.close();
  }
});

test('a trial that takes every worker down is named, after bounded tries', async () => {
  const own = pool({ deadly: [5] });
  try {
    await expect(values(own, 0, 16)).rejects.toThrow(
      'Combination 6: this combination ended its worker thread 3 times (exit code 3); take it out of the grid',
    );
    expect(log.filter((line) => line.startsWith('A worker thread died')).length).toBeLessThan(10);
    expect(await values(own, 8, 2)).toEqual([80, 90]);
  } finally {
    await own.close();
  }
});

test('a trial that fails is named at once', async () => {
  const own = pool({});
  try {
    await expect(values(own, 98, 2)).rejects.toThrow('Combination 100: bad trial');
  } finally {
    await own.close();
  }
});

test('workers that cannot start end the run', async () => {
  const own = pool({ diesAtStart: true });
  try {
    await expect(values(own, 0, 1)).rejects.toThrow('A worker thread could not start: exit code 7');
  } finally {
    await own.close();
  }
});

test('what a worker prints arrives in whole lines', async () => {
  const own = pool({});
  try {
    await Promise.all([values(own, 0, 2), values(own, 2, 2)]);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(log.sort()).toEqual(['did 0', 'did 2']);
  } finally {
    await own.close();
  }
});

test('close() waits for workers that end by themselves', async () => {
  const own = pool({ tellsItsEnd: true });
  await Promise.all([values(own, 0, 2), values(own, 2, 2)]);
  await own.close();
  expect(readdirSync(folder).filter((name) => name.startsWith('ended-'))).toHaveLength(2);
  await own.close();
});

test('close() ends a worker by force when it hangs', async () => {
  const own = pool({});
  // Both have started: the range reaches its worker before the end does.
  await Promise.all([values(own, 0, 1), values(own, 1, 1)]);
  const hung = expect(values(own, 1000, 1)).rejects.toThrow('exit code 1');
  await values(own, 0, 1);
  await own.close();
  await hung;
});
