import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { TelegramRemote, type TelegramRemoteOptions } from './telegram-remote.js';

const TOKEN = '4711:AA5ecret';
const CHAT = 77;

interface Call {
  readonly method: string;
  readonly body: Readonly<Record<string, unknown>>;
}
type Reply = { readonly status?: number; readonly json?: unknown; readonly raw?: string } | 'hang';

const endings: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

/** An API that keeps updates as Telegram does: an offset confirms all before it. */
async function telegram(
  override: (call: Call, count: number) => Reply | undefined = () => undefined,
) {
  let updates: { update_id: number }[] = [];
  const calls: Call[] = [];
  const server = http.createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    request.on('end', () => {
      const [, token, method = ''] = (request.url ?? '').split('/');
      const call: Call = { method, body: JSON.parse(text) as Call['body'] };
      calls.push(call);
      const own = override(call, calls.filter((one) => one.method === method).length);
      if (own === 'hang') return;
      if (own !== undefined) {
        response.writeHead(own.status ?? 200, { 'content-type': 'application/json' });
        response.end(own.raw ?? JSON.stringify(own.json));
        return;
      }
      if (token !== `bot${TOKEN}`) {
        response.writeHead(401);
        response.end('{"ok":false,"description":"Unauthorized"}');
        return;
      }
      const offset = call.body.offset as number | undefined;
      if (method === 'getUpdates' && offset !== undefined && offset > 0)
        updates = updates.filter(({ update_id }) => update_id >= offset);
      response.end(JSON.stringify({ ok: true, result: method === 'getUpdates' ? updates : {} }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endings.push(() => {
    server.closeAllConnections();
    server.close();
  });
  let nextId = 900;
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    replies: () =>
      calls.filter(({ method }) => method === 'sendMessage').map(({ body }) => String(body.text)),
    write: (text: string, { date = Date.now() / 1_000, chat = CHAT, ...extra } = {}): void => {
      const message = { message_id: 1, date: Math.floor(date), chat: { id: chat }, text, ...extra };
      updates = [...updates, { update_id: nextId++, message } as { update_id: number }];
    },
    push: (update: object): void => {
      updates = [...updates, update as { update_id: number }];
    },
    waiting: () => updates.length,
  };
}

function remote(url: string, part: Partial<TelegramRemoteOptions> = {}) {
  const done: string[] = [];
  const notes: string[] = [];
  const options: TelegramRemoteOptions = {
    ...{ token: TOKEN, chat: String(CHAT), apiUrl: url, isLive: false },
    symbols: ['BTCUSDT'],
    redact: (text) => text.replaceAll(TOKEN, '[redacted]'),
    status: () => `BTCUSDT flat, token ${TOKEN}`,
    trades: () => Promise.resolve('no trades yet'),
    outlook: (command, symbols) => `${command} would do something to ${symbols.join()}`,
    obey: (command, symbols) => done.push(`${command} ${symbols.join()}`),
    onNote: (level, text) => notes.push(`${level} ${text}`),
    ...{ pollSeconds: 0, retryDelaysMs: [20], obeyMs: 1, idleMs: 10, timeLimitMs: 300 },
    ...part,
  };
  const chat = new TelegramRemote(options);
  chat.start();
  endings.push(() => chat.stop());
  return { chat, done, notes };
}

const soon = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 150));

test('obeys and answers each message once, and confirms it', async () => {
  const api = await telegram();
  const { done, chat } = remote(api.url);
  await soon();
  api.write('/halt');
  api.write('/status');
  api.write('/trades');
  await soon();
  await soon();
  expect(done).toEqual(['halt BTCUSDT']);
  expect(api.replies()).toEqual([
    'halt: sent to BTCUSDT.\nBTCUSDT flat, token [redacted]',
    'BTCUSDT flat, token [redacted]',
    'no trades yet',
  ]);
  await chat.stop();
  expect(api.waiting()).toBe(0);
});

test('what gathered before the start is dropped and reported, not obeyed', async () => {
  const api = await telegram();
  const past = Date.now() / 1_000 - 30;
  for (let i = 0; i < 7; i++) api.write('/flatten', { date: past - i });
  const { done, notes } = remote(api.url);
  await soon();
  expect(done).toEqual([]);
  expect(api.replies()).toHaveLength(1);
  expect(api.replies()[0]).toMatch(
    /^Ignored: \/flatten \(it was sent before the trader started\), .* and 2 more; only messages/,
  );
  expect(notes.join()).toContain('Ignored: ');
});

test('flatten wants a repeat with the code that it was answered', async () => {
  const api = await telegram();
  const { done } = remote(api.url);
  await soon();
  api.write('/flatten');
  await soon();
  expect(done).toEqual([]);
  const code = /\n\/flatten (\d{4})$/.exec(api.replies()[0] ?? '')?.[1];
  api.write(`/flatten ${code}`);
  await soon();
  expect(done).toEqual(['flatten BTCUSDT']);
});

test('other chats are not answered, and reported once', async () => {
  const api = await telegram();
  const { done, notes } = remote(api.url);
  await soon();
  api.write('/halt', { chat: 999 });
  api.write('/halt', { chat: 999 });
  await soon();
  expect(done).toEqual([]);
  expect(api.replies()).toEqual([]);
  expect(notes).toEqual([expect.stringMatching(/^warning Telegram: chat 999 wrote to the bot/)]);
});

test('odd updates are confirmed and forgotten, and hold up nothing', async () => {
  const api = await telegram();
  const { done } = remote(api.url);
  await soon();
  api.push({ update_id: 890, edited_message: { text: '/flatten' } });
  api.push({ update_id: 891, message: { chat: { id: CHAT }, date: 'now', text: '/flatten' } });
  api.push({ update_id: 892 });
  api.write('/halt');
  await soon();
  expect(done).toEqual(['halt BTCUSDT']);
  expect(api.waiting()).toBe(0);
});

test('an answer that comes twice is obeyed once', async () => {
  const date = Math.floor(Date.now() / 1_000) + 1;
  const update = { update_id: 5, message: { date, chat: { id: CHAT }, text: '/halt' } };
  const api = await telegram(({ method }) =>
    method === 'getUpdates' ? { json: { ok: true, result: [update] } } : undefined,
  );
  const { done } = remote(api.url);
  await soon();
  expect(done).toEqual(['halt BTCUSDT']);
  expect(api.calls.length).toBeLessThan(40);
});

describe('what goes wrong is said once, in words, without the token', () => {
  const conflict = (description: string): Reply => ({
    status: 409,
    json: { ok: false, error_code: 409, description },
  });
  test.each<[string, (call: Call, count: number) => Reply | undefined, RegExp]>([
    [
      'a second reader',
      () => conflict('Conflict: terminated by other getUpdates request'),
      /another program reads the messages of this bot with the same token .*stop it/,
    ],
    [
      'a webhook',
      () => conflict("Conflict: can't use getUpdates method while webhook is active"),
      /a webhook receives the messages of this bot .*deleteWebhook/,
    ],
    [
      'a wrong token',
      () => ({ status: 401, json: { ok: false, description: 'Unauthorized' } }),
      /HTTP 401: Unauthorized; check WUS_TELEGRAM_TOKEN/,
    ],
    [
      'a page',
      () => ({ status: 502, raw: '<html>bad gateway' }),
      /HTTP 502, not an answer of Tele/,
    ],
    ['half an answer', () => ({ raw: '{"ok":true,"result":[' }), /HTTP 200, not an answer/],
    ['an answer that hangs', () => 'hang', /no complete answer within 0\.1 s/],
  ])('%s', async (_, override, words) => {
    const api = await telegram((call, count) =>
      call.method === 'getUpdates' && count < 7 ? override(call, count) : undefined,
    );
    const { notes, done } = remote(api.url, { pollGraceMs: 100, retryDelaysMs: [5] });
    await expect.poll(() => notes, { timeout: 5_000 }).toHaveLength(2);
    expect(notes[0]).toMatch(words);
    expect(notes[0]).toMatch(/^warning Telegram commands (are not read|cannot be read now)/);
    expect(notes[1]).toBe('info Telegram: commands are read again');
    expect(notes.join()).not.toMatch(/5ecret|TypeError|127\.0\.0\.1/);
    api.write('/halt', { date: Date.now() / 1_000 + 1 });
    await expect.poll(() => done).toEqual(['halt BTCUSDT']);
  });

  test('too many requests are waited out as long as the service asks', async () => {
    const api = await telegram(({ method }, count) =>
      method === 'getUpdates' && count === 1
        ? {
            status: 429,
            json: { ok: false, description: 'Too Many', parameters: { retry_after: 1 } },
          }
        : undefined,
    );
    remote(api.url);
    await soon();
    expect(api.calls).toHaveLength(1);
    await expect.poll(() => api.calls.length, { timeout: 3_000 }).toBeGreaterThan(1);
  });
});

test('stop() ends a poll that waits', async () => {
  const api = await telegram((call) =>
    call.method === 'getUpdates' && call.body.timeout !== 0 ? 'hang' : undefined,
  );
  const { chat } = remote(api.url, { pollSeconds: 25 });
  await soon();
  const startTime = Date.now();
  await chat.stop();
  expect(Date.now() - startTime).toBeLessThan(1_000);
});
