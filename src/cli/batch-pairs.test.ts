import { expect, test } from 'vitest';
import { parseOptimizeParams } from '../config/index.js';
import { defineStrategy, findStrategy } from '../strategies/index.js';
import { batchPairs } from './batch-pairs.js';

const GRIDS = `BTCUSDT:
  MACross: {fast_period: [5]}
  BollingerBandReversionStrategy: {bb_period: [20]}
ETHUSDT:
  MACross: {fast_period: [5]}
`;
const grids = (text = GRIDS) => parseOptimizeParams(text, 'grids.yaml');
const built = (...words: string[]) => words.map((word) => ({ word, strategy: findStrategy(word) }));
const own = {
  word: './mine.ts',
  strategy: defineStrategy({
    name: 'Mine',
    parameters: {},
    warmUp: () => 0,
    signals: () => () => 0,
  }),
};
const run = (text: string | undefined, ...rest: [ReturnType<typeof built>, string[]]) =>
  batchPairs(grids(text), ...rest).map(({ strategy, symbol }) => `${strategy} ${symbol}`);

test.each([
  [
    'nothing: every pair of the file',
    [],
    [],
    ['MACross BTCUSDT', 'BollingerBandReversionStrategy BTCUSDT', 'MACross ETHUSDT'],
  ],
  ['a symbol: its strategies', [], ['ETHUSDT'], ['MACross ETHUSDT']],
  ['a strategy: the symbols that have it', built('BBReversion'), [], ['BBReversion BTCUSDT']],
  [
    'both: every strategy on every symbol, also where a grid is missing',
    built('BBReversion'),
    ['ETHUSDT', 'XRPUSDT'],
    ['BBReversion ETHUSDT', 'BBReversion XRPUSDT'],
  ],
  [
    'one strategy under two names, and a symbol twice: once',
    built('MACross', 'MovingAverageCrossoverStrategy'),
    ['BTCUSDT', 'BTCUSDT'],
    ['MACross BTCUSDT'],
  ],
])('asked for %s', (_, strategies, symbols, pairs) => {
  expect(run(undefined, strategies, symbols)).toEqual(pairs);
});

test("a user's own strategy is found under the name that it declares", () => {
  expect(run(`${GRIDS}  Mine: {}\n`, [own], [])).toEqual(['./mine.ts ETHUSDT']);
});

test.each([
  [
    'a symbol that the file does not have',
    GRIDS,
    [],
    ['ETHUSDC'],
    'grids.yaml has no grid for ETHUSDC (did you mean "ETHUSDT"?); it has BTCUSDT, ETHUSDT. Add ETHUSDC with its strategies',
  ],
  [
    'a strategy that no symbol has',
    GRIDS,
    built('LongShort', 'MACross'),
    [],
    'grids.yaml has no grid for LongShortStrategy under any symbol; add LongShort with its parameters',
  ],
  [
    'an empty file',
    '',
    [],
    [],
    'grids.yaml has no pair to optimize; add symbols with their strategies',
  ],
  [
    'an own strategy whose file is not named',
    `${GRIDS}  Mine: {}\n`,
    [],
    [],
    'grids.yaml:6:3: unknown strategy "Mine"; for a custom strategy, list every strategy to run with --strategies, the custom one by its file',
  ],
  [
    'a mistyped name',
    'BTCUSDT:\n  MACros: {}\n',
    [],
    [],
    'grids.yaml:2:3: unknown strategy "MACros" (did you mean "MACross"?); for a custom strategy, list every strategy to run with --strategies, the custom one by its file',
  ],
])('refuses %s', (_, text, strategies, symbols, message) => {
  expect(() => run(text, strategies, symbols)).toThrow(message);
});
