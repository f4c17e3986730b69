// Real processes, real sockets, a real wus exchange between them.
import { expect, test } from 'vitest';
import { startExchange } from './testnet-exchange.js';
import { temporaryFolder } from './wus.js';
import { WusProcess } from './wus-process.js';

const BOT = [
  ...['trader', '--strategy', 'MACross', '--symbol', 'BTCUSDT', '--interval', '1m'],
  ...['--stop-loss', '0.01', '--units', '0.01', '--mode', 'testnet'],
];

test('a start during a ban waits for its end inside the process, and so does the next', async () => {
  const cwd = temporaryFolder();
  const exchange = await startExchange(cwd);
  const strikes = async (): Promise<unknown[]> => {
    const answer = await fetch(`${exchange.url}/control/faults`);
    return ((await answer.json()) as { strikes: unknown[] }).strikes;
  };
  await fetch(`${exchange.url}/control/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    // Of its time: twenty seconds of ours.
    body: JSON.stringify({ name: 'banned', value: 800 }),
  });
  const args = [...BOT, '--rest-url', exchange.url];
  const first = new WusProcess(args, { cwd, env: exchange.env });
  await first.waitFor(/ALARM .*banned.*no requests are sent until [\d-]+ [\d:]+ UTC/);
  const before = (await strikes()).length;
  await first.end('SIGTERM');
  const again = new WusProcess(args, { cwd, env: exchange.env });
  await again.waitFor(/ALARM .*banned this address: no requests are sent until [\d-]+ [\d:]+ UTC/);
  await again.waitFor(/ok +BTCUSDT order: a test order of 0\.01 BTC was accepted/);
  // The ban was asked for once, by the first process.
  expect([before, (await strikes()).length]).toEqual([1, 1]);
  await again.end('SIGTERM');
  await exchange.process.end('SIGTERM');
}, 120_000);
