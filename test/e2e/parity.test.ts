import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { candlesToCsv, syntheticCandles } from '../../src/candles/index.js';
import { Journal, openJournalFolder } from '../../src/live/index.js';
import { World } from '../../src/live/simulation/world.contract.js';
import { busySettings } from '../../src/live/simulation/worlds.contract.js';
import { liveTradeLogCsv } from '../../src/trader/index.js';
import { runWus, temporaryFolder } from './wus.js';

const HISTORY = 300;
const HOUR = 3_600_000;

/** A session in which the bot was cut off for some hours, as its state, its trade log and its candles. */
async function recordedSession(folder: string): Promise<number> {
  const candles = syntheticCandles({
    length: HISTORY + 200,
    seed: 11,
    symbol: 'BTCUSDT',
    timeframe: '5m',
    hasTimeGaps: false,
  });
  const settings = busySettings({ units: 0.01 });
  const cut = { from: 4 * HOUR, to: 9 * HOUR };
  const faults = [
    { kind: 'market-stream-dead' as const, ...cut },
    { kind: 'rest-down' as const, ...cut },
  ];
  const world = new World({ seed: 1, candles, historyCandles: HISTORY, settings, faults });
  await world.start();
  await world.run(199);
  const files = await openJournalFolder(path.join(folder, 'state/paper/spot-BTCUSDT'));
  const journal = await Journal.open(files, settings);
  await journal.append({ ...world.runner!.state.memory, unlogged: [] }, 'test', 0);
  await journal.sync();
  await files.close();
  const subject = { symbol: 'BTCUSDT', strategy: 'MovingAverageCrossoverStrategy' };
  writeFileSync(path.join(folder, 'trades.csv'), liveTradeLogCsv(world.trades, subject));
  writeFileSync(path.join(folder, 'BTCUSDT_5m.csv'), candlesToCsv(candles));
  return world.trades.length;
}

test('wus parity explains a recorded session, in words and as JSON', async () => {
  const cwd = temporaryFolder();
  const count = await recordedSession(cwd);
  const shown = await runWus(['parity', 'trades.csv', '--file', 'BTCUSDT_5m.csv'], { cwd });
  expect(shown.stderr).toBe('');
  expect(shown.exitCode).toBe(0);
  expect(shown.stdout).toMatch(new RegExp(`Trades of the bot +${count} `));
  expect(shown.stdout).toMatch(/missed-data +-?[\d.,]+ +USDT/);
  expect(shown.stdout).toContain('not taken: late');
  expect(shown.stdout).toContain('Every difference is explained.');
  const json = await runWus(['parity', 'trades.csv', '--file', 'BTCUSDT_5m.csv', '--json'], {
    cwd,
  });
  const report = JSON.parse(json.stdout) as {
    liveTrades: number;
    liveNetPnl: number;
    backtestNetPnl: number;
    totals: Record<string, number>;
    unexplainedRows: number;
  };
  expect([json.exitCode, report.unexplainedRows, report.totals.unexplained]).toEqual([0, 0, 0]);
  expect(report.liveTrades).toBe(count);
  const causes = Object.values(report.totals).reduce((sum, amount) => sum + amount, 0);
  expect(causes).toBeCloseTo(report.liveNetPnl - report.backtestNetPnl, 6);
});

test('a trade that the log lacks is unexplained: exit code 1', async () => {
  const cwd = temporaryFolder();
  await recordedSession(cwd);
  const file = path.join(cwd, 'trades.csv');
  const lines = readFileSync(file, 'utf8').split('\n');
  writeFileSync(file, lines.filter((_, i) => i !== 2).join('\n'));
  const shown = await runWus(['parity', 'trades.csv', '--file', 'BTCUSDT_5m.csv'], { cwd });
  expect(shown.stderr).toBe('');
  expect(shown.exitCode).toBe(1);
  expect(shown.stdout).toMatch(/2 rows are not explained by the records/);
  expect(shown.stdout).toMatch(/UNEXPLAINED: the bot did not enter, without a recorded reason/);
  expect(shown.stdout).toMatch(/the whole log .* UNEXPLAINED: the bot booked/);
});

test.each([
  [['parity', 'none.csv'], 1, 'none.csv'],
  [['parity', 'trades.csv', '--state', 'nowhere'], 1, 'nowhere'],
  [['parity', 'BTCUSDT_5m.csv'], 1, 'has no column side'],
  [['parity', 'trades.csv', '--start', 'soon'], 2, '--start soon: it must be a date'],
  [['parity', 'trades.csv', '--end', '2020-01-01'], 2, 'The session is empty'],
])('%j is refused with exit code %i', async (args, code, words) => {
  const cwd = temporaryFolder();
  await recordedSession(cwd);
  const finished = await runWus(args, { cwd });
  expect(finished.stderr).toContain(words);
  expect(finished.exitCode).toBe(code);
});

test('with two bots the name of the log says whose state it is', async () => {
  const cwd = temporaryFolder();
  await recordedSession(cwd);
  cpSync(path.join(cwd, 'state/paper/spot-BTCUSDT'), path.join(cwd, 'state/live/spot-BTCUSDT'), {
    recursive: true,
  });
  const named = 'paper_spot_BTCUSDT_5m_MovingAverageCrossoverStrategy_trades.csv';
  cpSync(path.join(cwd, 'trades.csv'), path.join(cwd, named));
  const candles = ['--file', 'BTCUSDT_5m.csv'];
  expect((await runWus(['parity', named, ...candles], { cwd })).exitCode).toBe(0);
  const nameless = await runWus(['parity', 'trades.csv', ...candles], { cwd });
  expect(nameless.exitCode).toBe(2);
  expect(nameless.stderr).toContain('the name of the log does not identify one');
  const other = 'paper_spot_ETHUSDT_5m_MovingAverageCrossoverStrategy_trades.csv';
  cpSync(path.join(cwd, 'trades.csv'), path.join(cwd, other));
  const args = ['parity', other, '--state', 'state/paper', ...candles];
  const mixed = await runWus(args, { cwd });
  expect(mixed.exitCode).toBe(1);
  expect(mixed.stderr).toMatch(/is a log of ETHUSDT, .* the state of BTCUSDT/);
});
