import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { candlesToCsv, syntheticCandles } from '../../src/candles/index.js';
import { runWus, temporaryFolder } from './wus.js';

const DAYS = 400;
const csv = (symbol: string, seed: number): string =>
  candlesToCsv(syntheticCandles({ length: 24 * DAYS, symbol, seed, hasTimeGaps: false }));
const FILES: Readonly<Record<string, string>> = {
  'data/spot/1h/BTCUSDT_1h.csv': csv('BTCUSDT', 1),
  'data/spot/1h/ETHUSDT_1h.csv': csv('ETHUSDT', 2),
};
const start = syntheticCandles({ length: 1 }).openTime[0]!;
const day = (count: number): string => new Date(start + count * 86_400_000).toISOString();
const date = (count: number): string => day(count).slice(0, 10);
const SPLIT = 250;

const entry = (strategy: string, parameters: string, filters: string): string => `  ${strategy}:
    market: spot
    interval: 1h
    metric: sharpe_ratio
    value: 1.5
    trades: 12
    period_start: ${day(0)}
    period_end: ${day(SPLIT)}
    data_hash: ${'ab'.repeat(32)}
    optimized_at: 2026-01-01T00:00:00.000Z
    strategy: {${parameters}}
    risk: {stop_loss_pct: 0.05, take_profit_pct: null, trailing_stop_loss_pct: null}
    filters: {${filters}}
`;
const WITHOUT = 'apply_atr_filter: false, atr_filter_period: null';
const WITH =
  'apply_atr_filter: true, atr_filter_period: 7, atr_filter_multiplier: 1.1, atr_filter_sma_period: 20';
const MA = 'MovingAverageCrossoverStrategy';
const RSI = 'RsiMeanReversionStrategy';
const BEST = `BTCUSDT:
${entry(MA, 'fast_period: 5, slow_period: 20, ma_type: EMA', WITHOUT)}${entry(RSI, 'rsi_period: 7', WITH)}ETHUSDT:
${entry(MA, 'fast_period: 8, slow_period: 30, ma_type: SMA', WITHOUT)}${entry('MyStrategy', 'period: 9', WITHOUT)}`;

function folderWith(files: Readonly<Record<string, string>> = {}): string {
  const folder = temporaryFolder();
  const all = { ...FILES, 'config/best_params.yaml': BEST, ...files };
  for (const [name, text] of Object.entries(all)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  return folder;
}

const words = (line: string): string[] => line.split(' ').filter((word) => word !== '');
const PAIR = `--strategy MACross --symbol BTCUSDT`;
const START = `--start ${date(SPLIT)}`;

describe('wus forward-test', () => {
  test('writes report, trade log and plots, and says what happened', async () => {
    const cwd = folderWith();
    const { exitCode, stdout, stderr } = await runWus(
      words(`forward-test ${PAIR} ${START} --end ${date(350)}`),
      { cwd },
    );
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toContain(`${MA} on BTCUSDT 1h (spot), forward test`);
    expect(stdout).toMatch(/Frozen +fast_period=5 slow_period=20 ma_type=EMA .*stop_loss_pct=0.05/);
    expect(stdout).toMatch(/in-sample +out-of-sample\n/);
    expect(stdout).toContain('does not reproduce the recorded result');
    const stem = `${MA}_BTCUSDT_1h_${date(SPLIT)}_${date(350)}`;
    const results = path.join(cwd, 'results/forward_test');
    expect(readdirSync(results, { recursive: true }).sort()).toEqual(
      [
        'plots',
        ...['drawdown', 'equity', 'monthly_returns', 'rolling_sharpe'].map(
          (name) => `plots/${stem}_${name}.svg`,
        ),
        'reports',
        `reports/${stem}.html`,
        'trades',
        `trades/${stem}_trades.csv`,
        `trades/${stem}_trades.csv.run.json`,
      ].sort(),
    );
    const log = readFileSync(path.join(results, `trades/${stem}_trades.csv`), 'utf8');
    const [header, ...rows] = log.trim().split('\n');
    expect(header).toMatch(/^symbol,strategy,side,entry_time,/);
    expect(rows.length).toBeGreaterThan(5);
    for (const row of rows) {
      const entryTime = row.split(',')[3]!;
      expect(entryTime >= day(SPLIT) && entryTime < day(350)).toBe(true);
    }
    const svg = readFileSync(path.join(results, `plots/${stem}_drawdown.svg`), 'utf8');
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    expect(svg).toContain('drawdown (%)');
    expect(svg).toContain(`Drawdown: ${MA} on BTCUSDT 1h (spot), forward test`);
  });

  test('gives the same numbers as wus backtest with the same settings on the same period', async () => {
    const cwd = folderWith();
    const forward = await runWus(words(`forward-test ${PAIR} ${START} --json`), { cwd });
    const backtest = await runWus(
      words(
        `backtest ${PAIR} --interval 1h --param fast_period=5 --param slow_period=20 --stop-loss 0.05 --start ${date(SPLIT)} --json`,
      ),
      { cwd },
    );
    const found = JSON.parse(forward.stdout) as Record<string, unknown>;
    const { metrics } = JSON.parse(backtest.stdout) as { metrics: unknown };
    expect(found.out_of_sample).toEqual(metrics);
    expect(found).toMatchObject({ overlap: null, monte_carlo: { seed: 1, runs: 2_000 } });
    expect(found.forward_period).toEqual({ start: day(SPLIT), end: day(DAYS) });
    expect(found.optimization_period).toEqual({ start: day(0), end: day(SPLIT) });
  });

  test('keeps a declared look with the parameters; it cannot be moved, and not be declared after a look', async () => {
    const cwd = folderWith();
    const line = `forward-test ${PAIR} ${START} --json`;
    const evidence = async (more = ''): Promise<Record<string, unknown>> => {
      const { stdout } = await runWus(words(`${line} ${more}`), { cwd });
      return (JSON.parse(stdout) as { evidence: Record<string, unknown> }).evidence;
    };
    const look = date(DAYS + 60);
    expect(await evidence(`--look ${look}`)).toMatchObject({
      look_declared: true,
      look_over: false,
      first_look_p: 1,
      look: `${look}T00:00:00.000Z`,
      settings_tested: 1,
    });
    expect(readFileSync(path.join(cwd, 'config/best_params.yaml'), 'utf8')).toContain(
      `forward_look: ${look}`,
    );
    expect(await evidence()).toMatchObject({ look_declared: true, first_look_p: 1 });
    const moved = await runWus(words(`${line} --look ${date(DAYS + 90)}`), { cwd });
    expect([moved.exitCode, moved.stderr]).toEqual([
      2,
      expect.stringContaining('cannot be changed; omit --look'),
    ]);

    // Without a declared date the first test is the look, whatever candles come later.
    const pair = `forward-test --strategy MACross --symbol ETHUSDT ${START} --json`;
    const figures = async (more: string): Promise<Record<string, unknown>> => {
      const { stdout } = await runWus(words(`${pair} ${more}`), { cwd });
      return (JSON.parse(stdout) as { evidence: Record<string, unknown> }).evidence;
    };
    const first = await figures(`--end ${date(300)}`);
    const second = await figures('');
    expect(second.first_look_p).toBe(first.first_look_p);
    expect(second.look).not.toBe(day(DAYS));
    const late = await runWus(words(`${pair} --look ${look}`), { cwd });
    expect([late.exitCode, late.stderr]).toEqual([
      2,
      expect.stringContaining('can be declared only before the first test'),
    ]);
  });

  test('applies an optimized filter only when it is asked for', async () => {
    const cwd = folderWith();
    const line = `forward-test --strategy RSIReversion --symbol BTCUSDT ${START} --json`;
    const off = forwardJson((await runWus(words(line), { cwd })).stdout);
    const on = forwardJson((await runWus(words(`${line} --apply-atr-filter`), { cwd })).stdout);
    expect(off.config).toMatchObject({ apply_atr_filter: false });
    expect(off.notes.join('\n')).toContain(
      'together with the ATR filter; it is off here, because --apply-atr-filter was not given',
    );
    expect(on.config).toMatchObject({
      apply_atr_filter: true,
      atr_filter_period: 7,
      atr_filter_multiplier: 1.1,
      atr_filter_sma_period: 20,
    });
    expect(on.out_of_sample.total_trades).toBeLessThan(off.out_of_sample.total_trades!);
  });

  test('a filter that the optimizer tried and left out stays out, and is no error', async () => {
    const cwd = folderWith({
      'config/best_params.yaml': BEST.replaceAll(
        '    strategy:',
        '    searched_filters: [apply_atr_filter]\n    strategy:',
      ),
    });
    const line = `forward-test ${PAIR} ${START} --json`;
    const off = forwardJson((await runWus(words(line), { cwd })).stdout);
    const tried = forwardJson((await runWus(words(`${line} --apply-atr-filter`), { cwd })).stdout);
    expect(tried.out_of_sample).toEqual(off.out_of_sample);
    expect(tried.notes.join('\n')).toContain(
      'The optimizer tried the ATR filter and chose these parameters without it, so it stays off.',
    );
    const own = '--apply-atr-filter --atr-filter-period 7 --atr-filter-multiplier 1.1';
    const given = await runWus(words(`${line} ${own} --atr-filter-sma-period 20`), { cwd });
    expect(forwardJson(given.stdout).config).toMatchObject({ apply_atr_filter: true });
  });

  test('stands beside a backtest in wus compare', async () => {
    const cwd = folderWith();
    const same = '--param fast_period=5 --param slow_period=20 --stop-loss 0.05';
    const forward = await runWus(words(`forward-test ${PAIR} ${START} --json`), { cwd });
    await runWus(
      words(
        `backtest ${PAIR} --interval 1h ${same} --start ${date(SPLIT)} --trades-file same_trades.csv`,
      ),
      { cwd },
    );
    await runWus(
      words(`backtest ${PAIR} --interval 1h --param fast_period=9 --trades-file other_trades.csv`),
      { cwd },
    );
    const { trades_file: log } = JSON.parse(forward.stdout) as { trades_file: string };
    writeFileSync(path.join(cwd, 'forward.json'), forward.stdout);
    const results = [log, 'forward.json', `${log}.run.json`, 'same_trades.csv', 'other_trades.csv'];
    const { stdout, stderr, exitCode } = await runWus(['compare', ...results], { cwd });
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
    expect(stdout).toMatch(/\n {0,2}fast_period +5 +5 +5 +5 +9\n/);
    expect(stdout).not.toContain('unknown');
    const matches = [...stdout.matchAll(/(\d+) identical, (\d+) only in .*, (\d+) only in/g)];
    const { out_of_sample: metrics } = forwardJson(forward.stdout);
    for (const [, same = '', first, second] of matches.slice(0, 3)) {
      expect([Number(same), first, second]).toEqual([metrics.total_trades, '0', '0']);
    }
    expect(matches).toHaveLength(4);
    expect(Number(matches[3]![3])).toBeGreaterThan(0);
  });

  test('calls an overlap what it is', async () => {
    const { stdout } = await runWus(words(`forward-test ${PAIR} --start ${date(200)} --json`), {
      cwd: folderWith(),
    });
    expect(JSON.parse(stdout)).toMatchObject({
      outcome: 'not-unseen',
      overlap: { start: day(200), end: day(SPLIT) },
    });
  });

  test('takes over what wus optimize found', async () => {
    const cwd = folderWith({
      'config/best_params.yaml': '',
      'grid.yaml': 'BTCUSDT:\n  MACross:\n    fast_period: [5, 10]\n    slow_period: [20, 40]\n',
    });
    const optimized = await runWus(
      words(
        `optimize ${PAIR} --interval 1h --config grid.yaml --end ${date(SPLIT)} --min-trades 1 -p 1 --json`,
      ),
      { cwd },
    );
    const forward = await runWus(words(`forward-test ${PAIR} ${START} --json`), { cwd });
    const { best: ranked } = JSON.parse(optimized.stdout) as {
      best: readonly {
        strategy: Record<string, unknown>;
        metrics: Record<string, number>;
      }[];
    };
    const best = ranked[0]!;
    const found = forwardJson(forward.stdout);
    expect(found.parameters).toMatchObject({ fast_period: best.strategy.fast_period });
    expect(found.in_sample.total_trades).toBe(best.metrics.total_trades);
    expect(found.in_sample.final_balance! / best.metrics.final_balance!).toBeCloseTo(1, 9);
    expect(found.notes.join('\n')).not.toContain('recorded');
  });

  test('runs a strategy from a file, and refuses one that sees the future', async () => {
    const strategy = (
      expression: string,
    ): string => `import { defineStrategy, integer } from 'mista-wus-algo-trader';
export const strategy = defineStrategy({
  name: 'MyStrategy',
  parameters: { period: integer({ default: 5, min: 1, description: 'Length' }) },
  warmUp: ({ period }) => period,
  signals({ candles: { close }, parameters: { period }, indicators }) {
    return (i) => (i < period ? 0 : indicators.compare(close[i], ${expression}));
  },
});
`;
    const cwd = folderWith({
      'good.ts': strategy('close[i - period]'),
      'peeks.ts': strategy('close[Math.min(close.length - 1, i + 1)]'),
    });
    const line = (file: string) =>
      words(`forward-test --strategy ./${file} --symbol ETHUSDT ${START}`);
    const good = await runWus(line('good.ts'), { cwd });
    expect([good.exitCode, good.stderr]).toEqual([0, '']);
    expect(good.stdout).toContain('period=9');
    const peeks = await runWus(line('peeks.ts'), { cwd });
    expect(peeks.exitCode).toBe(1);
    expect(peeks.stderr).toMatch(/looks ahead: its signal at candle/);
    expect(peeks.stdout).toBe('');
  });
});

describe('wus forward-test says where, what and what to do:', () => {
  test.each([
    ['no start', PAIR, 2, /^Which period\? Give --start, a date at or after/],
    [
      'a start that is no date',
      `${PAIR} --start soon`,
      2,
      /^--start must be a date such as 2024-01-31 .*current value is "soon"/,
    ],
    [
      'an end before the start',
      `${PAIR} ${START} --end ${date(9)}`,
      2,
      /^--end is .*, not after start/,
    ],
    [
      'no entry for the pair',
      `--strategy BBReversion --symbol BTCUSDT ${START}`,
      1,
      /^config\/best_params\.yaml has no entry for BTCUSDT BollingerBandReversionStrategy.*it has BTCUSDT MovingAverageCrossoverStrategy, BTCUSDT RsiMeanReversionStrategy, ETHUSDT MovingAverageCrossoverStrategy, ETHUSDT MyStrategy\. Run wus optimize/,
    ],
    [
      'another market',
      `${PAIR} ${START} --market usdm`,
      1,
      /was optimized on market spot, not usdm; .*--market spot/,
    ],
    [
      'another interval',
      `${PAIR} ${START} --interval 4h`,
      1,
      /was optimized on interval 1h, not 4h; .*--interval 1h/,
    ],
    [
      'candle files of another pair',
      `--strategy RSIReversion --file data/spot/1h/ETHUSDT_1h.csv ${START}`,
      1,
      /has no entry for ETHUSDT RsiMeanReversionStrategy/,
    ],
    [
      'a filter that was not optimized',
      `${PAIR} ${START} --apply-atr-filter`,
      2,
      /^--apply-atr-filter: there are no optimized values of the ATR filter; optimize again with --apply-atr-filter, or give --atr-filter-period, --atr-filter-multiplier and --atr-filter-sma-period/,
    ],
    [
      'hours that were not optimized',
      `${PAIR} ${START} --apply-seasonality-filter`,
      2,
      /^--apply-seasonality-filter: .*or give --allowed-trading-hours-utc/,
    ],
    [
      'filter values without the filter',
      `${PAIR} ${START} --atr-filter-period 5`,
      2,
      /^--atr-filter-period has no effect without --apply-atr-filter/,
    ],
    [
      'a period without candles',
      `${PAIR} --start 2035-01-01`,
      1,
      /^BTCUSDT 1h: no candle opens in the period from 2035-01-01.*the candles run from/,
    ],
    [
      'no file of parameters',
      `${PAIR} ${START} --param-config nope.yaml`,
      1,
      /^nope\.yaml does not exist: run wus optimize first/,
    ],
    [
      'a broken file of parameters',
      `${PAIR} ${START} --param-config broken.yaml`,
      2,
      /^broken\.yaml:2:\d+: /,
    ],
    [
      'a parameter that the strategy does not have',
      `${PAIR} ${START} --param-config other.yaml`,
      2,
      /has no parameter "fast_perid" \(did you mean "fast_period"\?\)/,
    ],
    [
      'neither symbol nor file',
      `--strategy MACross ${START}`,
      2,
      /^No candles given: use --file, or --symbol and --interval/,
    ],
    [
      'no candles',
      `${PAIR} ${START} --data-dir empty`,
      1,
      /^No candles of BTCUSDT 1h in empty\/spot\/1h/,
    ],
    [
      'an unknown strategy',
      `--strategy MACros --symbol BTCUSDT ${START}`,
      2,
      /did you mean "MACross"/,
    ],
    ['an unknown option', `${PAIR} ${START} --stop-loss 0.1`, 2, /^Unknown option '--stop-loss'/],
  ])('%s', async (_, line, exitCode, message) => {
    const cwd = folderWith({
      'broken.yaml': 'BTCUSDT:\n  MACross: {market: moon}\n',
      'other.yaml': BEST.replace('fast_period', 'fast_perid'),
    });
    const finished = await runWus(words(`forward-test ${line}`), { cwd });
    expect(finished.stderr).toMatch(message);
    expect(finished.stderr.trim().split('\n').length).toBeLessThanOrEqual(6);
    expect([finished.exitCode, finished.stdout]).toEqual([exitCode, '']);
    expect(readdirSync(cwd)).not.toContain('results');
  });
});

describe('wus forward-test-batch', () => {
  test('one pair that fails does not stop the others', async () => {
    const cwd = folderWith();
    const { exitCode, stdout, stderr } = await runWus(words(`forward-test-batch ${START}`), {
      cwd,
    });
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^strategy +symbol +interval +outcome +return/);
    expect(stdout).toMatch(/MovingAverageCrossover +BTCUSDT +1h +\w/);
    expect(stdout).toMatch(/RsiMeanReversion +BTCUSDT +1h +\w/);
    expect(stdout).toMatch(/MovingAverageCrossover +ETHUSDT +1h +\w/);
    expect(stdout).toMatch(/My +ETHUSDT +1h +FAILED\n/);
    expect(stderr).toContain('1 of 4 forward tests failed:');
    expect(stderr).toContain(
      'MyStrategy ETHUSDT: it is not a built-in strategy; give its file with --strategies',
    );
    expect(readdirSync(path.join(cwd, 'results/forward_test/reports'))).toHaveLength(3);
  });

  test('runs the pairs that are named', async () => {
    const line = `forward-test-batch ${START} --strategies MACross --symbols ethusdt,BTCUSDT --json`;
    const { exitCode, stdout } = await runWus(words(line), { cwd: folderWith() });
    expect(exitCode).toBe(0);
    const { pairs } = JSON.parse(stdout) as { pairs: Record<string, unknown>[] };
    expect(pairs.map(({ symbol, strategy }) => `${symbol} ${strategy}`)).toEqual([
      `BTCUSDT ${MA}`,
      `ETHUSDT ${MA}`,
    ]);
  });

  test.each([
    [
      'a symbol without an entry',
      `${START} --symbols BTCUSD`,
      /has no entry of BTCUSD \(did you mean "BTCUSDT"\?\); it has BTCUSDT, ETHUSDT/,
    ],
    [
      'a strategy without an entry',
      `${START} --strategies LongShort`,
      /has no entry of LongShortStrategy/,
    ],
    [
      'a pair that is not there',
      `${START} --strategies RSIReversion --symbols ETHUSDT`,
      /has none of these pairs; it has BTCUSDT/,
    ],
    ['no start', '', /^Which period\? Give --start/],
  ])('refuses %s', async (_, line, message) => {
    const { exitCode, stderr } = await runWus(words(`forward-test-batch ${line}`), {
      cwd: folderWith(),
    });
    expect(stderr).toMatch(message);
    expect(exitCode).not.toBe(0);
  });
});

/** The part of `wus forward-test --json` that these tests read. */
function forwardJson(stdout: string) {
  return JSON.parse(stdout) as {
    readonly parameters: Record<string, unknown>;
    readonly config: Record<string, unknown>;
    readonly notes: readonly string[];
    readonly in_sample: Record<string, number>;
    readonly out_of_sample: Record<string, number>;
  };
}
