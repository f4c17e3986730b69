// The recipes of CONTRIBUTING, followed in a copy of the tree: built, run by the five commands, counted by git.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { candlesToCsv, syntheticCandles } from '../../src/candles/index.js';
import { repositoryRoot } from '../e2e/wus.js';
import { TOY_EXIT, TOY_FILTER, TOY_FLAG, TOY_METRIC, type ToyChange } from './toys.js';

const COPIED = ['src', 'config', 'bin', 'package.json', 'tsconfig.json', 'tsconfig.build.json'];

const tree = mkdtempSync(path.join(tmpdir(), 'wus-recipes-'));
const desk = path.join(tree, 'desk');
afterAll(() => rmSync(tree, { recursive: true, force: true }));

const git = (...words: string[]): string =>
  execFileSync('git', ['-c', 'user.name=x', '-c', 'user.email=x@localhost', ...words], {
    cwd: tree,
    encoding: 'utf8',
  });

/** Files that a recipe touches, as git counts them. */
const touched = new Map<string, number>();

function follow(name: string, recipe: readonly ToyChange[]): void {
  for (const { file, change } of recipe) {
    const where = path.join(tree, 'src', file);
    let text = '';
    try {
      text = readFileSync(where, 'utf8');
    } catch {
      // A new one.
    }
    writeFileSync(where, change(text));
  }
  git('add', 'src');
  const { length } = git('diff', '--cached', '--stat', '--name-only').trim().split('\n');
  touched.set(name, length);
  git('commit', '--quiet', '-m', name);
}

beforeAll(() => {
  for (const name of COPIED)
    cpSync(path.join(repositoryRoot, name), path.join(tree, name), { recursive: true });
  symlinkSync(path.join(repositoryRoot, 'node_modules'), path.join(tree, 'node_modules'));
  git('init', '--quiet');
  git('add', 'src');
  git('commit', '--quiet', '-m', 'as it was');
  follow('filter', TOY_FILTER);
  follow('exit', TOY_EXIT);
  follow('flag', TOY_FLAG);
  follow('metric', TOY_METRIC);
  for (const project of ['tsconfig.build.json', 'src/report/client/tsconfig.json']) {
    const built = spawnSync('node_modules/.bin/tsc', ['-p', project], {
      cwd: tree,
      encoding: 'utf8',
    });
    expect(built.stdout).toBe('');
  }
  const candles = syntheticCandles({ length: 6_000, timeframe: '1h' });
  mkdirSync(path.join(desk, 'config'), { recursive: true });
  mkdirSync(path.join(desk, 'data/spot/1h'), { recursive: true });
  writeFileSync(path.join(desk, 'data/spot/1h/BTCUSDT_1h.csv'), candlesToCsv(candles));
  writeFileSync(path.join(desk, 'config/optimize_params.yaml'), GRID);
}, 600_000);

const GRID = `BTCUSDT:
  MACross:
    fast_period: [5, 10]
    slow_period: [40, 80]
    toy_stop_pct: [null, 0.01]
    apply_volume_filter: [true, false]
    volume_filter_factor: [1, 1.2]
`;

const RUN = ['--strategy', 'MACross', '--symbol', 'BTCUSDT', '--interval', '1h'];

interface Answer {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function wus(...words: readonly string[]): Answer {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [path.join(tree, 'bin/wus.js'), ...words],
    { cwd: desk, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } },
  );
  return { code: status, stdout, stderr };
}

/** Of what commands print with `--json`, what is looked at. */
interface Printed {
  readonly metrics: Readonly<Record<string, number>>;
  readonly out_of_sample: Readonly<Record<string, number>>;
  readonly config: Readonly<Record<string, unknown>>;
  readonly best: readonly { readonly filters: object; readonly metrics: object }[];
}

function json(...words: readonly string[]): Printed {
  const { code, stdout, stderr } = wus(...words, '--json');
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as Printed;
}

describe('a filter', () => {
  test('touches its file and a row', () => {
    expect(touched.get('filter')).toBe(2);
  });

  test('changes what wus backtest trades, by its flags and as wus.yaml says it', () => {
    const without = json('backtest', ...RUN).metrics;
    const on = json('backtest', ...RUN, '--apply-volume-filter').metrics;
    const strict = json(
      ...['backtest', ...RUN, '--apply-volume-filter', '--volume-filter-factor', '1.5'],
    ).metrics;
    expect(on.total_trades!).toBeLessThan(without.total_trades!);
    expect(strict.total_trades!).toBeLessThan(on.total_trades!);
    writeFileSync(path.join(desk, 'wus.yaml'), 'apply_volume_filter: true\n');
    expect(json('backtest', ...RUN).metrics).toEqual(on);
    rmSync(path.join(desk, 'wus.yaml'));
    const idle = wus('backtest', ...RUN, '--volume-filter-period', '9');
    expect(idle.stderr).toMatch(/^--volume-filter-period .* --apply-volume-filter/);
  });

  test('is searched by wus optimize: each row is the backtest of its settings', () => {
    const plain = json('optimize', ...RUN, '-p', '1', '--details-file', 'plain.csv');
    expect(plain.best[0]!.filters).not.toHaveProperty('apply_volume_filter');
    const found = json(
      ...['optimize', ...RUN, '-p', '1', '--apply-volume-filter', '--details-file', 'toys.csv'],
    );
    const rows = parse<Record<string, string>>(readFileSync(path.join(desk, 'toys.csv')), {
      columns: true,
    });
    // Two periods each, on with two factors or off, the toy stop on or off.
    expect(rows.length).toBe(4 * 3 * 2);
    const [on, off] = ['true', 'false'].map(
      (apply) => rows.find((row) => row.apply_volume_filter === apply && row.toy_stop_pct === '')!,
    );
    expect(on!.sharpe_ratio).not.toBe(off!.sharpe_ratio);
    for (const row of [on!, rows.at(-1)!]) {
      const stop = row.toy_stop_pct === '' ? [] : ['--toy-stop', row.toy_stop_pct!];
      const filter =
        row.apply_volume_filter === 'true'
          ? ['--apply-volume-filter', '--volume-filter-factor', row.volume_filter_factor!]
          : [];
      const params = ['fast_period', 'slow_period'].flatMap((name) => [
        '--param',
        `${name}=${row[name]}`,
      ]);
      const again = json('backtest', ...RUN, ...params, ...filter, ...stop).metrics;
      expect(String(again.sharpe_ratio)).toBe(row.sharpe_ratio);
      expect(String(again.total_trades)).toBe(row.total_trades);
    }
    expect(found.best[0]!.filters).toHaveProperty('apply_volume_filter');
    // The file of the grid without it is still its own: same columns, same identity.
    const resumed = json('optimize', ...RUN, '-p', '1', '--details-file', 'plain.csv', '--resume');
    expect(resumed.best[0]!.metrics).toEqual(plain.best[0]!.metrics);
  });

  test('is frozen by wus forward-test and searched by wus walk-forward', () => {
    json('optimize', ...RUN, '-p', '1', '--apply-volume-filter', '--end', '2022-06-01');
    const forward = ['forward-test', ...RUN, '--start', '2022-06-01'];
    const off = json(...forward);
    const on = json(
      ...[...forward, '--apply-volume-filter', '--volume-filter-factor', '1.3'],
      ...['--volume-filter-period', '20'],
    );
    expect(on.config.apply_volume_filter).toBe(true);
    expect(on.out_of_sample.total_trades!).toBeLessThan(off.out_of_sample.total_trades!);
    const walk = json(
      ...['walk-forward', ...RUN, '--train', '90d', '--test', '30d', '-p', '1'],
      '--apply-volume-filter',
    );
    expect(JSON.stringify(walk)).toContain('apply_volume_filter');
  });

  test('is traded: the first lines of wus trader name it', async () => {
    const words = [...RUN, '--market-data', 'local', '--speed', '1000'];
    const text = await firstLines(...words, '--apply-volume-filter', '--toy-stop', '0.02');
    expect(text).toContain('filters: volume filter');
    expect(text).toContain('toy stop 0.02');
  });

  test('is in help and completion, and its names are no parameters', () => {
    for (const command of ['backtest', 'optimize', 'forward-test', 'walk-forward', 'trader'])
      expect(wus(command, '--help').stdout).toContain('--volume-filter-period <candles>');
    expect(wus('completion', 'bash').stdout).toContain('--apply-volume-filter');
    writeFileSync(
      path.join(desk, 'taken.ts'),
      `import { defineStrategy, integer } from 'mista-wus-algo-trader';
export const strategy = defineStrategy({ name: 'Taken', parameters: { volume_filter_period: integer({ default: 3 }) },
  warmUp: 1, signals: ({ candles }) => new Int8Array(candles.length) });\n`,
    );
    const { stderr } = wus('backtest', '--strategy', './taken.ts', ...RUN.slice(2));
    expect(stderr).toMatch(/"volume_filter_period" .* a filter or a stop/);
  });
});

describe('an exit', () => {
  test('touches its file and a row beside what engines compute', () => {
    expect(touched.get('exit')).toBe(2);
  });

  test('is the stop that it builds, in the backtest as in a search', () => {
    const toy = json('backtest', ...RUN, '--toy-stop', '0.02').metrics;
    expect(toy).toEqual(json('backtest', ...RUN, '--stop-loss', '0.02').metrics);
    expect(wus('backtest', ...RUN, '--toy-stop', '2').stderr).toContain(
      '--toy-stop must be a fraction above 0 and below 1 (0.02 = 2 %): current value is 2; did you mean 0.02?',
    );
    expect(readFileSync(path.join(desk, 'config/best_params.yaml'), 'utf8')).toMatch(
      /risk:[^:]*stop_loss_pct[\s\S]*toy_stop_pct/,
    );
  });
});

describe('a flag of all commands', () => {
  test('touches its file and a row', () => {
    expect(touched.get('flag')).toBe(2);
  });

  test('changes every result, and makes another details file', () => {
    const stop = [...RUN, '--stop-loss', '0.02'];
    const without = json('backtest', ...stop).metrics;
    const toy = json('backtest', ...stop, '--toy-slippage', '0.01').metrics;
    expect(toy.final_balance!).toBeLessThan(without.final_balance!);
    const search = ['optimize', ...RUN, '-p', '1', '--details-file', 'plain.csv', '--resume'];
    expect(wus(...search, '--toy-slippage', '0.01').stderr).toMatch(
      /plain\.csv cannot be resumed: toy_slippage is 0\.01 now .* not set/,
    );
    for (const command of ['optimize', 'forward-test', 'walk-forward', 'trader'])
      expect(wus(command, '--help').stdout).toContain('--toy-slippage <fraction>');
  });
});

describe('a metric', () => {
  test('touches type, table, formula, formula of the sweep, and page', () => {
    expect(touched.get('metric')).toBe(5);
  });

  test('is printed, written and a column of details', () => {
    const { metrics } = json('backtest', ...RUN);
    expect(metrics.commission_share).toBeCloseTo(metrics.total_commission! / 10_000, 12);
    expect(wus('backtest', ...RUN).stdout).toContain('Commission share');
    const found = json('optimize', ...RUN, '-p', '1', '--details-file', 'metric.csv');
    const [header = ''] = readFileSync(path.join(desk, 'metric.csv'), 'utf8').split('\n');
    expect(header.split(',')).toContain('commission_share');
    expect(found.best[0]!.metrics).toHaveProperty('commission_share');
  });
});

/** What a trader says before it trades; then it is stopped. */
function firstLines(...words: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [path.join(tree, 'bin/wus.js'), 'trader', ...words], {
      cwd: desk,
      env: { ...process.env, NO_COLOR: '1' },
    });
    let text = '';
    const look = (chunk: Buffer): void => {
      text += chunk.toString();
      if (text.includes('Ctrl-C')) child.kill('SIGINT');
    };
    child.stdout.on('data', look);
    child.stderr.on('data', look);
    child.on('error', reject);
    child.on('close', () => resolve(text));
  });
}
