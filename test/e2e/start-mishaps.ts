// What may have happened to settings, files and other bots between two starts of a trader that holds something.
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { BTC, ETH, type KilledTrader, killedHolding } from './killed-holding.js';
import { ordersAt } from './testnet-exchange.js';
import { ALWAYS_LONG } from './traded-strategies.js';

/** The line of a bot that manages what it holds. */
export const MANAGED = /long [+-][\d.]+ +stop [\d,.]+ /;

/** Name, what happens, what the start says of it, and flags that it is started with. */
type StartMishap = readonly [string, (world: KilledTrader) => unknown, RegExp, string[]?];

/** Checks that failed are made again after a minute of real time; a strategy that sees the future does not pass them then. */
const LASTING = 'a strategy that sees the future';
const RECHECK_MS = 62_000;

export const START_MISHAPS: readonly StartMishap[] = [
  ['settings that are as they were', () => undefined, MANAGED],
  [
    'another bot that has too little money for its size',
    ({ write }) => write([BTC, ETH.replace('units: 0.1', 'units: 3')]),
    /ETHUSDT +ALARM entries are blocked until the checks pass.*are free, but an entry needs/,
  ],
  [
    'another bot whose market stands still',
    ({ control }) => control.post('rules', { symbol: 'ETHUSDT', status: 'BREAK' }),
    /ETHUSDT +ALARM entries are blocked until the checks pass.*the instrument is closed/,
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
    /BTCUSDT +WARNING it has a position but is no longer configured/,
  ],
  [
    'another interval',
    ({ write }) => write([BTC.replace('1m', '5m'), ETH]),
    /BTCUSDT +ALARM the new settings are rejected while a position is open.*holds a position on interval 1m/,
  ],
  [
    'another balance',
    ({ write }) => write([BTC.replace('950', '2000'), ETH]),
    /BTCUSDT +ALARM the new settings are rejected.*The bot started with a balance of 950, not 2000/,
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
    /BTCUSDT +ALARM its strategy cannot be loaded: the position keeps its stops/,
  ],
  [
    LASTING,
    ({ cwd }) =>
      writeFileSync(
        path.join(cwd, 'always.ts'),
        ALWAYS_LONG.replace(
          '() => () => 1',
          '({ candles: { close } }) => (i) => close[i + 1]! > close[i]! ? 1 : -1',
        ),
      ),
    /BTCUSDT +ALARM entries are blocked until the checks pass, open positions are managed by their stops only.*looks ahead/,
  ],
  [
    'a flag that is wrong',
    () => undefined,
    /ALARM entries are blocked: --heartbeat 999/,
    ['--heartbeat', '999'],
  ],
];

/** Starts a trader that was killed over a position after each mishap: it manages the position and says why nothing is entered. */
export async function startAfter(mishaps: readonly StartMishap[]): Promise<void> {
  const world = await killedHolding([BTC, ETH]);
  const placed = (await ordersAt(world.url)).length;
  const problems: string[] = [];
  for (const [name, happen, says, flags = []] of mishaps) {
    world.write([BTC, ETH]);
    writeFileSync(path.join(world.cwd, 'always.ts'), ALWAYS_LONG);
    await world.control.post('rules', { symbol: 'ETHUSDT', status: 'TRADING' });
    await happen(world);
    const trader = world.start(...flags);
    try {
      await trader.waitFor(says);
      await trader.waitFor(MANAGED);
      if (name === LASTING) await new Promise((resolve) => setTimeout(resolve, RECHECK_MS));
      expect(trader.output).not.toMatch(/the checks passed: |exit: sell/);
    } catch (error) {
      problems.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
    await trader.end('SIGKILL');
  }
  expect(problems).toEqual([]);
  // The stop is where it was: nothing was sold, and no bot bought what it should not.
  const orders = await ordersAt(world.url);
  expect(orders.filter(({ side }) => side === 'SELL').map(({ status }) => status)).toContain('NEW');
  expect(orders.length - placed).toBeLessThanOrEqual(2);
}
