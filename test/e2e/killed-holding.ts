// A trader that held a position when it was killed, and what it left.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { ExchangeControl } from './exchange-control.js';
import { startExchange } from './testnet-exchange.js';
import { ALWAYS_LONG } from './traded-strategies.js';
import { temporaryFolder } from './wus.js';
import { WusProcess } from './wus-process.js';

/** The exchange that the trader was at, its folder, and how it is started again. */
export interface KilledTrader {
  readonly cwd: string;
  readonly url: string;
  readonly control: ExchangeControl;
  readonly start: (...more: string[]) => WusProcess;
  /** Starts it by a command that prepares its surroundings. */
  readonly startWithin: (command: readonly string[] | undefined) => WusProcess;
  readonly write: (bots: readonly string[]) => void;
}

export const BTC = 'symbol: BTCUSDT, interval: 1m, initial_balance: 950, units: 0.01';
export const ETH = 'symbol: ETHUSDT, interval: 4h, initial_balance: 900, units: 0.1';

/** A trader that held BTCUSDT, with a stop at the exchange, when it was killed. */
export async function killedHolding(bots: readonly string[]): Promise<KilledTrader> {
  const cwd = temporaryFolder();
  const { url, env } = await startExchange(cwd, '--balance', 'USDT=1500');
  writeFileSync(path.join(cwd, 'always.ts'), ALWAYS_LONG);
  const write = (all: readonly string[]): void => {
    const rows = all.map((bot) => `  - {${bot}}`).join('\n');
    const common = 'market: spot\nstrategy_name: ./always.ts\nstop_loss_pct: 0.05\n';
    writeFileSync(path.join(cwd, 'bots.yaml'), `${common}bots:\n${rows}\n`);
  };
  const args = [
    ...['trader', '--mode', 'testnet', '--rest-url', url],
    ...['--runtime-config', 'bots.yaml'],
  ];
  const start = (...more: string[]): WusProcess => new WusProcess([...args, ...more], { cwd, env });
  const startWithin = (within: readonly string[] = []): WusProcess =>
    new WusProcess(args, { cwd, env, within });
  write(bots);
  const first = start();
  await first.waitFor(/BTCUSDT +stop rests on the exchange|^.*stop rests on the exchange/m);
  await first.end('SIGKILL');
  return { cwd, url, control: new ExchangeControl(url), start, startWithin, write };
}
