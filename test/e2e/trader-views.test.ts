import { expect, test } from 'vitest';
import { runWus, temporaryFolder } from './wus.js';
import { WusProcess } from './wus-process.js';

const ENV = { COLUMNS: '80' };
const wide = (text: string): string[] => text.split('\n').filter((line) => [...line].length > 80);

test('what a trader says and shows fits into 80 columns: session, status, watch, trades, log', async () => {
  const cwd = temporaryFolder();
  const trader = new WusProcess(
    [
      ...['trader', '--strategy', 'MACross', '--param', 'fast_period=2', 'slow_period=5'],
      ...['--symbol', 'BTCUSDT', '--interval', '1m', '--market-data', 'local', '--speed', '200'],
      ...['--stop-loss', '0.004', '--take-profit', '0.02'],
    ],
    { cwd, env: ENV },
  );
  await trader.waitFor(/exit: long .*/);
  const watch = new WusProcess(['trader', 'status', '--watch'], { cwd, env: ENV });
  await watch.waitFor(/latest trades\n.*BTCUSDT.*long/);
  await watch.waitFor(/UTC {2}1 bot, all running(.*\n)+wus trader .*1 bot, all running/);
  expect(watch.output).not.toContain('\u001B');
  await watch.end('SIGINT');
  const status = await runWus(['trader', 'status'], { cwd, env: ENV });
  expect(status.stdout).toMatch(
    /^paper-synthetic spot-BTCUSDT {2}running {2}MACross 1m\n {2}(long|flat)/,
  );
  const trades = await runWus(['trader', 'trades'], { cwd, env: ENV });
  expect(trades.stdout).toMatch(/^\d\d-\d\d \d\d:\d\d {2}BTCUSDT {2}long .*/);
  expect(trades.stdout).toMatch(/paper-synthetic: \d+ trades?, \d+ won, [-+][\d.,]+ USDT\n$/);
  const json = await runWus(['trader', 'trades', '--last', '1', '--json'], { cwd, env: ENV });
  expect(JSON.parse(json.stdout)).toMatchObject([{ symbol: 'BTCUSDT', side: 'long' }]);
  const follow = new WusProcess(['trader', 'log', '--follow', '--last', '3'], { cwd, env: ENV });
  await follow.waitFor(/entered: long(.*\n)+.*exit: long/);
  await follow.end('SIGINT');
  await runWus(['trader', 'halt'], { cwd });
  await trader.waitFor(/until resume/);
  const alerts = await runWus(['trader', 'log', '--level', 'warning'], { cwd, env: ENV });
  expect(alerts.stdout).toMatch(/WARNING/);
  expect(alerts.stdout).not.toContain('entered:');
  const other = await runWus(['trader', 'log', '--symbol', 'ETHUSDT'], { cwd, env: ENV });
  expect(other.stdout).toBe('');
  await trader.end('SIGTERM');
  const parts = [trader, watch, follow].map(({ output }) => output);
  const texts = [...parts, status.stdout, trades.stdout, alerts.stdout];
  expect(texts.flatMap(wide)).toEqual([]);
});

test.each<[string[], number, RegExp]>([
  [['trades'], 1, /^No trades in results\/live_trades/],
  [['trades', '--last', '0'], 2, /^--last 0: it must be an integer from 1 on/],
  [['log'], 1, /^No log of a trader in state\/: no bot has run there yet/],
  [['log', '--level', 'loud'], 1, /^No log of a trader/],
  [['status', '--watch'], 1, /^No bot has run with state folder state\/ yet\nStart one/],
  [['status', '--watch', '--json'], 2, /cannot be combined/],
])('wus trader %j says what is wrong', async (args, exitCode, words) => {
  const run = await runWus(['trader', ...args], { cwd: temporaryFolder() });
  expect(run.stderr).toMatch(words);
  expect(run.exitCode).toBe(exitCode);
});
