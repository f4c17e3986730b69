// A strategy of one's own is checked for look-ahead before the trader decides anything with it.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { runWus, temporaryFolder } from './wus.js';
import { WusProcess } from './wus-process.js';

const BOT = ['--symbol', 'BTCUSDT', '--interval', '1m', '--units', '0.01'];
const SYNTHETIC = ['--market-data', 'local', '--speed', '200'];
const PEEKS =
  /^Strategy "Cheat" looks ahead: its signal at candle \d+ \(.*\) is -?1, but -?1 when later candles are /m;

/** Long after a rise: of the candle that comes, or of the one that closed. */
function strategyFile(name: string, rise: string): string {
  return [
    "import { defineStrategy } from 'mista-wus-algo-trader';",
    'export const strategy = defineStrategy({',
    `  name: '${name}', parameters: {}, warmUp: () => 2,`,
    `  signals({ candles: { close } }) { return (i) => (${rise} ? 1 : -1); },`,
    '});',
  ].join('\n');
}

function strategyFolder(): string {
  const cwd = temporaryFolder();
  writeFileSync(path.join(cwd, 'cheat.ts'), strategyFile('Cheat', 'close[i + 1] > close[i]'));
  writeFileSync(path.join(cwd, 'honest.ts'), strategyFile('Honest', 'close[i] > close[i - 1]'));
  return cwd;
}

describe('wus trader with a strategy of your own', () => {
  test('refuses one that sees the future, in the words of the backtest', async () => {
    const cwd = strategyFolder();
    const args = ['trader', '--strategy', './cheat.ts', ...BOT, ...SYNTHETIC];
    const refused = await runWus(args, { cwd });
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toMatch(PEEKS);
    expect(refused.stdout).not.toMatch(/\bent(ry:|ered)/);
  });

  test('sends no order of one that sees the future to an exchange', async () => {
    const cwd = strategyFolder();
    const exchange = new WusProcess(['exchange', '--port', '0', '--speed', '40'], { cwd });
    const url = (await exchange.waitFor(/REST and archives +http:\S+/)).split(/ +/).at(-1) ?? '';
    const [, key = '', secret = ''] =
      /BINANCE_API_KEY=(\S+) BINANCE_API_SECRET=(\S+)/.exec(
        await exchange.waitFor(/BINANCE_API_KEY=\S+ BINANCE_API_SECRET=\S+/),
      ) ?? [];
    const args = ['trader', '--strategy', './cheat.ts', ...BOT, '--mode', 'testnet'];
    const refused = await runWus([...args, '--rest-url', url], {
      cwd,
      env: { BINANCE_API_KEY: key, BINANCE_API_SECRET: secret },
    });
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toMatch(PEEKS);
    const state = (await (await fetch(`${url}/control/state`)).json()) as { orders: unknown[] };
    expect(state.orders).toEqual([]);
    await exchange.end('SIGINT');
  });

  test('trades an honest one, and does not take one that sees the future while it runs', async () => {
    const cwd = strategyFolder();
    const config = path.join(cwd, 'config', 'runtime_config.yaml');
    mkdirSync(path.dirname(config));
    writeFileSync(config, 'strategy_name: ./honest.ts\n');
    const trader = new WusProcess(['trader', ...BOT, ...SYNTHETIC], { cwd });
    await trader.waitFor(/^ok +BTCUSDT strategy: no look-ahead found on 1503 candles$/m);
    await trader.waitFor(/entered: long .*/);
    writeFileSync(config, 'strategy_name: ./cheat.ts\n');
    await trader.waitFor(
      /WARNING The change was rejected, the settings stay: Strategy "Cheat" looks ahead/,
    );
    expect(await trader.end('SIGINT')).toBe(130);
    expect(trader.output).not.toContain('the new settings apply now');
  });
});
