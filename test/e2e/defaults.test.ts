import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { candlesToCsv, syntheticCandles } from '../../src/candles/index.js';
import { runWus, temporaryFolder } from './wus.js';

const CSV = candlesToCsv(
  syntheticCandles({ length: 1_000, symbol: 'BTCUSDT', hasTimeGaps: false }),
);

function folderWith(yaml: string): string {
  const cwd = temporaryFolder();
  mkdirSync(path.join(cwd, 'data/usdm/1h'), { recursive: true });
  writeFileSync(path.join(cwd, 'data/usdm/1h/BTCUSDT_1h.csv'), CSV);
  writeFileSync(path.join(cwd, 'wus.yaml'), yaml);
  return cwd;
}

const DEFAULTS = `# comments are welcome
market: usdm
interval: 1h
commission_bps: 4
processes: 1        # of other commands
backtest:
  strategy: RSIReversion
  param: [rsi_period=10]
  exit_on_neutral: true
  slippage_bps: 2
`;

describe('wus.yaml', () => {
  test('gives defaults; the section of the command, the environment and what is typed win in this order', async () => {
    const cwd = folderWith(DEFAULTS);
    const env = { WUS_DEFAULT_SLIPPAGE_BPS: '3', WUS_DEFAULT_INITIAL_BALANCE: '500' };
    const args = ['backtest', '--symbol', 'BTCUSDT', '--balance', '900'];
    const shown = await runWus([...args, '--print-config'], { cwd, env });
    expect(shown).toMatchObject({ exitCode: 0, stderr: '' });
    const rows = Object.fromEntries(
      shown.stdout.split('\n').map((line) => {
        const [key = '', ...rest] = line.split(/ {2,}/);
        return [key, rest.join(' | ')];
      }),
    );
    expect(rows).toMatchObject({
      strategy: 'RSIReversion | wus.yaml:7:3',
      param: 'rsi_period=10 | wus.yaml:8:3',
      symbol: 'BTCUSDT | command line',
      market: 'usdm | wus.yaml:2:1',
      commission_bps: '4 | wus.yaml:4:1',
      slippage_bps: '3 | WUS_DEFAULT_SLIPPAGE_BPS',
      initial_balance: '900 | command line',
      exit_on_neutral: 'true | wus.yaml:9:3',
      leverage: '1 | default',
      stop_loss_pct: 'not set | default',
    });

    // The same values run, and the command that a result names says them all.
    const { stdout, exitCode } = await runWus([...args, '--json'], { cwd, env });
    expect(exitCode).toBe(0);
    const run = JSON.parse(stdout) as { command: string; config: object; metrics: object };
    expect(run.config).toMatchObject({
      market: 'usdm',
      commission_bps: 4,
      slippage_bps: 3,
      initial_balance: 900,
      exit_on_neutral: true,
    });
    writeFileSync(path.join(cwd, 'wus.yaml'), '');
    const again = await runWus(run.command.split(' ').slice(1), { cwd });
    expect(JSON.parse(again.stdout)).toMatchObject({ config: run.config, metrics: run.metrics });
    // Typed lists replace those of the file.
    writeFileSync(path.join(cwd, 'wus.yaml'), DEFAULTS);
    const typed = await runWus([...args, '--param', 'rsi_period=7', '--json'], { cwd });
    expect(JSON.parse(typed.stdout)).toMatchObject({ parameters: { rsi_period: 7 } });
  });

  test('is not asked by bots for settings of runs, and asks nothing of other commands', async () => {
    const cwd = folderWith('stop_loss_pct: 0.02\nalert_level: alarm\n');
    const bot = await runWus(['trader', '--print-config'], { cwd });
    expect(bot.stdout).toMatch(/^alert_level +alarm +wus\.yaml:2:1$/m);
    expect(bot.stdout).toMatch(/^stop_loss_pct +not set +default$/m);
    expect(await runWus(['version'], { cwd })).toMatchObject({ exitCode: 0, stderr: '' });
    expect((await runWus(['data', 'check', '--print-config'], { cwd })).stdout).toMatch(
      /^# wus data check\n/,
    );
  });

  test.each<readonly [string, string]>([
    [
      'comission_bps: 3',
      'wus.yaml:1:1: unknown setting "comission_bps" (did you mean "commission_bps"?); wus <command> --print-config lists all settings',
    ],
    [
      'stop_loss: 0.02',
      'wus.yaml:1:1: unknown setting "stop_loss" (did you mean "stop_loss_pct"?)',
    ],
    [
      'backtst:\n  json: true',
      'wus.yaml:1:1: unknown command "backtst" (did you mean "backtest"?)',
    ],
    ['backtest:\n  engin: fast', 'wus.yaml:2:3: unknown setting "engin" (did you mean "engine"?)'],
    ['mode: live', 'wus.yaml:1:1: mode cannot have a default; give it on the command line'],
    ['yes_live: BTCUSDT', 'yes_live cannot have a default; give it on the command line'],
    [
      'backtest:\n  force: true',
      'wus.yaml:2:3: force cannot have a default; give it on the command line',
    ],
    ['commission_bps: lots', 'wus.yaml:1:1: --commission lots: it must be a number'],
    [
      'engine: slow',
      'wus.yaml:1:1: engine must be one of reference, fast: current value is "slow"',
    ],
    [
      'exit_on_neutral: maybe',
      'wus.yaml:1:1: exit_on_neutral must be true or false: current value is "maybe"',
    ],
    ['data_dir: [a, b]', 'wus.yaml:1:1: data_dir must be one value: current value is ["a","b"]'],
    ['- a\n- b', 'wus.yaml:1:1: expected settings, for example "data_dir: data"'],
    ['a: [1', 'wus.yaml:1:4: this [ is not closed; add ]'],
    ['market: usdm\nmarket: spot', 'wus.yaml:2:1:'],
    ['__proto__:\n  x: 1', 'wus.yaml:1:1: "__proto__" is not allowed as a key; remove it'],
    ['a: !!js/function x', 'wus.yaml:1:'],
  ])('refuses %j with its place', async (yaml, sentence) => {
    const args = ['backtest', '--strategy', 'MACross', '--symbol', 'BTCUSDT', '--interval', '1h'];
    const { exitCode, stdout, stderr } = await runWus(args, { cwd: folderWith(yaml) });
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(sentence);
    expect(stderr.trimEnd().split('\n').length).toBeLessThan(3);
  });

  test('a variable that is no setting is refused by its name', async () => {
    const env = { WUS_DEFAULT_COMISSION: '3' };
    const { exitCode, stderr } = await runWus(['version'], { cwd: temporaryFolder(), env });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('WUS_DEFAULT_COMISSION: unknown setting "comission"');
  });
});
