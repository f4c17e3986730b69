import { expect, test, vi } from 'vitest';
import { Notifier, type NotifierOptions } from './notifier.js';

function world(
  answer: (url: string) => Promise<Response> = () => Promise.resolve(new Response('{}')),
) {
  const sent: { url: string; body: Record<string, string> }[] = [];
  const failures: string[] = [];
  let now = 0;
  const options: NotifierOptions = {
    targets: {
      webhookUrl: 'https://hooks.example/secret',
      telegram: { token: '12:token', chat: '77' },
    },
    redact: (text) => text.replaceAll('canary', '[redacted]'),
    onFailure: (text) => failures.push(text),
    now: () => now,
    retryDelaysMs: [1, 1],
    fetch: (url, init) => {
      sent.push({ url, body: JSON.parse(init.body as string) as Record<string, string> });
      return answer(url);
    },
  };
  const notifier = new Notifier(options);
  /** For what must not come; what must come is waited for with `eventually()`. */
  const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 30));
  return {
    notifier,
    sent,
    failures,
    settle,
    pass: (ms: number) => {
      now += ms;
    },
  };
}

/** However slow the machine is. */
const eventually = (expectation: () => void): Promise<void> =>
  vi.waitFor(expectation, { timeout: 10_000, interval: 5 });

test('sends to webhook and Telegram, without secrets', async () => {
  const { notifier, sent, settle } = world();
  notifier.send('alarm', 'no stop rests: canary');
  await eventually(() => expect(sent).toHaveLength(2));
  await settle();
  expect(sent).toEqual([
    {
      url: 'https://hooks.example/secret',
      body: { text: 'no stop rests: [redacted]', level: 'alarm' },
    },
    {
      url: 'https://api.telegram.org/bot12:token/sendMessage',
      body: { chat_id: '77', text: 'no stop rests: [redacted]' },
    },
  ]);
});

test('a storm becomes fifteen messages a minute and a number', async () => {
  const { notifier, sent, settle, pass } = world();
  for (let i = 0; i < 100; i++) notifier.send('warning', `alert ${i}`);
  const hooks = (): unknown[] => sent.filter(({ url }) => url.includes('hooks'));
  await eventually(() => expect(hooks()).toHaveLength(15));
  await settle();
  expect(hooks()).toHaveLength(15);
  pass(60_000);
  notifier.send('warning', 'later');
  await eventually(() => expect(sent.at(-1)?.body.text).toBe('later\n(85 more were not sent)'));
});

test.each([
  [
    'an error of the network',
    'the request failed',
    () => Promise.reject(new TypeError('fetch failed https://hooks.example/secret')),
  ],
  ['HTTP 500', 'HTTP 500', () => Promise.resolve(new Response('', { status: 500 }))],
])(
  '%s is tried again, then said once for each target, without the address',
  async (_, why, answer) => {
    const { notifier, sent, failures, settle, pass } = world(answer);
    notifier.send('alarm', 'first');
    await eventually(() => expect([sent.length, failures.length]).toEqual([6, 2]));
    await settle();
    expect(sent).toHaveLength(6);
    const told = (name: string): string[] =>
      failures.filter((text) => text.includes(`to ${name}:`));
    expect(told('the webhook')).toEqual([`alert not delivered to the webhook: ${why}`]);
    expect(told('Telegram')).toEqual([`alert not delivered to Telegram: ${why}`]);
    notifier.send('alarm', 'second');
    await eventually(() => expect(sent).toHaveLength(12));
    await settle();
    expect(failures).toHaveLength(2);
    pass(600_000);
    notifier.send('alarm', 'third');
    await eventually(() => expect(failures).toHaveLength(4));
  },
);

test('stop() lets out what waits and takes nothing more', async () => {
  const { notifier, sent } = world();
  notifier.send('info', 'a');
  await notifier.stop();
  notifier.send('info', 'b');
  expect(sent.map(({ body }) => body.text)).toEqual(['a', 'a']);
});
