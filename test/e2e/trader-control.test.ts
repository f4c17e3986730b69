import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { runWus, temporaryFolder } from './wus.js';
import { WusProcess } from './wus-process.js';

const ARGS = [
  ...['trader', '--strategy', 'MACross', '--param', 'fast_period=2', 'slow_period=5'],
  ...['--interval', '1m', '--market-data', 'local', '--speed', '120', '--take-profit', '0.05'],
];

async function startWebhook(): Promise<{ url: string; texts: string[] }> {
  const texts: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (data: Buffer) => {
      body += data.toString();
    });
    request.on('end', () => {
      texts.push((JSON.parse(body) as { text: string }).text);
      response.end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook-5ecret`, texts };
}

describe('wus trader, told from outside', () => {
  test('two bots: status, halt, resume, flatten; an edited configuration; alerts; a bounded log', async () => {
    const cwd = temporaryFolder();
    const config = path.join(cwd, 'config', 'runtime_config.yaml');
    mkdirSync(path.dirname(config));
    writeFileSync(
      config,
      'stop_loss_pct: 0.01\nbots:\n  - {symbol: BTCUSDT}\n  - {symbol: ETHUSDT, units: 0.5}\n',
    );
    const webhook = await startWebhook();
    const trader = new WusProcess([...ARGS, '--alert-level', 'warning'], {
      cwd,
      env: { WUS_ALERT_WEBHOOK: webhook.url },
    });
    await trader.waitFor(/BTCUSDT +entered: long .*/);
    await trader.waitFor(/ETHUSDT +entered: long 0\.5 .*/);
    const status = await runWus(['trader', 'status'], { cwd });
    expect(status.stdout).toMatch(/paper-synthetic spot-BTCUSDT {2}running {2}MACross 1m/);

    const halted = await runWus(['trader', 'halt', '--symbol', 'ethusdt'], { cwd });
    expect(halted.stdout).toBe('paper-synthetic spot-ETHUSDT: halt was accepted\n');
    await trader.waitFor(/ETHUSDT +WARNING no entries until resume/);

    writeFileSync(
      config,
      'stop_loss_pct: 0.012\ntake_profit_pct: 0.1\nbots:\n  - {symbol: BTCUSDT}\n  - {symbol: XRPUSDT}\n',
    );
    await trader.waitFor(
      /WARNING take_profit_pct has no effect: the command line overrides the file/,
    );
    await trader.waitFor(/WARNING ETHUSDT is no longer in config\/runtime_config\.yaml/);
    await trader.waitFor(/WARNING XRPUSDT is new in config\/runtime_config\.yaml/);
    await trader.waitFor(/BTCUSDT +the new settings apply now/);
    writeFileSync(config, 'stop_loss_pct: 1.2%\n');
    await trader.waitFor(
      /WARNING The change was rejected.*runtime_config\.yaml:1:1: stop_loss_pct/,
    );

    const flat = await runWus(['trader', 'flatten'], { cwd });
    expect(flat.stdout).toContain('paper-synthetic spot-BTCUSDT: flatten was accepted');
    await trader.waitFor(/HALTED[^\n]*\n(.*\n)*.*HALTED/);
    await expect
      .poll(
        async () => {
          const { stdout } = await runWus(['trader', 'status', '--json'], { cwd });
          const bots = JSON.parse(stdout) as {
            symbol: string;
            view: { trading: string; position?: object };
          }[];
          return bots.map(({ symbol, view }) => [symbol, view.trading, view.position]);
        },
        { timeout: 15_000 },
      )
      .toEqual([
        ['BTCUSDT', 'halted', undefined],
        ['ETHUSDT', 'halted', undefined],
      ]);
    const resumed = await runWus(['trader', 'resume', '--symbol', 'BTCUSDT'], { cwd });
    expect(resumed.exitCode).toBe(0);
    await trader.waitFor(/BTCUSDT +trading is active/);
    expect(await trader.end('SIGTERM')).toBe(143);

    expect(webhook.texts.join('\n')).toMatch(
      /^wus paper-synthetic .*ETHUSDT {2}WARNING no entries until resume/m,
    );
    expect(webhook.texts.join('\n')).not.toContain('entered: long');
    const log = readFileSync(path.join(cwd, 'state/paper-synthetic/trader.log'), 'utf8');
    expect(log).toContain('entered: long');
    expect(log).toContain('PAPER trading on a SYNTHETIC market');
    expect(log + trader.output).not.toContain('hook-5ecret');

    const late = await runWus(['trader', 'halt'], { cwd });
    expect(late.stdout).toContain('not running; it executes halt at its next start');
    const gone = await runWus(['trader', 'status'], { cwd });
    expect(gone.stdout).toContain('NOT RUNNING, last seen');
  });

  test('a command that was left while nobody ran is obeyed before anything is traded', async () => {
    const cwd = temporaryFolder();
    const exchange = new WusProcess(['exchange', '--port', '0', '--speed', '120'], { cwd });
    const url = (await exchange.waitFor(/REST and archives +http:\S+/)).split(/ +/).at(-1) ?? '';
    const args = [
      ...['trader', '--strategy', 'MACross', '--param', 'fast_period=2', 'slow_period=5'],
      ...['--symbol', 'BTCUSDT', '--interval', '1m', '--stop-loss', '0.01', '--rest-url', url],
    ];
    const first = new WusProcess(args, { cwd });
    await first.waitFor(/stop rests on the exchange at .*/);
    await first.end('SIGKILL');
    await runWus(['trader', 'flatten'], { cwd });
    const again = new WusProcess(args, { cwd });
    await again.waitFor(/exit: long .* by (manual|stop-loss)/);
    await again.waitFor(/HALTED/);
    expect(again.output).not.toContain('entry: buy');
    await again.end('SIGTERM');
    await exchange.end('SIGINT');
  });

  test.each([
    [['trader', 'status'], 'No bot has run with state folder state/ yet'],
    [['trader', 'flaten'], 'Too many arguments'],
    [['trader', 'halt', '--state-dir', 'nowhere'], 'No bot has run with state folder nowhere/ yet'],
  ])('wus %j says what is wrong', async (args, message) => {
    const { stderr, exitCode } = await runWus(args, { cwd: temporaryFolder() });
    expect(stderr).toContain(message);
    expect([1, 2]).toContain(exitCode);
  });
});
