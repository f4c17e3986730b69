import { readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { runWus, temporaryFolder } from './wus.js';
import { WusProcess } from './wus-process.js';

const TOKEN = '4711:AA-telegram-5ecret';
const SECRETS = /5ecret/;

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** All four services on one host; what each got, by the first part of its path. */
async function services() {
  const got: { service: string; text: string }[] = [];
  const url = await serve((request, response) => {
    let body = '';
    request.on('data', (data: Buffer) => {
      body += data.toString();
    });
    request.on('end', () => {
      const service = (request.url ?? '').split('/')[1] ?? '';
      const plain: unknown = service === 'ntfy-5ecret' ? { text: body } : JSON.parse(body);
      const { text, content } = plain as { text?: string; content?: string };
      got.push({ service, text: text ?? content ?? '' });
      response.end('{"ok":true}');
    });
  });
  const environment = {
    WUS_ALERT_WEBHOOK: `${url}/webhook-5ecret`,
    WUS_TELEGRAM_TOKEN: TOKEN,
    WUS_TELEGRAM_CHAT: '77',
    WUS_TELEGRAM_URL: url,
    WUS_DISCORD_WEBHOOK: `${url}/discord-5ecret`,
    WUS_NTFY_URL: `${url}/ntfy-5ecret`,
  };
  return { got, environment };
}

describe('alerts of wus trader', () => {
  test('start, entry, exit and stop reach every target', async () => {
    const cwd = temporaryFolder();
    const { got, environment } = await services();
    const args = [
      ...['trader', '--strategy', 'MACross', '--param', 'fast_period=2', 'slow_period=5'],
      ...['--symbol', 'BTCUSDT', '--interval', '1m', '--market-data', 'local', '--speed', '200'],
    ];
    const trader = new WusProcess(args, { cwd, env: environment });
    await trader.waitFor(/exit: long .*/);
    expect(await trader.end('SIGTERM')).toBe(143);
    expect(trader.output).toContain('Alerts   to the webhook, Telegram, Discord, ntfy');
    const names = ['webhook-5ecret', `bot${TOKEN}`, 'discord-5ecret', 'ntfy-5ecret'];
    expect([...new Set(got.map(({ service }) => service))].sort()).toEqual(names.sort());
    for (const name of names) {
      const texts = got.filter(({ service }) => service === name).map(({ text }) => text);
      expect(texts[0]).toMatch(/^wus paper-synthetic started: BTCUSDT 1m MACross, flat$/);
      expect(texts.some((text) => /entered: long [\d.]+ at [\d,.]+/.test(text))).toBe(true);
      expect(texts.some((text) => /exit: long/.test(text))).toBe(true);
      expect(texts.at(-1)).toMatch(/^wus paper-synthetic stopped\. BTCUSDT: profit of closed/);
    }
    const log = readFileSync(path.join(cwd, 'state/paper-synthetic/trader.log'), 'utf8');
    expect(`${trader.output}${log}`).not.toMatch(SECRETS);
  });
});

describe('wus trader test-alert', () => {
  test('sends to every target and says what it answered', async () => {
    const { got, environment } = await services();
    const run = await runWus(['trader', 'test-alert'], { env: environment });
    expect(run.exitCode).toBe(0);
    expect(run.stdout.match(/^ok {7}\S.*: HTTP 200 in \d+ ms/gm)).toHaveLength(4);
    expect(got).toHaveLength(4);
    expect(got.every(({ text }) => text.startsWith('wus test: '))).toBe(true);
    expect(run.stdout + run.stderr).not.toMatch(SECRETS);
  });

  test('says why a target did not take it, in words and without its address', async () => {
    const telegram = await serve((_, response) => {
      response.writeHead(401, { 'content-type': 'application/json' });
      response.end('{"ok":false,"error_code":401,"description":"Unauthorized"}');
    });
    const page = await serve((_, response) => {
      response.writeHead(403);
      response.end('<!DOCTYPE html><html><body>Request blocked</body></html>');
    });
    const run = await runWus(['trader', 'test-alert'], {
      env: {
        WUS_TELEGRAM_TOKEN: TOKEN,
        WUS_TELEGRAM_CHAT: '77',
        WUS_TELEGRAM_URL: telegram,
        WUS_ALERT_WEBHOOK: `${page}/webhook-5ecret`,
      },
    });
    expect(run.exitCode).toBe(1);
    const text = run.stdout.replace(/\n +/g, ' ');
    expect(text).toMatch(/^FAILED {3}Telegram at 127.*HTTP 401: Unauthorized: check WUS_TELEGR/m);
    expect(text).toMatch(/^FAILED {3}the webhook at 127\.0\.0\.1:\d+: HTTP 403: a web page/m);
    expect(run.stderr).toBe('2 of 2 targets did not accept the message\n');
    expect(run.stdout + run.stderr).not.toMatch(SECRETS);
    for (const line of run.stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  test('without a target names the variables', async () => {
    const run = await runWus(['trader', 'test-alert'], {});
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain('WUS_NTFY_URL');
  });
});

/** Telegram, as far as a trader needs it. */
async function telegram() {
  let updates: { readonly update_id: number }[] = [];
  const sent: string[] = [];
  let nextId = 1;
  const url = await serve((request, response) => {
    let body = '';
    request.on('data', (data: Buffer) => {
      body += data.toString();
    });
    request.on('end', () => {
      const call = JSON.parse(body) as { text?: string; offset?: number };
      const isPoll = request.url?.endsWith('/getUpdates') === true;
      if (call.text !== undefined) sent.push(call.text);
      updates = updates.filter(({ update_id }) => update_id >= (call.offset ?? 0));
      setTimeout(
        () => response.end(JSON.stringify({ ok: true, result: isPoll ? updates : {} })),
        isPoll && updates.length === 0 ? 200 : 0,
      );
    });
  });
  const write = (text: string, chat = 77, date = Math.floor(Date.now() / 1_000)): void => {
    updates.push({ update_id: nextId++, message: { chat: { id: chat }, date, text } } as never);
  };
  return { url, sent, write };
}

describe('commands by Telegram', () => {
  const ARGS = [
    ...['trader', '--strategy', 'MACross', '--param', 'fast_period=2', 'slow_period=5'],
    ...['--symbol', 'BTCUSDT', '--interval', '1m', '--market-data', 'local', '--speed', '100'],
  ];

  test('the one chat is obeyed: status, halt, flatten with a code; nothing old, nobody else', async () => {
    const cwd = temporaryFolder();
    const api = await telegram();
    api.write('/flatten', 77, Math.floor(Date.now() / 1_000) - 300);
    api.write('/halt', 78);
    const trader = new WusProcess([...ARGS, '--telegram-commands', '--alert-level', 'alarm'], {
      cwd,
      env: { WUS_TELEGRAM_TOKEN: TOKEN, WUS_TELEGRAM_CHAT: '77', WUS_TELEGRAM_URL: api.url },
    });
    await trader.waitFor(/WARNING Telegram: chat 78 wrote to the bot and was ignored/);
    await expect.poll(() => api.sent[0]).toMatch(/^Ignored: \/flatten \(it was sent before/);
    await trader.waitFor(/entered: long .*/);
    api.write('/status');
    await expect
      .poll(() => api.sent.at(-1), { timeout: 15_000 })
      .toMatch(/^paper-synthetic\nBTCUSDT 1m MACross: (long|flat)/);
    api.write('/flatten');
    await expect.poll(() => api.sent.at(-1), { timeout: 15_000 }).toMatch(/\n\/flatten \d{4}$/);
    expect(trader.output).not.toContain('by Telegram');
    api.write(/\/flatten \d{4}$/.exec(api.sent.at(-1) ?? '')![0]);
    await trader.waitFor(/WARNING .*no entries until resume.* \(by Telegram\)/);
    api.write('/trades');
    await expect.poll(() => api.sent.at(-1), { timeout: 15_000 }).toMatch(/total: \d+ trades?/);
    api.write('/resume');
    await trader.waitFor(/trading is active \(by Telegram\)/);
    expect(await trader.end('SIGTERM')).toBe(143);
    expect(trader.output + api.sent.join()).not.toMatch(SECRETS);
  });

  test('nothing is read unless it was asked for', async () => {
    const cwd = temporaryFolder();
    const api = await telegram();
    api.write('/halt');
    const trader = new WusProcess(ARGS, {
      cwd,
      env: { WUS_TELEGRAM_TOKEN: TOKEN, WUS_TELEGRAM_CHAT: '77', WUS_TELEGRAM_URL: api.url },
    });
    await trader.waitFor(/entered: long .*/);
    expect(await trader.end('SIGTERM')).toBe(143);
    expect(trader.output).not.toContain('until resume');
  });

  test.each([
    [{}, /--telegram-commands needs WUS_TELEGRAM_TOKEN and WUS_TELEGRAM_CHAT/],
    [
      { WUS_TELEGRAM_TOKEN: TOKEN, WUS_TELEGRAM_CHAT: '@mychannel' },
      /needs the number of the chat in WUS_TELEGRAM_CHAT/,
    ],
  ])('without a chat to obey nothing is started', async (environment, words) => {
    const run = await runWus([...ARGS, '--telegram-commands'], { env: environment });
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toMatch(words);
  });
});
