import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { alertTargets, type NotifierTargets } from './alert-targets.js';
import { Notifier } from './notifier.js';

const SECRET = 'a-secret-path';
const TOKEN = '4711:AAtoken';
const LIMIT_MS = 300;

interface Seen {
  readonly url: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

const servers: http.Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A host that answers as it is told. */
async function host(answer: (response: http.ServerResponse, count: number) => void) {
  const seen: Seen[] = [];
  const server = http.createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      seen.push({ url: request.url ?? '', headers: request.headers, body });
      answer(response, seen.length);
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

const KINDS: readonly (readonly [string, (url: string) => NotifierTargets])[] = [
  ['the webhook', (url) => ({ webhookUrl: `${url}/${SECRET}` })],
  ['Telegram', (url) => ({ telegram: { token: TOKEN, chat: '77', apiUrl: url } })],
  ['Discord', (url) => ({ discordUrl: `${url}/api/webhooks/1/${SECRET}` })],
  ['ntfy', (url) => ({ ntfy: { url: `${url}/${SECRET}`, token: 'tk_secret' } })],
];

const deliver = (targets: NotifierTargets, text = 'BTC no stop rests') =>
  alertTargets(targets)[0]!.deliver(
    { level: 'alarm', text },
    { fetch: (url, init) => fetch(url, init), timeLimitMs: LIMIT_MS },
  );

type Answer = (response: http.ServerResponse) => void;
const says =
  (status: number, body: string, headers: http.OutgoingHttpHeaders = {}): Answer =>
  (response) => {
    response.writeHead(status, headers);
    response.end(body);
  };
const drips: Answer = (response) => {
  response.writeHead(500);
  const timer = setInterval(() => response.write('x'), 10);
  response.on('close', () => clearInterval(timer));
};
const pours: Answer = (response) => {
  response.writeHead(403);
  const chunk = 'x'.repeat(16_384);
  const more = (): void => {
    while (!response.destroyed && response.write(chunk)) {
      // Until its buffer is full.
    }
  };
  response.on('drain', more);
  more();
};

describe.each(KINDS)('%s', (name, targetsAt) => {
  test.each<[string, Answer, RegExp, boolean]>([
    ['hangs', () => undefined, /^no complete answer within 0\.3 s$/, false],
    ['drips without end', drips, /^no complete answer within 0\.3 s$/, false],
    ['sends a body without end', pours, /^HTTP 403/, true],
    ['cuts the connection', (response) => response.destroy(), /^the connection was cut$/, false],
    [
      'redirects',
      says(302, '', { location: 'https://elsewhere.example/' }),
      /^HTTP 302: it redirects elsewhere; use the target address/,
      true,
    ],
    ['answers with a web page', says(404, '<!DOCTYPE html><html>'), /^HTTP 404: a web page/, true],
    [
      'is too busy',
      says(429, '{"description":"Too Many Requests"}', { 'retry-after': '7' }),
      /^HTTP 429: Too Many Requests$/,
      false,
    ],
    ['refuses the token', says(401, '{"description":"Unauthorized"}'), /^HTTP 401/, true],
    ['fails', says(502, ''), /^HTTP 502$/, false],
  ])('that %s is said in words, without a secret', async (_, answer, words, isFinal) => {
    const { url } = await host(answer);
    const startTime = Date.now();
    const delivery = await deliver(targetsAt(url));
    expect(Date.now() - startTime).toBeLessThan(LIMIT_MS + 2_000);
    expect(delivery).toMatchObject({ kind: 'failed', isFinal });
    if (delivery.kind !== 'failed') return;
    expect(delivery.why).toMatch(words);
    expect(delivery.why.length).toBeLessThan(400);
    expect(delivery.why).not.toMatch(/a-secret-path|AAtoken|tk_secret|TypeError|127\.0\.0\.1/);
  });

  test('where nothing listens is said in words', async () => {
    const { url } = await host(() => undefined);
    servers.pop()!.close();
    expect(await deliver(targetsAt(url))).toMatchObject({
      kind: 'failed',
      why: 'connection refused, no server at that address',
    });
  });

  test('takes a message', async () => {
    const { url, seen } = await host(says(200, '{"ok":true}'));
    expect(await deliver(targetsAt(url))).toEqual({ kind: 'delivered', answer: 'HTTP 200' });
    expect(seen).toHaveLength(1);
    expect(seen[0]!.body).toContain('BTC no stop rests');
  });

  test('takes a text of any length and letters', async () => {
    const { url, seen } = await host(says(200, '{"ok":true}'));
    await deliver(targetsAt(url), `${'€'.repeat(3_000)} 😀`);
    expect(Buffer.byteLength(seen[0]!.body)).toBeLessThan(7_000);
    expect(seen[0]!.body).not.toMatch(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])/);
  });

  test(`${name} that fails does not hold up the others`, async () => {
    const dead = await host(() => undefined);
    const alive = await host(says(200, '{"ok":true}'));
    const other = KINDS.find(([one]) => one !== name)![1];
    const failures: string[] = [];
    const notifier = new Notifier({
      targets: { ...other(alive.url), ...targetsAt(dead.url) },
      redact: (text) => text,
      onFailure: (text) => failures.push(text),
      timeLimitMs: 100,
      retryDelaysMs: [],
    });
    for (let i = 0; i < 3; i++) notifier.send('info', `trade ${i}`);
    await new Promise((resolve) => setTimeout(resolve, 80));
    expect(alive.seen).toHaveLength(3);
    await notifier.stop();
    expect(failures).toEqual([`alert not delivered to ${name}: no complete answer within 0.1 s`]);
  });
});

test('Telegram and Discord name in the body how long they want to be left alone, a header is read too', async () => {
  const body = '{"ok":false,"description":"Too Many Requests","parameters":{"retry_after":9}}';
  const telegram = await host(says(429, body));
  expect(await deliver(KINDS[1]![1](telegram.url))).toMatchObject({ retryAfterMs: 9_000 });
  const discord = await host(says(429, '{"message":"rate limited","retry_after":0.25}'));
  expect(await deliver(KINDS[2]![1](discord.url))).toMatchObject({ retryAfterMs: 250 });
  const ntfy = await host(says(429, 'limit', { 'retry-after': '3' }));
  expect(await deliver(KINDS[3]![1](ntfy.url))).toMatchObject({ retryAfterMs: 3_000 });
});

test.each([
  ['400', 400, '{"ok":false,"description":"Bad Request: chat not found"}', /chat not found.*CHAT/],
  ['401', 401, '{"ok":false,"description":"Unauthorized"}', /Unauthorized: check WUS_TELEGRAM_T/],
  ['403', 403, '{"ok":false,"description":"Forbidden: bot was blocked"}', /blocked.*may not write/],
  ['a portal that answers for it', 200, '<html>log in', /^HTTP 200, but with a web page/],
  ['ok: false with HTTP 200', 200, '{"ok":false,"description":"no"}', /^HTTP 200, but no$/],
])('Telegram: %s', async (_, status, body, words) => {
  const { url } = await host(says(status, body));
  const delivery = await deliver(KINDS[1]![1](url));
  expect(delivery.kind === 'failed' ? delivery.why : '').toMatch(words);
});

test('what each service gets', async () => {
  const { url, seen } = await host(says(200, '{"ok":true}'));
  for (const [, targetsAt] of KINDS)
    await deliver(targetsAt(url), 'BTCUSDT_250926 @everyone *now*');
  const [webhook, telegram, discord, ntfy] = seen;
  expect(JSON.parse(webhook!.body)).toEqual({
    text: 'BTCUSDT_250926 @everyone *now*',
    level: 'alarm',
  });
  expect(telegram!.url).toBe(`/bot${TOKEN}/sendMessage`);
  expect(JSON.parse(telegram!.body)).toEqual({
    chat_id: '77',
    text: 'BTCUSDT_250926 @everyone *now*',
  });
  expect(JSON.parse(discord!.body)).toEqual({
    content: 'BTCUSDT\\_250926 @everyone \\*now\\*',
    allowed_mentions: { parse: [] },
  });
  expect(ntfy!.body).toBe('BTCUSDT_250926 @everyone *now*');
  expect(ntfy!.headers).toMatchObject({
    priority: '5',
    tags: 'rotating_light',
    authorization: 'Bearer tk_secret',
  });
});

test('an alarm is tried again until the host is back, and that is told', async () => {
  const { url, seen } = await host((response, count) => {
    says(count <= 4 ? 503 : 200, '')(response);
  });
  const failures: string[] = [];
  const notifier = new Notifier({
    targets: { webhookUrl: url },
    redact: (text) => text,
    onFailure: (text) => failures.push(text),
    retryDelaysMs: [1, 1, 1, 1, 1],
  });
  notifier.send('alarm', 'BTC no stop rests');
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(seen).toHaveLength(5);
  expect(failures).toEqual([
    'alert not delivered to the webhook: HTTP 503',
    'the webhook accepts alerts again',
  ]);
  await notifier.stop();
});

test('a refusal that is final is not tried again', async () => {
  const { url, seen } = await host(says(404, ''));
  const notifier = new Notifier({
    targets: { discordUrl: url },
    redact: (text) => text,
    onFailure: () => undefined,
    retryDelaysMs: [1, 1],
  });
  notifier.send('alarm', 'BTC no stop rests');
  await notifier.stop();
  expect(seen).toHaveLength(1);
});

test('alarms go before the notices that wait, and stay when there are too many of them', async () => {
  let isOpen = false;
  const { url, seen } = await host((response) => says(isOpen ? 200 : 503, '')(response));
  let now = 0;
  const notifier = new Notifier({
    targets: { webhookUrl: url },
    redact: (text) => text,
    onFailure: () => undefined,
    now: () => now,
    retryDelaysMs: [150],
  });
  for (let i = 0; i < 60; i++) {
    now += 10_000;
    notifier.send('info', `trade ${i}`);
    if (i === 30) notifier.send('alarm', 'BTC no stop rests');
  }
  await new Promise((resolve) => setTimeout(resolve, 60));
  isOpen = true;
  await notifier.stop();
  const texts = seen.map(({ body }) => (JSON.parse(body) as { text: string }).text);
  expect(texts.slice(0, 3)).toEqual(['trade 0', 'trade 0', expect.stringContaining('BTC no stop')]);
  expect(texts[2]).toMatch(/\(1\d more were not sent\)/);
});

test('stop() does not wait for a host that hangs', async () => {
  const { url } = await host(() => undefined);
  const notifier = new Notifier({
    targets: { webhookUrl: url },
    redact: (text) => text,
    onFailure: () => undefined,
    timeLimitMs: 200,
  });
  notifier.send('alarm', 'BTC no stop rests');
  const startTime = Date.now();
  await notifier.stop();
  expect(Date.now() - startTime).toBeLessThan(1_500);
});
