// What the disk and the operating system do to real traders: full, damaged, shared, told to stop.
import { spawn, spawnSync } from 'node:child_process';
import { appendFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { expectSoundOrders, startExchange } from './testnet-exchange.js';
import { runWus, temporaryFolder, testSideBySide, until, whenTestEnds } from './wus.js';
import { WusProcess } from './wus-process.js';

const BUSY = [
  ...['trader', '--strategy', 'MACross', '--param', 'fast_period=2', 'slow_period=5'],
  ...['--interval', '1m', '--stop-loss', '0.004'],
];

async function startMarket(cwd: string): Promise<string> {
  const exchange = new WusProcess(['exchange', '--port', '0', '--speed', '60'], { cwd });
  return (await exchange.waitFor(/REST and archives +http:\S+/)).split(/ +/).at(-1) ?? '';
}

function stateFiles(cwd: string, pattern: RegExp): string[] {
  return readdirSync(path.join(cwd, 'state'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && pattern.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}

testSideBySide(
  'a torn end, then a damaged snapshot are mended at the start; without any whole one it refuses',
  async () => {
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
    expect(stderr).toContain('The saved state is damaged (no complete snapshot is left)');
    expect(exitCode).toBe(1);
  },
  120_000,
);

testSideBySide(
  'two processes with one state folder and a bot each write whole lines to one log',
  async () => {
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
  },
  120_000,
);

describe('a signal while an order is on its way', () => {
  const SIGNALS = [
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const;
  for (const [signal, exitCode] of SIGNALS) {
    const name = `${signal} ends with ${exitCode}, and the next start finds what became of it`;
    testSideBySide(
      name,
      async () => {
        const cwd = temporaryFolder();
        const exchange = await startExchange(cwd);
        const size = ['--symbol', 'BTCUSDT', '--units', '0.01', '--mode', 'testnet'];
        const args = [...BUSY, ...size, '--rest-url', exchange.url];
        const first = new WusProcess(args, { cwd, env: exchange.env });
        await first.waitFor(/ok +BTCUSDT order: .*/);
        await fetch(`${exchange.url}/control/faults`, {
          method: 'POST',
          body: JSON.stringify({
            name: 'reply-delayed',
            match: 'POST /api/v3/order',
            value: 20_000,
          }),
        });
        await until(async () => {
          const answer = await fetch(`${exchange.url}/control/faults`);
          const { strikes } = (await answer.json()) as { strikes: Record<string, number> };
          return JSON.stringify(strikes).includes('reply-delayed');
        });
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
  }
});

/** Only where a process may have mounts of its own. */
const canMount = spawnSync('unshare', ['-rm', 'true']).status === 0;
const testWithMounts: typeof testSideBySide = canMount ? testSideBySide : test.skip;

testWithMounts(
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
    fillDisk(filler);
    await trader.waitFor(/ALARM the state cannot be saved: entries are blocked/);
    const from = trader.output.length;
    await trader.waitFor(/exit: long .*/);
    expect(trader.output.slice(from)).not.toContain('entered:');
    rmSync(filler);
    await trader.waitFor(/the state can be saved again/);
    await trader.waitFor(/entered: long .*/, trader.output.length);
    expect(await trader.end('SIGTERM')).toBe(143);
    expect(trader.output).not.toContain('MISMATCH');
  },
  120_000,
);

testWithMounts(
  'an exit that left while the disk was full is found after a kill, and nothing else is sold',
  async () => {
    const cwd = temporaryFolder();
    // Half a coin of somebody else would be there to be sold once more.
    const exchange = await startExchange(cwd, '--balance', 'USDT=10000,BTC=0.5');
    const size = ['--symbol', 'BTCUSDT', '--units', '0.01', '--mode', 'testnet'];
    const args = [...BUSY, ...size, '--rest-url', exchange.url];
    const script = 'mkdir -p state && mount -t tmpfs -o size=256k tmpfs state && exec sleep 600';
    const disk = spawn('unshare', ['-rm', 'sh', '-c', script], { cwd });
    whenTestEnds(() => void disk.kill('SIGKILL'));
    const state = path.join(`/proc/${disk.pid}/root`, cwd, 'state');
    const isMounted = (): boolean =>
      readFileSync(`/proc/${disk.pid}/mounts`, 'utf8').includes(`${cwd}/state`);
    await until(isMounted);
    const within = ['nsenter', '-t', String(disk.pid), '-U', '-m', '--preserve-credentials'];
    const first = new WusProcess(args, {
      cwd,
      env: exchange.env,
      within: [...within, `--wd=${cwd}`],
    });
    await first.waitFor(/entered: long .*/);
    fillDisk(path.join(state, 'filler'));
    await first.waitFor(/ALARM the state cannot be saved: entries are blocked/);
    await first.waitFor(/exit: long .*/);
    await first.end('SIGKILL');
    rmSync(path.join(state, 'filler'));
    const again = new WusProcess(args, {
      cwd,
      env: exchange.env,
      within: [...within, `--wd=${cwd}`],
    });
    // The journal may have kept that it was sent, or nothing of it: it is told now, and once.
    await again.waitFor(/exit: long .*/);
    await again.waitFor(/entered: long .*/, again.output.length);
    expect(again.output).not.toContain('MISMATCH');
    await again.end('SIGTERM');
    await expectSoundOrders(exchange.url);
  },
  120_000,
);

/** Writes until not a byte more fits. */
function fillDisk(file: string): void {
  let free = 256_000;
  while (free >= 1) {
    try {
      appendFileSync(file, Buffer.alloc(free));
    } catch {
      free = Math.floor(free / 2);
    }
  }
}
