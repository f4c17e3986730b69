// Kinds of strategies that people trade, as the examples have them: each through every command of research.
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { candlesToCsv, syntheticCandles } from '../../src/candles/index.js';
import { repositoryRoot, runWus, temporaryFolder } from './wus.js';

interface Kind {
  readonly file: string;
  readonly name: string;
  /** Of the run: size, exits. */
  readonly money: readonly string[];
  readonly exits: readonly string[];
  /** Axes of its grid, as YAML. */
  readonly axes: readonly string[];
}

const KINDS: readonly Kind[] = [
  {
    file: 'follow-a-trend-with-an-atr-stop.ts',
    name: 'TrendWithAtrStop',
    money: ['--risk-fraction', '0.01'],
    exits: ['--trailing-stop-atr', '4'],
    axes: ['stop: [2, 3]', 'trailing_stop_atr: [null, 4]', 'exit_atr_period: [10, 14]'],
  },
  {
    file: 'buy-dips-in-a-daily-uptrend.ts',
    name: 'DipsInUptrend',
    money: [],
    exits: ['--profit-targets', '0:0.05,1440m:0.02,72:0', '--max-candles-held', '96'],
    axes: ['days: [5, 10]', 'profit_targets: [null, "0:0.05,24:0.02,72:0"]'],
  },
  {
    file: 'hold-a-breakout-with-a-chandelier-stop.ts',
    name: 'ChandelierBreakout',
    money: [],
    exits: ['--cooldown-candles', '3'],
    axes: ['hang: [2, 4]', 'cooldown_candles: [0, 3]'],
  },
  {
    file: 'trade-only-while-bitcoin-rises.ts',
    name: 'WhileBitcoinRises',
    money: [],
    exits: [
      '--stop-loss-atr',
      '3',
      '--trailing-activation',
      '0.01',
      '--trailing-stop-loss',
      '0.02',
    ],
    axes: ['filter: [10, 20]', 'stop_loss_atr: [null, 3]'],
  },
  {
    file: 'trade-by-scores-from-a-file.ts',
    name: 'ScoresFromFile',
    money: [],
    exits: ['--take-profit-atr', '4', '--stop-loss-atr', '2'],
    axes: ['period: [10, 20]', 'take_profit_atr: [null, 4]'],
  },
  {
    file: 'buy-when-the-highest-high-is-broken.ts',
    name: 'Breakout',
    money: [],
    exits: ['--scale-out', '0.02:0.5,0.04:0.25', '--break-even', '0.02'],
    axes: ['period: [20, 55]', 'scale_out: ["0.02:0.5", null]', 'break_even_pct: [0.02]'],
  },
];

const START = Date.UTC(2023, 0, 1);
const RUN = ['--symbol', 'ETHUSDT', '--interval', '1h'];

function prepared({ file, name: own, axes }: Kind): string {
  const cwd = temporaryFolder();
  const folder = path.join(cwd, 'data/spot/1h');
  mkdirSync(folder, { recursive: true });
  for (const [seed, symbol] of [
    [4, 'ETHUSDT'],
    [5, 'BTCUSDT'],
  ] as const) {
    const market = {
      length: 2_400,
      timeframe: '1h',
      startTime: START,
      hasTimeGaps: false,
    } as const;
    const candles = syntheticCandles({ ...market, symbol, seed });
    writeFileSync(path.join(folder, `${symbol}_1h.csv`), candlesToCsv(candles));
  }
  for (const name of [file, 'scores.csv']) {
    copyFileSync(path.join(repositoryRoot, 'examples', name), path.join(cwd, name));
  }
  const grid = axes.map((axis) => `    ${axis}\n`).join('');
  writeFileSync(path.join(cwd, 'grid.yaml'), `ETHUSDT:\n  ${own}:\n${grid}`);
  return cwd;
}

test.each(KINDS.map((kind) => [kind.name, kind] as const))(
  '%s runs through backtest, optimize, forward test and walk-forward',
  async (_, kind) => {
    const cwd = prepared(kind);
    const strategy = ['--strategy', `./${kind.file}`];
    const run = async (words: readonly string[]) => {
      const { stdout, stderr, exitCode } = await runWus([...words, ...strategy, ...RUN, '--json'], {
        cwd,
      });
      expect({ exitCode, stderr: exitCode === 0 ? '' : stderr }).toEqual({
        exitCode: 0,
        stderr: '',
      });
      return JSON.parse(stdout) as unknown;
    };
    const alone = await run(['backtest', ...kind.money, ...kind.exits]);
    const { metrics } = alone as { readonly metrics: { readonly total_trades: number } };
    expect(metrics.total_trades).toBeGreaterThan(5);

    const search = ['--config', 'grid.yaml', '-p', '2', ...kind.money];
    const found = await run(['optimize', ...search, '--end', '2023-03-20']);
    const { best } = found as { readonly best: readonly { readonly metrics: object }[] };
    expect(best.length).toBeGreaterThan(1);
    // The first of the best again, alone, by what the file of best parameters says.
    const looked = await run(['forward-test', '--from', 'config/best_params.yaml']);
    const { in_sample } = looked as { readonly in_sample: object };
    expect(in_sample).toEqual(best[0]!.metrics);

    const walk = ['walk-forward', ...search, '--train', '40d', '--test', '20d'];
    const walked = await run(walk);
    const { windows } = walked as { readonly windows: readonly unknown[] };
    expect(windows.length).toBeGreaterThan(2);
  },
  120_000,
);

test('a bot refuses each of them with one line', async () => {
  for (const kind of KINDS.slice(0, 5)) {
    const cwd = prepared(kind);
    const words = ['trader', '--strategy', `./${kind.file}`, ...RUN, '--market-data', 'local'];
    const { stderr, exitCode } = await runWus(words, { cwd });
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(
      new RegExp(`Strategy "${kind.name}" has .*, which bots do not have yet: backtest it, or`),
    );
  }
});
