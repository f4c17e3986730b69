import { expect, test } from 'vitest';
import { syntheticCandles } from '../candles/index.js';
import { findStrategy } from '../strategies/index.js';
import {
  afterFetch,
  afterForwardTest,
  afterOptimize,
  afterWalkForward,
  type NextSubject,
  printNext,
} from './next-lines.js';

const candles = syntheticCandles({ length: 1_000, symbol: 'BTCUSDT', hasTimeGaps: false });
const subject: NextSubject = {
  strategy: { strategy: findStrategy('MACross'), source: undefined, fresh: undefined },
  strategyName: 'MACross',
  candles,
  files: [],
  dataFolder: 'data',
};
const end = candles.openTime[999]! + 3_600_000;
const split = new Date(candles.openTime[0]! + 700 * 3_600_000).toISOString().slice(0, 10);
const PAIR = '--strategy MACross --symbol BTCUSDT --interval 1h';

function lineOf(words: readonly string[]): string {
  const printed: string[] = [];
  printNext(words, { print: (text) => void printed.push(text) });
  return printed.join('').replace(/^\nNext: wus /, '');
}

test.each<readonly [string, readonly string[], string]>([
  [
    'candles of futures in another folder',
    afterFetch({ symbol: 'ETHUSDT', timeframe: '4h', market: 'usdm' }, 'my data'),
    "backtest --strategy MACross --symbol ETHUSDT --interval 4h --market usdm --data-dir 'my data' --report",
  ],
  [
    'a winner with candles kept aside',
    afterOptimize(subject, { commandWords: [], bestFile: 'best.yaml', periodEnd: end - 1 }),
    `forward-test --from best.yaml ${PAIR}`,
  ],
  [
    'a winner that has seen all candles',
    afterOptimize(subject, {
      commandWords: ['wus', 'optimize', '--resume', '--details-file', 'd.csv', '--metric', 'cagr'],
      bestFile: 'best.yaml',
      periodEnd: end,
    }),
    `optimize --metric cagr --end ${split}`,
  ],
  [
    'settings against which nothing speaks',
    afterForwardTest(subject, { heldUp: true, paramFile: "it's mine.yaml" }),
    "trader --from 'it'\\''s mine.yaml' --symbol BTCUSDT --strategy MACross",
  ],
  [
    'settings that failed',
    afterForwardTest({ ...subject, files: ['a b.csv'] }, { heldUp: false, paramFile: 'best.yaml' }),
    "walk-forward --strategy MACross --file 'a b.csv' --symbol BTCUSDT --interval 1h",
  ],
  [
    'choosing that works',
    afterWalkForward(subject, { holdsUp: true, tradesFile: 't.csv', gridFile: 'grid.yaml' }),
    `optimize ${PAIR} --config grid.yaml --end ${split}`,
  ],
  [
    'choosing that does not',
    afterWalkForward(subject, { holdsUp: false, tradesFile: 't.csv', gridFile: 'grid.yaml' }),
    'analyze-trades t.csv',
  ],
])('after %s', (_, words, line) => {
  expect(lineOf(words)).toBe(line);
});

test('a step of another command says nothing', () => {
  printNext(['wus'], {
    isStep: true,
    print: () => {
      throw new Error('printed');
    },
  });
});
