import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { candlesToCsv, syntheticCandles } from '../../src/candles/index.js';
import { type Finished, runWus, temporaryFolder } from './wus.js';

const GRID = `BTCUSDT:
  Own:
    period: [10, 20, 40]
    stop_loss_pct: [null, 0.05]
`;
const OWN = `import { defineStrategy, integer } from 'mista-wus-algo-trader';
export const strategy = defineStrategy({
  name: 'Own',
  parameters: { period: integer({ default: 30, min: 1, description: 'Length of the average' }) },
  warmUp: ({ period }) => period,
  signals({ candles: { close }, parameters, indicators }) {
    const average = indicators.sma(close, parameters.period);
    return (i) => indicators.compare(close[i], average[i]);
  },
});
`;

const START = syntheticCandles({ length: 1 }).openTime[0]!;
const day = (count: number): string =>
  new Date(START + count * 86_400_000).toISOString().slice(0, 10);

function folder(): string {
  const cwd = temporaryFolder();
  const candles = syntheticCandles({ length: 24 * 400, symbol: 'BTCUSDT', hasTimeGaps: false });
  mkdirSync(path.join(cwd, 'own data/spot/1h'), { recursive: true });
  writeFileSync(path.join(cwd, 'own data/spot/1h/BTCUSDT_1h.csv'), candlesToCsv(candles));
  writeFileSync(path.join(cwd, 'own.ts'), OWN);
  return cwd;
}

/** The words of the last line, as a POSIX shell reads them. */
function next({ stdout }: Finished): string[] {
  const [line = ''] = /(?<=\nNext: ).*\n$/.exec(stdout) ?? [];
  const [command = ''] = line.trim().split('  # ');
  return [...command.matchAll(/'([^']*)'|(\S+)/g)].map(
    ([, quoted, plain]) => quoted ?? plain ?? '',
  );
}

describe('every command names the next one, and it runs', () => {
  test('from a backtest of an own strategy to its bot, in a folder with a blank', async () => {
    const cwd = folder();
    const run = async (words: readonly string[]): Promise<Finished> => {
      expect(words[0]).toBe('wus');
      const finished = await runWus(words.slice(1), { cwd });
      expect([words, finished.exitCode, finished.stderr.includes('rror')]).toEqual([
        words,
        0,
        false,
      ]);
      return finished;
    };
    const first = [
      ...['wus', 'backtest', '--strategy', './own.ts', '--symbol', 'BTCUSDT', '--interval', '1h'],
      ...['--data-dir', 'own data'],
    ];
    expect(next(await run(first))).toEqual(['wus', 'init']);
    await run(['wus', 'init']);
    // A grid file that has nothing of this strategy.
    expect(next(await run(first))).toEqual(['wus', 'strategies', 'show', './own.ts']);
    writeFileSync(path.join(cwd, 'config/optimize_params.yaml'), GRID);
    const optimize = next(await run(first));
    expect(optimize.slice(0, 4)).toEqual(['wus', 'optimize', '--strategy', './own.ts']);
    // All candles chose: some are kept aside.
    const all = await run([
      ...optimize.filter((word, i) => word !== '--end' && optimize[i - 1] !== '--end'),
      '-p',
      '1',
    ]);
    expect(next(all).slice(-2, -1)).toEqual(['--end']);
    const optimized = await run([...optimize, '-p', '1', '--commission', '3']);
    const forward = next(optimized);
    expect(forward.slice(0, 4)).toEqual([
      'wus',
      'forward-test',
      '--from',
      'config/best_params.yaml',
    ]);
    const tested = await run(forward);
    expect(tested.stdout).toContain('Costs      commission 3 bps per side');
    // Nothing speaks against it yet: play money shows more.
    const trader = next(tested);
    expect(trader.slice(0, 4)).toEqual(['wus', 'trader', '--from', 'config/best_params.yaml']);
    const bot = await runWus([...trader.slice(1), '--market-data', 'local', '--speed', '1000'], {
      cwd,
      interruptAt: { text: 'Verdict', signal: 'SIGINT' },
    });
    expect(`${bot.stdout}${bot.stderr}`).toMatch(/Verdict +No(t| evidence)/);
    const walk = ['wus', 'walk-forward', ...forward.slice(4)];
    const walked = await run([...walk, '-p', '1', '--train', '150d', '--test', '60d']);
    const analyze = next(walked);
    expect(analyze.slice(0, 2)).toEqual(['wus', 'analyze-trades']);
    await run(analyze);
  }, 120_000);
});

describe('--from', () => {
  let cwd: string;
  let optimized: string;

  async function prepared(): Promise<void> {
    cwd = folder();
    mkdirSync(path.join(cwd, 'config'));
    writeFileSync(path.join(cwd, 'config/optimize_params.yaml'), GRID);
    const candles = ['--symbol', 'BTCUSDT', '--interval', '1h', '--data-dir', 'own data'];
    const { stdout } = await runWus(
      [
        'optimize',
        '--strategy',
        './own.ts',
        ...candles,
        '--end',
        day(300),
        '-p',
        '1',
        '--json',
        '--slippage',
        '2',
      ],
      { cwd },
    );
    optimized = stdout;
    writeFileSync(path.join(cwd, 'search.json'), stdout);
  }

  test('takes best_params.yaml, and what optimize, backtest and forward-test print', async () => {
    await prepared();
    const data = ['--data-dir', 'own data'];
    const json = async (args: readonly string[], name: string) => {
      const { stdout, stderr, exitCode } = await runWus([...args, '--json'], { cwd });
      expect([args, exitCode === 0 ? '' : stderr]).toEqual([args, '']);
      writeFileSync(path.join(cwd, name), stdout);
      return JSON.parse(stdout) as {
        parameters: unknown;
        strategy_file: string;
        config: Record<string, unknown>;
        forward_period: { start: string };
      };
    };
    const yaml = await json(
      ['forward-test', '--from', 'config/best_params.yaml', ...data],
      'forward.json',
    );
    expect(yaml.strategy_file).toBe('./own.ts');
    expect(yaml.config.slippage_bps).toBe(2);
    expect(yaml.forward_period.start).toBe(`${day(300)}T00:00:00.000Z`);
    const { best } = JSON.parse(optimized) as { best: { strategy: unknown; rerun: string }[] };
    for (const file of ['search.json', 'forward.json']) {
      const found = await json(['forward-test', '--from', file, ...data], `again-${file}`);
      expect([file, found.parameters, found.config]).toEqual([file, yaml.parameters, yaml.config]);
    }
    // A backtest: its own candles are those that it was chosen on.
    const rerun = best[0]!.rerun
      .replaceAll("'own data'", 'own%data')
      .split(' ')
      .slice(1)
      .map((word) => word.replace('%', ' '));
    await json(rerun, 'backtest.json');
    const found = await json(
      ['forward-test', '--from', 'backtest.json', ...data],
      'again-backtest.json',
    );
    expect([found.parameters, found.config]).toEqual([yaml.parameters, yaml.config]);
    // What is typed wins.
    const typed = await json(
      ['forward-test', '--from', 'search.json', ...data, '--slippage', '7', '--start', day(330)],
      'typed.json',
    );
    expect(typed.config.slippage_bps).toBe(7);
    expect(typed.forward_period.start).toBe(`${day(330)}T00:00:00.000Z`);

    // And the trader: in paper mode with the size of the run, its verdict at the start.
    for (const file of [
      'config/best_params.yaml',
      'search.json',
      'forward.json',
      'backtest.json',
    ]) {
      const bot = await runWus(
        ['trader', '--from', file, '--market-data', 'local', '--speed', '1000'],
        {
          cwd,
          interruptAt: { text: 'Verdict', signal: 'SIGINT' },
        },
      );
      const said = `${bot.stdout}${bot.stderr}`;
      expect([file, said]).toEqual([
        file,
        expect.stringContaining(`Strategy, settings and costs of ${file}, chosen on `),
      ]);
      expect(said).toContain('Own');
    }
    // Live it is asked for twice: the symbol, and that nothing is proved.
    const live = await runWus(
      [
        'trader',
        '--from',
        'search.json',
        '--mode',
        'live',
        '--units',
        '1',
        '--yes-live',
        'BTCUSDT',
      ],
      { cwd, env: { BINANCE_API_KEY: 'k', BINANCE_API_SECRET: 's' } },
    );
    expect(live.exitCode).toBe(2);
    expect(live.stderr).toMatch(
      /^The optimized parameters are not proven:\nBTCUSDT: .*\nAdd --accept-unproven /,
    );
    // And no size is taken over.
    const size = await runWus(['trader', '--from', 'search.json', '--mode', 'testnet'], { cwd });
    expect([size.exitCode, size.stderr]).toEqual([2, expect.stringContaining('How much?')]);

    for (const [args, exitCode, sentence] of [
      [['forward-test', '--from', 'gone.json'], 1, 'gone.json does not exist'],
      [['forward-test', '--from', 'own.ts'], 2, 'own.ts:'],
      [['forward-test'], 2, 'Which strategy? Give --strategy'],
      [
        ['forward-test', '--from', 'search.json', '--symbol', 'ETHUSDT'],
        1,
        'search.json has no entry for ETHUSDT',
      ],
      [
        ['forward-test', '--from', 'search.json', '--strategy', 'MACross'],
        1,
        'search.json has no entry for MovingAverageCrossoverStrategy',
      ],
      [['forward-test', '--from', 'search.json', '--interval', '4h', ...data], 1, ''],
      [
        ['forward-test', '--from', 'search.json', '--param-config', 'config/best_params.yaml'],
        2,
        '--from and --param-config',
      ],
      [
        ['trader', '--from', 'search.json', '--interval', '4h'],
        2,
        'search.json is for interval 1h, not 4h',
      ],
      [
        ['trader', '--from', 'search.json', '--param-config', 'x.yaml'],
        2,
        '--from and --param-config',
      ],
      [['trader', '--from', 'cut.json'], 2, 'cut.json: invalid JSON; the file may be truncated'],
      [
        ['trader', '--from', 'other.json'],
        2,
        'other.json is not a run: give config/best_params.yaml',
      ],
      [
        ['trader', '--from', 'two.yaml'],
        2,
        'two.yaml has 2 runs: choose one with --symbol and --strategy',
      ],
    ] as const) {
      writeFileSync(path.join(cwd, 'cut.json'), optimized.slice(0, 500));
      writeFileSync(path.join(cwd, 'other.json'), '{"strategy": "MACross"}');
      const entry = readFileSync(path.join(cwd, 'config/best_params.yaml'), 'utf8');
      writeFileSync(path.join(cwd, 'two.yaml'), `${entry}${entry.replace('BTCUSDT', 'ETHUSDT')}`);
      const refused = await runWus(args, { cwd });
      expect([args, refused.exitCode, refused.stderr]).toEqual([
        args,
        exitCode,
        expect.stringContaining(sentence),
      ]);
      expect(refused.stdout).toBe('');
    }
  }, 180_000);
});
