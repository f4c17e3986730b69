import { parentPort } from 'node:worker_threads';
import { openReturns } from '../judgement/returns-work.js';
import { openSelection } from '../judgement/selection-work.js';
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

function buffersOf({ metrics, rows, luck }: Extract<WorkerReply, { kind: 'done' }>): ArrayBuffer[] {
  return [metrics, rows, luck].flatMap((array) =>
    array === undefined ? [] : [array.buffer as ArrayBuffer],
  );
}
