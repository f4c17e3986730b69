// The optimizer as a user runs it: killed, interrupted, resumed, misused.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { normalRandom, seededRandom } from '../../src/util/index.js';
import { buildOnce, repositoryRoot, runWus, temporaryFolder } from './wus.js';

const seed = Number(process.env.WUS_SEED ?? 20_240_101);

/** A folder with 1,500 hourly candles of BTCUSDT and a grid. */
function project(grid: string): string {
  const folder = temporaryFolder();
  const normal = normalRandom(seededRandom(7));
  let price = 20_000;
  const rows = Array.from({ length: 1_500 }, (_, i) => {
    const open = price;
    price *= Math.exp(0.008 * normal());
    const high = Math.max(open, price) * (1 + Math.abs(0.003 * normal()));
    const low = Math.min(open, price) * (1 - Math.abs(0.003 * normal()));
    return [
      1_640_995_200_000 + i * 3_600_000,
      ...[open, high, low, price].map((x) => x.toFixed(2)),
      5,
    ].join(',');
  });
  mkdirSync(path.join(folder, 'data/spot/1h'), { recursive: true });
  mkdirSync(path.join(folder, 'config'));
  const csv = ['open_time,open,high,low,close,volume', ...rows].join('\n');
  writeFileSync(path.join(folder, 'data/spot/1h/BTCUSDT_1h.csv'), `${csv}\n`);
  writeFileSync(path.join(folder, 'config/optimize_params.yaml'), grid);
  return folder;
}

const GRID = `BTCUSDT:
  MACross:
    fast_period: {start: 3, stop: 15, step: 2}
    slow_period: {start: 20, stop: 40, step: 5}
    stop_loss_pct: {start: 0.01, stop: 0.04, step: 0.005}
    take_profit_pct: [null, 0.02, 0.04, 0.06]
    apply_atr_filter: [true, false]
`;
const COMBINATIONS = 7 * 5 * 7 * 4 * 2;
const OPTIMIZE = [
  'optimize',
  '--strategy',
  'MACross',
  '--symbol',
  'BTCUSDT',
  '--interval',
  '1h',
  '--apply-atr-filter',
  '--engine',
  'reference',
];

test('killed at any moment and resumed with other numbers of workers, the file ends up with the same bytes', async () => {
  buildOnce();
  const cwd = project(GRID);
  const whole = await runWus([...OPTIMIZE, '-p', '1', '--details-file', 'whole.csv', '--json'], {
    cwd,
  });
  expect(whole.exitCode).toBe(0);
  const random = seededRandom(seed);
  let kills = 0;
  for (let attempt = 0; attempt < 5; attempt++) {
    const child = spawn(
      process.execPath,
      [
        path.join(repositoryRoot, 'bin/wus.js'),
        ...OPTIMIZE,
        '-p',
        String(1 + (attempt % 3)),
        '--details-file',
        'killed.csv',
        '--resume',
      ],
      { cwd, stdio: 'ignore' },
    );
    const exit = once(child, 'exit');
    const goal = fileSize(path.join(cwd, 'killed.csv')) + Math.floor(60_000 * random());
    while (child.exitCode === null && fileSize(path.join(cwd, 'killed.csv')) < goal) {
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    if (child.exitCode === null) kills++;
    child.kill('SIGKILL');
    await exit;
  }
  expect(kills).toBeGreaterThan(1);
  const last = await runWus(
    [...OPTIMIZE, '-p', '2', '--details-file', 'killed.csv', '--resume', '--json'],
    { cwd },
  );
  expect({ seed, exitCode: last.exitCode }).toEqual({ seed, exitCode: 0 });
  expect(readFileSync(path.join(cwd, 'killed.csv'), 'utf8')).toBe(
    readFileSync(path.join(cwd, 'whole.csv'), 'utf8'),
  );
  const best = (text: string): unknown => (JSON.parse(text) as { best: unknown }).best;
  expect(best(last.stdout)).toEqual(best(whole.stdout));
}, 180_000);

test('Ctrl-C keeps what is finished and says how to go on', async () => {
  const cwd = project(GRID);
  const stopped = await runWus([...OPTIMIZE, '-p', '1', '--save-details'], {
    cwd,
    interruptAt: { text: ` of ${COMBINATIONS.toLocaleString('en-US')}, `, signal: 'SIGINT' },
  });
  expect(stopped.exitCode).toBe(130);
  expect(stopped.stderr).toMatch(
    /Stopped after [\d,]+ of 1,960 combinations; they are saved\. Continue with: wus optimize .* --resume/,
  );
  expect(existsSync(path.join(cwd, 'config/best_params.yaml'))).toBe(false);
  const resumed = await runWus([...OPTIMIZE, '--resume', '--json'], { cwd });
  const result = JSON.parse(resumed.stdout) as {
    complete: boolean;
    known: number;
    evaluated: number;
  };
  expect(result).toMatchObject({ complete: true, evaluated: COMBINATIONS });
  expect(result.known).toBeGreaterThan(0);
});

test('a Ctrl-C that arrives twice, as under npx, still stops a batch cleanly and says how to go on', async () => {
  buildOnce();
  const endless = '{start: 0.001, stop: 0.4, step: 0.0001}';
  const cwd = project(
    `BTCUSDT:\n  MACross: {stop_loss_pct: ${endless}, take_profit_pct: ${endless}}\n`,
  );
  const args = ['optimize-batch', '--interval', '1h', '--save-details'];
  const child = spawn(process.execPath, [path.join(repositoryRoot, 'bin/wus.js'), ...args], {
    cwd,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let told = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    told += text;
  });
  child.stderr.once('data', () => {
    setTimeout(() => child.kill('SIGINT'), 1_000);
    setTimeout(() => child.kill('SIGINT'), 1_010);
  });
  const [exitCode] = (await once(child, 'close')) as [number];
  expect(exitCode).toBe(130);
  expect(told).toMatch(/^MACross BTCUSDT: stopped \(1 of 1\)$/m);
  expect(told).toMatch(/^Stopped\. .* Continue with: wus optimize-batch .* --resume$/m);
}, 60_000);

test('the best entry run again by the printed command gives the metrics of the details', async () => {
  const cwd = project(GRID);
  const run = await runWus([...OPTIMIZE.slice(0, -2), '--json', '--top', '3'], { cwd });
  const { best } = JSON.parse(run.stdout) as {
    best: { metrics: Record<string, number | string>; rerun: string }[];
  };
  expect(best.length).toBe(3);
  for (const { metrics, rerun } of best) {
    expect(rerun).toMatch(/^wus backtest --engine reference --strategy MACross /);
    const again = await runWus([...rerun.split(' ').slice(1), '--json'], { cwd });
    const found = (JSON.parse(again.stdout) as { metrics: Record<string, number | string> })
      .metrics;
    for (const [name, value] of Object.entries(metrics)) {
      if (typeof value === 'string') expect(found[name]).toBe(value);
      else
        expect(Math.abs(Number(found[name]) - value)).toBeLessThanOrEqual(1e-9 * Math.abs(value));
    }
  }
});

/** Runs `wus` where no file may grow beyond some blocks of 1,024 bytes, as on a disk that is full. */
function runCramped(blocks: number, args: readonly string[], cwd: string) {
  buildOnce();
  const script = `ulimit -f ${blocks}; trap '' XFSZ; exec "$0" "$@"`;
  const wus = path.join(repositoryRoot, 'bin/wus.js');
  const { status, stdout, stderr } = spawnSync(
    'bash',
    ['-c', script, process.execPath, wus, ...args],
    {
      cwd,
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1' },
    },
  );
  return { exitCode: status, stdout, stderr };
}

test('without room for the details what is finished is kept, and resumed once there is room', async () => {
  const cwd = project(GRID);
  const cramped = runCramped(200, [...OPTIMIZE, '--details-file', 'x.csv'], cwd);
  expect({ exitCode: cramped.exitCode, stdout: cramped.stdout }).toEqual({
    exitCode: 1,
    stdout: '',
  });
  expect(cramped.stderr).toMatch(
    /\nCannot write .*x\.csv: the file size limit is reached .*\nFinished rows are kept: continue with --resume\n$/,
  );
  const resumed = await runWus([...OPTIMIZE, '--details-file', 'x.csv', '--resume', '--json'], {
    cwd,
  });
  const { known } = JSON.parse(resumed.stdout) as { known: number };
  expect(known).toBeGreaterThan(0);
  await runWus([...OPTIMIZE, '--details-file', 'whole.csv'], { cwd });
  expect(readFileSync(path.join(cwd, 'x.csv'), 'utf8')).toBe(
    readFileSync(path.join(cwd, 'whole.csv'), 'utf8'),
  );
}, 60_000);

test('without room for the winner it is told all the same', () => {
  const cwd = project('BTCUSDT:\n  MACross: {fast_period: [5, 9]}\n');
  writeFileSync(path.join(cwd, 'config/best_params.yaml'), `# ${'long '.repeat(300)}\n`);
  const cramped = runCramped(1, [...OPTIMIZE.slice(0, -3), '--top', '1'], cwd);
  expect(cramped.exitCode).toBe(1);
  expect(cramped.stdout).toMatch(/^Best by sharpe_ratio[\s\S]*^Run again +wus backtest /m);
  expect(cramped.stdout).not.toMatch(/^Best +config/m);
  expect(cramped.stderr).toMatch(
    /\nCannot write .*config\/best_params\.yaml: the file size limit is reached/,
  );
}, 60_000);

test('a batch runs every pair, one that fails does not stop the others', async () => {
  const cwd = project(
    `BTCUSDT:\n  MACross: {fast_period: [5, 9]}\n  BBReversion: {bb_period: [20, 30]}\nETHUSDT:\n  MACross: {fast_period: [5]}\n`,
  );
  const batch = await runWus(['optimize-batch', '--interval', '1h', '--processes', '2'], { cwd });
  expect(batch.exitCode).toBe(1);
  expect(batch.stdout).toMatch(/^MACross +BTCUSDT +2 /m);
  expect(batch.stdout).toMatch(/^BBReversion +BTCUSDT +2 /m);
  expect(batch.stdout).toMatch(/^MACross +ETHUSDT +failed/m);
  expect(batch.stderr).toMatch(
    /1 of 3 optimizations failed:\nMACross ETHUSDT: No candles of ETHUSDT 1h in data\/spot\/1h/,
  );
  expect(readFileSync(path.join(cwd, 'config/best_params.yaml'), 'utf8')).toMatch(
    /BollingerBandReversionStrategy/,
  );
});

test("a user's own strategy is optimized on worker threads", async () => {
  const cwd = project('BTCUSDT:\n  MyStrategy: {period: [3, 5, 8], stop_loss_pct: [null, 0.02]}\n');
  writeFileSync(
    path.join(cwd, 'mine.ts'),
    `import { defineStrategy, integer } from 'mista-wus-algo-trader';
export const strategy = defineStrategy({
  name: 'MyStrategy',
  parameters: { period: integer({ default: 5, min: 1, description: 'Candles' }) },
  warmUp: ({ period }) => period - 1,
  signals({ candles: { close }, parameters, indicators }) {
    const average = indicators.sma(close, parameters.period);
    return (i) => indicators.compare(close[i], average[i]);
  },
});
`,
  );
  const run = await runWus(
    ['optimize', '--strategy', './mine.ts', '--symbol', 'BTCUSDT', '--interval', '1h', '--json'],
    { cwd },
  );
  expect(run.stderr).toMatch(/^Checking the strategy for look-ahead …$/m);
  expect(run.stderr).not.toMatch(/rror/);
  expect(JSON.parse(run.stdout)).toMatchObject({
    strategy: 'MyStrategy',
    complete: true,
    evaluated: 6,
  });
});

test('a winner that wins because it peeks is refused and not written', async () => {
  const cwd = project('BTCUSDT:\n  Peeker: {period: [3, 4, 5, 6, 7, 8]}\n');
  writeFileSync(
    path.join(cwd, 'peeker.ts'),
    `import { defineStrategy, integer } from 'mista-wus-algo-trader';
export const strategy = defineStrategy({
  name: 'Peeker',
  parameters: { period: integer({ default: 5, min: 1, description: 'Candles' }) },
  warmUp: ({ period }) => period - 1,
  signals({ candles: { close }, parameters, indicators }) {
    const average = indicators.sma(close, parameters.period);
    const ahead = parameters.period === 5 ? 1 : 0;
    return (i) => indicators.compare(close[Math.min(i + ahead, close.length - 1)], average[i]);
  },
});
`,
  );
  const run = await runWus(
    [
      ...['optimize', '--strategy', './peeker.ts', '--symbol', 'BTCUSDT', '--interval', '1h'],
      ...['--save-details', '-p', '3'],
    ],
    { cwd },
  );
  expect({ exitCode: run.exitCode, stdout: run.stdout }).toEqual({ exitCode: 1, stdout: '' });
  expect(run.stderr).toContain('With period=5: Strategy "Peeker" looks ahead: its signal at ');
  expect(existsSync(path.join(cwd, 'config/best_params.yaml'))).toBe(false);
}, 60_000);

describe('what is wrong is told with its place', () => {
  test.each<[string, string, readonly string[], number, string]>([
    [
      'an unknown symbol',
      'BTCUSDC:\n  MACross: {fast_period: [5]}\n',
      [],
      1,
      'config/optimize_params.yaml has no grid for BTCUSDT (did you mean "BTCUSDC"?); it has BTCUSDC. Add BTCUSDT with its strategies\n',
    ],
    [
      'a mistyped strategy',
      'BTCUSDT:\n  MACros: {fast_period: [5]}\n',
      [],
      2,
      'config/optimize_params.yaml:2:3: unknown strategy "MACros" (did you mean "MACross"?)\n',
    ],
    [
      'an unknown parameter',
      'BTCUSDT:\n  MACross:\n    fast: [5]\n',
      [],
      2,
      'config/optimize_params.yaml:3:5: MovingAverageCrossoverStrategy has no parameter "fast"',
    ],
    [
      'a scalar',
      'BTCUSDT:\n  MACross:\n    fast_period: 5\n',
      [],
      2,
      'config/optimize_params.yaml:3:5: BTCUSDT.MACross.fast_period: expected a list or a range, found 5; write [5]\n',
    ],
    [
      'an empty list',
      'BTCUSDT:\n  MACross:\n    fast_period: []\n',
      [],
      2,
      'config/optimize_params.yaml:3:5: BTCUSDT.MACross.fast_period: the list is empty; give at least one value\n',
    ],
    [
      'a tab',
      'BTCUSDT:\n\tMACross:\n',
      [],
      2,
      'config/optimize_params.yaml:2:1: a tab is used as indentation; use spaces\n',
    ],
    [
      'a key that is there twice',
      'BTCUSDT:\n  MACross:\n    fast_period: [5]\n    fast_period: [6]\n',
      [],
      2,
      'config/optimize_params.yaml:4:5: duplicate key; keep one\n',
    ],
    [
      'a value out of range',
      'BTCUSDT:\n  MACross:\n    fast_period: [5, 0]\n',
      [],
      2,
      'config/optimize_params.yaml:3:22: fast_period must be an integer >= 1: current value is 0\n',
    ],
    [
      'nothing valid',
      'BTCUSDT:\n  MACross:\n    fast_period: [50]\n',
      [],
      1,
      'config/optimize_params.yaml:2:3: no valid combination: fast_period',
    ],
    [
      'a period outside the data',
      GRID,
      ['--start', '2030-01-01'],
      1,
      'BTCUSDT 1h: no candle opens in the period from 2030-01-01T00:00:00.000Z',
    ],
    [
      'a date that is none',
      GRID,
      ['--start', '2020-13-01'],
      2,
      '--start must be a date such as 2024-01-31',
    ],
    ['an unknown metric', GRID, ['--metric', 'sharpe'], 2, 'Metric "sharpe": unknown'],
    ['no worker', GRID, ['-p', '0'], 2, '--processes 0: it must be an integer from 1 on\n'],
    ['an output that is a folder', GRID, ['--output-config', 'data'], 1, 'Cannot '],
    [
      'details under a file',
      GRID,
      ['--details-file', 'config/optimize_params.yaml/x.csv'],
      1,
      'Cannot write ',
    ],
    [
      'another grid file',
      GRID,
      ['--config', 'nowhere.yaml'],
      1,
      'nowhere.yaml does not exist: create it with wus init, or give your own with --config\n',
    ],
    [
      'candles that are not there',
      GRID,
      ['--interval', '4h'],
      1,
      'No candles of BTCUSDT 4h in data/spot/4h',
    ],
  ])('%s', async (_, grid, args, exitCode, message) => {
    const cwd = project(grid);
    const before = readdirSync(cwd, { recursive: true }).sort();
    const result = await runWus(
      ['optimize', '--strategy', 'MACross', '--symbol', 'BTCUSDT', '--interval', '1h', ...args],
      { cwd },
    );
    expect(result.stderr.slice(result.stderr.indexOf(message))).toContain(message);
    expect({ exitCode: result.exitCode, stdout: result.stdout }).toEqual({ exitCode, stdout: '' });
    expect(result.stderr).not.toMatch(/^ {4}at /m);
    expect(
      readdirSync(cwd, { recursive: true })
        .filter((file) => !/\.wus|cache/.test(String(file)))
        .sort(),
    ).toEqual(before);
  });
});

test('wus init writes a grid that works and overwrites nothing', async () => {
  const cwd = temporaryFolder();
  expect(await runWus(['init'], { cwd })).toEqual({
    exitCode: 0,
    stdout: 'written  config/optimize_params.yaml\nwritten  config/runtime_config.yaml\n',
    stderr: '',
  });
  const file = path.join(cwd, 'config/optimize_params.yaml');
  writeFileSync(file, '# mine\n');
  expect((await runWus(['init'], { cwd })).stdout).toBe(
    'kept     config/optimize_params.yaml (it exists)\nkept     config/runtime_config.yaml (it exists)\n',
  );
  expect(readFileSync(file, 'utf8')).toBe('# mine\n');
});

function fileSize(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
