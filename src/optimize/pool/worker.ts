import { parentPort } from 'node:worker_threads';
import { openReturns } from '../robustness/returns-work.js';
import { openSelection } from '../robustness/selection-work.js';
import { endQuietly } from './end-quietly.js';
import {
  failedReply,
  type RangeWork,
  STOP,
  type WorkerJob,
  type WorkerMessage,
  type WorkerReply,
} from './protocol.js';
import { openTrials } from './trials-work.js';

const port = parentPort!;
let work: RangeWork | undefined;

port.on('message', (message: WorkerMessage) => {
  if (message === STOP) endQuietly(() => port.close());
  else if ('job' in message) void start(message.job);
  else send(work!(message));
});

/** Lets go of the job before, so that its memory can be used for this one. */
async function start(job: WorkerJob): Promise<void> {
  work = undefined;
  try {
    work = await openWork(job);
    send({ kind: 'ready' });
  } catch (error) {
    send(failedReply(undefined, error));
  }
}

async function openWork(job: WorkerJob): Promise<RangeWork> {
  switch (job.kind) {
    case 'trials':
      return openTrials(job);
    case 'returns':
      return openReturns(job);
    case 'selection':
      return openSelection(job);
  }
}

function send(reply: WorkerReply): void {
  port.postMessage(reply, reply.kind === 'done' ? buffersOf(reply) : []);
}

function buffersOf({ metrics, rows }: Extract<WorkerReply, { kind: 'done' }>): ArrayBuffer[] {
  const buffers = [metrics.buffer as ArrayBuffer];
  return rows === undefined ? buffers : [...buffers, rows.buffer as ArrayBuffer];
}
