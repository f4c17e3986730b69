import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { runWus, temporaryFolder } from './wus.js';
import { WusProcess } from './wus-process.js';

const BUSY = [
  ...['--strategy', 'MACross', '--param', 'fast_period=2', 'slow_period=5'],
  ...['--symbol', 'BTCUSDT', '--interval', '1m', '--stop-loss', '0.004'],
];

describe('wus trader in paper mode', () => {
  test('trades a SYNTHETIC market out of the box; the log is one that analyze-trades reads', async () => {
    const cwd = temporaryFolder();
    const trader = new WusProcess(['trader', ...BUSY, '--market-data', 'local', '--speed', '200'], {
      cwd,
    });
    await trader.waitFor(/entered: long .*/);
    await trader.waitFor(/stop rests on the exchange at .*/);
    await trader.waitFor(/exit: long .*/);
    expect(await trader.end('SIGINT')).toBe(130);
    expect(trader.output).toContain('PAPER trading on a SYNTHETIC market');
    expect(trader.output).toMatch(/profit of closed trades -?\d+\.\d\d/);
    const folder = path.join(cwd, 'results/live_trades');
    const [file = ''] = readdirSync(folder);
    // Every start begins another market, so it gets another log.
    expect(file).toMatch(
      /^paper-synthetic_spot_BTCUSDT_1m_MovingAverageCrossoverStrategy_20[\d-]+T[\d-]+\.\d{3}Z_trades\.csv$/,
    );
    const [header = '', first = ''] = readFileSync(path.join(folder, file), 'utf8').split('\n');
    expect(header).toContain('exit_reason');
    expect(first).toMatch(/^BTCUSDT,MovingAverageCrossoverStrategy,long,/);
    const analysis = await runWus(['analyze-trades', folder, '--output-dir', 'out'], { cwd });
    expect(analysis.stderr).toBe('');
    expect(analysis.exitCode).toBe(0);
    expect(analysis.stdout).toMatch(/\d+ trades? of 1 log/);
    // The market ended with the session: its candles were kept.
    const parity = await runWus(['parity', path.join(folder, file)], { cwd });
    expect(parity.stderr).toBe('');
    expect(parity.stdout).toMatch(/Trades of the bot +\d+ /);
  });

  test('at a local exchange it goes on after kill -9 with the account it had', async () => {
    const cwd = temporaryFolder();
    const exchange = new WusProcess(['exchange', '--port', '0', '--speed', '120'], { cwd });
    const line = await exchange.waitFor(/REST and archives +http:\S+/);
    const args = ['trader', ...BUSY, '--rest-url', line.split(/ +/).at(-1) ?? ''];
    const first = new WusProcess(args, { cwd });
    await first.waitFor(/stop rests on the exchange at .*/);
    const second = await runWus(args, { cwd });
    expect(second.exitCode).toBe(1);
    expect(second.stderr).toContain('is in use by another process');
    await first.end('SIGKILL');
    const again = new WusProcess(args, { cwd });
    await again.waitFor(/, resumed/);
    await again.waitFor(/exit: long .*/);
    expect(again.output).not.toMatch(/MISMATCH|ALARM/);
    expect(await again.end('SIGTERM')).toBe(143);
    expect(again.output).toContain('profit of closed trades');
    await exchange.end('SIGINT');
  });

  test('killed between the journal and the trade log, it adds the row at the next start, once', async () => {
    const cwd = temporaryFolder();
    const exchange = new WusProcess(['exchange', '--port', '0', '--speed', '240'], { cwd });
    const line = await exchange.waitFor(/REST and archives +http:\S+/);
    const args = ['trader', ...BUSY, '--rest-url', line.split(/ +/).at(-1) ?? ''];
    const url = new URL(args.at(-1) ?? '');
    const folder = path.join(cwd, 'results/live_trades');
    const log = path.join(
      folder,
      `paper-${url.hostname}-${url.port}_spot_BTCUSDT_1m_MovingAverageCrossoverStrategy_trades.csv`,
    );
    mkdirSync(folder, { recursive: true });
    // Whoever opens a pipe that nobody writes to waits: the trade is in the journal and its row cannot be written.
    execFileSync('mkfifo', [log]);
    const first = new WusProcess(args, { cwd });
    await first.waitFor(/exit: long .*/);
    await first.end('SIGKILL');
    rmSync(log);
    // As if the kill had come in the middle of the write.
    writeFileSync(log, 'symbol,strat');
    const again = new WusProcess(args, { cwd });
    await again.waitFor(/a trade from before the restart added to .*/);
    await again.end('SIGKILL');
    const text = readFileSync(log, 'utf8');
    const [header = '', row = '', ...rest] = text.split('\n');
    expect(header).toMatch(/^symbol,strategy,side,.*,order_ids$/);
    expect(row).toMatch(/^BTCUSDT,MovingAverageCrossoverStrategy,long,.*wus-\S+ wus-\S+$/);
    expect(rest).toEqual(['']);
    const third = new WusProcess(args, { cwd });
    await third.waitFor(/, resumed/);
    expect(await third.end('SIGTERM')).toBe(143);
    expect(third.output).not.toContain('before the restart added');
    expect(readFileSync(log, 'utf8').split(row)).toHaveLength(2);
    await exchange.end('SIGINT');
  }, 120_000);

  test.each([
    [[], 'Which strategy?'],
    [['--strategy', 'MACross', '--symbol', 'BTCUSDT'], 'Which candles?'],
    [[...BUSY, '--stop-loss', '2'], '--stop-loss must be a fraction'],
    [[...BUSY, '--market-data', 'local', '--speed', '0'], '--speed 0'],
    [[...BUSY, '--rest-url', '127.0.0.1:1'], 'is not an address'],
    [[...BUSY, '--rest-url', 'http://127.0.0.1:1'], 'cannot be reached'],
    [[...BUSY, '--market-data', 'local', '--rest-url', 'http://127.0.0.1:1'], 'omit --rest-url'],
    [[...BUSY, '--runtime-config', 'none.yaml'], 'none.yaml does not exist'],
  ])('wus trader %j says what is wrong', async (args, message) => {
    const { exitCode, stderr } = await runWus(['trader', ...args], { cwd: temporaryFolder() });
    expect(stderr).toContain(message);
    expect([1, 2]).toContain(exitCode);
    expect(stderr.split('\n').length).toBeLessThan(5);
  });
});
