// What is open is managed, whatever became of settings, checks and other bots between two starts.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { ExchangeControl } from './exchange-control.js';
import { ordersAt, startExchange } from './testnet-exchange.js';
import { ALWAYS_LONG } from './traded-strategies.js';
import { runWus, temporaryFolder } from './wus.js';
import { WusProcess } from './wus-process.js';

interface World {
  readonly cwd: string;
  readonly url: string;
  readonly control: ExchangeControl;
  readonly start: (...more: string[]) => WusProcess;
  readonly write: (bots: readonly string[]) => void;
}

const BTC = 'symbol: BTCUSDT, interval: 1m, initial_balance: 950, units: 0.01';
const ETH = 'symbol: ETHUSDT, interval: 4h, initial_balance: 900, units: 0.1';

/** A trader that held BTCUSDT, with a stop at the exchange, when it was killed. */
async function killedHolding(bots: readonly string[]): Promise<World> {
  const cwd = temporaryFolder();
  const { url, env } = await startExchange(cwd, '--balance', 'USDT=1500');
  writeFileSync(path.join(cwd, 'always.ts'), ALWAYS_LONG);
  const write = (all: readonly string[]): void => {
    const rows = all.map((bot) => `  - {${bot}}`).join('\n');
    const common = 'market: spot\nstrategy_name: ./always.ts\nstop_loss_pct: 0.05\n';
    writeFileSync(path.join(cwd, 'bots.yaml'), `${common}bots:\n${rows}\n`);
  };
  const start = (...more: string[]): WusProcess =>
    new WusProcess(
      ['trader', '--mode', 'testnet', '--rest-url', url, '--runtime-config', 'bots.yaml', ...more],
      { cwd, env },
    );
  write(bots);
  const first = start();
  await first.waitFor(/BTCUSDT +stop rests on the exchange|^.*stop rests on the exchange/m);
  await first.end('SIGKILL');
  return { cwd, url, control: new ExchangeControl(url), start, write };
}

const MANAGED = /long [+-][\d.]+ +stop [\d,.]+ /;

const MISHAPS: readonly (readonly [string, (world: World) => unknown, RegExp, string[]?])[] = [
  ['settings that are as they were', () => undefined, MANAGED],
  [
    'another bot that has too little money for its size',
    ({ write }) => write([BTC, ETH.replace('units: 0.1', 'units: 3')]),
    /ETHUSDT +ALARM nothing is entered until the checks pass.*are free, an entry takes/,
  ],
  [
    'another bot whose market stands still',
    ({ control }) => control.post('rules', { symbol: 'ETHUSDT', status: 'BREAK' }),
    /ETHUSDT +ALARM nothing is entered until the checks pass.*the instrument is break/,
  ],
  [
    'another bot of an instrument that is not there',
    ({ write }) => write([BTC, ETH.replace('ETHUSDT', 'GONEUSDT')]),
    /ALARM GONEUSDT is NOT traded: The exchange has no GONEUSDT/,
  ],
  [
    'another bot whose settings are wrong',
    ({ write }) => write([BTC, ETH.replace('units: 0.1', 'stop_loss_pct: 0.01')]),
    /ALARM ETHUSDT is NOT traded: How much\?/,
  ],
  [
    'the bot taken out of the file',
    ({ write }) => write([ETH]),
    /BTCUSDT +WARNING it holds something and is in no settings any more/,
  ],
  [
    'another interval',
    ({ write }) => write([BTC.replace('1m', '5m'), ETH]),
    /BTCUSDT +ALARM the settings are not taken while something is open.*holds a position on interval 1m/,
  ],
  [
    'another balance',
    ({ write }) => write([BTC.replace('950', '2000'), ETH]),
    /BTCUSDT +ALARM the settings are not taken.*The bot began with 950, not 2000/,
  ],
  [
    'a file that is no YAML',
    ({ cwd }) => writeFileSync(path.join(cwd, 'bots.yaml'), 'bots:\n  - {symbol: BTCUSDT\n'),
    /ALARM is NOT traded|ALARM .*bots\.yaml:\d+:\d+/,
  ],
  [
    'no file',
    ({ cwd }) => rmSync(path.join(cwd, 'bots.yaml')),
    /ALARM .*bots\.yaml does not exist/,
  ],
  [
    'a strategy that is gone',
    ({ cwd }) => rmSync(path.join(cwd, 'always.ts')),
    /BTCUSDT +ALARM its strategy cannot be loaded: the position goes on with its stops/,
  ],
  [
    'a strategy that sees the future',
    ({ cwd }) =>
      writeFileSync(
        path.join(cwd, 'always.ts'),
        ALWAYS_LONG.replace(
          '() => () => 1',
          '({ candles: { close } }) => (i) => close[i + 1]! > close[i]! ? 1 : -1',
        ),
      ),
    /BTCUSDT +ALARM nothing is entered until the checks pass.*looks ahead/,
  ],
  [
    'a flag that is wrong',
    () => undefined,
    /ALARM nothing is entered: --heartbeat 999/,
    ['--heartbeat', '999'],
  ],
];

/** All of them take a while: the others run with the long tests. */
const LONG = process.env.WUS_LONG_TESTS !== undefined;
const isShort = ([name]: (typeof MISHAPS)[number]): boolean =>
  /too little money|taken out|interval|no YAML|strategy that is gone/.test(name);

describe('a start beside an open position', () => {
  test(
    'manages it, holds entries back where it must, and says why',
    async () => {
      const world = await killedHolding([BTC, ETH]);
      const placed = (await ordersAt(world.url)).length;
      const problems: string[] = [];
      for (const [name, happen, says, flags = []] of LONG ? MISHAPS : MISHAPS.filter(isShort)) {
        world.write([BTC, ETH]);
        writeFileSync(path.join(world.cwd, 'always.ts'), ALWAYS_LONG);
        await world.control.post('rules', { symbol: 'ETHUSDT', status: 'TRADING' });
        await happen(world);
        const trader = world.start(...flags);
        try {
          await trader.waitFor(says);
          await trader.waitFor(MANAGED);
        } catch (error) {
          problems.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
        }
        await trader.end('SIGKILL');
      }
      expect(problems).toEqual([]);
      // The stop is where it was: nothing was sold, and no bot bought what it should not.
      const orders = await ordersAt(world.url);
      expect(orders.filter(({ side }) => side === 'SELL').map(({ status }) => status)).toContain(
        'NEW',
      );
      expect(orders.length - placed).toBeLessThanOrEqual(2);
    },
    LONG ? 500_000 : 200_000,
  );

  test('ends a bot that is in no file with its position, and takes waiting settings then', async () => {
    const world = await killedHolding([BTC, ETH]);
    world.write([BTC.replace('1m', '5m')]);
    const trader = world.start();
    await trader.waitFor(/ALARM the settings are not taken/);
    await trader.waitFor(MANAGED);
    await runWus(['trader', 'flatten', '--symbol', 'BTCUSDT'], { cwd: world.cwd });
    await trader.waitFor(/exit: long .* by manual/);
    await trader.waitFor(/it is flat: the new settings are taken/);
    const { stdout } = await runWus(['trader', 'status', '--json'], { cwd: world.cwd });
    expect(stdout).toMatch(/"interval": "5m"/);
    await trader.end('SIGTERM');
  }, 90_000);

  test('is no reason to manage what another trader runs, and gives a bot to the one who trades it', async () => {
    const world = await killedHolding([BTC]);
    world.write([ETH]);
    const guard = world.start();
    await guard.waitFor(/BTCUSDT +WARNING it holds something/);
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
      /ALARM NOT MANAGED yet: what BTCUSDT holds\. .*It is tried again every 10 s/,
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
