import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { WorkerJob } from './protocol.js';
import { type JobRun, openWorkerPool, type WorkerPool } from './worker-pool.js';

/** A worker that really dies: for good at the trials in `deadly`, once at those in `onceDeadly`; trial 99 fails. A job says it all. */
const WORKER = `
import { existsSync, writeFileSync } from 'node:fs';
import { parentPort, threadId } from 'node:worker_threads';
let job;
const open = (given) => {
  job = given;
  if (job.started) writeFileSync(job.folder + '/' + job.started + '-' + threadId, '');
  // A thread that is ended by force runs no such listener.
  if (job.tellsItsEnd) process.on('exit', () => writeFileSync(job.folder + '/ended-' + threadId, ''));
  if (job.diesAtStart) process.exit(7);
  if (job.cannotStart) return { kind: 'failed', trial: undefined, message: 'no such strategy', isUserError: true };
  return { kind: 'ready' };
};
parentPort.on('message', (message) => {
  if (message === 'stop') return parentPort.close();
  if (message.job) return parentPort.postMessage(open(message.job));
  const { first, count } = message;
  const { folder, deadly = [], onceDeadly = [], factor = 10 } = job;
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
    metrics[k] = id * factor;
  }
  console.log('did ' + first);
  parentPort.postMessage({ kind: 'done', first, count, metrics, rows: undefined });
});
`;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'wus-pool-'));
  writeFileSync(path.join(folder, 'worker.mjs'), WORKER);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const log: string[] = [];
function openPool(): WorkerPool {
  log.length = 0;
  return openWorkerPool({
    processes: 2,
    onLog: (line) => log.push(line),
    entry: pathToFileURL(path.join(folder, 'worker.mjs')),
  });
}

function start(own: WorkerPool, data: object): JobRun {
  const job = { folder, ...data } as unknown as WorkerJob;
  return own.start(job, (trial) => `Combination ${trial + 1}`);
}

/** A pool with one job. */
function pool(data: object): JobRun & Pick<WorkerPool, 'close'> {
  const own = openPool();
  return { ...start(own, data), close: own.close };
}

const filesNamed = (name: string): string[] =>
  readdirSync(folder).filter((file) => file.startsWith(name));

async function values(own: JobRun, first: number, count: number): Promise<number[]> {
  const parts = await own.evaluate({ first, count });
  return parts.flatMap((part) => [...part.metrics]);
}

test('a worker that dies is replaced and its work done again', async () => {
  const own = pool({ onceDeadly: [2, 3] });
  try {
    expect(await values(own, 0, 6)).toEqual([0, 10, 20, 30, 40, 50]);
    expect(log.filter((line) => line.startsWith('A worker thread crashed'))[0]).toBe(
      'A worker thread crashed (out of memory, say); combinations 1 to 6 will run again',
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
      'Combination 6: this combination crashed its worker thread 3 times (exit code 3); remove it from the grid',
    );
    expect(log.filter((line) => line.startsWith('A worker thread crashed')).length).toBeLessThan(
      10,
    );
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
  expect(filesNamed('ended-')).toHaveLength(2);
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

describe('one job after the other', () => {
  test('is done by the same threads', async () => {
    const own = openPool();
    try {
      for (let factor = 1; factor <= 20; factor++) {
        const run = start(own, { factor, started: `job${factor}` });
        const both = await Promise.all([values(run, 1, 2), values(run, 3, 1)]);
        expect(both).toEqual([[factor, 2 * factor], [3 * factor]]);
      }
      const threads = new Set(filesNamed('job').map((name) => name.split('-')[1]));
      expect(threads.size).toBe(2);
    } finally {
      await own.close();
    }
  });

  test('a worker that dies in a later job is replaced by one that opens that job', async () => {
    const own = openPool();
    try {
      expect(await values(start(own, { factor: 1 }), 0, 2)).toEqual([0, 1]);
      const later = start(own, { factor: 7, onceDeadly: [31], started: 'later' });
      expect(await values(later, 30, 3)).toEqual([210, 217, 224]);
      expect(filesNamed('later-')).toHaveLength(2);
      expect(log).toContain(
        'A worker thread crashed (out of memory, say); combinations 31 to 33 will run again',
      );
      expect(await values(start(own, { factor: 2 }), 5, 1)).toEqual([10]);
    } finally {
      await own.close();
    }
  });

  test('a job that fails, or that cannot be opened, leaves the threads to the next one', async () => {
    const own = openPool();
    try {
      const failing = start(own, { started: 'first' });
      await expect(values(failing, 99, 1)).rejects.toThrow('Combination 100: bad trial');
      await expect(values(start(own, { cannotStart: true }), 0, 1)).rejects.toThrow(
        'no such strategy',
      );
      expect(await values(start(own, { started: 'last' }), 1, 1)).toEqual([10]);
      const threadOf = (name: string): string | undefined => filesNamed(name)[0]?.split('-')[1];
      expect(threadOf('last-')).toBe(threadOf('first-'));
    } finally {
      await own.close();
    }
  });

  test('gets the same shared memory as long as it suffices', async () => {
    const own = openPool();
    const first = own.memory(1_000);
    expect(first.byteLength).toBe(1_000);
    expect(own.memory(1_000)).toBe(first);
    expect(own.memory(10)).toBe(first);
    const second = own.memory(1_001);
    expect(second.byteLength).toBe(2_000);
    expect(own.memory(1_900)).toBe(second);
    await own.close();
  });

  test('is refused after the end', async () => {
    const own = openPool();
    await own.close();
    await expect(values(start(own, {}), 0, 1)).rejects.toThrow('The worker pool is closed');
  });
});
