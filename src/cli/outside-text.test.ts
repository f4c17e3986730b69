import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { UserError } from '../domain/index.js';
import { OutcomeUnknown, RequestNotSent, RequestRefused } from '../exchange/index.js';
import { LineLog, Notifier } from '../trader/index.js';
import { describeFailure } from './failure.js';

/** What an exchange, a file or a server may write to look like something else. */
const HOSTILE =
  'balance\n11-03 exit: +999999\r\u001b[2J\u001b]0;owned\u0007\u009b1m\u202e\u2028\u200b';
const SHOWN =
  'balance\\n11-03 exit: +999999\\r\\x1b[2J\\x1b]0;owned\\x07\\u009b1m\\u202e\\u2028\\u200b';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'wus-outside-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('an error of an exchange is one line that only shows', () => {
  expect(new RequestRefused('other', HOSTILE).message).toBe(SHOWN);
  expect(new RequestNotSent(HOSTILE).message).toBe(SHOWN);
  expect(new OutcomeUnknown(HOSTILE).message).toBe(SHOWN);
});

test('the log shows everything but line ends of its own', async () => {
  const file = path.join(folder, 'trader.log');
  const log = new LineLog(file);
  log.write(`two\nlines ${HOSTILE.replace('\n', '')}`);
  await log.settled();
  expect(await readFile(file, 'utf8')).toBe(`two\nlines ${SHOWN.replace('\\n', '')}\n`);
});

test('so do messages to people', async () => {
  const bodies: string[] = [];
  const notifier = new Notifier({
    targets: { webhookUrl: 'http://127.0.0.1:1/hook' },
    redact: (text) => text,
    onFailure: () => undefined,
    fetch: (_, init) => {
      bodies.push(String(init.body as string));
      return Promise.resolve(new Response('{}'));
    },
  });
  notifier.send('alarm', HOSTILE.replace('\n', ' '));
  await notifier.stop();
  expect(bodies.map((body) => (JSON.parse(body) as { text: string }).text)).toEqual([
    SHOWN.replace('\\n', ' '),
  ]);
});

test('so do the words with which a command fails', async () => {
  const { text } = await describeFailure(new UserError(`cannot read ${HOSTILE}`), []);
  expect(text).toBe(`cannot read ${SHOWN.replace('\\n', '\n')}`);
});
