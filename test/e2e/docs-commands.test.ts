// What the how-tos show is run, line by line, in a folder with three years of generated candles.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { candlesToCsv, syntheticCandles } from '../../src/candles/index.js';
import { repositoryRoot, runWus, temporaryFolder } from './wus.js';

const START = Date.UTC(2021, 0, 1);
const END = Date.UTC(2024, 0, 1);
const GRID = `BTCUSDT:
  MACross:
    fast_period: [5, 10]
    slow_period: [30, 60]
    stop_loss_pct: [null, 0.05]
`;
const candles = candlesToCsv(
  syntheticCandles({
    length: (END - START) / 3_600_000,
    symbol: 'BTCUSDT',
    startTime: START,
    hasTimeGaps: false,
  }),
);

/** The lines of all shell blocks that call the program. */
function commandsOf(page: string): string[] {
  const text = readFileSync(path.join(repositoryRoot, 'docs/how-to', page), 'utf8');
  const blocks = [...text.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block = '']) => block);
  return blocks
    .flatMap((block) => block.split('\n'))
    .filter((line) => line.startsWith('wus '))
    .map((line) => line.replace(/ +#.*$/, ''));
}

test.each(['forward-test.md', 'analyze-and-compare.md', 'walk-forward.md'])(
  'the commands of docs/how-to/%s run as they stand',
  async (page) => {
    const cwd = temporaryFolder();
    mkdirSync(path.join(cwd, 'data/spot/1h'), { recursive: true });
    mkdirSync(path.join(cwd, 'config'));
    writeFileSync(path.join(cwd, 'data/spot/1h/BTCUSDT_1h.csv'), candles);
    writeFileSync(path.join(cwd, 'config/optimize_params.yaml'), GRID);
    const commands = commandsOf(page);
    expect(commands.length).toBeGreaterThan(1);
    for (const command of commands) {
      const { exitCode, stderr } = await runWus(command.split(/ +/).slice(1), { cwd });
      expect([command, exitCode, exitCode === 0 ? '' : stderr]).toEqual([command, 0, '']);
    }
  },
  180_000,
);
