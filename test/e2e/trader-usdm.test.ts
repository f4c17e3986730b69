import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from './wus.js';
import { WusProcess } from './wus-process.js';

const BUSY = [
  ...['trader', '--market', 'usdm', '--strategy', 'MACross', '--param', 'fast_period=2'],
  ...['slow_period=5', '--symbol', 'BTCUSDT', '--interval', '1m', '--stop-loss', '0.004'],
  ...['--units', '0.01', '--leverage', '2'],
];

interface UsdmState {
  readonly orders: readonly { readonly clientOrderId: string }[];
  readonly configs: Record<string, { readonly leverage: number }>;
}

test('USD-M at wus exchange: long and short, on after kill -9, no order twice', async () => {
  const cwd = temporaryFolder();
  const args = ['exchange', '--market', 'usdm', '--port', '0', '--speed', '40'];
  const exchange = new WusProcess(args, { cwd });
  const url = (await exchange.waitFor(/REST and archives +http:\S+/)).split(/ +/).at(-1) ?? '';
  const key = await exchange.waitFor(/BINANCE_API_KEY=\S+ BINANCE_API_SECRET=\S+/);
  const env = Object.fromEntries(
    key.split(' ').map((part): [string, string] => [part.split('=')[0]!, part.split('=')[1]!]),
  );
  const wanted = [...BUSY, '--mode', 'testnet', '--rest-url', url];
  const first = new WusProcess(wanted, { cwd, env });
  await first.waitFor(/ok +BTCUSDT order: a test order of 0\.01 BTC was accepted/);
  await first.waitFor(/stop rests on the exchange at .*/);
  await first.end('SIGKILL');
  const again = new WusProcess(wanted, { cwd, env });
  await again.waitFor(/, resumed/);
  await again.waitFor(/exit: (long|short) .*/);
  await again.waitFor(/entered: short .*/);
  await again.waitFor(/stop rests on the exchange at .*/);
  expect(await again.end('SIGTERM')).toBe(143);
  expect(again.output).not.toMatch(/MISMATCH|orphan/);
  const file = path.join(cwd, 'state', `testnet-127.0.0.1-${new URL(url).port}`, 'trader.log');
  expect(readFileSync(file, 'utf8')).toContain('usdm, long and short, leverage 2');
  const answer = await fetch(`${url}/control/state?market=usdm`);
  const { orders, configs } = (await answer.json()) as UsdmState;
  const ids = orders.map(({ clientOrderId }) => clientOrderId);
  expect(new Set(ids).size).toBe(ids.length);
  expect(configs.BTCUSDT?.leverage ?? 20).toBeGreaterThanOrEqual(2);
  await exchange.end('SIGINT');
});

test('USD-M on paper goes short, too', async () => {
  const cwd = temporaryFolder();
  const trader = new WusProcess([...BUSY, '--market-data', 'local', '--speed', '120'], { cwd });
  await trader.waitFor(/entered: short .*/);
  await trader.waitFor(/stop rests on the exchange at .*/);
  await trader.waitFor(/exit: short .*/);
  expect(await trader.end('SIGINT')).toBe(130);
  expect(trader.output).not.toMatch(/MISMATCH|ALARM/);
});
