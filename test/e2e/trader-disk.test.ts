// What the disk and the operating system do to real traders: full, damaged, shared, told to stop.
import { spawnSync } from 'node:child_process';
import { appendFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { expectSoundOrders, startExchange } from './testnet-exchange.js';
import { runWus, temporaryFolder } from './wus.js';
import { WusProcess } from './wus-process.js';

const BUSY = [
  ...['trader', '--strategy', 'MACross', '--param', 'fast_period=2', 'slow_period=5'],
  ...['--interval', '1m', '--stop-loss', '0.004'],
];

async function startMarket(cwd: string): Promise<string> {
  const exchange = new WusProcess(['exchange', '--port', '0', '--speed', '120'], { cwd });
  return (await exchange.waitFor(/REST and archives +http:\S+/)).split(/ +/).at(-1) ?? '';
}

function stateFiles(cwd: string, pattern: RegExp): string[] {
  return readdirSync(path.join(cwd, 'state'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && pattern.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}

test('a torn end, then a damaged snapshot are mended at the start; without any whole one it refuses', async () => {
  const cwd = temporaryFolder();
  const args = [...BUSY, '--symbol', 'BTCUSDT', '--rest-url', await startMarket(cwd)];
  const first = new WusProcess(args, { cwd });
  await first.waitFor(/stop rests on the exchange at .*/);
  await first.end('SIGKILL');
  const newest = stateFiles(cwd, /^journal-/).at(-1) ?? '';
  appendFileSync(newest, `00000200 12345678 99 {"ti${'\0'.repeat(4_096)}`);
  const second = new WusProcess(args, { cwd });
  await second.waitFor(/, resumed/);
  await second.waitFor(/exit: long .*/);
  await second.end('SIGKILL');
  writeFileSync(stateFiles(cwd, /^state-/).at(-1) ?? '', Buffer.alloc(3_000));
  const third = new WusProcess(args, { cwd });
  await third.waitFor(/, resumed/);
  await third.waitFor(/entered: long .*/);
  await third.end('SIGKILL');
  expect(second.output + third.output).not.toMatch(/MISMATCH|ALARM/);
  for (const file of stateFiles(cwd, /^state-/)) writeFileSync(file, Buffer.alloc(3_000));
  const { exitCode, stderr } = await runWus(args, { cwd });
  expect(stderr).toContain('The saved state is damaged (no whole snapshot is left)');
  expect(exitCode).toBe(1);
}, 120_000);

test('two processes with one state folder and a bot each write whole lines to one log', async () => {
  const cwd = temporaryFolder();
  const url = await startMarket(cwd);
  const symbols = ['BTCUSDT', 'ETHUSDT'];
  const traders = symbols.map(
    (symbol) => new WusProcess([...BUSY, '--symbol', symbol, '--rest-url', url], { cwd }),
  );
  for (const trader of traders) await trader.waitFor(/exit: long .*/);
  const same = await runWus([...BUSY, '--symbol', 'BTCUSDT', '--rest-url', url], { cwd });
  expect(same.stderr).toContain('is in use by another process');
  for (const trader of traders) expect(await trader.end('SIGTERM')).toBe(143);
  const log = readFileSync(stateFiles(cwd, /^trader\.log$/)[0] ?? '', 'utf8').split('\n');
  const WHOLE = /^\d\d-\d\d \d\d:\d\d:\d\d {2}(BTCUSDT|ETHUSDT) {2}\S/;
  const told = log.filter((line) => /entered: |exit: |stop rests/.test(line));
  expect(told.filter((line) => !WHOLE.test(line))).toEqual([]);
  traders.forEach((trader, i) => {
    const shown = trader.output.split('\n').filter((line) => line.includes('entered: long'));
    const logged = told.filter((line) => line.includes('entered: long'));
    const own = logged.filter((line) => line.includes(symbols[i] ?? ''));
    expect(own).toHaveLength(shown.length);
  });
}, 120_000);

describe('a signal while an order is on its way', () => {
  test.each<[NodeJS.Signals, number]>([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ])(
    '%s ends with %i, and the next start finds what became of it',
    async (signal, exitCode) => {
      const cwd = temporaryFolder();
      const exchange = await startExchange(cwd);
      const size = ['--symbol', 'BTCUSDT', '--units', '0.01', '--mode', 'testnet'];
      const args = [...BUSY, ...size, '--rest-url', exchange.url];
      const first = new WusProcess(args, { cwd, env: exchange.env });
      await first.waitFor(/ok +BTCUSDT order: .*/);
      await fetch(`${exchange.url}/control/faults`, {
        method: 'POST',
        body: JSON.stringify({ name: 'reply-delayed', match: 'POST /api/v3/order', value: 20_000 }),
      });
      const hasStruck = async (): Promise<boolean> => {
        const answer = await fetch(`${exchange.url}/control/faults`);
        const { strikes } = (await answer.json()) as { strikes: Record<string, number> };
        return JSON.stringify(strikes).includes('reply-delayed');
      };
      await expect.poll(hasStruck, { timeout: 60_000, interval: 50 }).toBe(true);
      expect(await first.end(signal)).toBe(exitCode);
      const again = new WusProcess(args, { cwd, env: exchange.env });
      await again.waitFor(/, resumed/);
      await again.waitFor(/exit: long .*/);
      expect(again.output).not.toMatch(/MISMATCH|orphan/);
      await again.end('SIGTERM');
      await expectSoundOrders(exchange.url);
    },
    120_000,
  );
});

/** Only where a process may have mounts of its own. */
const canMount = spawnSync('unshare', ['-rm', 'true']).status === 0;

test.skipIf(!canMount)(
  'a full disk is an alarm and enters nothing; with room again it goes on',
  async () => {
    const cwd = temporaryFolder();
    const args = [...BUSY, '--symbol', 'BTCUSDT', '--rest-url', await startMarket(cwd)];
    const script = 'mkdir -p state && mount -t tmpfs -o size=256k tmpfs state && exec "$@"';
    const trader = new WusProcess(args, {
      cwd,
      within: ['unshare', '-rm', 'sh', '-c', script, 'sh'],
    });
    await trader.waitFor(/entered: long .*/);
    const filler = path.join(`/proc/${trader.pid}/root`, cwd, 'state/filler');
    let free = 256_000;
    while (free >= 1) {
      try {
        appendFileSync(filler, Buffer.alloc(free));
      } catch {
        free = Math.floor(free / 2);
      }
    }
    await trader.waitFor(/ALARM the state cannot be saved: no entries/);
    const from = trader.output.length;
    await trader.waitFor(/exit: long .*/);
    expect(trader.output.slice(from)).not.toContain('entered:');
    rmSync(filler);
    await trader.waitFor(/the state is saved again/);
    await trader.waitFor(/entered: long .*/, trader.output.length);
    expect(await trader.end('SIGTERM')).toBe(143);
    expect(trader.output).not.toContain('MISMATCH');
  },
  120_000,
);
