// What is open is managed, whatever became of settings, checks and other bots between two starts.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { BTC, ETH, killedHolding } from './killed-holding.js';
import { MANAGED, START_MISHAPS, startAfter } from './start-mishaps.js';
import { runWus, temporaryFolder } from './wus.js';

/** The others run with the long tests. */
const isShort = ([name]: (typeof START_MISHAPS)[number]): boolean =>
  /too little money|taken out|interval|no YAML|strategy that is gone/.test(name);

describe('a start beside an open position', () => {
  test('manages it, holds entries back where it must, and says why', () => {
    expect(START_MISHAPS.filter(isShort)).toHaveLength(5);
    return startAfter(START_MISHAPS.filter(isShort));
  }, 200_000);

  test('ends a bot that is in no file with its position, and takes waiting settings then', async () => {
    const world = await killedHolding([BTC, ETH]);
    world.write([BTC.replace('1m', '5m')]);
    const trader = world.start();
    await trader.waitFor(/ALARM the new settings are rejected/);
    await trader.waitFor(MANAGED);
    await runWus(['trader', 'flatten', '--symbol', 'BTCUSDT'], { cwd: world.cwd });
    await trader.waitFor(/exit: long .* by manual/);
    await trader.waitFor(/it is flat: the new settings apply/);
    const { stdout } = await runWus(['trader', 'status', '--json'], { cwd: world.cwd });
    expect(stdout).toMatch(/"interval": "5m"/);
    await trader.end('SIGTERM');
  }, 90_000);

  test('is no reason to manage what another trader runs, and gives a bot to the one who trades it', async () => {
    const world = await killedHolding([BTC]);
    world.write([ETH]);
    const guard = world.start();
    await guard.waitFor(/BTCUSDT +WARNING it has a position/);
    const own = readFileSync(path.join(world.cwd, 'bots.yaml'), 'utf8').replace(ETH, BTC);
    writeFileSync(path.join(world.cwd, 'own.yaml'), own);
    const owner = world.start('--runtime-config', 'own.yaml');
    await owner.waitFor(/resumed/);
    await guard.waitFor(/another trader takes it over/);
    await owner.waitFor(MANAGED);
    expect(guard.isRunning).toBe(true);
    await owner.end('SIGTERM');
    await guard.end('SIGTERM');
    const log = readFileSync(
      path.join(world.cwd, 'state', `testnet-127.0.0.1-${new URL(world.url).port}`, 'trader.log'),
      'utf8',
    );
    expect(log).not.toMatch(/MISMATCH|mismatch/);
  }, 90_000);

  test('whose exchange does not answer is tried again until it does', async () => {
    const world = await killedHolding([BTC]);
    await world.control.post('faults', { name: 'rest-down' });
    const trader = world.start();
    await trader.waitFor(
      /ALARM NOT MANAGED yet: the positions and orders of BTCUSDT\. .*Retrying every 10 s/,
    );
    await world.control.clearFault('rest-down');
    await trader.waitFor(MANAGED);
    await trader.end('SIGTERM');
  }, 90_000);
});

test('without anything open a start with wrong settings is refused, as ever', async () => {
  const cwd = temporaryFolder();
  writeFileSync(path.join(cwd, 'bots.yaml'), 'bots:\n  - {symbol: BTCUSDT\n');
  const args = [
    'trader',
    '--mode',
    'testnet',
    '--rest-url',
    'http://127.0.0.1:9',
    '--runtime-config',
  ];
  const finished = await runWus([...args, 'bots.yaml'], { cwd });
  expect(finished.exitCode).toBe(2);
  expect(finished.stderr).toMatch(/^bots\.yaml:\d+:\d+/);
});
