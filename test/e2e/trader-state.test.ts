// A state folder as people leave it, one of another account, and a key that is revoked. What is open is managed, or a line says
// why not; nothing is lost.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { OtherExchange } from '../other-exchange/other-exchange.js';
import { BTC, killedHolding } from './killed-holding.js';
import { LISTED } from './other-listings.js';
import { MANAGED } from './start-mishaps.js';
import { BEARABLE, botFolder, filesOf, startWithStates, UNBEARABLE } from './state-troubles.js';
import { ALWAYS_LONG } from './traded-strategies.js';
import { runWus, temporaryFolder } from './wus.js';
import { WusProcess } from './wus-process.js';

test('a state that is not whole: what is open is managed, or the start is refused in one line', async () => {
  await startWithStates(
    BEARABLE.filter(({ isShort }) => isShort),
    { goesOn: true },
  );
  await startWithStates(
    UNBEARABLE.filter(({ isShort }) => isShort),
    { goesOn: false },
  );
}, 120_000);

test('a key that is revoked while a position is open is said with its stop, and once it works again it is managed', async () => {
  const world = await killedHolding([BTC]);
  const trader = world.start();
  await trader.waitFor(MANAGED);
  await world.control.post('faults', { name: 'key-refused' });
  await trader.waitFor(
    /ALARM the exchange refuses the key: .*-2015.*its stop at [\d.]+ was on the exchange/,
  );
  await trader.end('SIGKILL');
  const again = world.start();
  await again.waitFor(
    /ALARM NOT MANAGED yet: the positions and orders of BTCUSDT\. .*-2015.*Retrying every 10 s/,
  );
  await world.control.clearFault('key-refused');
  await again.waitFor(MANAGED);
  await again.end('SIGTERM');
}, 120_000);

test('a state of another account is refused: nothing is written, and nothing is sent', async () => {
  const cwd = temporaryFolder();
  const key = { apiKey: 'K'.repeat(64), secret: 'S'.repeat(64) };
  const exchange = await OtherExchange.start({
    ...{ market: 'spot', listings: LISTED.spot, keys: [key], seed: 1, speed: 40 },
    balances: { USDT: '5000' },
    startTime: Date.UTC(2026, 0, 5, 6, 50),
  });
  onTestFinished(() => exchange.close());
  writeFileSync(path.join(cwd, 'always.ts'), ALWAYS_LONG);
  const env = { BINANCE_API_KEY: key.apiKey, BINANCE_API_SECRET: key.secret };
  const args = [
    ...['trader', '--mode', 'testnet', '--rest-url', exchange.url, '--strategy', './always.ts'],
    ...['--symbol', 'BTCUSDT', '--interval', '1m', '--units', '0.01', '--stop-loss', '0.05'],
    ...['--balance', '5000'],
  ];
  const first = new WusProcess(args, { cwd, env });
  await first.waitFor(/stop rests on the exchange at .*/);
  await first.end('SIGTERM');
  const folder = botFolder(cwd);
  const state = (): string[] =>
    filesOf(folder, /^(state|journal)-/).map((file) => readFileSync(file, 'hex'));
  const before = state();
  const ordersBefore = exchange.spot!.openOrders('BTCUSDT').length;
  exchange.uid += 1;
  const { exitCode, stderr } = await runWus(args, { cwd, env });
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/account/);
  expect(stderr.trim().split('\n').length).toBeLessThan(3);
  expect(state()).toEqual(before);
  expect(exchange.spot!.openOrders('BTCUSDT').length).toBe(ordersBefore);
}, 120_000);
