import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { candlesToCsv, syntheticCandles } from '../../src/candles/index.js';
import { runWus, temporaryFolder } from './wus.js';

const HEADER = 'symbol,strategy,side,entry_time,exit_time,net_pnl,return_pct,exit_reason';
const LOG = `${HEADER}
BTCUSDT,Demo,long,2024-01-01T05:00:00Z,2024-01-01T09:00:00Z,10,1,signal
BTCUSDT,Demo,short,2024-01-02T05:00:00Z,2024-01-02T09:00:00Z,-4,-2,stop-loss
`;

describe('wus analyze-trades', () => {
  test('analyzes the log that wus backtest wrote, parameters included', async () => {
    const cwd = temporaryFolder();
    writeFileSync(
      path.join(cwd, 'SYNTHETIC_1h.csv'),
      candlesToCsv(syntheticCandles({ length: 3_000 })),
    );
    const run = await runWus(
      [
        ...'backtest --strategy MACross --param fast_period=9 slow_period=30'.split(' '),
        ...'--file SYNTHETIC_1h.csv --trades-file results/demo_trades.csv --json'.split(' '),
      ],
      { cwd },
    );
    const json = JSON.parse(run.stdout) as {
      metrics: { total_trades: number; final_balance: number };
      equity_curve: Record<string, number>;
    };
    const curve = Object.entries(json.equity_curve);
    expect(curve.length).toBe(500);
    expect(curve.at(-1)?.[1]).toBeCloseTo(json.metrics.final_balance, 6);
    const { stdout, stderr, exitCode } = await runWus(['analyze-trades'], { cwd });
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
    expect(stdout).toContain(`${json.metrics.total_trades} trades of 1 log`);
    const folder = path.join(cwd, 'results/analysis');
    const summary = readFileSync(path.join(folder, 'trades_summary.csv'), 'utf8');
    expect(summary).toContain('fast_period=9 slow_period=30');
    expect(summary).toContain(`all,all,${json.metrics.total_trades},`);
    expect(readdirSync(path.join(folder, 'plots'))).toEqual([
      'trades_by_hour.svg',
      'trades_by_month.svg',
      'trades_by_weekday.svg',
      'trades_cumulative_profit.svg',
      'trades_returns.svg',
    ]);
    expect(readFileSync(path.join(folder, 'trades.html'), 'utf8')).toContain('Trade analysis');
  });

  test('names the broken file, analyzes the others, and ends with exit code 1', async () => {
    const cwd = temporaryFolder();
    mkdirSync(path.join(cwd, 'logs'));
    writeFileSync(path.join(cwd, 'logs/good_trades.csv'), `${LOG}BTCUSDT,Demo,long,2024-01-0`);
    writeFileSync(path.join(cwd, 'logs/bad_trades.csv'), 'symbol,side\nBTCUSDT,long\n');
    const { stdout, stderr, exitCode } = await runWus(['analyze-trades', 'logs'], { cwd });
    expect(exitCode).toBe(1);
    expect(stdout).toContain('2 trades of 1 log');
    expect(stdout).toContain('the last line is incomplete (4 of 8 cells) and was dropped');
    expect(stderr).toContain(
      'Skipped: logs/bad_trades.csv lacks the columns strategy, entry_time,',
    );
    expect(stderr).toContain('1 of 2 files could not be read');
    const page = readFileSync(path.join(cwd, 'results/analysis/trades.html'), 'utf8');
    expect(page).toContain('<b>1 file could not be read</b>');
  });

  test('escapes HTML in names and formulas in cells', async () => {
    const cwd = temporaryFolder();
    writeFileSync(
      path.join(cwd, 'trades.csv'),
      LOG.replace('Demo', "'=cmd|x").replace('signal', '<img src=x onerror=hack()>'),
    );
    const { exitCode } = await runWus(['analyze-trades', 'trades.csv'], { cwd });
    expect(exitCode).toBe(0);
    const folder = path.join(cwd, 'results/analysis');
    expect(readFileSync(path.join(folder, 'trades.html'), 'utf8')).not.toContain('<img');
    expect(readFileSync(path.join(folder, 'trades_summary.csv'), 'utf8')).toContain(
      "\nstrategy,'=cmd|x,1,",
    );
  });

  test.each([
    [[], 'Cannot read results: it does not exist'],
    [['empty.csv'], 'empty.csv is empty: a trade log starts with the line symbol,strategy'],
    [['header.csv'], 'No trades in header.csv: nothing to analyze'],
    [['folder'], 'No trade logs in folder'],
    [['nothing_trades.csv'], 'Cannot read nothing_trades.csv: it does not exist'],
  ])('says what is wrong with %j', async (names, message) => {
    const cwd = temporaryFolder();
    writeFileSync(path.join(cwd, 'empty.csv'), '');
    writeFileSync(path.join(cwd, 'header.csv'), `${HEADER}\n`);
    mkdirSync(path.join(cwd, 'folder'));
    const { stdout, stderr, exitCode } = await runWus(['analyze-trades', ...names], { cwd });
    expect(stdout).toBe('');
    expect(stderr).toContain(message);
    expect(exitCode).toBe(1);
    expect(existsSync(path.join(cwd, 'results/analysis'))).toBe(false);
  });
});

describe('wus analyze-trades --details', () => {
  const METRICS =
    'cumulative_profit,sharpe_ratio,sortino_ratio,calmar_ratio,profit_factor,max_drawdown,win_rate,sqn,total_trades';
  const details = (sign: number): string =>
    [
      `fast,slow,apply_atr_filter,atr_filter_period,${METRICS}`,
      ...[5, 10, 15].flatMap((fast) =>
        [20, 40].flatMap((slow) =>
          ['false,', 'true,7'].map((filter, k) => {
            const sharpe = sign * (fast / 10 + slow / 100) + k / 4;
            return `${fast},${slow},${filter},${sharpe * 100},${sharpe},0,0,1.5,0.1,50,0,40`;
          }),
        ),
      ),
      '',
    ].join('\n');
  const identity = (start: string, end: string): string =>
    JSON.stringify({
      settings: {
        strategy: 'Demo',
        symbol: 'BTCUSDT',
        interval: '1h',
        period_start: `${start}T00:00:00.000Z`,
        period_end: `${end}T00:00:00.000Z`,
      },
    });

  test('shows slices, filters, and what the best trial did on other candles', async () => {
    const cwd = temporaryFolder();
    const folder = path.join(cwd, 'results/optimize/details');
    mkdirSync(folder, { recursive: true });
    mkdirSync(path.join(cwd, 'results/forward_test/trades'), { recursive: true });
    writeFileSync(path.join(folder, 'in.csv'), details(1));
    writeFileSync(path.join(folder, 'in.csv.identity.json'), identity('2023-01-01', '2024-01-01'));
    writeFileSync(path.join(folder, 'out.csv'), details(-1));
    writeFileSync(path.join(folder, 'out.csv.identity.json'), identity('2024-01-01', '2024-06-01'));
    writeFileSync(
      path.join(
        cwd,
        'results/forward_test/trades/Demo_BTCUSDT_1h_2024-01-01_2024-02-01_trades.csv',
      ),
      LOG,
    );
    const { stdout, stderr, exitCode } = await runWus(['analyze-trades', '--details'], { cwd });
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
    expect(stdout).toContain('Sharpe ratio: best 2.15, median');
    expect(stdout).toContain('Best: fast=15 slow=40 apply_atr_filter=true atr_filter_period=7');
    expect(stdout).toContain(
      'ATR filter: It helped the typical trial: the median Sharpe ratio rises by 0.25; 100.0 % of 6 pairs',
    );
    expect(stdout).toContain(
      'Out-of-sample (2024-01-01 to 2024-06-01 (UTC)): Sharpe ratio 2.15 in-sample, -1.65 out-of-sample',
    );
    expect(stdout).toContain(
      'Out-of-sample (2024-01-01 to 2024-01-02 (UTC)): Cumulative profit +215.00 in-sample, +6.00 out-of-sample',
    );
    const page = readFileSync(path.join(cwd, 'results/analysis/in.html'), 'utf8');
    expect(page).toContain('id="heat-data"');
    expect(readFileSync(path.join(cwd, 'results/analysis/in_slices.csv'), 'utf8')).toContain(
      '\nsharpe_ratio,fast,',
    );
  });

  test.each([
    [['--details'], 1, 'Cannot read results/optimize/details: it does not exist'],
    [['--details', 'bad.csv'], 1, 'bad.csv lacks the columns cumulative_profit, sharpe_ratio'],
    [['--details', '--metric', 'sharp_ratio'], 2, 'did you mean "sharpe_ratio"?'],
    [['--metric', 'sqn'], 2, '--metric requires --details: add it, or omit --metric'],
  ])('says what is wrong with %j', async (args, code, message) => {
    const cwd = temporaryFolder();
    writeFileSync(path.join(cwd, 'bad.csv'), 'fast,sqn\n1,2\n');
    const { stderr, exitCode } = await runWus(['analyze-trades', ...args], { cwd });
    expect(stderr).toContain(message);
    expect(exitCode).toBe(code);
  });
});
