// Real processes, real sockets, a real wus exchange between them.
import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { runInProcess } from './in-process.js';
import { expectSoundOrders, ordersAt, startExchange } from './testnet-exchange.js';
import { runWus, temporaryFolder, testSideBySide } from './wus.js';
import { WusProcess } from './wus-process.js';

const BUSY = [
  ...['--strategy', 'MACross', '--param', 'fast_period=2', 'slow_period=5'],
  ...['--symbol', 'BTCUSDT', '--interval', '1m', '--stop-loss', '0.004', '--units', '0.01'],
  ...['--mode', 'testnet'],
];

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}

/** Demands that no piece of a secret was written, in any of the usual writings. */
function expectNoPieceOf(secret: string, length: number, texts: readonly string[]): void {
  const bytes = Buffer.from(secret);
  const forms = [
    secret,
    encodeURIComponent(secret),
    bytes.toString('base64'),
    bytes.toString('hex'),
  ];
  for (const form of forms) {
    for (let i = 0; i + length <= form.length; i++) {
      const piece = form.slice(i, i + length);
      for (const text of texts) expect(text.includes(piece)).toBe(false);
    }
  }
}

describe('wus trader in testnet mode against wus exchange', () => {
  testSideBySide('after kill -9 in a position it goes on, and the account agrees', async () => {
    const cwd = temporaryFolder();
    const exchange = await startExchange(cwd);
    const args = ['trader', ...BUSY, '--rest-url', exchange.url];
    const first = new WusProcess(args, { cwd, env: exchange.env });
    await first.waitFor(/ok +BTCUSDT order: a test order of 0\.01 BTC was accepted/);
    await first.waitFor(/stop rests on the exchange at .*/);
    await first.end('SIGKILL');
    const resting = (await ordersAt(exchange.url)).filter(({ status }) => status === 'NEW');
    expect(resting.length).toBeLessThanOrEqual(1);
    const again = new WusProcess(args, { cwd, env: exchange.env });
    await again.waitFor(/, resumed/);
    await again.waitFor(/exit: long .*/);
    await again.waitFor(/stop rests on the exchange at .*/);
    expect(await again.end('SIGTERM')).toBe(143);
    expect(again.output).toMatch(
      /at the exchange; its stop at [\d,.]+ stays on the exchange|flat, nothing/,
    );
    expect(again.output).not.toMatch(/MISMATCH|orphan/);
    await expectSoundOrders(exchange.url);
    const texts = [
      first.output,
      again.output,
      ...filesUnder(cwd).map((file) => readFileSync(file, 'latin1')),
    ];
    // Eight characters: shorter pieces of a hexadecimal text are also numbers.
    expectNoPieceOf(exchange.env.BINANCE_API_SECRET!, 8, texts);
    expect(readFileSync(`/proc/${exchange.process.pid}/cmdline`, 'latin1')).not.toContain(
      exchange.env.BINANCE_API_SECRET,
    );
    await exchange.process.end('SIGINT');
  });

  testSideBySide('a lost reply and cut sockets neither double an order nor lose one', async () => {
    const cwd = temporaryFolder();
    const exchange = await startExchange(cwd);
    const trader = new WusProcess(['trader', ...BUSY, '--rest-url', exchange.url], {
      cwd,
      env: exchange.env,
    });
    await trader.waitFor(/ok +BTCUSDT order: .*/);
    await fetch(`${exchange.url}/control/faults`, {
      method: 'POST',
      body: JSON.stringify({ name: 'reply-lost', match: 'POST /api/v3/order' }),
    });
    await trader.waitFor(/entered: long .*/);
    await trader.waitFor(/stop rests on the exchange at .*/);
    const { strikes } = (await (await fetch(`${exchange.url}/control/faults`)).json()) as {
      strikes: Record<string, number>;
    };
    expect(JSON.stringify(strikes)).toContain('reply-lost');
    await fetch(`${exchange.url}/control/sockets`, {
      method: 'POST',
      body: JSON.stringify({ action: 'drop', kind: 'all' }),
    });
    await trader.waitFor(/exit: long .*/);
    expect(await trader.end('SIGTERM')).toBe(143);
    await expectSoundOrders(exchange.url);
    await exchange.process.end('SIGINT');
  });

  testSideBySide('an Ed25519 key file works, and is refused when others can read it', async () => {
    const cwd = temporaryFolder();
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    writeFileSync(path.join(cwd, 'public.pem'), publicKey.export({ type: 'spki', format: 'pem' }));
    const keyFile = path.join(cwd, 'private.pem');
    writeFileSync(keyFile, pem, { mode: 0o644 });
    const exchange = await startExchange(cwd, '--public-key', 'public.pem');
    const line = await exchange.process.waitFor(/Key of the PEM +BINANCE_API_KEY=\S+/);
    const env = {
      BINANCE_API_KEY: line.split('=')[1] ?? '',
      BINANCE_PRIVATE_KEY_FILE: 'private.pem',
    };
    const args = ['trader', ...BUSY, '--rest-url', exchange.url];
    const refused = await runWus(args, { cwd, env });
    expect(refused.stderr).toContain('private.pem is readable by other users (mode 644)');
    chmodSync(keyFile, 0o600);
    const trader = new WusProcess(args, { cwd, env });
    await trader.waitFor(/ok +account stream: connected/);
    await trader.waitFor(/stop rests on the exchange at .*/);
    await trader.end('SIGTERM');
    const texts = [
      trader.output,
      ...filesUnder(cwd)
        .filter((file) => !file.endsWith('.pem'))
        .map((file) => readFileSync(file, 'latin1')),
    ];
    const secret = pem.split('\n')[1] ?? '';
    // Every key of this kind begins with the same 16 bytes.
    expectNoPieceOf(secret.slice(24), 6, texts);
    await exchange.process.end('SIGINT');
  });

  testSideBySide('a key that permits withdrawals, or that is wrong, trades nothing', async () => {
    const cwd = temporaryFolder();
    const exchange = await startExchange(cwd, '--allow-withdrawals');
    const args = ['trader', ...BUSY, '--rest-url', exchange.url];
    const refused = await runWus(args, { cwd, env: exchange.env });
    expect(refused.stdout).toContain('FAILED   key: it permits withdrawals');
    expect(refused.stderr).toContain('The self-test failed: 1 of 6 checks. Nothing was traded');
    expect(refused.exitCode).toBe(1);
    const wrong = { ...exchange.env, BINANCE_API_SECRET: 'a'.repeat(64) };
    const unsigned = await runWus(args, { cwd, env: wrong });
    expect(unsigned.stderr).toContain('Signature for this request is not valid');
    const little = [...args, '--units', '0.00001'];
    const tooLittle = await runWus(little, { cwd, env: exchange.env });
    expect(tooLittle.stdout).toContain('--units 0.00001 is too small');
    const much = await runWus([...args, '--units', '5'], { cwd, env: exchange.env });
    expect(much.stdout).toMatch(
      /FAILED {3}BTCUSDT order: 10,000 USDT are free, but an entry needs/,
    );
    expect(await ordersAt(exchange.url)).toEqual([]);
    await exchange.process.end('SIGINT');
  });

  const env = { BINANCE_API_KEY: '', BINANCE_API_SECRET: '', BINANCE_PRIVATE_KEY_FILE: '' };
  test.each([
    [BUSY, 'No API key'],
    [BUSY.filter((word) => word !== '--units' && word !== '0.01'), 'How much?'],
    [[...BUSY, '--rest-url', 'https://api.binance.com'], 'may trade real money'],
    [[...BUSY, '--ws-url', 'wss://stream.binance.com:9443'], 'belong to different environments'],
    [[...BUSY, '--market-data', 'local'], '--market-data local requires --mode paper'],
    [[...BUSY, '--yes-live', 'BTCUSDT'], '--yes-live has no effect'],
    [[...BUSY, '--mode', 'live'], 'give --yes-live BTCUSDT'],
    [[...BUSY, '--mode', 'live', '--yes-live', 'ETHUSDT'], 'is not BTCUSDT'],
    [[...BUSY, '--mode', 'live', '--yes-live', 'BTCUSDT'], 'No API key'],
    [[...BUSY, '--mode', 'live', '--rest-url', 'http://127.0.0.1:1'], 'is not a real exchange'],
    [[...BUSY, '--mode', 'paper', '--aws-secret-name', 'x'], '--aws-secret-name has no effect'],
  ])('%j is refused: %s', async (args, message) => {
    const { stderr, exitCode } = await runInProcess(['trader', ...args], {
      cwd: temporaryFolder(),
      env,
    });
    expect(stderr).toContain(message);
    expect([1, 2]).toContain(exitCode);
  });

  test('live is refused where certificates are not checked', async () => {
    const args = ['trader', ...BUSY, '--mode', 'live', '--yes-live', 'BTCUSDT'];
    const unchecked = { ...env, NODE_TLS_REJECT_UNAUTHORIZED: '0' };
    const { stderr } = await runWus(args, { cwd: temporaryFolder(), env: unchecked });
    expect(stderr).toContain('disables certificate verification');
  });
});
